#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A package with a *.cabal file: package.sh build, or package.sh run ARGUMENTS
#
# Built by cabal where that is installed, else by the Cabal library that comes with GHC, which fetches nothing: then the package
# may depend on what is installed alone. The program is the first executable that the package names.
step=$1
shift

name=$(sed -n 's/^[Ee]xecutable[[:space:]]\{1,\}\([^[:space:]]*\).*/\1/p' ./*.cabal | head -n 1)
if [ "$step" = run ] && [ -z "$name" ]; then
  echo "No *.cabal here names an executable: add one, or say what to run with the request's exec." >&2
  exit 1
fi

setup() {
  if [ -f Setup.hs ] || [ -f Setup.lhs ]; then
    runghc Setup "$@"
  else
    ghc -package Cabal -e "System.Environment.withArgs (words \"$*\") Distribution.Simple.defaultMain"
  fi
}

if command -v cabal >/dev/null; then
  cabal build -v1 all >&2 || exit
  [ "$step" = build ] || exec "$(cabal list-bin -v0 "exe:$name")" "$@"
else
  setup configure -v0 --user --disable-optimization >&2 && setup build -v1 >&2 || exit
  [ "$step" = build ] || exec "dist/build/$name/$name" "$@"
fi
