#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A package of R's, in the working directory, installed into the folder .library of its own: run.sh MAIN ARGUMENTS runs
# MAIN with it, or each of its tests where there is no such file; `run.sh --install` only installs.
#
# Installs unless .library is there and newer than every file of the package, as it is behind a build step.

stale() {
  [ ! -d .library ] || [ -n "$(find . -path ./.library -prune -o -type f -newer .library ! -path './.*' -print | head -n 1)" ]
}

if stale; then
  mkdir -p .library
  R CMD INSTALL --no-docs --no-test-load --no-lock --library=.library . >&2 || exit
  touch .library
fi
[ "$1" = --install ] && exit

R_LIBS=$PWD/.library${R_LIBS:+:$R_LIBS}
export R_LIBS
if [ -f "$1" ]; then
  exec Rscript "$@"
fi
# The tests' own directory is where R runs them.
failed=0
for test in tests/*.R; do
  (cd tests && Rscript "${test#tests/}") || failed=1
done
exit "$failed"
