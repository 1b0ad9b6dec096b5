# SPDX-License-Identifier: Apache-2.0
#
# What every Debian base has beside Debian, and what of it is taken out again:   sh root.sh ROOT PACKAGE…
set -eu
root=$1
shift
[ $# = 0 ] || chroot "$root" apt-get -y -qq purge "$@"
printf 'work:x:1000:1000:work:/home/work:/bin/bash\n' >>"$root/etc/passwd"
printf 'work:!:1::::::\n' >>"$root/etc/shadow"
printf 'work:x:1000:\n' >>"$root/etc/group"
printf 'work:!::\n' >>"$root/etc/gshadow"
mkdir -p "$root/home/work" "$root/run/quern"
chown 1000:1000 "$root/home/work"
chmod 1777 "$root/run/quern"
rm -rf "$root"/var/cache/ldconfig/* "$root"/var/log/*
# Of one moment from the start: what is built on it later makes only its own files so.
find "$root" -xdev \( -path "$root/proc" -o -path "$root/sys" -o -path "$root/dev" \) -prune -o -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
