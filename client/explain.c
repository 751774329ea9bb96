/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a counter counts and what a rise means: from the rows of mibs/, and the symptoms of
 * tcpextd-symptoms(7) that speak of it.
 */
#include "explain.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "health_rows.h"
#include "paragraph.h"
#include "symptoms.h"

static const char *const kinds[] = {
	[TCX_counter] = "counter", [TCX_gauge] = "gauge", [TCX_integer] = "setting"};

static const struct {
	const char *object;
	enum tcx_counter counter;
} terms[] = {
#define TERM(object, part, as, counter) {#object, TCX_##counter},
#include "mibs/health.def"
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void print_health_of(FILE *out, enum tcx_counter counter)
{
	char list[1024] = "";
	const char *last = "";

	for (size_t i = 0; i < COUNT(terms); i++) {
		size_t len = strlen(list);

		if (terms[i].counter != counter || strcmp(terms[i].object, last) == 0)
			continue;
		last = terms[i].object;
		snprintf(list + len, sizeof(list) - len, "%s%s", len > 0 ? ", " : "", last);
	}
	if (list[0] != '\0')
		tcx_paragraph(out, "Health", list);
}

static void print_symptoms_of(FILE *out, const char *object)
{
	const char *title;

	for (size_t i = 0; (title = tcx_symptom(object, i)) != NULL; i++)
		tcx_paragraph(out, "tcpextd-symptoms(7)", title);
}

/* "counter of packets, net/netstat, since Linux 4.9" */
static void print_facts(FILE *out, const struct tcx_counter_row *row)
{
	const struct tcx_section_row *section = tcx_catalogue_section(row->section);
	bool old = strncmp(row->since, "<=", 2) == 0;

	fprintf(out, "    %s of %s, /proc/%s, since Linux %s%s", kinds[row->kind], row->unit,
		tcx_catalogue_source(section->source)->path, row->since + (old ? 2 : 0),
		old ? " or before" : "");
	if (row->until[0] != '\0')
		fprintf(out, ", until %s", row->until);
	fputs("\n", out);
}

static void print_counter(FILE *out, enum tcx_counter counter, const char *name)
{
	const struct tcx_counter_row *row = tcx_catalogue_row(counter);
	char object[TCX_OBJECT_SIZE];

	tcx_object_of(object, row->name);
	fprintf(out, "%s\n", name);
	print_facts(out, row);
	tcx_paragraph(out, NULL, row->text);
	print_health_of(out, counter);
	print_symptoms_of(out, object);
}

static void print_health(FILE *out, const struct tcx_health_row *row)
{
	fprintf(out, "%s\n    %s\n", row->object, row->unit);
	tcx_paragraph(out, NULL, row->text);
	tcx_paragraph(out, NULL, row->advice);
	print_symptoms_of(out, row->object);
}

static bool matches(const char *pattern, const char *name)
{
	char object[TCX_OBJECT_SIZE];

	tcx_object_of(object, name);
	return fnmatch(pattern, name, 0) == 0 || fnmatch(pattern, object, 0) == 0;
}

/* A name with the number of an ICMP type is of a row that stands for all types. */
static bool explain_type(FILE *out, const char *pattern)
{
	char name[TCX_OBJECT_SIZE];
	enum tcx_counter counter;
	uint8_t type;

	snprintf(name, sizeof(name), "%s", pattern);
	name[0] = (char)toupper((unsigned char)name[0]);
	counter = tcx_catalogue_find(name, strlen(name), &type);
	if (counter == TCX_NONE || tcx_catalogue_row(counter)->column < 0)
		return false;
	print_counter(out, counter, name);
	return true;
}

bool tcx_explain(FILE *out, const char *pattern)
{
	bool any = explain_type(out, pattern);

	for (int i = 0; i < TCX_COUNTERS; i++) {
		const char *name = tcx_catalogue_row(i)->name;

		if (!matches(pattern, name))
			continue;
		print_counter(out, (enum tcx_counter)i, name);
		any = true;
	}
	for (size_t i = 0; i < TCX_HEALTHS; i++) {
		if (!matches(pattern, tcx_health_rows[i].object))
			continue;
		print_health(out, &tcx_health_rows[i]);
		any = true;
	}
	return any;
}
