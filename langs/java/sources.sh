# SPDX-License-Identifier: Apache-2.0
#
# What batch runs of Java and of Scala share, for their run.sh to read. Those define `compile SOURCE …`, which leaves classes in
# .classes and the name of the one with a main in .classes/.main and may end the shell, and `start CLASS ARG …`, which becomes
# that program.

# Newer files, or as many others as were not there: what is in .classes is not of these sources.
is_fresh() {
  [ -s .classes/.main ] && [ -z "$(find . -type f -newer .classes/.main ! -path './.*' -print -quit)" ]
}

# run_sources NONE SOURCE … -- ARG …: compiles if that is not done, and becomes the program; NONE is said where there is none.
run_sources() {
  none=$1
  shift
  # The words up to -- move behind the arguments, one by one; the sources are then the last `words` words.
  words=0
  for word; do
    [ "$word" = -- ] && break
    words=$((words + 1))
  done
  if ! is_fresh; then
    (
      left=$words total=$#
      while [ "$left" -gt 0 ]; do
        set -- "$@" "$1"
        shift
        left=$((left - 1))
      done
      shift $((total - words))
      compile "$@"
    ) || exit
  fi
  shift $((words + 1))
  read -r class <.classes/.main
  [ -n "$class" ] || { echo "$none, so there is nothing to run." >&2; exit 1; }
  start "$class" "$@"
}
