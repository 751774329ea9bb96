/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits and times as people write them. */
#ifndef TCX_CONFIG_AMOUNT_H
#define TCX_CONFIG_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

/* A fraction, so that decimals stay exact. */
struct tcx_amount {
	uint64_t number;
	uint64_t parts; /* not 0 */
};

/* What fits no 64 bits is the greatest that does. */
#define TCX_AMOUNT_GREATEST ((struct tcx_amount){UINT64_MAX, 1})

/* Reads "1.5M": digits, with a point if wanted, and K, M or G for thousands. False: it is none. */
bool tcx_amount_read(const char *text, struct tcx_amount *amount);

/* So many times as much, in parts of so many. */
struct tcx_amount tcx_amount_times(struct tcx_amount amount, uint64_t by, uint64_t parts);

/* The whole number that is not more, or not less. */
uint64_t tcx_amount_floor(struct tcx_amount amount);
uint64_t tcx_amount_ceiling(struct tcx_amount amount);

/* Reads "90", "1.5m" or "2h", in seconds without a letter. False: it is none, or over 365 days. */
bool tcx_amount_time(const char *text, uint64_t *nanoseconds);

#endif
