#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Batch runs of Java:   run.sh build FILE SOURCE …        compiles into .classes
#                       run.sh run FILE SOURCE … -- ARG … compiles if that is not done, and becomes the program
#                       run.sh made FILE -- ARG …         becomes what make has left: ./main, a jar, or classes
#                       run.sh maven|gradle FILE -- ARG … becomes what those have left
#                       run.sh keep                       becomes a javac that is kept between builds, a builder
#
# FILE is the request's main file. Compiling is javac itself, started with a class-data archive of its classes.
bin=${0%/*}/bin
step=$1 file=$2
[ "$step" = keep ] || shift 2
path=${CLASSPATH:-.}

# The JVM that compiles, once or again and again.
javac_with() {
  exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 -XX:-UsePerfData -Xshare:auto -Xlog:disable \
    -XX:SharedArchiveFile="$bin/javac.jsa" -cp "$bin/worker.jar" "$@"
}

compile() {
  [ ! -e .classes ] || rm -rf .classes
  # A third less page faults. Where the kernel has none of these pages, java would warn on stdout when it is asked for them.
  pages=
  [ ! -r /sys/kernel/mm/transparent_hugepage/enabled ] || read -r pages </sys/kernel/mm/transparent_hugepage/enabled
  case $pages in *'[always]'* | *'[madvise]'*) pages=-XX:+UseTransparentHugePages ;; *) pages=-XX:-UseTransparentHugePages ;; esac
  javac_with "$pages" quern.batch.Compile .classes "$file" -encoding UTF-8 -cp "$path" -- "$@"
}

# A heap that a small program fits in; with a larger one it ends, and the build is an ordinary one.
keep() {
  javac_with -XX:MaxHeapSize=192m -Xmn16m -XX:+ExitOnOutOfMemoryError -XX:-CreateCoredumpOnCrash -XX:ErrorFile=/dev/null \
    -Dquern.native="$bin/libquern-jvm.so" quern.batch.Builder
}

become() {
  exec java -XX:-UsePerfData -Dfile.encoding=UTF-8 -cp "$@"
}

# The class with a main below these folders, run with them as class path.
found() {
  folders=$1
  shift
  # shellcheck disable=SC2086
  place=$(java -Xshare:auto -cp "$bin/worker.jar" quern.batch.Find "$file" $folders) || exit
  become "${place%
*}:$path${extra:+:$extra}" "${place##*
}" "$@"
}

jar_of() {
  for jar in "$1"/*.jar; do
    [ -e "$jar" ] && unzip -p "$jar" META-INF/MANIFEST.MF 2>/dev/null | grep -q '^Main-Class:' && return
  done
  return 1
}

start() { become ".classes:$path" "$@"; }

. "${0%/*}/sources.sh"

case $step in
  keep)
    keep
    ;;
  build)
    compile "$@"
    ;;
  run)
    run_sources "No class has a \`public static void main(String[] args)\`" "$@"
    ;;
esac

shift
case $step in
  made)
    [ ! -x main ] || exec ./main "$@"
    if jar_of .; then exec java -Dfile.encoding=UTF-8 -jar "$jar" "$@"; fi
    found . "$@"
    ;;
  maven)
    if jar_of target; then exec java -Dfile.encoding=UTF-8 -jar "$jar" "$@"; fi
    [ ! -r target/quern.classpath ] || read -r extra <target/quern.classpath
    found target/classes "$@"
    ;;
  gradle)
    if jar_of build/libs; then exec java -Dfile.encoding=UTF-8 -jar "$jar" "$@"; fi
    found build/classes "$@"
    ;;
esac
