#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# .ci/release, which is `make release', takes a tree that can be released, and refuses each fault that is planted there.
# What it builds is not tried here.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
. "$top/tests/lib/is_so.sh"

if ! command -v git >/dev/null; then
    echo 'needs git'
    exit 77
fi
tree=$tmp/tree
export HOME="$tmp" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

# The day of all commits here, which all dates are set to, and the day before.
export GIT_AUTHOR_DATE='2030-01-02T12:00:00Z' GIT_COMMITTER_DATE='2030-01-02T12:00:00Z'
today=2030-01-02
before=2030-01-01

# edit FILE SCRIPT
edit() {
    sed "$2" "$tree/$1" >"$tmp/edited"
    cmp -s "$tmp/edited" "$tree/$1" && echo "the edit $2 changes nothing in $1"
    cat "$tmp/edited" >"$tree/$1"
}

commit() {
    git -C "$tree" add -A && git -C "$tree" commit -q --allow-empty -m "$1"
}

pass() {
    mkdir -p "$tree/build"
    (top=$tree && . "$tree/tests/lib/release.sh" && note_passed "$(clean_commit)" '1 passed, 0 failed, 0 skipped')
}

freeze() {
    cp "$tree"/mibs/LINUX*.txt "$tree/mibs/released"
}

# A tree in which all is well.
make_tree() {
    for path in .ci configure.ac NEWS man mibs etc/rpm tests/lib; do
        mkdir -p "$tree/$(dirname "$path")"
        cp -R "$top/$path" "$tree/$path"
    done
    mkdir -p "$tree/debian"
    echo /build/ >"$tree/.gitignore"
    version=$(. "$top/tests/lib/release.sh" && version)
    cat >"$tree/debian/changelog" <<END
tcpextd ($version-1) unstable; urgency=medium

  * One more.

 -- The tcpextd authors <maintainers@tcpextd.example>  Wed, 02 Jan 2030 12:00:00 +0000
END
    edit NEWS "s/^\($version\) (.*/\1 ($today)/"
    for page in "$tree"/man/*.[1578]; do
        edit "man/${page##*/}" "s/^\(\.TH [^ ]* [^ ]*\) [^ ]*/\1 $today/"
    done
    for module in LINUX-TCPEXT-MIB LINUX-TCPEXT-CAPS-MIB; do
        edit "mibs/$module.txt" 's/^\( *\(LAST-UPDATED\|REVISION\) *\)".*"/\1"203001020000Z"/'
    done
    freeze
    git init -q "$tree"
    commit 'All is well.'
    pass
}

look() {
    "$tree/.ci/release" --cheap >"$tmp/said" 2>&1
}

# finds WORDS: in a line of its own.
finds() {
    grep -qF -- "    $1" "$tmp/said" || { cat "$tmp/said" && return 1; }
}

# Many faults at once, since each look takes a while.
plant() {
    edit etc/rpm/tcpextd.spec "s/^\(Version: *\)$version/\19.9/"
    edit man/tcpextd.8 "s/\"tcpextd $version\"/\"tcpextd 9.9\"/"
    edit debian/changelog "s/($version-1) unstable/(9.9-1) UNRELEASED/"
    edit NEWS "s/ ($today)/ (in preparation)/"
    edit mibs/LINUX-TCPEXT-MIB.txt 's/"203001020000Z"/"203001010000Z"/'
    freeze
    commit 'Faults.'
    git -C "$tree" tag "v$version"
    edit NEWS 's/tcpextd/tcpExtd/'
}

plant_others() {
    git -C "$tree" tag -d "v$version" >/dev/null
    git -C "$tree" reset -q --hard "$well"
    edit NEWS "s/^$version ($today)/9.9 ($before)/"
    edit debian/changelog 's/Wed, 02/Tue, 01/'
    edit man/tcpextd.8 "s/$today/$before/"
    edit mibs/LINUX-TCPEXT-CAPS-MIB.txt '/REVISION/s/"203001020000Z"/"203001010000Z"/'
    commit 'Other faults.'
    pass
}

is_refused() {
    ! look && [ "$(grep -c '^FAIL' "$tmp/said")" -eq "$1" ] || { cat "$tmp/said" && return 1; }
}

make_tree
well=$(git -C "$tree" rev-parse HEAD)
is_so 'a good tree can be released' look || cat "$tmp/said"
plant
is_so 'one with faults cannot' is_refused 7
is_so 'not with a change that is not committed' finds ' M NEWS'
for file in etc/rpm/tcpextd.spec debian/changelog man/tcpextd.8; do
    is_so "nor with another version in $file" finds "$file has version '9.9'"
done
is_so 'nor what is tagged' finds "there is a tag v$version"
is_so 'nor without a date in NEWS' finds "NEWS has '$version (in preparation)'"
is_so 'nor with an UNRELEASED changelog' finds 'debian/changelog has UNRELEASED on top'
is_so 'nor with a MIB that is older' finds 'LINUX-TCPEXT-MIB has LAST-UPDATED "203001010000Z", and was changed later'
is_so 'nor what has not passed' finds 'nothing tells that this commit has passed'
plant_others
is_so 'nor can one with others' is_refused 6
is_so 'not with another version in NEWS' finds "NEWS has version '9.9'"
is_so 'nor with an older date' finds "NEWS has '$version ($before)': give the date"
is_so 'nor with a changelog that is older' finds "debian/changelog is of '$before'"
is_so 'nor with a page that is' finds "man/tcpextd.8 is of '$before'"
is_so 'nor with a MIB that lacks a REVISION' finds 'LINUX-TCPEXT-CAPS-MIB has LAST-UPDATED'
is_so 'nor with one that is not frozen' finds 'mibs/released has no such LINUX-TCPEXT-CAPS-MIB'
exit $wrong
