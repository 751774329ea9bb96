#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# helgrind finds no lock that is taken in another order, or misused, in what the unit tests run, nor in the agent
# while an end-to-end test asks it.

set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/valgrind.sh"
can_find helgrind
hold_programs helgrind
hold_agent helgrind tests/e2e/test_register.py
