# Progress and errors, on stderr: a script's answer is the only thing on its stdout.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $1"
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# step TEXT COMMAND...: say what starts, be heard every ten seconds, show the output only on failure.
step() {
  local text=$1 started=$SECONDS log status=0 beat
  shift
  log=$(mktemp)
  say "$text ..."
  (
    while sleep 10 >/dev/null 2>&1 9>&- && kill -0 $$ 2>/dev/null; do
      say "  ... still at it after $((SECONDS - started)) s"
    done
  ) 9>&- &
  beat=$!
  "$@" >"$log" 2>&1 || status=$?
  kill "$beat" 2>/dev/null || true
  wait "$beat" 2>/dev/null || true
  [ "$status" -eq 0 ] || sed 's/^/  | /' "$log" | tail -n 40 >&2
  rm -f "$log"
  return "$status"
}
