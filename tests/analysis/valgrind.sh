# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For the tests beside it that run programs under valgrind. Read after lib.sh.

need valgrind valgrind

# watch TOOL LOG: the command, up to the program, that writes a LOG with a summary at its end. A thread may run when the
# program ends: what it has is not lost, though only it knows where it is. Processes that programs fork free nothing.
watch() {
    echo "valgrind --tool=$1 --log-file=$2 --suppressions=$top/tests/analysis/valgrind.supp --fair-sched=yes" \
        --child-silent-after-fork=yes
    [ "$1" != memcheck ] || echo ' --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite'
}

is_clean() {
    grep -q 'ERROR SUMMARY: 0 errors' "$1"
}

# One that each tool finds something in: two locks are taken in one order and in the other, and what is freed is read.
plant_running() {
    cat >"$tmp/bad.c" <<'END'
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;

static void take_both(pthread_mutex_t *first, pthread_mutex_t *second)
{
	pthread_mutex_lock(first);
	pthread_mutex_lock(second);
	pthread_mutex_unlock(second);
	pthread_mutex_unlock(first);
}

int main(void)
{
	volatile int *number = calloc(1, sizeof(*number));

	take_both(&a, &b);
	take_both(&b, &a);
	free((void *)number);
	return *number == 1;
}
END
    ${CC:-cc} -w -g -O0 -o "$tmp/bad" "$tmp/bad.c" -pthread
}

# can_find TOOL: or this test proves nothing.
can_find() {
    plant_running
    # shellcheck disable=SC2046 # several words
    $(watch "$1" "$tmp/bad.log") "$tmp/bad" || :
    if is_clean "$tmp/bad.log" || ! grep -q 'ERROR SUMMARY' "$tmp/bad.log"; then
        echo "FAIL: $1 lets a planted fault pass"
        exit 1
    fi
}

# hold_programs TOOL: in those that WATCHED names, below the build folder. That a test fails where valgrind has no such
# system call is no finding.
hold_programs() {
    case ${WATCHED:-} in
    '' | *no-cmocka*)
        echo 'needs the unit tests, and those need cmocka (Debian: libcmocka-dev)'
        exit 77
        ;;
    esac
    wrong=0
    mkdir "$tmp/logs"
    # shellcheck disable=SC2016,SC2086 # a script; several words
    printf '%s\n' $WATCHED | COMMAND=$(watch "$1" "$tmp/logs/%q{NAME}") each sh -c \
        'export NAME=${0##*/}.$$; $COMMAND "'"$build"'/$0" >/dev/null 2>&1 || :'
    # shellcheck disable=SC2086 # several words
    [ "$(find "$tmp/logs" -type f | wc -l)" -eq "$(printf '%s\n' $WATCHED | wc -l)" ] ||
        { echo "FAIL: $1 did not run each program" && exit 1; }
    for log in "$tmp/logs"/*; do
        is_clean "$log" || { echo "FAIL: $1: ${log##*/}" && cat "$log" && wrong=1; }
    done
    [ "$wrong" -eq 0 ] || exit 1
    echo "$1 finds nothing in $(find "$tmp/logs" -type f | wc -l) programs"
}

# hold_agent TOOL TEST: in the agents that an end-to-end test starts. Its patience is for an agent that is thirty times as
# fast, so what it says itself is no finding. The agent gives up being root: the folder is everybody's.
hold_agent() {
    chmod 711 "$tmp"
    mkdir -m 1777 "$tmp/agents"
    printf '#!/bin/sh\nexec %s %s/tcpextd "$@"\n' "$(watch "$1" "$tmp/agents/%p" | tr '\n' ' ')" "$build" >"$tmp/tcpextd"
    chmod 755 "$tmp/tcpextd"
    status=0
    GRACE=60 TCPEXTD=$tmp/tcpextd python3 -B "$top/$2" || status=$?
    [ "$status" -ne 77 ] || exit 77
    ended=$(grep -l 'ERROR SUMMARY' "$tmp/agents"/* || :)
    for log in $ended; do
        is_clean "$log" || { cat "$log" && wrong=1; }
    done
    [ -n "$ended" ] || { echo 'FAIL: no agent came to its end' && exit 1; }
    [ "$wrong" -eq 0 ] || exit 1
    echo "$1 finds nothing in $(echo "$ended" | wc -l) agents"
}
