/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorting of fixed-size rows by the octets that they begin with. */
#ifndef TCX_BASE_SORT_H
#define TCX_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sorts rows by their first key_size octets; equal ones keep their order. *rows, count rows of
 * row_size octets, may be replaced by other memory, which the caller then owns in its place.
 * False, with nothing changed, when there is no memory for a second copy.
 */
bool tcx_sort_rows(uint8_t **rows, size_t count, size_t row_size, size_t key_size);

#endif
