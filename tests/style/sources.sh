#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a source file looks like, beyond its format:
#
#   headers     every header compiles alone, and twice
#   guards      every header is guarded by its path, TCX_FOLDER_NAME_H
#   length      no function is longer than 80 lines
#   heads       every .c begins with a comment that says what it is
#   licence     every source begins with the licence
#
# Each rule is first tried on a file that breaks it.
#
# shellcheck disable=SC2317 # the rules are called by name

set -eu
export LC_ALL=C

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
CC=${CC:-cc}
CPPFLAGS=${CPPFLAGS:-"-D_GNU_SOURCE -I$top -I$top/include -DTCX_MIB_ROOT=1,3"}
LONGEST=80

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# Each rule prints what is wrong with the files, and nothing when all is well.

# Texts lose their quotes on the way through make's environment, so these two are given anew.
rule_headers() {
    for header; do
        printf '#include "%s"\n#include "%s"\n' "$header" "$header" >"$tmp/header.c"
        # shellcheck disable=SC2086 # several words
        $CC $CPPFLAGS -UTCX_VERSION -DTCX_VERSION='"0"' -UTCX_MIB_DIR -DTCX_MIB_DIR='"/"' \
            -std=c11 -Wall -Wextra -Werror -fsyntax-only "$tmp/header.c" 2>&1 || :
    done
}

rule_guards() {
    awk '$1 == "#ifndef" && $2 ~ /_H$/ {
            guard = toupper(FILENAME)
            sub(/.*\/(AGENT|INCLUDE|TESTS)\//, "", guard) || sub(/.*\/CLIENT\//, "CLIENT/", guard)
            gsub(/[^A-Z0-9]/, "_", guard)
            if ($2 != "TCX_" guard)
                print FILENAME ": the guard is " $2 ", not TCX_" guard
        }' "$@"
}

# FILE FUNCTION LINES. The formatter puts the braces of a function, and of nothing else, at the
# beginning of a line of their own.
print_lengths() {
    awk '
        /^[a-z].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
        /^\{$/ { begin = FNR }
        /^\}$/ { if (begin) print FILENAME, name, FNR - begin + 1; begin = 0 }' "$@"
}

rule_length() {
    print_lengths "$@" |
        awk -v longest="$LONGEST" '$3 > longest { print $1 ": " $2 "() has " $3 " lines" }'
}

rule_heads() {
    awk 'FNR == 2 && $0 !~ /^\/\*/ { print FILENAME ": no comment says what it is" }' "$@"
}

rule_licence() {
    awk 'FNR == 1 { above = /^#!/ }
        FNR == 1 + above && $0 !~ /SPDX-License-Identifier: BSD-2-Clause/ {
            print FILENAME ": line " FNR " has no licence"
        }' "$@"
}

wrong=0

# can_fail RULE LINE...: the lines are a file that breaks the rule.
can_fail() {
    rule=$1
    shift
    printf '%s\n' "$@" >"$tmp/bad.c"
    [ -n "$("rule_$rule" "$tmp/bad.c")" ] && return
    echo "FAIL: the rule '$rule' lets pass what breaks it"
    wrong=1
}

# hold RULE FILE...
hold() {
    rule=$1
    shift
    "rule_$rule" "$@" >"$tmp/said"
    if [ -s "$tmp/said" ]; then
        echo "FAIL: the rule '$rule' is broken:"
        sed "s|^|    |; s|$top/||" "$tmp/said"
        wrong=1
    fi
    echo "tried: $rule, $# files"
}

long_function() {
    echo 'int f(int a)'
    echo '{'
    yes '	a++;' | head -n "$LONGEST"
    echo '}'
}

can_fail headers 'size_t f(void);'
can_fail headers '#include <stddef.h>' 'struct a { size_t b; };'
can_fail guards '#ifndef TCX_OTHER_H'
can_fail length "$(long_function)"
can_fail heads '/* SPDX-License-Identifier: BSD-2-Clause */' '#include <stdio.h>'
can_fail licence '/* What it is. */' '/* SPDX-License-Identifier: BSD-2-Clause */'
can_fail licence '#!/bin/sh' 'true'

# shellcheck disable=SC2046 # file names of ours
{
    hold headers $(find "$top/include" "$top/agent" "$top/client" -name '*.h')
    hold guards $(find "$top/include" "$top/agent" "$top/client" "$top/tests" -name '*.h')
    hold length $(find "$top/agent" "$top/client" "$top/tests" -name '*.c')
    hold heads $(find "$top/agent" "$top/client" "$top/tests" -name '*.c')
    hold licence $(find "$top/agent" "$top/client" "$top/include" "$top/mibs" "$top/tests" \
        -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.awk' -o -name '*.def' -o -name '*.am')
    print_lengths $(find "$top/agent" "$top/client" -name '*.c') | sort -n -k3 |
        awk '{ lines[NR] = $3; name = $2 }
            END { print NR " functions: median " lines[int((NR + 1) / 2)] " lines, longest " lines[NR] ", " name "()" }'
}
exit $wrong
