#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs a program of C or C++ from its sources: run.sh COMPILER FLAG SOURCES -- ARGUMENTS
#
# Compiles into ./main, unless it is there and newer than every file that could have gone into it, as it is behind a
# build step. The compiler's words go to stderr. Then it becomes the program.

stale() {
  [ ! -x main ] || [ -n "$(find . -type f -newer main ! -path './.*' -print | head -n 1)" ]
}

# The words up to -- move behind the arguments, one by one; what is left in front is the arguments.
words=0
for word; do
  [ "$word" = -- ] && break
  words=$((words + 1))
done

compile() {
  left=$words
  rest=$(($# - words - 1))
  while [ "$left" -gt 0 ]; do
    set -- "$@" "$1"
    shift
    left=$((left - 1))
  done
  shift $((rest + 1))
  "$@" -o main -lm >&2
}

if stale; then
  compile "$@" || exit
fi
shift $((words + 1))
exec ./main "$@"
