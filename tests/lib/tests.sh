# shellcheck shell=sh
# make check with a line per test, and the counting of its results. Read after steps.sh.

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

# Passes on the lines that automake prints as each test ends.
show_results() {
    while IFS= read -r line; do
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

# Says every half minute what it is that takes so long.
observer() {
    trap 'kill "$nap" 2>/dev/null; exit 0' TERM
    while :; do
        sleep 30 >/dev/null 2>&1 &
        nap=$!
        wait "$nap"
        running=$(print_running "$1")
        [ -z "$running" ] || say "  ...    still running, see$running"
    done
}

# Tests wait more than they work, and each has a namespace and folders of its own.
make_check() {
    status=0
    make -k -j"$(nproc)" -C "$1" check ${2:+"TESTS=$2"} 2>&1 || status=$?
    say "make ended with $status"
}

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
    observer "$folder" &
    observer_pid=$!
    make_check "$folder" "$*" | tee "$output" | show_results "$folder"
    kill "$observer_pid"
    wait "$observer_pid" || :
    show_failures "$folder"
    ended_well=$(tail -n 1 "$output")
    [ "$(count 'PASS|XFAIL|SKIP|FAIL|XPASS|ERROR')" -gt 0 ] || fail "no test ran; see $output"
    passed=$((passed + $(count 'PASS|XFAIL')))
    failed=$((failed + $(count 'FAIL|XPASS|ERROR')))
    skipped=$((skipped + $(count SKIP)))
    [ "$failed" -gt 0 ] || [ "$ended_well" = 'make ended with 0' ] ||
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
