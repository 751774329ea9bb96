#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# trixie.sh PACKAGE: unpacks a package of Debian 13 below build/borrowed, without installing it, and prints the folder.
# Its lists are apt's own ones beside it: what this host has installed, and from where, stays as it is.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/lib/steps.sh"
. "$top/tests/lib/debian.sh"

folder=$borrowed/trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

trixie() {
    apt-get -q -o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$folder/lists" \
        -o Dir::Cache="$folder/cache" -o APT::Sandbox::User=root "$@"
}

unpack_package() {
    rm -rf "${folder:?}/$1.new" "$folder/$1"_*.deb
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    echo "deb [signed-by=$keyring] ${DEBIAN_MIRROR:-http://deb.debian.org/debian} trixie main" >"$folder/sources.list"
    in_folder "$folder" trixie update
    in_folder "$folder" trixie download "$1"
    dpkg -x "$folder/$1"_*.deb "$folder/$1.new"
    rm "$folder/$1"_*.deb
    mv "$folder/$1.new" "$folder/$1"
}

if [ ! -d "$folder/$1" ]; then
    unpack_package "$1" >&2
fi
echo "$folder/$1"
