#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Batch runs of Scala:   run.sh build FILE SOURCE …        compiles into .classes
#                        run.sh run FILE SOURCE … -- ARG … compiles if that is not done, and becomes the program
#                        run.sh made FILE -- ARG …         becomes what make has left: ./main, or classes
#
# FILE is the request's main file. Compiling is scalac itself, started with a class-data archive of its classes; Java's
# sources among them are compiled behind it.
bin=$(cd "${0%/*}/bin" && pwd)
step=$1 file=$2
shift 2
path=${CLASSPATH:-.}
scala=$bin/scala-library-2.13.16.jar:$bin/scala-reflect-2.13.16.jar

compile() {
  rm -rf .classes
  mkdir .classes || exit
  java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xss8m -Xshare:auto -Xlog:disable -Dfile.encoding=UTF-8 \
    -XX:SharedArchiveFile="$bin/scalac.jsa" -cp "$bin/worker.jar" quern.batch.Compile .classes "$file" \
    -encoding UTF-8 -bootclasspath "$scala" -cp "$path" -- "$@" || exit
  for source; do
    case $source in
      *.java) javac -encoding UTF-8 -cp ".classes:$path:$scala" -d .classes -sourcepath . "$source" || { rm -f .classes/.main; exit 1; } ;;
    esac
  done
}

# Scala's own classes come first, as in the archive.
become() {
  folders=$1
  shift
  exec java -Xshare:auto -Xlog:disable -XX:SharedArchiveFile="$bin/run.jsa" -Dfile.encoding=UTF-8 -cp "$scala:$folders:$path" "$@"
}

start() { become .classes "$@"; }

. "${0%/*}/../java/sources.sh"

case $step in
  build)
    compile "$@"
    ;;
  run)
    run_sources "No object has a \`main\` or extends App" "$@"
    ;;
  made)
    shift
    [ ! -x main ] || exec ./main "$@"
    place=$(java -Xshare:auto -cp "$bin/worker.jar" quern.batch.Find "$file" .) || exit
    become "${place%
*}" "${place##*
}" "$@"
    ;;
esac
