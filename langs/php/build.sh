#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Brings what composer.json asks for into vendor/. A folder that came with its vendor/ is taken as it is.

[ -f vendor/autoload.php ] && exit 0
if ! command -v composer >/dev/null; then
  echo "composer.json is there, and composer is not: install the package composer, or send the folder vendor along." >&2
  exit 1
fi
exec composer install --no-interaction --no-progress --quiet
