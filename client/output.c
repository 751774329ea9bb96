/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints counters, or how much they grew, as nstat does. */
#include "output.h"

#include "sample/print.h"

/* How much one grew. A counter that fell did not: nstat says so and shows 0. */
static uint64_t growth(const struct tcx_counted_value *now, const struct tcx_counters *before,
		       bool *fell)
{
	const struct tcx_counted_value *then =
		before != NULL ? tcx_counters_find(before, now->name) : NULL;

	*fell = then != NULL && now->value < then->value;
	if (*fell)
		return 0;
	return then != NULL ? now->value - then->value : now->value;
}

static void begin(FILE *out, const struct tcx_output_style *style)
{
	if (!style->json)
		tcx_print_title(out);
	else if (style->pretty)
		fputs("{\n    \"" TCX_PRINT_TITLE "\": {", out);
	else
		fputs("{\"" TCX_PRINT_TITLE "\":{", out);
}

static void print_line(FILE *out, const struct tcx_counted_value *counter, uint64_t value,
		       bool fell, bool rates)
{
	char rate[32] = TCX_PRINT_NO_RATE;

	if (rates && counter->has_rate)
		snprintf(rate, sizeof(rate), "%.1f", (double)counter->rate / 1000);
	else if (rates)
		snprintf(rate, sizeof(rate), "-");
	tcx_print_counter(out, counter->name, value, rate, fell ? " (overflow)" : "");
}

/* Names have nothing that JSON has to escape. */
static void print_json(FILE *out, const char *name, uint64_t value, bool first, bool pretty)
{
	fputs(first ? "" : ",", out);
	fprintf(out, pretty ? "\n        \"%s\": %llu" : "\"%s\":%llu", name,
		(unsigned long long)value);
}

static void end(FILE *out, const struct tcx_output_style *style, bool any)
{
	if (style->json && style->pretty)
		fputs(any ? "\n    }\n}\n" : "}\n}\n", out);
	else if (style->json)
		fputs("}}\n", out);
}

bool tcx_output(FILE *out, const struct tcx_counters *counters, const struct tcx_counters *before,
		const struct tcx_selection *selection, const struct tcx_output_style *style)
{
	bool any = false, fell;

	begin(out, style);
	for (size_t i = 0; i < counters->count; i++) {
		const struct tcx_counted_value *counter = &counters->items[i];
		uint64_t value = growth(counter, before, &fell);

		if ((value == 0 && counter->rate == 0 && !style->zeros) ||
		    !tcx_selection_has(selection, counter->name))
			continue;
		if (style->json)
			print_json(out, counter->name, value, !any, style->pretty);
		else
			print_line(out, counter, value, fell, style->rates);
		any = true;
	}
	end(out, style, any);
	return fflush(out) == 0 && !ferror(out);
}
