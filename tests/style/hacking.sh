#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# HACKING and doc/decisions lead a newcomer to files and functions, SECURITY to tests: what they name is there.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
wrong=0

# --- What is wrong with a text: nothing is printed when all is well --------------------------------

# is_there PATH: in the tree or below agent/. A program of a test, and its log, are there once it is built.
is_there() {
    for found in "$top"/$1 "$top/agent"/$1 "$top/${1%.log}.c"; do
        [ ! -e "$found" ] || return 0
    done
    return 1
}

missing_paths() {
    grep -oE '[a-zA-Z0-9_.*-]+(/[a-zA-Z0-9_.*-]+)+' "$1" | sed 's/\.*$//' | sort -u | while read -r path; do
        first=${path%%/*}
        case $first in
        build | ..) continue ;;
        esac
        [ -d "$top/$first" ] || [ -d "$top/agent/$first" ] || continue
        is_there "$path" || echo "$path is not there"
    done
}

missing_files() {
    grep -oE '(^|[ (`])[a-z0-9_]+\.(c|h|py|sh|awk|def|json)\>' "$1" | tr -d ' (`' | sort -u | while read -r name; do
        [ -n "$(find "$top/agent" "$top/client" "$top/etc" "$top/include" "$top/mibs" "$top/tests" -name "$name")" ] || echo "$name is not there"
    done
}

missing_names() {
    grep -oE '\<tcx_[a-z0-9_]+' "$1" | sort -u | while read -r name; do
        grep -rqw "$name" "$top/agent" "$top/client" "$top/include" || echo "$name is not there"
    done
}

# Of lines that end with a file and what is in it.
missing_definitions() {
    sed -nE 's/^    .* ((agent|client)\/[a-z_\/]+\.c) +([a-z_0-9]+)(\(\))?$/\1 \3/p' "$1" | while read -r file name; do
        grep -qsE "^[a-z}].*\<$name(\(|\[|;)|^} $name\[" "$top/$file" || echo "$file has no $name"
    done
}

# A promise ends with its tests: the first has its folder, others are beside it.
missing_tests() {
    sed -nE 's/^    .*  ([a-z0-9]+)\/([a-z_0-9]+\.(py|sh)(, [a-z_]+\.py)*)$/\1 \2/p' "$1" | tr -d , | while read -r folder names; do
        for name in $names; do
            [ -e "$top/tests/$folder/$name" ] || echo "tests/$folder/$name is not there"
        done
    done
}

# --- Trying them ---------------------------------------------------------------------------------

# expect RULE TEXT: the rule finds something wrong.
expect() {
    printf '%s\n' "$2" >"$tmp/text"
    [ -n "$("$1" "$tmp/text")" ] || {
        echo "FAIL: $1 lets this pass: $2"
        wrong=1
    }
}

expect missing_paths 'as in agent/base/nothing.c.'
expect missing_paths '      kernel/nothing.c    a file'
expect missing_files 'see nothing.c'
expect missing_names 'by tcx_nothing()'
expect missing_definitions '    the end        agent/main.c    nothing()'

expect missing_tests '    It is safe    e2e/nothing.py'
expect missing_tests '    It is safe    e2e/test_master.py, test_nothing.py'

for text in "$top/HACKING" "$top"/doc/decisions/*.md; do
    for rule in missing_paths missing_files missing_names missing_definitions; do
        "$rule" "$text" | sed "s|^|FAIL: ${text#"$top/"}: |"
    done
done >"$tmp/found"
missing_tests "$top/SECURITY" | sed 's/^/FAIL: SECURITY: /' >>"$tmp/found"
cat "$tmp/found"
[ ! -s "$tmp/found" ] || wrong=1
[ "$wrong" -ne 0 ] || echo 'all that is named is there'
exit $wrong
