#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs the one program of a folder in which no file has a name that says so: run.sh FILES -- ARGUMENTS
#
# With several files it is the one that no other file includes.

program=
several=
for file; do
  [ "$file" = -- ] && break
  if ! grep -qsE "(include|require)(_once)?[^;]*['\"/]$(basename "$file")['\"]" -- *.php; then
    several=$program
    program=$file
  fi
done
if [ -z "$program" ] || [ -n "$several" ]; then
  echo "Which of these files is the program cannot be told: call it main.php or index.php." >&2
  exit 1
fi
while [ "$1" != -- ]; do shift; done
shift
exec php "$program" "$@"
