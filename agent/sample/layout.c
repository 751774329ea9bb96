/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects the names of counters and indexes them. Values are in snapshots. */
#include "sample/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Bounds a layout whose file gives ever new names and faults; no kernel has as many. */
#define ADOPT_MAX 4096

struct tcx_layout *tcx_layout_new(void)
{
	return tcx_reference_new(sizeof(struct tcx_layout), NULL);
}

static void free_layout(struct tcx_layout *layout)
{
	for (size_t i = 0; i < layout->line_count; i++)
		free(layout->lines[i].text);
	free(layout->lines);
	free(layout->by_name);
	free(layout->by_position);
	free(layout->counts);
	free(layout->grows);
	tcx_numbers_unref(layout->still);
	free(layout->entries);
	free(layout);
}

TCX_REFERENCE_DEFINE(tcx_layout, free_layout)

bool tcx_layout_append(struct tcx_layout *layout, uint8_t source, const char *prefix,
		       size_t prefix_len, const char *name, size_t name_len,
		       struct tcx_fault *fault)
{
	struct tcx_entry entry = {.source = source};

	if (prefix_len + name_len > TCX_NAME_MAX)
		return tcx_fault_set(fault, "a counter's name is longer than %d characters",
				     TCX_NAME_MAX);
	memcpy(entry.name, prefix, prefix_len);
	memcpy(entry.name + prefix_len, name, name_len);
	entry.name_len = (uint8_t)(prefix_len + name_len);
	return tcx_array_append(&layout->entries, &layout->count, &entry, sizeof(entry)) ||
	       tcx_fault_set(fault, "out of memory");
}

bool tcx_layout_append_line(struct tcx_layout *layout, const char *text, size_t len, size_t first,
			    struct tcx_fault *fault)
{
	struct tcx_line line = {malloc(len + 1), len, first, layout->count - first};

	if (line.text != NULL &&
	    tcx_array_append(&layout->lines, &layout->line_count, &line, sizeof(line))) {
		memcpy(line.text, text, len);
		return true;
	}
	free(line.text);
	return tcx_fault_set(fault, "out of memory");
}

int tcx_layout_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return memcmp(a, b, a_len);
}

static int compare_entries(const void *a, const void *b, void *layout)
{
	const struct tcx_entry *entries = ((struct tcx_layout *)layout)->entries;
	const struct tcx_entry *left = &entries[*(const size_t *)a];
	const struct tcx_entry *right = &entries[*(const size_t *)b];

	return tcx_layout_compare(left->name, left->name_len, right->name, right->name_len);
}

/* Sysctls are no counters: they have a slot, but no row in nstatTable. */
static bool has_row(const struct tcx_entry *entry)
{
	return !entry->ambiguous &&
	       (entry->counter == TCX_NONE ||
		tcx_catalogue_row(entry->counter)->section != TCX_SECTION_Sysctl);
}

/* Equal names are neighbours in by_name; they are ambiguous and leave it, as all that has no row.
 */
static void drop_rowless(struct tcx_layout *layout)
{
	size_t kept = 0;

	for (size_t i = 0, next; i < layout->by_name_count; i = next) {
		for (next = i + 1; next < layout->by_name_count; next++)
			if (compare_entries(&layout->by_name[i], &layout->by_name[next], layout))
				break;
		for (size_t k = i; next - i > 1 && k < next; k++)
			layout->entries[layout->by_name[k]].ambiguous = true;
		if (has_row(&layout->entries[layout->by_name[i]]))
			layout->by_name[kept++] = layout->by_name[i];
	}
	layout->by_name_count = kept;
}

static bool sort_names(struct tcx_layout *layout)
{
	layout->by_name = calloc(layout->count > 0 ? layout->count : 1, sizeof(size_t));
	if (layout->by_name == NULL)
		return false;
	for (size_t i = 0; i < layout->count; i++)
		layout->by_name[i] = i;
	layout->by_name_count = layout->count;
	qsort_r(layout->by_name, layout->count, sizeof(size_t), compare_entries, layout);
	drop_rowless(layout);
	return true;
}

/* Those of nstatTable. nstat prints SCTP first. */
static bool set_positions(struct tcx_layout *layout)
{
	uint32_t position = 0;

	layout->by_position = calloc(layout->by_name_count + 1, sizeof(layout->by_position[0]));
	if (layout->by_position == NULL)
		return false;
	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < layout->count; i++) {
			struct tcx_entry *entry = &layout->entries[i];

			if ((entry->source != TCX_SOURCE_SCTP) != others || !has_row(entry))
				continue;
			layout->by_position[position] = i;
			entry->position = ++position;
		}
	return true;
}

struct name {
	const char *text;
	size_t len;
};

static int compare_name(const struct tcx_layout *layout, size_t i, const struct name *name)
{
	const struct tcx_entry *entry = &layout->entries[layout->by_name[i]];

	return tcx_layout_compare(entry->name, entry->name_len, name->text, name->len);
}

static bool is_before(const void *layout, size_t i, const void *name)
{
	return compare_name(layout, i, name) < 0;
}

static int32_t find_by_name(const struct tcx_layout *layout, const char *name, size_t len)
{
	const struct name key = {name, len};
	size_t i = tcx_search(layout, layout->by_name_count, &key, is_before);

	if (i == layout->by_name_count || compare_name(layout, i, &key) != 0)
		return -1;
	return (int32_t)layout->by_name[i];
}

int32_t tcx_layout_find(const struct tcx_layout *layout, const char *name, size_t len)
{
	uint8_t type;
	enum tcx_counter counter = tcx_catalogue_find(name, len, &type);
	int column;

	if (counter == TCX_NONE)
		return find_by_name(layout, name, len);
	column = tcx_catalogue_row(counter)->column;
	return column < 0 ? layout->slot[counter] : layout->type_slot[column][type];
}

int32_t *tcx_layout_map(const struct tcx_layout *from, const struct tcx_layout *to)
{
	int32_t *map = malloc((to->count + 1) * sizeof(*map));

	for (size_t i = 0; map != NULL && i < to->count; i++) {
		const struct tcx_entry *entry = &to->entries[i];

		map[i] =
			entry->ambiguous ? -1 : tcx_layout_find(from, entry->name, entry->name_len);
	}
	return map;
}

static bool adopt_rest(struct tcx_layout *layout, const struct tcx_layout *other, uint8_t source,
		       const bool *known)
{
	for (size_t i = 0; i < other->count && layout->count < ADOPT_MAX; i++) {
		const struct tcx_entry *entry = &other->entries[i];

		if (entry->source == source && !entry->ambiguous && !known[i] &&
		    !tcx_layout_append(layout, source, "", 0, entry->name, entry->name_len, NULL))
			return false;
	}
	return true;
}

bool tcx_layout_adopt(struct tcx_layout *layout, size_t first, const struct tcx_layout *other,
		      uint8_t source)
{
	bool *known = calloc(other->count + 1, sizeof(*known));
	bool done;

	if (known == NULL)
		return false;
	for (size_t i = first; i < layout->count; i++) {
		const struct tcx_entry *entry = &layout->entries[i];
		int32_t at = tcx_layout_find(other, entry->name, entry->name_len);

		if (at >= 0)
			known[at] = true;
	}
	done = adopt_rest(layout, other, source, known);
	free(known);
	return done;
}

static void set_slot(struct tcx_layout *layout, size_t i)
{
	const struct tcx_entry *entry = &layout->entries[i];
	int column;

	layout->grows[i] = !entry->ambiguous;
	if (entry->counter == TCX_NONE || entry->ambiguous)
		return;
	layout->counts[i] = layout->grows[i] =
		tcx_catalogue_row(entry->counter)->kind == TCX_counter;
	column = tcx_catalogue_row(entry->counter)->column;
	if (column < 0)
		layout->slot[entry->counter] = (int32_t)i;
	else
		layout->type_slot[column][entry->type] = (int32_t)i;
}

bool tcx_layout_finish(struct tcx_layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		struct tcx_entry *entry = &layout->entries[i];

		entry->counter = tcx_catalogue_find(entry->name, entry->name_len, &entry->type);
	}
	layout->counts = calloc(layout->count + 1, sizeof(layout->counts[0]));
	layout->grows = calloc(layout->count + 1, sizeof(layout->grows[0]));
	layout->still = tcx_numbers_new(layout->count);
	if (layout->counts == NULL || layout->grows == NULL || layout->still == NULL ||
	    !sort_names(layout) || !set_positions(layout))
		return false;
	memset(layout->slot, 0xff, sizeof(layout->slot));
	memset(layout->type_slot, 0xff, sizeof(layout->type_slot));
	for (size_t i = 0; i < layout->count; i++) {
		set_slot(layout, i);
		layout->still->of[i] = layout->grows[i] ? 0 : TCX_NO_NUMBER;
	}
	return true;
}
