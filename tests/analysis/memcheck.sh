#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# memcheck finds no fault of memory, and nothing that is lost, in what the unit tests run, nor in the agent
# while an end-to-end test asks it.

set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/valgrind.sh"
can_find memcheck
hold_programs memcheck
hold_agent memcheck tests/e2e/test_walk.py
