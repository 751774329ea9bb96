#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A tarball is whole, and what is made of it does not depend on where. Two builds, one in the source tree and one beside
# it, in folders of other names, install the same files octet for octet, and make the same tarball again. What
# was installed can be uninstalled.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
build=$(cd "${top_builddir:?give the build folder}" && pwd)
make=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR CFLAGS CPPFLAGS LIBS
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
. "$top/tests/lib/is_so.sh"

# quietly COMMAND...: what it says is shown if it fails.
quietly() {
    "$@" >"$tmp/said" 2>&1 || { cat "$tmp/said" && exit 1; }
}

# make_all SOURCE BUILD: builds, installs and makes a tarball.
make_all() {
    mkdir -p "$1" "$2"
    tar -C "$1" --strip-components=1 -xf "$tmp/made.tar.xz"
    cd "$2"
    quietly "$1/configure" --prefix=/usr --sysconfdir=/etc --with-systemdsystemunitdir=/usr/lib/systemd/system
    quietly "$make" -j2
    quietly "$make" install DESTDIR="$2.root"
    quietly "$make" dist
}

# What is in the tree and not in the tarball is the work on it: it has no use without the history.
missing_files() {
    [ -e "$top/.git" ] || return 0
    git -C "$top" ls-files | grep -vE '^(debian/|\.gitignore$)' | sort >"$tmp/wanted"
    tar -tf "$tmp/made.tar.xz" | sed 's|^[^/]*/||' | sort | comm -23 "$tmp/wanted" -
}

uninstalls() {
    "$make" uninstall DESTDIR="$tmp/one.root" >"$tmp/said" 2>&1 && [ -z "$(find "$tmp/one.root" ! -type d)" ]
}

cd "$build"
quietly "$make" dist
mv tcpextd-*.tar.xz "$tmp/made.tar.xz"
is_so 'the tarball has all that git has' [ -z "$(missing_files)" ]
make_all "$tmp/one" "$tmp/one"
make_all "$tmp/another/place/source" "$tmp/two"
is_so 'what two builds install is the same' diff -r "$tmp/one.root" "$tmp/two.root"
is_so 'and so are their tarballs' cmp "$tmp"/one/tcpextd-*.tar.xz "$tmp"/two/tcpextd-*.tar.xz
is_so 'which are the one that they were made of' cmp "$tmp"/one/tcpextd-*.tar.xz "$tmp/made.tar.xz"
cd "$tmp/one"
is_so 'and nothing is left after make uninstall' uninstalls
exit $wrong
