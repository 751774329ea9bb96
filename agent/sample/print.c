/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints counters, and a whole snapshot, as nstat does. */
#include "sample/print.h"

#include "catalogue/catalogue.h"

bool tcx_print_omits(enum tcx_counter counter)
{
	return counter != TCX_NONE &&
	       (tcx_catalogue_row(counter)->kind == TCX_integer || counter == TCX_TcpCurrEstab);
}

void tcx_print_counter(FILE *out, const char *name, uint64_t value, const char *rate,
		       const char *behind)
{
	fprintf(out, "%-32s%-16llu%6s%s\n", name, (unsigned long long)value, rate, behind);
}

void tcx_print_title(FILE *out)
{
	fputs("#" TCX_PRINT_TITLE "\n", out);
}

static bool is_printed(const struct tcx_snapshot *snapshot, size_t i, bool all)
{
	const struct tcx_entry *entry = &snapshot->layout->entries[i];

	return (all || tcx_catalogue_source(entry->source)->set == TCX_SET_core) &&
	       tcx_snapshot_has(snapshot, i, 0) && !tcx_print_omits(entry->counter);
}

bool tcx_print(FILE *out, const struct tcx_snapshot *snapshot, bool all)
{
	const struct tcx_layout *layout = snapshot->layout;

	tcx_print_title(out);
	for (size_t k = 0; k < layout->by_name_count; k++) {
		size_t i = layout->by_position[k];

		if (is_printed(snapshot, i, all))
			tcx_print_counter(out, layout->entries[i].name, snapshot->values[i],
					  TCX_PRINT_NO_RATE, "");
	}
	return fflush(out) == 0 && !ferror(out);
}
