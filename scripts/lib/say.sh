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
  local text=$1 started=$SECONDS status=0 passed beat output
  shift
  say "$text ..."
  # An interruption does not reach it, so it looks every second whether this script still lives.
  while sleep 1 && kill -0 $$ 2>/dev/null; do
    passed=$((SECONDS - started))
    [ $((passed % 10)) -ne 0 ] || say "  ... still at it after $passed s"
  done 9>&- &
  beat=$!
  output=$("$@" 2>&1) || status=$?
  kill "$beat" 2>/dev/null || true
  wait "$beat" 2>/dev/null || true
  [ "$status" -eq 0 ] || [ -z "$output" ] || tail -n 40 <<<"$output" | sed 's/^/  | /' >&2
  return "$status"
}
