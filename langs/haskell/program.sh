#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A program of Haskell modules, without a build tool: program.sh build MAIN, or program.sh run MAIN ARGUMENTS
#
# GHC finds the modules that MAIN imports, here and in the usual folders, and compiles into ./main, with what it makes
# on the way under .ghc; C sources are compiled along. `run` does so only when ./main is older than a file of the folder,
# then becomes it.
step=$1
main=$2
shift 2

for candidate in "$main" Main.hs app/Main.hs src/Main.hs Main.lhs app/Main.lhs src/Main.lhs; do
  [ -f "$candidate" ] && break
done
if [ ! -f "$candidate" ]; then
  echo "There is no $main and no Main.hs to begin with: name the module that has main in the request's file." >&2
  exit 1
fi

stale() {
  [ ! -x main ] || [ -n "$(find . -type f -newer main ! -path './.*' -print | head -n 1)" ]
}

compile() {
  folders=.
  for folder in app src lib; do
    [ -d "$folder" ] && folders=$folders:$folder
  done
  find . -name '.*' ! -name . -prune -o -type f -name '*.c' -print | {
    set -- -v0 --make -dynamic -O0 -outputdir .ghc -i"$folders" -o main "$candidate"
    while IFS= read -r source; do
      set -- "$@" "$source"
    done
    exec ghc "$@" </dev/null >&2
  }
}

if [ "$step" = build ] || stale; then
  compile || exit
fi
[ "$step" = build ] || exec ./main "$@"
