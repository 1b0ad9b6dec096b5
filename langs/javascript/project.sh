#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds or runs a project by its package.json, as npm would, but without npm where that has nothing to do.
#   project.sh build          what it depends on is installed, if some of it is missing; then its script `build`
#   project.sh run [ARG]...   its script `start`, else its main file, else index.js and the like
set -eu

PATH=$PWD/node_modules/.bin:$PATH
export PATH

# Prints a field of package.json: a script's command, the main file, or the names of what is not installed.
field() {
  [ -f package.json ] || return 0
  node -e '
    const fs = require("fs"), [what] = process.argv.slice(1);
    let about;
    try {
      about = JSON.parse(fs.readFileSync("package.json", "utf8"));
    } catch (error) {
      console.error(`package.json cannot be read: ${error.message}. Mend it, or take it away.`);
      process.exit(1);
    }
    if (what === "missing") {
      const names = Object.keys({ ...about.dependencies, ...about.devDependencies });
      console.log(names.filter((name) => !fs.existsSync(`node_modules/${name}`)).join(" "));
    } else if (what === "main") console.log(about.main ?? "");
    else console.log(about.scripts?.[what] ?? "");
  ' "$1"
}

build() {
  missing=$(field missing)
  if [ -n "$missing" ]; then
    if ! command -v npm >/dev/null; then
      echo "package.json needs $missing, and npm is not there to install it: install npm, or put it into node_modules." >&2
      exit 1
    fi
    npm install --no-audit --no-fund
  fi
  script=$(field build)
  [ -z "$script" ] || exec sh -c "$script"
}

run() {
  script=$(field start)
  [ -z "$script" ] || exec sh -c "$script \"\$@\"" start "$@"
  main=$(field main)
  if [ -n "$main" ]; then
    [ -e "$main" ] || [ -e "$main.js" ] || [ -e "$main/index.js" ] || main=''
  fi
  for name in "$main" main index server app; do
    for file in "$name" "$name.js" "$name.mjs" "$name.cjs" "src/$name.js" "src/$name.mjs" "src/$name.cjs"; do
      [ -z "$name" ] || [ ! -f "$file" ] || exec node "./$file" "$@"
    done
  done
  only=''
  for file in *.js *.mjs *.cjs; do
    [ -f "$file" ] || continue
    if [ -n "$only" ]; then
      only=''
      break
    fi
    only=$file
  done
  if [ -z "$only" ]; then
    echo 'which file begins is not plain: name it main.js or index.js, or say "main" or a script "start" in package.json.' >&2
    exit 1
  fi
  exec node "./$only" "$@"
}

case $1 in
  build) build ;;
  run) shift; run "$@" ;;
esac
