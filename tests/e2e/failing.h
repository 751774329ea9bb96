/* SPDX-License-Identifier: BSD-2-Clause */
/* What failing.c and no_memory.c share with a test (failing.py), in the file of TCX_FAILING. */
#ifndef TCX_E2E_FAILING_H
#define TCX_E2E_FAILING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { ONCE, FROM_THEN_ON, EACH_SECOND };

/* A function. Call number `at' of it fails; 0: none does. */
struct row {
	char name[32];
	atomic_uint calls; /* so far, from where they count */
	atomic_uint failed;
	uint32_t at;
	uint32_t how;
	int32_t error; /* an errno; 0: it gives less than there is */
	uint32_t unused;
};

struct table {
	int64_t shift_ns[8]; /* of each clock, by its number */
	uint32_t own;	     /* only calls of the program itself count */
	uint32_t unused;
	struct row rows[];
};

/* NULL without TCX_FAILING, or before the library's constructor. Names go into the rows. */
extern struct table *table;
void open_table(const char *const *names, size_t count);

/* Whether this call fails, from where it is. *error is then what row->error says. */
int fails(size_t row, const void *caller, int *error);

#endif
