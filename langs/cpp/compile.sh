#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Compiles C++ with the precompiled headers in bin/headers: compile.sh COMPILER WORD…
#
# g++ takes one when a source's first #include names it, and none that does not fit its version and flags. With them it
# leaves out who included a header when it complains, so whoever is to see a complaint sees that of a compiler without:
# nothing that is said, and no program that is made, differs from the bare compiler's.
compiler=$1
shift
headers=${0%/*}/bin/headers
[ -d "$headers" ] || exec "$compiler" "$@"

words=$("$compiler" -isystem "$headers" "$@" 2>&1) && [ -z "$words" ] && exit
exec "$compiler" "$@"
