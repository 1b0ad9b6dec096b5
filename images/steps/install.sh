# SPDX-License-Identifier: Apache-2.0
#
# Installs Debian's packages in an image that is being built:   sh install.sh EPOCH PACKAGE…
set -eu
epoch=$1
shift
export DEBIAN_FRONTEND=noninteractive SOURCE_DATE_EPOCH="$epoch" LC_ALL=C
# Where manuals are left out, the installation of a JDK still wants to put links there.
mkdir -p /usr/share/man/man1
apt-get -q -o Acquire::Retries=3 update
apt-get -q -y -o Acquire::Retries=3 -o DPkg::Options::=--force-unsafe-io install --no-install-recommends "$@"
