# Find or fetch what .venv is made of: uv, an interpreter, a C++ compiler.
# Everything fetched lands in one cache folder under a temporary name and is moved when complete,
# so an interruption leaves nothing half done. Run from the project's root.
# shellcheck shell=bash

. scripts/lib/say.sh

readonly PYTHON_RANGE='>=3.14.2,<3.15'
readonly UV_MINIMUM=0.9.0

if [ -z "${EYEWITNESS_CACHE:-}" ]; then
  [ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] || die "neither HOME nor XDG_CACHE_HOME nor EYEWITNESS_CACHE is set" \
    "Set EYEWITNESS_CACHE to a folder where downloads may be kept."
  EYEWITNESS_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/eyewitness
fi
readonly CACHE=$EYEWITNESS_CACHE

# Only one set-up at a time may write to the cache and to .venv. The lock ends with the process.
lock_cache() {
  mkdir -p "$CACHE" || die "cannot write to $CACHE" "Set EYEWITNESS_CACHE to another folder."
  command -v flock >/dev/null || return 0
  exec 9>"$CACHE/setup.lock"
  flock --nonblock 9 && return
  say "Another set-up is running; waiting for it ..."
  flock 9
}

# The first Python 3 that has pip; its own version does not matter.
find_pip_python() {
  local python
  for python in python3 python /usr/bin/python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3,))' 2>/dev/null \
      && "$python" -m pip --version >/dev/null 2>&1; then
      printf '%s\n' "$python"
      return
    fi
  done
  die "no Python 3 with pip found" \
    "On Debian and Ubuntu: apt-get install python3-pip. Or install uv and put it on PATH."
}

# PIP_USER and PIP_REQUIRE_VIRTUALENV contradict --target; --target also works where the
# system's Python is marked as managed by its distribution.
pip_into() {
  local python=$1 folder=$2
  shift 2
  PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 \
    "$python" -m pip install --quiet --ignore-requires-python --target "$folder" "$@"
}

# A pip from before 2020 knows no current wheels: let it fetch the newest pip it can run.
pip_into_by_any_pip() {
  local python=$1 folder=$2 status=0
  pip_into "$@" && return
  rm -rf "$folder" "$folder.pip"
  pip_into "$python" "$folder.pip" --upgrade pip || return
  PYTHONPATH="$folder.pip" pip_into "$@" || status=$?
  rm -rf "$folder.pip"
  return "$status"
}

# fetch_tool NAME: the folder of a program that comes as a Python package, pinned by hash.
fetch_tool() {
  local name=$1 pins=requirements/tool-$1.txt version folder python
  version=$(sed -n "s/^$name==\([^ ;]*\).*/\1/p" "$pins") || return
  folder=$CACHE/$name-$version
  if [ ! -d "$folder" ]; then
    python=$(find_pip_python) || return
    rm -rf "$folder.part"
    step "Fetching $name $version" \
      pip_into_by_any_pip "$python" "$folder.part" --no-deps --require-hashes -r "$pins" \
      || die "pip could not fetch $name (see above)"
    mv "$folder.part" "$folder" || return
  fi
  printf '%s\n' "$folder"
}

is_new_enough_uv() {
  local version
  version=$(uv --version 2>/dev/null | awk '{print $2}')
  [ -n "$version" ] && [ "$(printf '%s\n' "$UV_MINIMUM" "$version" | sort -V | head -n 1)" = "$UV_MINIMUM" ]
}

find_uv() {
  local folder
  if is_new_enough_uv; then
    command -v uv
  else
    folder=$(fetch_tool uv) || return
    printf '%s\n' "$folder/bin/uv"
  fi
}

# The headers count too: two of Home Assistant's packages are built here.
is_usable_python() {
  "$1" -I -c '
import bz2, ctypes, lzma, os, sqlite3, ssl, sys, sysconfig, zlib
header = os.path.join(sysconfig.get_path("include"), "Python.h")
sys.exit(not ((3, 14, 2) <= sys.version_info < (3, 15) and os.path.exists(header)))
' >/dev/null 2>&1
}

download_python() {
  UV_HTTP_RETRIES=${UV_HTTP_RETRIES:-1} "$1" python install --no-bin "$PYTHON_RANGE" >"$2" 2>&1
}

# find_python UV: an interpreter in PYTHON_RANGE: an installed, an unpacked or a downloaded one.
find_python() {
  local uv=$1 python private=$CACHE/debian-python-3.14 why=$CACHE/uv-python-install.log patchelf
  python=$("$uv" python find --system --no-python-downloads "$PYTHON_RANGE" 2>/dev/null) || python=
  if [ -z "$python" ] || ! is_usable_python "$python"; then
    python=$private/usr/bin/python3.14
  fi
  if is_usable_python "$python"; then
    printf '%s\n' "$python"
    return
  fi
  if step "Asking uv to download Python 3.14" download_python "$uv" "$why"; then
    "$uv" python find --managed-python --no-python-downloads "$PYTHON_RANGE"
    return
  fi
  say "  It cannot be downloaded from here, so the distribution's packages are tried."
  patchelf=$(fetch_tool patchelf) || return
  step "Unpacking Python 3.14 into $private" \
    .ci/debian-python "$private" "$patchelf/bin/patchelf" || {
    say "uv could not download it because:"
    sed 's/^/  | /' "$why" >&2
    die "found no Python $PYTHON_RANGE, and could get none (reasons above)" \
      "Install Python 3.14 and its development files, put it on PATH and run this again."
  }
  is_usable_python "$python" || die "the Python in $private does not run on this machine"
  printf '%s\n' "$python"
}

has_working_compiler() {
  printf '#include <vector>\nint main() {}\n' | "$1" -x c++ -o /dev/null - >/dev/null 2>&1
}

# Where no C++ compiler is installed, zig is one that comes as a Python package.
export_compiler() {
  local zig
  [ -z "${CXX:-}" ] || return 0
  if command -v cc >/dev/null && has_working_compiler c++; then
    export CC=cc CXX=c++
    return
  fi
  say "No working C++ compiler (cc and c++) on PATH: using zig, which takes some minutes longer."
  zig=$(fetch_tool ziglang)/ziglang/zig || return
  # The linkers are named as well: zig does not know every flag that Python itself was linked with.
  export CC="$zig cc" CXX="$zig c++" LDSHARED="$zig cc -shared" LDCXXSHARED="$zig c++ -shared"
}

# Debian's Python.h includes a second header by a path that starts at the include folder; the
# compiler does not search there when that folder is our own.
export_headers() {
  local include
  include=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("include"))') || return
  case $include in
    "$CACHE"/*) export CPATH=${include%/*}${CPATH:+:$CPATH} ;;
  esac
}
