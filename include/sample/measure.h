/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What thresholds can watch beside the counters of nstatTable: a column of a table, for each of its
 * rows, or one number. Who knows them reads them (mib/measures.h); here is what others see.
 */
#ifndef TCX_SAMPLE_MEASURE_H
#define TCX_SAMPLE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalogue/table_ids.h"
#include "sample/snapshot.h"
#include "sample/table.h"

struct tcx_measure {
	const char *name;   /* a constant */
	const void *object; /* what it is to whoever reads it */
	size_t row;	    /* likewise, of one number */
	unsigned int
		table;	 /* of whose rows it is: enum tcx_table_id; TCX_TABLES: it is one number */
	uint32_t tables; /* that have to be read for it: bits 1 << enum tcx_table_id */
	unsigned int bits;  /* of a counter, which wraps; 0: it goes both ways */
	unsigned int scale; /* parts of one that its values are */
	uint64_t max;	    /* none is greater */
};

/* What was read. */
struct tcx_observed {
	const struct tcx_snapshot *snapshot;
	uint64_t oldest_ns; /* values of the snapshot that were read before are too old */
	uint64_t gap_ns;    /* so long after the reading before nothing goes on from that */
	/* TCX_TABLES, the newest ones, each NULL if there is none or it is too old. May be NULL. */
	struct tcx_table *const *tables;
	uint64_t table_gap_ns; /* as gap_ns, for tables */
};

/* Room for the text of a row. */
#define TCX_LABEL_SIZE 256

/* How they are read; constant data. What begin() gives is NULL when memory is short. */
struct tcx_measuring {
	void *(*begin)(const struct tcx_observed *observed);
	void (*end)(void *reading);
	/* One number; its tables are there. False: it has no value. */
	bool (*number)(void *reading, const struct tcx_measure *measure, uint64_t *value);
	/* The cell of a row, of the newest table or of one before. */
	bool (*cell)(void *reading, const struct tcx_measure *measure, struct tcx_table *table,
		     size_t row, uint64_t *value);
	/* What is another number once the counters of the row have begun anew. */
	uint64_t (*since)(void *reading, const struct tcx_measure *measure, struct tcx_table *table,
			  size_t row);
	/* What people call the row. */
	void (*label)(void *reading, const struct tcx_measure *measure, struct tcx_table *table,
		      size_t row, char label[TCX_LABEL_SIZE]);
};

#endif
