/* SPDX-License-Identifier: BSD-2-Clause */
/* cmocka and what its header needs before it. */
#ifndef TCX_UNIT_TEST_H
#define TCX_UNIT_TEST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/* cmocka 2 has it by another name, and a warning for this one. */
#ifdef assert_uint_in_range
#undef assert_in_range
#define assert_in_range assert_uint_in_range
#endif

/* cmocka 2 has a macro of this name, and teardowns are called so. */
#undef stop

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
