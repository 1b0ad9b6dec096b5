#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Compiles a program of Rust that has no build file, or runs it: run.sh build|run MAIN [ARGUMENTS]
#
# The crate's root is MAIN, else main.rs or src/main.rs, else the one file with a `fn main`; other files come in by `mod`.
# It is compiled into ./main, to run it only if that is not there, or older than a file that could have gone into it.
step=$1 main=$2
shift 2

root() {
  for file in "$main" main.rs src/main.rs; do
    case $file in
      *.rs) [ -f "$file" ] && printf '%s' "$file" && return ;;
    esac
  done
  found=$(grep -lE '^[[:space:]]*(pub +)?fn +main *\(' -- ./*.rs src/*.rs src/bin/*.rs 2>/dev/null)
  case $found in
    '') echo 'no file here has a fn main: name the program main.rs' >&2 ;;
    *"
"*) printf 'several files have a fn main: name the program main.rs\n%s\n' "$found" >&2 ;;
    *) printf '%s' "$found" && return ;;
  esac
  return 1
}

stale() {
  [ ! -x main ] || [ -n "$(find . -type f -newer main ! -path './.*' -print | head -n 1)" ]
}

compile() {
  # Without the library's own debug information, which is most of the program and most of the time to link it. A limit
  # on the size of files is for what the program writes.
  file=$(root) || return
  (ulimit -S -f "$(ulimit -H -f)" && exec rustc --edition 2021 --crate-name main -C strip=debuginfo -o main -- "$file" >&2)
}

if [ "$step" = build ] || stale; then
  compile || exit
fi
[ "$step" = build ] || exec ./main "$@"
