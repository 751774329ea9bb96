#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Stands in for the unit tests where configure found no cmocka.
echo 'the unit tests need cmocka: install libcmocka-dev and run configure again'
exit 77
