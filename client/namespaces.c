/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints namespaceTable: how each namespace stands, as the agent has judged it. */
#include "namespaces.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "health_rows.h"
#include "ids.h"

enum cell {
	NAME,
	CONTEXT,
	KIND,
	ACTIVE,
	WORST,
	SEVERITY,
	LISTEN_DROPS,
	RCVBUF_ERRORS,
	RETRANS_SEGS,
	AGE,
	CELLS
};

/* A row takes some 300 octets of a response. */
#define ROWS_AT_ONCE 15

const struct tcx_columns tcx_namespace_columns = {
	TCX_ID_namespaceTable,
	{TCX_ID_namespaceName, TCX_ID_namespaceContext, TCX_ID_namespaceKind,
	 TCX_ID_namespaceActive, TCX_ID_namespaceWorst, TCX_ID_namespaceWorstSeverity,
	 TCX_ID_namespaceListenDrops, TCX_ID_namespaceRcvbufErrors, TCX_ID_namespaceRetransSegs,
	 TCX_ID_namespaceAge},
	CELLS,
	ROWS_AT_ONCE};

/* --- What a row says --------------------------------------------------------------------------*/

#define TEXT_SIZE (TCX_ESCAPED_SIZE(TCX_TEXT_MAX) + 32)

/* What is not known is "". */
typedef void text_fn(const struct tcx_cell *cells, enum cell which, char text[TEXT_SIZE]);

static void write_text(const struct tcx_cell *cells, enum cell which, char text[TEXT_SIZE])
{
	snprintf(text, TEXT_SIZE, "%s", cells[which].text);
}

static void write_number(const struct tcx_cell *cells, enum cell which, char text[TEXT_SIZE])
{
	if (cells[which].known)
		snprintf(text, TEXT_SIZE, "%" PRIu64, cells[which].number);
}

/* Of milliseconds, in seconds. */
static void write_seconds(const struct tcx_cell *cells, enum cell which, char text[TEXT_SIZE])
{
	if (cells[which].known)
		snprintf(text, TEXT_SIZE, "%" PRIu64 ".%03" PRIu64, cells[which].number / 1000,
			 cells[which].number % 1000);
}

/* The words of the kinds, as in the MIB: "named(1) process(2) ...". */
static const char *kinds(void)
{
	static const struct {
		const char *object, *limits;
	} columns[] = {
#define COLUMN(table, sub_id, object, syntax, limits, unit, text) {#object, limits},
#include "mibs/tables.def"
	};
	size_t i = 0;

	while (strcmp(columns[i].object, "namespaceKind") != 0)
		i++;
	return columns[i].limits;
}

static void write_kind(const struct tcx_cell *cells, enum cell which, char text[TEXT_SIZE])
{
	char number[32];
	const char *end, *begin;

	if (!cells[which].known)
		return;
	snprintf(number, sizeof(number), "(%" PRIu64 ")", cells[which].number);
	end = strstr(kinds(), number);
	for (begin = end; begin != NULL && begin > kinds() && begin[-1] != ' ';)
		begin--;
	if (begin != NULL)
		snprintf(text, TEXT_SIZE, "%.*s", (int)(end - begin), begin);
	else
		snprintf(text, TEXT_SIZE, "%" PRIu64, cells[which].number);
}

/* Without thresholds nobody judges. */
static void write_health(const struct tcx_cell *cells, enum cell which, char text[TEXT_SIZE])
{
	if (cells[which].known)
		snprintf(text, TEXT_SIZE, "%s",
			 cells[which].number > 0 ? tcx_health_severity(cells[SEVERITY].number)
						 : "well");
}

static const struct field {
	const char *title, *key; /* of lines, and of JSON */
	enum cell cell;
	text_fn *write;
	bool is_number;
} fields[] = {
	{"Context", "context", CONTEXT, write_text, false},
	{"Name", "name", NAME, write_text, false},
	{"Kind", "kind", KIND, write_kind, false},
	{"Health", "health", ACTIVE, write_health, false},
	{"Crossed", "crossed", ACTIVE, write_number, true},
	{"Worst", "worst", WORST, write_text, false},
	{"ListenDrops", "listenDrops", LISTEN_DROPS, write_number, true},
	{"RcvbufErrors", "rcvbufErrors", RCVBUF_ERRORS, write_number, true},
	{"RetransSegs", "retransSegs", RETRANS_SEGS, write_number, true},
	{"Age", "age", AGE, write_seconds, true},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static void write_field(const struct tcx_walked_row *row, size_t i, char text[TEXT_SIZE])
{
	text[0] = '\0';
	fields[i].write(row->cells, fields[i].cell, text);
}

/* --- The worst first --------------------------------------------------------------------------*/

/* The first of these that differs decides. Zeros are what is not known, and what is not there. */
static const enum cell badness[] = {SEVERITY, ACTIVE, LISTEN_DROPS, RCVBUF_ERRORS, RETRANS_SEGS};

static int compare(const void *a, const void *b)
{
	const struct tcx_walked_row *one = a, *other = b;

	for (size_t i = 0; i < sizeof(badness) / sizeof(badness[0]); i++) {
		uint64_t left = one->cells[badness[i]].number;
		uint64_t right = other->cells[badness[i]].number;

		if (left != right)
			return left > right ? -1 : 1;
	}
	return snmp_oid_compare(one->index, one->index_len, other->index, other->index_len);
}

void tcx_namespaces_sort(struct tcx_walked *walked)
{
	if (walked->count > 1)
		qsort(walked->rows, walked->count, sizeof(walked->rows[0]), compare);
}

/* --- Output -----------------------------------------------------------------------------------*/

static bool is_meant(const struct tcx_selection *selection, const struct tcx_walked_row *row)
{
	return tcx_selection_matches(selection, row->cells[NAME].text) ||
	       tcx_selection_matches(selection, row->cells[CONTEXT].text);
}

static int width_of(const struct tcx_walked *walked, const struct tcx_selection *selection,
		    size_t field)
{
	int width = (int)strlen(fields[field].title);
	char text[TEXT_SIZE];

	for (size_t i = 0; i < walked->count; i++) {
		if (!is_meant(selection, &walked->rows[i]))
			continue;
		write_field(&walked->rows[i], field, text);
		width = (int)strlen(text) > width ? (int)strlen(text) : width;
	}
	return width;
}

/* row NULL: the titles. Numbers are at the right of their column. */
static void print_line(FILE *out, const struct tcx_walked_row *row, const int *widths)
{
	char text[TEXT_SIZE];

	for (size_t i = 0; i < FIELDS; i++) {
		const char *shown = fields[i].title;

		if (row != NULL) {
			write_field(row, i, text);
			shown = text[0] != '\0' ? text : "-";
		}
		fprintf(out, "%s%*s", i > 0 ? "  " : "",
			fields[i].is_number ? widths[i] : -widths[i], shown);
	}
	fputs("\n", out);
}

static void print_lines(FILE *out, const struct tcx_walked *walked,
			const struct tcx_selection *selection)
{
	int widths[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		widths[i] = width_of(walked, selection, i);
	print_line(out, NULL, widths);
	for (size_t i = 0; i < walked->count; i++)
		if (is_meant(selection, &walked->rows[i]))
			print_line(out, &walked->rows[i], widths);
}

/* Control characters have been escaped before. */
static void print_string(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void print_object(FILE *out, const struct tcx_walked_row *row)
{
	char text[TEXT_SIZE];

	for (size_t i = 0; i < FIELDS; i++) {
		fprintf(out, "%s\"%s\":", i > 0 ? "," : "{", fields[i].key);
		write_field(row, i, text);
		if (text[0] == '\0')
			fputs("null", out);
		else if (fields[i].is_number)
			fputs(text, out);
		else
			print_string(out, text);
	}
	putc('}', out);
}

static void print_json(FILE *out, const struct tcx_walked *walked,
		       const struct tcx_selection *selection, bool pretty)
{
	const char *between = pretty ? "\n        " : "";
	bool any = false;

	fputs(pretty ? "{\n    \"namespaces\": [" : "{\"namespaces\":[", out);
	for (size_t i = 0; i < walked->count; i++) {
		if (!is_meant(selection, &walked->rows[i]))
			continue;
		fprintf(out, "%s%s", any ? "," : "", between);
		print_object(out, &walked->rows[i]);
		any = true;
	}
	fputs(!pretty ? "]}\n" : any ? "\n    ]\n}\n" : "]\n}\n", out);
}

void tcx_namespaces_show(FILE *out, const struct tcx_walked *walked,
			 const struct tcx_selection *selection,
			 const struct tcx_output_style *style)
{
	if (style->json)
		print_json(out, walked, selection, style->pretty);
	else
		print_lines(out, walked, selection);
}

bool tcx_namespaces_print(FILE *out, const struct tcx_peer *peer,
			  const struct tcx_selection *selection,
			  const struct tcx_output_style *style, struct tcx_fault *fault)
{
	struct tcx_walked walked = {.rows = NULL};
	bool good = tcx_walk(peer, &tcx_namespace_columns, &walked, fault);

	if (good) {
		tcx_namespaces_sort(&walked);
		tcx_namespaces_show(out, &walked, selection, style);
	}
	tcx_walked_clear(&walked);
	return good;
}
