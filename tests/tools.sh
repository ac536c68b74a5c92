#!/bin/sh
# Installs Debian packages where apt-get and root are at hand; tests that miss a program skip and say so.
# Without names: the programs of the end-to-end tests.
set -u
[ $# -gt 0 ] || set -- prometheus prometheus-alertmanager chromium redis-server

wanted=""
for name in "$@"; do
  command -v "$name" >/dev/null 2>&1 || wanted="$wanted $name"
done
[ -n "$wanted" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
  echo "not installed:$wanted (the tests that need them are skipped; install them with your package manager)" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null || echo "apt-get update failed; trying with the package lists that are there" >&2
for name in $wanted; do
  apt-get install -y -qq --no-install-recommends "$name" >/dev/null ||
    echo "could not install $name; the tests that need it are skipped" >&2
done
