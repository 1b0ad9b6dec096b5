# SPDX-License-Identifier: Apache-2.0
#
# Builds the workers of languages in a stage that is thrown away:   sh workers.sh LANGUAGE…
set -eu
# Sources are UTF-8, which compilers of the JVM take from here.
export HOME=/tmp LC_ALL=C.UTF-8
# The JDK that the image has, whichever that is.
jdk=$([ ! -d /usr/lib/jvm ] || find /usr/lib/jvm -maxdepth 1 -type d -name 'java-*-openjdk-*')
for language in "$@"; do
  worker=/src/langs/$language/worker
  [ ! -x "$worker/fetch" ] || "$worker/fetch"
  cmake -S "$worker" -B "/tmp/workers/$language" -G Ninja -DCMAKE_BUILD_TYPE=Release -Wno-dev ${jdk:+"-DQUERN_JVM=$jdk"}
  cmake --build "/tmp/workers/$language"
done
