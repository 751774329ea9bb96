/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorting of fixed-size rows by the octets that they begin with. */
#ifndef TCX_BASE_SORT_H
#define TCX_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sorts count rows by their first key_size octets; equal ones keep their order. False, with nothing
 * changed, when memory is short: it needs a copy.
 */
bool tcx_sort_rows(uint8_t *rows, size_t count, size_t row_size, size_t key_size);

#endif
