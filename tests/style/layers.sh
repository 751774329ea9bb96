#!/bin/sh
# The house's rules that a compiler does not hold us to:
#
#   snmp        what is below agent/snmp knows no SNMP: no header of net-snmp, however far away, no
#               call of it
#   files       agent/snmp and agent/mib know no procfs: no call that opens or reads, no path in a
#               text
#   headers     every header compiles alone, and twice
#   length      no function is longer than 80 lines
#   globals     no variable lives outside a function's stack, but the pointers of $OWN
#
# What the compiler sees decides, not the look of the source. Each rule is first tried on a file
# that breaks it: a rule that lets that pass fails the test.
#
# shellcheck disable=SC2317 # the rules are called by name

set -eu
export LC_ALL=C

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
CC=${CC:-cc}
CPPFLAGS=${CPPFLAGS:-"-D_GNU_SOURCE -I$top -I$top/include -DTCX_MIB_ROOT=1,3"}
LONGEST=80

# The library hands no argument of ours to what it calls in these files: so each keeps a pointer to its own state.
OWN='session/agentx.c:agentx config/config.c:current session/log.c:own_log session/wire.c:wire'

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# Texts lose their quotes on the way through make's environment, so these two are given anew.
# Without PIE, so that constant tables of addresses are in read-only sections and show as such.
compiler() {
    # shellcheck disable=SC2086 # several words
    $CC $CPPFLAGS -UTCX_VERSION -DTCX_VERSION='"0"' -UTCX_MIB_DIR -DTCX_MIB_DIR='"/"' \
        -std=c11 -fno-pie "$@"
}

# object FILE: compiles it and sets object.
object() {
    object=$tmp/object.o
    compiler -O1 -c "$1" -o "$object"
}

# --- The rules: each prints what is wrong with a file, and nothing when all is well -------------

rule_snmp() {
    compiler -M "$1" | tr ' ' '\n' | grep 'net-snmp' || :
    object "$1"
    nm -u "$object" | grep -E ' (netsnmp|snmp|agent|read_config|register|asn)_' || :
}

rule_files() {
    object "$1"
    nm -u "$object" | grep -Ew '(f|fd|fre|p)?open(at|dir|64)*|(p|f|v)?read(v|64)*|f?get(c|s|line|delim)' ||
        :
    strings -n 4 "$object" | grep -E '^/(proc|sys|etc)(/|$)' || :
}

rule_headers() {
    printf '#include "%s"\n#include "%s"\n' "$1" "$1" >"$tmp/header.c"
    compiler -Wall -Wextra -Werror -fsyntax-only "$tmp/header.c" 2>&1 || :
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
    print_lengths "$1" | awk -v longest="$LONGEST" '$3 > longest { print $2 "() has " $3 " lines" }'
}

rule_globals() {
    object "$1"
    nm -S --defined-only "$object" | awk -v file="${1#"$top/agent/"}" -v own=" $OWN " '
        $(NF - 1) ~ /[BbCDdGgSs]/ && !(index(own, " " file ":" $NF " ") && $2 ~ /^0*[48]$/) { print $NF }'
}

# --- Trying a rule, and holding the sources against it ------------------------------------------

wrong=0

# can_fail RULE LINE...: the lines are a file that breaks the rule.
can_fail() {
    rule=$1
    shift
    printf '%s\n' "$@" >"$tmp/bad.c"
    if [ -z "$("rule_$rule" "$tmp/bad.c")" ]; then
        echo "FAIL: the rule '$rule' lets pass what breaks it"
        wrong=1
    fi
}

# hold RULE FILE...
hold() {
    rule=$1
    shift
    for file; do
        "rule_$rule" "$file" >"$tmp/said"
        [ -s "$tmp/said" ] || continue
        echo "FAIL: ${file#"$top/"} breaks the rule '$rule':"
        sed 's/^/    /' "$tmp/said"
        wrong=1
    done
    echo "held: $rule, $# files"
}

long_function() {
    echo 'int f(int a);'
    echo 'int f(int a)'
    echo '{'
    yes '	a++;' | head -n "$LONGEST"
    echo '}'
}

can_fail snmp '#include <net-snmp/net-snmp-config.h>'
can_fail snmp 'void snmp_log(int, const char *, ...);' 'void f(void);' 'void f(void) { snmp_log(3, ""); }'
can_fail files '#include <fcntl.h>' 'int f(void);' 'int f(void) { return open("x", 0); }'
can_fail files '#include <stdio.h>' 'void *f(void);' 'void *f(void) { return fopen("x", "r"); }'
can_fail files 'const char *f(void);' 'const char *f(void) { return "/proc/net/snmp"; }'
can_fail headers 'size_t f(void);'
can_fail headers '#include <stddef.h>' 'struct a { size_t b; };'
can_fail length "$(long_function)"
can_fail globals 'static int n;' 'int f(void);' 'int f(void) { return ++n; }'
can_fail globals 'int f(void);' 'int f(void) { static int n = 1; return ++n; }'
can_fail globals 'static int *agentx;' 'int *f(int *a);' 'int *f(int *a) { int *b = agentx; agentx = a; return b; }'

# shellcheck disable=SC2046 # file names of ours
{
    hold snmp $(find "$top/agent/base" "$top/agent/catalogue" "$top/agent/sample" \
        "$top/agent/kernel" "$top/agent/collect" -name '*.c')
    hold files $(find "$top/agent/snmp" "$top/agent/mib" -name '*.c')
    hold headers $(find "$top/include" "$top/agent" -name '*.h')
    hold length $(find "$top/agent" -name '*.c')
    hold globals $(find "$top/agent" -name '*.c')
    print_lengths $(find "$top/agent" -name '*.c') | sort -n -k3 |
        awk '{ lines[NR] = $3; name = $2 }
            END { print NR " functions: median " lines[int((NR + 1) / 2)] " lines, longest " lines[NR] ", " name "()" }'
}
exit $wrong
