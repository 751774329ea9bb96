/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the readers. The first byte picks one; the rest is two texts, one read after the other,
 * with 0xff between them (a byte that no reader accepts).
 *
 * Beyond not crashing: a text that is accepted is accepted once more with the same values, its
 * layout is sound, and the second text gives the same with the first one's layout as without it,
 * unless its names are others.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reading.h"

#include "fuzz.h"

static tcx_reader *const readers[] = {
	tcx_read_columns,      tcx_read_pairs,	       tcx_read_labels,	 tcx_read_number,
	tcx_read_signed_pairs, tcx_read_wrapped_pairs, tcx_read_per_cpu, tcx_read_softnet};

/* A copy of just this length, so that a sanitizer sees a read behind it. */
struct text {
	char *at;
	size_t len;
};

static struct text copy(const uint8_t *data, size_t len)
{
	struct text text = {malloc(len > 0 ? len : 1), len};

	memcpy(text.at, data, len);
	return text;
}

static void check_by_name(const struct tcx_layout *layout)
{
	for (size_t i = 0; i < layout->by_name_count; i++) {
		const struct tcx_entry *entry = &layout->entries[layout->by_name[i]];
		const struct tcx_entry *before =
			i > 0 ? &layout->entries[layout->by_name[i - 1]] : NULL;

		MUST(!entry->ambiguous && strlen(entry->name) == entry->name_len);
		MUST(before == NULL || tcx_layout_compare(before->name, before->name_len,
							  entry->name, entry->name_len) < 0);
	}
}

static void check_slots(const struct tcx_layout *layout)
{
	for (int i = 0; i < TCX_COUNTERS; i++)
		MUST(layout->slot[i] < 0 ||
		     strcmp(layout->entries[layout->slot[i]].name,
			    tcx_catalogue_row((enum tcx_counter)i)->name) == 0);
}

static bool same(const struct tcx_snapshot *a, const struct tcx_snapshot *b)
{
	size_t size = a->layout->count * sizeof(a->values[0]);

	return a->layout->count == b->layout->count && memcmp(a->values, b->values, size) == 0;
}

/* The same text once more, with the layout that is known by now. */
static void check_again(tcx_reader *reader, struct text text, const struct tcx_snapshot *first)
{
	struct tcx_fault fault = {""};
	bool diverged;
	struct tcx_snapshot *again =
		reading_again(reader, first->layout, text.at, text.len, &diverged, &fault);

	MUST(again != NULL && !diverged && same(first, again));
	tcx_snapshot_unref(again);
}

/* Another text with the first one's layout: as it would be without, or with other names. */
static void check_other(tcx_reader *reader, struct text text, struct tcx_layout *layout,
			const struct tcx_snapshot *fresh)
{
	struct tcx_fault fault = {""};
	bool diverged = false;
	struct tcx_snapshot *again =
		reading_again(reader, layout, text.at, text.len, &diverged, &fault);

	if (again != NULL)
		MUST(fresh != NULL && same(fresh, again));
	else
		MUST(diverged || fresh == NULL);
	tcx_snapshot_unref(again);
}

static void check(tcx_reader *reader, struct text first, struct text second)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *one = reading_of(reader, first.at, first.len, &fault);
	struct tcx_snapshot *two = reading_of(reader, second.at, second.len, &fault);

	MUST((one != NULL && two != NULL) || fault.text[0] != '\0');
	if (one != NULL) {
		check_by_name(one->layout);
		check_slots(one->layout);
		check_again(reader, first, one);
		check_other(reader, second, one->layout, two);
	}
	tcx_snapshot_unref(one);
	tcx_snapshot_unref(two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	const uint8_t *border;
	struct text first, second;

	if (size == 0)
		return 0;
	border = memchr(data + 1, 0xff, size - 1);
	if (border == NULL)
		border = end;
	first = copy(data + 1, (size_t)(border - data - 1));
	second = copy(border, border < end ? (size_t)(end - border - 1) : 0);
	if (border < end)
		memmove(second.at, border + 1, second.len);
	check(readers[data[0] % (sizeof(readers) / sizeof(readers[0]))], first, second);
	free(first.at);
	free(second.at);
	return 0;
}
