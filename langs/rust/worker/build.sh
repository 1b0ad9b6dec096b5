#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the worker: build.sh SOURCES BUILD PLACE. CMakeLists.txt calls it; it is what Cargo cannot do with C beside it
# and without a registry, and takes three commands.
set -eu
sources=$1 build=$2 place=$3
mkdir -p "$build" "$place"

for part in arguments guard place streams; do
  gcc -std=gnu17 -O2 -fPIE -fexceptions -Wall -Wextra -Wconversion -Werror -D_GNU_SOURCE \
    -c "$sources/$part.c" -o "$build/$part.o"
done

# How the standard library's own `exit` is called in objects: see leave() in rt/panics.rs.
echo 'pub fn leave() { std::process::exit(0) }' > "$build/exit.rs"
rustc --edition 2021 --crate-type rlib --emit obj -C codegen-units=1 -o "$build/exit.o" "$build/exit.rs"
QUERN_EXIT=$(nm -u "$build/exit.o" | sed -n 's/^ *U \(.*7process4exit.*\)$/\1/p')
[ -n "$QUERN_EXIT" ] || { echo "no call of std::process::exit is found in $build/exit.o" >&2; exit 1; }
export QUERN_EXIT

flags="--edition 2024 -C opt-level=2 -C debuginfo=0 -C prefer-dynamic -D warnings"
rustc $flags --crate-name quern_rt --crate-type dylib -o "$build/libquern_rt.so" "$sources/rt/lib.rs"

# `exit` and `write` are ours for the whole process: what the dynamic linker finds in the program comes first.
QUERN_RUSTC=$(command -v rustc) QUERN_RUSTC_VERSION=$(rustc --version | cut -d ' ' -f 2) rustc $flags --crate-name quern_rust_worker \
  --extern "quern_rt=$build/libquern_rt.so" \
  -C link-arg="$build/arguments.o" -C link-arg="$build/guard.o" -C link-arg="$build/place.o" -C link-arg="$build/streams.o" \
  -C link-arg=-Wl,--export-dynamic -C link-arg=-Wl,-rpath,'$ORIGIN' \
  -o "$build/quern-rust-worker" "$sources/host/main.rs"

# Beside what is there, then into its place: a worker that runs keeps what it has.
for file in libquern_rt.so quern-rust-worker; do
  cp "$build/$file" "$place/$file.new"
  mv "$place/$file.new" "$place/$file"
done
