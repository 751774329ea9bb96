# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For scripts that state one thing after the other, and go on when one is not so: they end with $wrong.

wrong=0

# is_so WHAT COMMAND...
is_so() {
    what=$1
    shift
    if "$@"; then
        echo "ok: $what"
    else
        echo "FAIL: $what"
        wrong=1
    fi
}

is_not() {
    ! "$@"
}
