#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes ./main of the Go sources in the working directory: build.sh
# Does so where it has to, then becomes the program:       build.sh run ARGUMENTS
#
# All settings are the user's. Only where Go has nowhere to keep what it has compiled, it gets a place.

fail() {
  echo "$*" >&2
  exit 1
}

# A cache is kept below HOME; without one that can be written, Go would refuse to build anything.
need_cache() {
  [ -n "$GOCACHE" ] || [ -w "${XDG_CACHE_HOME:-/nowhere}" ] || [ -w "${HOME:-/nowhere}" ] || {
    GOCACHE="${TMPDIR:-/tmp}/quern-go-cache-$(id -u)"
    export GOCACHE
  }
}

# The folders whose sources are a program, the working directory first.
programs() {
  find . -name '*.go' ! -name '*_test.go' ! -path '*/.*' ! -path '*/vendor/*' ! -path '*/testdata/*' \
    -exec grep -l '^package main\>' {} + 2> /dev/null | sed 's|/[^/]*$||' | sort -u
}

choose() {
  found=$(programs)
  case $found in
    "") fail "There is no program here: none of the Go sources says 'package main'." ;;
    . | ./*[!.]) [ "$(echo "$found" | wc -l)" = 1 ] || choose_among ;;
    *) choose_among ;;
  esac
}

choose_among() {
  if echo "$found" | grep -qx '\.'; then
    found=.
  else
    fail "There are several programs here ($(echo $found)); a Makefile that leaves one as ./main can say which it is to be."
  fi
}

compile() {
  need_cache
  output=main
  if [ -e go.mod ]; then
    choose
    go build -o "$output" "$found" || exit 1
    return
  fi
  set -- *.go
  if [ -e "$1" ]; then
    found=.
  else
    choose
  fi
  files=
  for file in "$found"/*.go; do
    case $file in *_test.go) ;; *) files="$files
$file" ;; esac
  done
  # Without go.mod, folders are packages as they were before there were modules: import "folder" or "./folder".
  if [ -n "$(find . -mindepth 2 -name '*.go' ! -path '*/.*' -print -quit)" ] && [ "$(go env GOMOD)" = /dev/null ]; then
    root=$(mktemp -d) || exit
    trap 'rm -rf "$root"' EXIT
    ln -s "$PWD" "$root/src"
    GO111MODULE=off GOPATH="$root:$(go env GOPATH)"
    export GO111MODULE GOPATH
  fi
  IFS='
'
  set -f
  # shellcheck disable=SC2086  # a word for each line
  go build -o "$output" $files || exit 1
}

stale() {
  [ ! -x main ] || [ -n "$(find . -type f -newer main ! -path './.*' -print | head -n 1)" ]
}

if [ "$1" != run ]; then
  compile
  exit
fi
shift
if stale; then
  (compile) >&2 || exit
fi
exec ./main "$@"
