/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses files with a line of hexadecimal numbers for each processor: /proc/net/stat/ *, which
 * begin with a line of names, and net/softnet_stat, where the place of a number is its meaning.
 */
#include "kernel/reader.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "kernel/line.h"

/* The columns of a text, in its order. */
struct columns {
	struct tcx_piece names; /* their line; empty: there is none */
	size_t count;
	size_t id;		       /* the one with the number of the processor, or TCX_NO_ID */
	size_t at[TCX_TOTALS_COLUMNS]; /* the entry of each in the layout, but of the id */
	bool exact;		       /* each line has so many numbers and no more */
	bool gauges_repeat;	       /* a gauge is the same in each line, of which one counts */
};

static bool read_line(struct tcx_totals *totals, const struct columns *columns,
		      struct tcx_piece line, struct tcx_fault *fault)
{
	uint64_t *numbers = tcx_totals_add(totals, columns->count);

	if (numbers == NULL)
		return tcx_fault_set(fault, "it has more lines than there is memory for");
	for (size_t i = 0; i < columns->count; i++) {
		if (!tcx_line_skip_blanks(&line))
			return tcx_fault_set(fault, "a line has fewer numbers than others");
		if (!tcx_line_hex(&line, &numbers[i]))
			return tcx_fault_set(fault, "a line has what is no hexadecimal number");
	}
	return !columns->exact || !tcx_line_skip_blanks(&line) ||
	       tcx_fault_set(fault, "a line has more numbers than others");
}

static bool read_lines(struct tcx_totals *totals, const struct columns *columns,
		       struct tcx_piece text, struct tcx_fault *fault)
{
	struct tcx_piece line;

	tcx_totals_begin(totals);
	while (tcx_line_next(&text, &line))
		if (!read_line(totals, columns, line, fault))
			return false;
	return true;
}

/* The columns that only grow, as bits. */
static uint64_t counters(const struct tcx_builder *builder, const struct columns *columns)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < columns->count; i++)
		if (i != columns->id && builder->layout->counts[columns->at[i]])
			bits |= (uint64_t)1 << i;
	return bits;
}

static bool is_gauge(const struct tcx_builder *builder, size_t entry)
{
	enum tcx_counter counter = builder->layout->entries[entry].counter;

	return counter != TCX_NONE && tcx_catalogue_row(counter)->kind == TCX_gauge;
}

static uint64_t value_of(const struct tcx_builder *builder, const struct columns *columns, size_t i,
			 uint64_t first)
{
	if (builder->layout->counts[columns->at[i]])
		return builder->totals->grown[i];
	return columns->gauges_repeat && is_gauge(builder, columns->at[i])
		       ? first
		       : builder->totals->sum[i];
}

/* Reads the lines into the totals, whole or not at all, and the totals into the snapshot. */
static bool read_values(struct tcx_builder *builder, const struct columns *columns,
			struct tcx_piece text, struct tcx_fault *fault)
{
	struct tcx_totals *totals = builder->totals;
	uint64_t first[TCX_TOTALS_COLUMNS];

	if (!read_lines(totals, columns, text, fault))
		return false;
	memcpy(first, totals->now.numbers, columns->count * sizeof(first[0]));
	if (tcx_piece_len(columns->names) > 0 &&
	    !tcx_totals_name(totals, columns->names.at, tcx_piece_len(columns->names)))
		return tcx_fault_set(fault, "out of memory");
	if (!tcx_totals_end(totals, columns->count, counters(builder, columns), columns->id))
		return tcx_fault_set(fault, "out of memory");
	for (size_t i = 0; i < columns->count; i++)
		if (i != columns->id)
			builder->snapshot->values[columns->at[i]] =
				value_of(builder, columns, i, first[i]);
	return true;
}

/* Names a column, and moves on to the next. */
static bool name_column(struct tcx_builder *builder, struct columns *columns, const char *name,
			size_t len, struct tcx_fault *fault)
{
	if (!tcx_builder_name(builder, builder->prefix, strlen(builder->prefix), name, len, fault))
		return false;
	columns->at[columns->count++] = builder->position++;
	return true;
}

/* Counts the numbers of a line, without a look at them. */
static size_t count_words(struct tcx_piece line)
{
	size_t count = 0;

	for (; tcx_line_skip_blanks(&line); count++)
		while (line.at < line.end && !tcx_is_blank(*line.at))
			line.at++;
	return count;
}

/* Takes a whole text that has at least one line of so many numbers. */
static bool begin(struct tcx_piece text, size_t *numbers, struct tcx_fault *fault)
{
	struct tcx_piece line;

	if (!tcx_line_next(&text, &line))
		return tcx_fault_set(fault, "it has no line of numbers");
	if (text.end[-1] != '\n')
		return tcx_fault_set(fault, "it ends in the middle of a line");
	*numbers = count_words(line);
	if (*numbers > TCX_TOTALS_COLUMNS)
		return tcx_fault_set(fault, "it has more than %d columns", TCX_TOTALS_COLUMNS);
	return *numbers > 0 || tcx_fault_set(fault, "it has no line of numbers");
}

/* "insert_failed" is InsertFailed. Returns the length. */
static size_t put_together(char name[TCX_NAME_MAX + 1], struct tcx_piece word)
{
	size_t len = 0;
	bool begins = true;

	for (const char *p = word.at; p < word.end && len <= TCX_NAME_MAX; p++) {
		if (*p != '_')
			name[len++] = (char)(begins ? toupper((unsigned char)*p) : *p);
		begins = *p == '_';
	}
	return len;
}

/* Names as many columns as the names and the numbers have. */
static bool name_columns(struct tcx_builder *builder, struct columns *columns,
			 struct tcx_piece names, size_t numbers, struct tcx_fault *fault)
{
	struct tcx_piece word;
	char name[TCX_NAME_MAX + 1];

	while (columns->count < numbers && tcx_line_skip_blanks(&names))
		if (!tcx_line_name(&names, &word, fault) ||
		    !name_column(builder, columns, name, put_together(name, word), fault))
			return false;
	return columns->count > 0 || tcx_fault_set(fault, "it has no line of names");
}

/* The columns of a line that the layout has are known. */
static void take_known(struct tcx_builder *builder, struct columns *columns, size_t count)
{
	while (columns->count < count)
		columns->at[columns->count++] = builder->position++;
}

/* A line is kept to be known again only where each name has a number, and each number a name. */
static bool read_headed(struct tcx_builder *builder, struct columns *columns,
			struct tcx_piece names, struct tcx_piece text, struct tcx_fault *fault)
{
	size_t len = tcx_piece_len(names);
	size_t first = builder->layout->count;
	size_t numbers;

	if (!begin(text, &numbers, fault))
		return false;
	columns->names = names;
	if (tcx_builder_known_line(builder, names.at, len) == numbers)
		take_known(builder, columns, numbers);
	else if (!name_columns(builder, columns, names, numbers, fault))
		return false;
	if (!builder->collecting)
		return read_values(builder, columns, text, fault);
	return count_words(names) != numbers ||
	       tcx_layout_append_line(builder->layout, names.at, len, first, fault);
}

/* What is not whole keeps what was there before. */
static bool end(struct tcx_builder *builder, const struct columns *columns, bool good)
{
	if (!good && columns->count > 0 && !builder->collecting)
		tcx_builder_miss(builder, columns->at[0], builder->position);
	return good;
}

bool tcx_read_per_cpu(struct tcx_builder *builder, const char *text, size_t len,
		      struct tcx_fault *fault)
{
	struct columns columns = {.id = TCX_NO_ID, .gauges_repeat = true};
	struct tcx_piece rest = {text, text + len};
	struct tcx_piece names;

	if (!tcx_line_next(&rest, &names))
		return tcx_fault_set(fault, "it is empty");
	return end(builder, &columns, read_headed(builder, &columns, names, rest, fault));
}

/* By column. What has no name here goes by its number. */
static const char *const softnet_names[] = {
	"Processed",
	"Dropped",
	"TimeSqueeze",
	NULL,
	NULL,
	NULL,
	NULL,
	NULL,
	"CpuCollision",
	"ReceivedRps",
	"FlowLimitCount",
	"BacklogLength",
	NULL,
	"InputQueueLength",
	"ProcessQueueLength",
};

enum { SOFTNET_NAMES = sizeof(softnet_names) / sizeof(softnet_names[0]), SOFTNET_ID = 12 };

/*
 * How many columns mean what they mean in mainline, which prints 9, 10, 11, 13 or 15, or more one
 * day. Others are a vendor's, and nobody knows what those behind the eleventh are.
 */
static size_t trusted_columns(size_t numbers)
{
	if (numbers >= SOFTNET_NAMES)
		return SOFTNET_NAMES;
	return numbers == 13 || numbers < 11 ? numbers : 11;
}

static bool name_softnet(struct tcx_builder *builder, struct columns *columns, size_t numbers,
			 struct tcx_fault *fault)
{
	size_t trusted = trusted_columns(numbers);

	columns->id = trusted > SOFTNET_ID ? SOFTNET_ID : TCX_NO_ID;
	while (columns->count < numbers) {
		size_t i = columns->count;
		const char *name = i < trusted ? softnet_names[i] : NULL;
		char by_number[32];

		if (i == columns->id) {
			columns->at[columns->count++] = SIZE_MAX;
			continue;
		}
		snprintf(by_number, sizeof(by_number), "Column%zu", i + 1);
		name = name != NULL ? name : by_number;
		if (!name_column(builder, columns, name, strlen(name), fault))
			return false;
	}
	return true;
}

bool tcx_read_softnet(struct tcx_builder *builder, const char *text, size_t len,
		      struct tcx_fault *fault)
{
	struct columns columns = {.exact = true};
	struct tcx_piece piece = {text, text + len};
	size_t numbers;
	bool good = begin(piece, &numbers, fault) &&
		    name_softnet(builder, &columns, numbers, fault) &&
		    (builder->collecting || read_values(builder, &columns, piece, fault));

	return end(builder, &columns, good);
}
