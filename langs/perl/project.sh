#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a project that says no program: main.pl or app.pl, also under bin or script, else the only program that there is.
set -eu

for file in main.pl app.pl bin/main.pl script/main.pl src/main.pl; do
  [ ! -f "$file" ] || exec perl -Ilib -I. "$file" "$@"
done
only=''
for file in *.pl bin/*.pl script/*.pl src/*.pl; do
  [ -f "$file" ] || continue
  if [ -n "$only" ]; then
    only=''
    break
  fi
  only=$file
done
if [ -z "$only" ]; then
  echo 'which program begins is not plain: name it main.pl.' >&2
  exit 1
fi
exec perl -Ilib -I. "$only" "$@"
