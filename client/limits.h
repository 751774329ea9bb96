/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of `threshold defaults', which mibs/health.def has for values of health. */
#ifndef TCX_CLIENT_LIMITS_H
#define TCX_CLIENT_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/health.h"

struct tcx_health_limit {
	enum tcx_health row;
	const char *name; /* of the threshold */
	char side;	  /* '>': what is above it is bad; '<': what is below it */
	char number[16];  /* in percent, or in the unit of the value */
	char severity[16];
};

/* The limit of this number, from 0. False: there are no more. */
bool tcx_health_limit(size_t number, struct tcx_health_limit *limit);

/* How near a value is to it: more than 1 is beyond, on whichever side that is. */
double tcx_health_part(const struct tcx_health_limit *limit, uint64_t value);

#endif
