/* SPDX-License-Identifier: BSD-2-Clause */
/* Gets all values of health, and what thresholds are crossed, in one PDU. */
#include "health.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "health_rows.h"
#include "paragraph.h"

static void print_crossed(FILE *out, const struct tcx_cell *cells)
{
	const struct tcx_cell *active = &cells[TCX_HEALTH_ACTIVE];

	if (!active->known || active->number == 0)
		return;
	fprintf(out, "Thresholds that are crossed: %" PRIu64, active->number);
	if (cells[TCX_HEALTH_WORST].known)
		fprintf(out, "; the worst: %s (%s)", cells[TCX_HEALTH_WORST].text,
			tcx_health_severity(cells[TCX_HEALTH_SEVERITY].number));
	fputs("\n", out);
}

/* The first sentence says what a value is; --explain has the rest. */
static void print_words(FILE *out, const char *text)
{
	const char *end = strstr(text, ". ");
	char *sentence = strndup(text, end != NULL ? (size_t)(end - text) + 1 : strlen(text));

	if (sentence != NULL)
		tcx_paragraph(out, NULL, sentence);
	free(sentence);
}

static void print_row(FILE *out, const struct tcx_health_row *row, const struct tcx_cell *cell)
{
	fprintf(out, "%s: ", row->object);
	if (!cell->known)
		fputs("not known\n", out);
	else if (strcmp(row->unit, "percent") == 0)
		fprintf(out, "%" PRIu64 ".%02" PRIu64 " %%\n", cell->number / 100,
			cell->number % 100);
	else
		fprintf(out, "%" PRIu64 " %s\n", cell->number, row->unit);
	print_words(out, row->text);
}

static void print_values(FILE *out, const struct tcx_cell *cells, bool zeros,
			 const struct tcx_selection *selection)
{
	size_t meant = 0, above = 0, unknown = 0;

	for (size_t i = 0; i < TCX_HEALTHS; i++) {
		const struct tcx_health_row *row = &tcx_health_rows[i];
		const struct tcx_cell *cell = &cells[i];

		if (!tcx_selection_matches(selection, row->object))
			continue;
		meant++;
		above += cell->known && cell->number > 0;
		unknown += !cell->known;
		if (zeros || (cell->known && cell->number > 0))
			print_row(out, row, cell);
	}
	fprintf(out, "Of %zu values %zu are above 0, and %zu are not known.\n", meant, above,
		unknown);
}

bool tcx_health_print(FILE *out, const struct tcx_peer *peer, bool zeros,
		      const struct tcx_selection *selection, struct tcx_fault *fault)
{
	struct tcx_cell cells[TCX_HEALTH_CELLS];

	if (!tcx_get_scalars(peer, tcx_health_scalars, TCX_HEALTH_CELLS, cells, fault))
		return false;
	print_crossed(out, cells);
	print_values(out, cells + TCX_HEALTH_VALUES, zeros, selection);
	return true;
}
