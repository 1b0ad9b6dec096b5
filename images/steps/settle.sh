# SPDX-License-Identifier: Apache-2.0
#
# Leaves in a layer what the same input always leaves, and nothing that only the building needed:   sh settle.sh EPOCH
set -eu
epoch=$1
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/ldconfig/* /var/cache/debconf/*-old /var/lib/dpkg/*-old \
  /var/log/* /tmp/* /root/.cache

not_of_it="( -newermt @$epoch -o ! -newermt @$((epoch - 1)) )"
# Of the tests that Python's packages bring, and nobody imports, the sources are enough.
find /usr/lib -xdev -path '*/tests/*' \( -name '*.pyc' $not_of_it -o -name __pycache__ -empty \) -delete
# Every file becomes of one moment, when the layer is made. Python and Java note the moment of what they have compiled,
# and would take it for outdated: so the files get it now, and what was noted is made to agree.
printf 'settle: compiled %s\n' "$(($(find /usr -xdev \( -name '*.pyc' -o -name 'classes*.jsa' \) $not_of_it -printf '%s + ') 0))"
archives=$([ ! -d /usr/lib/jvm ] || find /usr/lib/jvm -name classes.jsa $not_of_it)
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /mnt -o -path /etc/hosts -o -path /etc/resolv.conf \) -prune -o \
  $not_of_it -exec touch -h -d "@$epoch" {} +
for python in python3 python2.7; do
  command -v $python >/dev/null || continue
  $python -E -S - "$epoch" <<'END'
import os, struct, sys
epoch = int(sys.argv[1])
at = 8 if sys.version_info[0] == 3 else 4
for top, name in [(top, name) for root in ("/usr", "/opt") for top, _, names in os.walk(root) for name in names]:
    if not name.endswith(".pyc") or (at == 8) != (os.path.basename(top) == "__pycache__"):
        continue
    path = os.path.join(top, name)
    with open(path, "rb") as file:
        head = file.read(12)
    # A checksum in place of the moment needs nothing; and what is of a layer below stays there.
    if (at == 8 and head[4:8] != b"\0\0\0\0") or head[at:at + 4] == struct.pack("<I", epoch):
        continue
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(struct.pack("<I", epoch))
    os.utime(path, (epoch, epoch))
END
done
for archive in $archives; do
  "${archive%/lib/server/classes.jsa}/bin/java" -Xshare:dump >/dev/null
done
[ -z "$archives" ] || find /usr/lib/jvm -newermt "@$epoch" -exec touch -h -d "@$epoch" {} +
