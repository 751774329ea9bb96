#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a folder of agent/, and client/, may know, held by the symbols of the object files:
#
#   arrows      no file uses what a higher folder defines, and none includes its headers
#   circles     no two files use each other, however long the way round
#   limits      what a folder may not use: see the rows of print_limits
#   netsnmp     the folders below snmp/ use nothing of net-snmp's libraries
#   paths       what answers requests has no path of the system in its texts
#   client      of agent/ client/ uses the folders below kernel/, of net-snmp the client's library; agent/
#               does not use client/
#   variables   no variable outlives a function, but for the pointers of OWN_STATE
#
# Each rule is first tried on objects that break it: a rule that lets them pass fails the test.
#
# shellcheck disable=SC2317,SC2038 # the rules are called by name; no file name has a blank

set -eu
export LC_ALL=C

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
build=$(cd "${top_builddir:-$top}" && pwd)
CC=${CC:-cc}

# The lowest first.
FOLDERS='base catalogue sample kernel collect snmp mib daemon config session doctor main'

# The library calls these files without an argument of ours, so that they keep where their state is.
OWN_STATE='config/config:current session/agentx:agentx session/wire:wire'

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# RULE  FOLDER,... or FILE,... (without a suffix; "-" in front: all but these)  SYMBOLS  WHAT
print_limits() {
    cat <<'END'
opens    base,catalogue,sample,collect,snmp,mib  (f|fd|fre|p)?open(at|dir)?|socket|connect          opens something: kernel/ does
reads    base,catalogue,sample,snmp,mib          (p|f|v)?read|f?get(c|s|line|delim)|recv(from|msg)?  reads something: kernel/ does
threads  -base/worker,kernel/netns                 pthread_create                                     starts a thread: base/worker.c does
clocks   catalogue,sample                        clock_gettime|time|gettimeofday|tcx_clock_now      asks a clock: it is handed the time
locks    catalogue,sample,snmp,mib               pthread_(mutex|cond|rwlock)_.*                     takes a lock: only kernel/ and collect/ do
END
}

# Of the objects below a build folder that are made of today's sources.
print_objects() {
    (cd "$1" && find agent client -name '*.o' ! -path '*/.libs/*') | sort | while read -r object; do
        [ ! -e "$2/${object%.o}.c" ] || echo "$object"
    done
}

# symbols BUILD SOURCES: lines "FILE CLASS SYMBOL SECTION SIZE"; files are as below agent/, or client/FILE.
symbols() {
    print_objects "$1" "$2" >"$tmp/objects"
    (cd "$1" && xargs nm -A -f sysv) <"$tmp/objects" |
        awk -F '[|:]' 'NF > 6 {
            gsub(/ /, "")
            sub(/^agent\//, "", $1)
            sub(/\.o$/, "", $1)
            print $1, $4, $2, $NF, $6
        }'
}

# --- The rules: each takes the symbols of a tree and prints what breaks it -----------------------

# USER OWNER SYMBOL, for all that one file uses of another.
print_uses() {
    awk '
        $2 != "U" && $2 ~ /[A-Z]/ { owner[$3] = $1 }
        $2 == "U" { user[++n] = $1; symbol[n] = $3 }
        END {
            for (i = 1; i <= n; i++)
                if (symbol[i] in owner && owner[symbol[i]] != user[i])
                    print user[i], owner[symbol[i]], symbol[i]
        }' "$1"
}

rule_arrows() {
    print_uses "$1" | awk -v folders="$FOLDERS" '
        BEGIN { n = split(folders, name); for (i = 1; i <= n; i++) rank[name[i]] = i }
        function folder(file) { sub(/\/.*/, "", file); return file }
        folder($1) == "client" { next }
        !(folder($1) in rank) { print $1 " is in a folder that has no place in the order" }
        rank[folder($1)] < rank[folder($2)] { print $1 ".c uses " $3 " of " $2 ".c" }'
}

rule_circles() {
    print_uses "$1" | awk '{ print $1, $2 }' | sort -u >"$tmp/uses"
    tsort "$tmp/uses" 2>&1 >/dev/null |
        sed -n 's/^tsort: \([a-z_0-9/]*\)$/\1.c is in a circle/p' | sort -u
}

rule_limits() {
    print_limits | while read -r rule where pattern what; do
        awk -v where="$where" -v pattern="^_*($pattern)(64)?(_2|_chk)?\$" -v what="$rule: $what" '
            BEGIN {
                others = sub(/^-/, "", where)
                n = split(where, name, ",")
            }
            function is_meant(file,   i, found) {
                for (i = 1; i <= n; i++)
                    found = found || file == name[i] || index(file, name[i] "/") == 1
                return others ? !found : found
            }
            $2 == "U" && $3 ~ pattern && is_meant($1) { print $1 ".c uses " $3 ": " what }' "$1"
    done
}

rule_netsnmp() {
    awk 'FILENAME == ARGV[1] { library[$1]; next }
        $2 == "U" && $3 in library && $1 ~ /^(base|catalogue|sample|kernel|collect)\// {
            print $1 ".c uses " $3
        }' "$tmp/library" "$1"
}

rule_client() {
    print_uses "$1" | awk '
        $1 ~ /^client\// && $2 !~ /^(client|base|catalogue|sample)\// { print $1 ".c uses " $3 " of " $2 ".c" }
        $1 !~ /^client\// && $2 ~ /^client\// { print $1 ".c uses " $3 " of " $2 ".c" }'
    awk 'FILENAME == ARGV[1] { agents[$1]; next }
        $2 == "U" && $3 in agents && $1 ~ /^client\// { print $1 ".c uses " $3 }' "$tmp/agents_library" "$1"
}

rule_variables() {
    awk -v own=" $OWN_STATE " '
        $2 ~ /[BbCDdGgSs]/ && $4 !~ /^\.data\.rel\.ro/ &&
            !(index(own, " " $1 ":" $3 " ") && $5 ~ /^0*[48]$/) { print $1 ".c has the variable " $3 }' "$1"
}

# The headers and texts of a tree; its objects are below FOLDER.
rule_includes() {
    (cd "$1" && find client agent include -name '*.[ch]' | xargs grep '^#include "[a-z_]*/') |
        awk -F '[:"]' -v folders="$FOLDERS" '
            BEGIN { n = split(folders, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }
            { split($1, from, "/"); sub(/\.c$/, "", from[2]); split($3, to, "/") }
            from[1] == "client" ? to[1] !~ /^(client|base|catalogue|sample|mibs)$/ : to[1] == "client" {
                print $1 " includes " $3
            }
            from[1] == "client" { next }
            rank[from[2]] < rank[to[1]] { print $1 " includes " $3 }'
}

rule_paths() {
    find "$1/agent" -path '*/snmp/*.o' -o -path '*/mib/*.o' | while read -r object; do
        strings -n 4 "$object" | grep -E '^/(proc|sys|etc)(/|$)' |
            sed "s|^|${object#"$1/"} has the text |" || :
    done
}

# --- Trying a rule, and holding the program against it -------------------------------------------

wrong=0

# compile FILE LINE...: an object of these lines, and the file itself, in the tree that is tried.
compile() {
    case $1 in
    client/*) file=$tmp/bad/$1 ;;
    *) file=$tmp/bad/agent/$1 ;;
    esac
    shift
    mkdir -p "${file%/*}" "$tmp/bad/agent" "$tmp/bad/client"
    printf '%s\n' "$@" >"$file.c"
    $CC -I"$tmp/bad/include" -w -O1 -c "$file.c" -o "$file.o"
}

# can_fail RULE TEXT: on what was compiled the rule says just something with the text.
can_fail() {
    symbols "$tmp/bad" "$tmp/bad" >"$tmp/symbols"
    case $1 in
    includes | paths) said=$("rule_$1" "$tmp/bad") ;;
    *) said=$("rule_$1" "$tmp/symbols") ;;
    esac
    rm -rf "$tmp/bad"
    case $said in
    *"$2"*) return ;;
    esac
    echo "FAIL: the rule '$1' lets pass what breaks it; it says '$said'"
    wrong=1
}

# hold RULE INPUT
hold() {
    "rule_$1" "$2" >"$tmp/said"
    if [ -s "$tmp/said" ]; then
        echo "FAIL: the rule '$1' is broken:"
        sed 's/^/    /' "$tmp/said"
        wrong=1
    else
        echo "held: $1"
    fi
}

try_rules() {
    compile base/low 'void high(void); void f(void) { high(); }'
    compile snmp/high 'void high(void) { }'
    can_fail arrows 'base/low.c uses high of snmp/high.c'
    compile new/file 'void g(void); void f(void) { g(); }'
    compile base/g 'void g(void) { }'
    can_fail arrows 'new/file is in a folder'
    compile mib/a 'void b(void); void a(void) { b(); }'
    compile mib/b 'void c(void); void b(void) { c(); }'
    compile mib/c 'void a(void); void c(void) { a(); }'
    can_fail circles 'mib/b.c is in a circle'
    compile mib/opens '#include <fcntl.h>' 'int f(char *p) { return open(p, O_RDONLY); }'
    can_fail limits 'mib/opens.c uses open'
    compile snmp/reads '#include <unistd.h>' 'int f(char *p) { return read(0, p, 9); }'
    can_fail limits 'snmp/reads.c uses read'
    compile collect/starts '#include <pthread.h>' \
        'void *f(void *); int g(pthread_t *p) { return pthread_create(p, 0, f, 0); }'
    can_fail limits 'collect/starts.c uses pthread_create'
    compile sample/asks 'unsigned long tcx_clock_now(void); unsigned long f(void) { return tcx_clock_now(); }'
    can_fail limits 'sample/asks.c uses tcx_clock_now'
    compile mib/locks '#include <pthread.h>' 'void f(pthread_mutex_t *p) { pthread_mutex_lock(p); }'
    can_fail limits 'mib/locks.c uses pthread_mutex_lock'
    compile collect/logs 'int snmp_log(int, const char *, ...); void f(void) { snmp_log(3, "x"); }'
    can_fail netsnmp 'collect/logs.c uses snmp_log'
    compile client/high 'void low(void); void f(void) { low(); }'
    compile kernel/low 'void low(void) { }'
    can_fail client 'client/high.c uses low of kernel/low.c'
    compile base/low 'void high(void); void f(void) { high(); }'
    compile client/high 'void high(void) { }'
    can_fail client 'base/low.c uses high of client/high.c'
    compile client/serves 'int init_agent(const char *); int f(void) { return init_agent("x"); }'
    can_fail client 'client/serves.c uses init_agent'
    compile mib/counts 'static int n; int f(void) { return ++n; }'
    can_fail variables 'mib/counts.c has the variable n'
    compile session/wire 'static int *wire[4]; int *f(int i) { return wire[i]++; }'
    can_fail variables 'session/wire.c has the variable wire'
    compile mib/path 'const char *f(void) { return "/proc/net/snmp"; }'
    can_fail paths 'has the text /proc/net/snmp'
    mkdir -p "$tmp/bad/include/mib" && : >"$tmp/bad/include/mib/x.h"
    compile base/includes '#include "mib/x.h"'
    can_fail includes 'agent/base/includes.c includes mib/x.h'
    mkdir -p "$tmp/bad/include/kernel" && : >"$tmp/bad/include/kernel/x.h"
    compile client/includes '#include "kernel/x.h"'
    can_fail includes 'client/includes.c includes kernel/x.h'
}

[ -e "$build/agent/main.o" ] || {
    echo "the objects of agent/ are not in $build"
    exit 77
}
# library_symbols LIBRARY: what the libraries of the agent with this in their names define.
library_symbols() {
    ldd "$build/tcpextd" | awk -v library="$1" 'index($1, library) { print $3 }' | xargs nm -D --defined-only |
        awk 'NF == 3 { print $3 }'
}

library_symbols libnetsnmp >"$tmp/library"
library_symbols libnetsnmpagent >"$tmp/agents_library"
grep -q '^snmp_log' "$tmp/library" || {
    echo "FAIL: the symbols of net-snmp's libraries cannot be listed"
    exit 1
}
try_rules
symbols "$build" "$top" >"$tmp/program"
for rule in arrows circles limits netsnmp client variables; do
    hold "$rule" "$tmp/program"
done
hold includes "$top"
hold paths "$build"
exit $wrong
