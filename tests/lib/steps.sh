# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What ./demo, ./check and .ci/run share: lines that say what goes on, and how to build. Read with
# the dot command by a script that has set top, the source tree, and uses set -eu.

work=$top/build # whatever these scripts make is in here
export LC_ALL=C

say() {
    printf '%s\n' "$*"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# in_folder FOLDER COMMAND...
in_folder() (
    cd "$1" && shift && "$@"
)

# use_host_network ROOT: a bare system below ROOT gets packages as this host does.
use_host_network() {
    cp -L /etc/resolv.conf "$1/etc/resolv.conf"
    ! have apt-config || apt-config dump | grep -E '^Acquire::(https?|Check-)' >"$1/etc/apt/apt.conf.d/90host" || :
}

# every SECONDS COMMAND...: beside us, for as long as we run or until end_every is called. Sets every_pid.
# Not with a signal that it could handle: the shell may lose one while it forks.
every() {
    (
        period=$1 seconds=0
        shift
        while kill -s 0 $$ && sleep 1 >/dev/null; do
            seconds=$((seconds + 1))
            [ $((seconds % period)) -ne 0 ] || "$@"
        done
    ) 2>/dev/null &
    every_pid=$!
}

end_every() {
    kill -s KILL "$1" || :
    wait "$1" || :
} 2>/dev/null

# step NAME TEXT COMMAND...: runs a command quietly. Its output goes to build/logs/NAME.log; when
# the command fails, the end of that is shown and the script ends.
step() {
    log=$work/logs/$1.log
    printf '%s ' "$2 ..."
    text=$2
    shift 2
    mkdir -p "$work/logs"
    every 5 printf '. '
    ticker_pid=$every_pid
    status=0
    ("$@") >"$log" 2>&1 </dev/null || status=$?
    end_every "$ticker_pid"
    if [ "$status" -ne 0 ]; then
        say 'failed. The end of its log:'
        tail -n 20 "$log" | sed 's/^/    /'
        fail "this failed: $text (the whole log: $log)"
    fi
    say done
}

# What autoreconf makes is in the source tree, where git ignores it.
make_configure() {
    if [ ! -x "$top/configure" ] || [ ! -f "$top/Makefile.in" ] || [ ! -d "$top/build-aux" ]; then
        step autoreconf 'Making configure (autoreconf -i)' in_folder "$top" autoreconf -i
    fi
}

# build_folder NAME: where to build: in the source tree when that is configured, else below build/.
build_folder() {
    if [ -f "$top/config.status" ]; then
        printf '%s\n' "$top"
    else
        printf '%s\n' "$work/$1"
    fi
}

# configure_folder FOLDER OPTION...: makes a folder ready for make, unless it is.
configure_folder() {
    folder=$1
    shift
    [ ! -f "$folder/config.status" ] || return 0
    [ ! -f "$top/config.status" ] ||
        fail "the source tree itself is configured: run 'make distclean' in it first"
    make_configure
    mkdir -p "$folder"
    step "${folder##*/}-configure" "Configuring ${folder#"$top/"} (configure)" \
        in_folder "$folder" "$top/configure" "$@"
}

# compile FOLDER
compile() {
    step "${1##*/}-make" "Compiling in ${1#"$top/"} (make)" make -C "$1" -j"$(nproc)"
}
