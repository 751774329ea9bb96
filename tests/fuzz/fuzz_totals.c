/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the totals of files with a line for each processor. The first byte picks the format; the
 * rest is texts, 0xff behind each, that one file has had one after another.
 *
 * Beyond not crashing: a text that is read twice gives the same twice; no counter falls, unless the
 * totals began anew, and then they are just the sums of the lines; a text with a fault changes
 * nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reading.h"

#include "fuzz.h"

static tcx_reader *const readers[] = {tcx_read_per_cpu, tcx_read_softnet};

/* Sums of numbers of 64 bits may themselves pass 2^64; those are not compared. */
#define LARGE ((uint64_t)1 << 62)

static void check_growth(const struct tcx_snapshot *before, const struct tcx_snapshot *now)
{
	for (size_t i = 0; i < now->layout->count; i++) {
		const struct tcx_entry *entry = &now->layout->entries[i];
		int32_t at = tcx_layout_find(before->layout, entry->name, entry->name_len);

		if (now->layout->counts[i] && at >= 0 && before->values[at] < LARGE)
			MUST(now->values[i] >= before->values[at]);
	}
}

static void check_same(const struct tcx_snapshot *one, const struct tcx_snapshot *two)
{
	MUST(two != NULL && one->layout->count == two->layout->count);
	MUST(memcmp(one->values, two->values, one->layout->count * sizeof(one->values[0])) == 0);
}

/* Returns the snapshot of a text, or with a fault that of the text before. */
static struct tcx_snapshot *take(tcx_reader *reader, struct tcx_totals *totals, const char *text,
				 size_t len, struct tcx_snapshot *before)
{
	const struct tcx_totals old = *totals;
	struct tcx_fault fault = {""};
	struct tcx_snapshot *now = reading_on(reader, totals, text, len, &fault);
	struct tcx_snapshot *again;

	if (now == NULL) {
		MUST(memcmp(old.grown, totals->grown, sizeof(old.grown)) == 0);
		MUST(old.last.count == totals->last.count);
		return before;
	}
	if (totals->anew)
		MUST(memcmp(totals->grown, totals->sum, sizeof(totals->grown)) == 0);
	else if (before != NULL)
		check_growth(before, now);
	totals->anew = false;
	again = reading_on(reader, totals, text, len, &fault);
	check_same(now, again);
	MUST(!totals->anew);
	tcx_snapshot_unref(again);
	tcx_snapshot_unref(before);
	return now;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	struct tcx_totals totals = {0};
	struct tcx_snapshot *latest = NULL;
	tcx_reader *reader;

	if (size == 0)
		return 0;
	reader = readers[*data++ % 2];
	while (data < end) {
		const uint8_t *border = memchr(data, 0xff, (size_t)(end - data));
		size_t len = (size_t)((border != NULL ? border : end) - data);
		char *text = malloc(len > 0 ? len : 1); /* just so long, for sanitizers */

		MUST(text != NULL);
		memcpy(text, data, len);
		latest = take(reader, &totals, text, len, latest);
		free(text);
		data += len + 1;
	}
	tcx_snapshot_unref(latest);
	tcx_totals_clear(&totals);
	return 0;
}
