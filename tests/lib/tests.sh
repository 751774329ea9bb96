# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# make check with a line per test, and the counting of its results. Read after steps.sh, by a script that
# calls end_tests when it ends, whatever ends it.

tests_pid=
observer_pid=
passed=0
failed=0
skipped=0

# print_log FOLDER TEST: automake names the log of a test after it, without the suffix.
print_log() {
    cat "$1/${2%.[sp][hy]}.log" 2>/dev/null
}

# Why a test was skipped: the last line that it printed itself.
print_reason() {
    print_log "$1" "$2" | grep -v '^SKIP .*(exit status: 77)$' | tail -n 1
}

# Keeps what make says, and shows the lines that automake prints as each test ends.
show_results() {
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$output"
        test=${line#*: }
        case $line in
        SKIP:*) say "  $line: $(print_reason "$1" "$test")" ;;
        PASS:* | XFAIL:* | FAIL:* | XPASS:* | ERROR:*) say "  $line" ;;
        esac
    done
}

# A test that has a log and no result yet is running.
print_running() {
    find "$1/tests" -name '*.log' | while read -r log_file; do
        [ -f "${log_file%.log}.trs" ] || printf ' %s' "${log_file#"$1/"}"
    done
}

# What it is that takes so long. When nobody reads that any more, we end.
say_running() {
    running=$(print_running "$1")
    [ -z "$running" ] || (say "  ...    still running, see$running") || kill -s PIPE $$
}

# Tests wait more than they work, and each has a namespace and folders of its own. They are a process group,
# because automake's driver does not pass on to a test the signal that ends it.
start_tests() {
    pipe=$work/logs/tests-pipe
    rm -f "$pipe"
    mkfifo "$pipe"
    setsid make -k -j"$(($(nproc) + 1))" -C "$1" check ${2:+"TESTS=$2"} >"$pipe" 2>&1 &
    tests_pid=$!
    every 30 say_running "$1"
    observer_pid=$every_pid
}

end_tests() {
    [ -z "$observer_pid" ] || end_every "$observer_pid"
    [ -z "$tests_pid" ] || kill -s TERM -- "-$tests_pid" || kill "$tests_pid" || :
    [ -z "$tests_pid" ] || wait "$tests_pid" || :
    tests_pid=
    observer_pid=
} 2>/dev/null

count() {
    grep -Ec "^($1): " "$output" || :
}

# run_tests NAME FOLDER [TEST...]: all that the Makefile names, or only these. Adds to passed,
# failed and skipped.
run_tests() {
    folder=$2
    output=$work/logs/$1-tests.log
    step "$1-compile-tests" 'Compiling the tests' make -C "$folder" -j"$(nproc)" check TESTS=
    shift 2
    say "Running the tests (their logs: ${folder#"$top/"}/tests)"
    : >"$output"
    start_tests "$folder" "$*"
    show_results "$folder" <"$pipe"
    status=0
    wait "$tests_pid" || status=$?
    tests_pid=
    end_tests
    show_failures "$folder"
    [ "$(count 'PASS|XFAIL|SKIP|FAIL|XPASS|ERROR')" -gt 0 ] || fail "no test ran; see $output"
    passed=$((passed + $(count 'PASS|XFAIL')))
    failed=$((failed + $(count 'FAIL|XPASS|ERROR')))
    skipped=$((skipped + $(count SKIP)))
    [ "$failed" -gt 0 ] || [ "$status" -eq 0 ] ||
        fail "make check failed and no test did; see $output"
}

# The lines that say what is wrong may be far above the end.
show_failures() {
    sed -n -E 's/^(FAIL|XPASS|ERROR): //p' "$output" | while read -r test; do
        say
        say "The log of $test, its end and the lines before that say FAIL:"
        print_log "$1" "$test" | awk '
            { line[NR] = $0 }
            END { for (i = 1; i <= NR; i++) if (i > NR - 40 || line[i] ~ /FAIL/) print "    " line[i] }'
    done
}

print_tally() {
    say "$passed passed, $failed failed, $skipped skipped"
}
