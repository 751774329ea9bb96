/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints a snapshot as nstat does. */
#include "sample/print.h"

#include "catalogue/catalogue.h"

/* nstat does not print these (useless_numbers[] in its source). */
static bool nstat_omits(enum tcx_counter counter)
{
	return counter != TCX_NONE &&
	       (tcx_catalogue_row(counter)->kind == TCX_integer || counter == TCX_TcpCurrEstab);
}

static void print_one(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "%-32s%-16llu%6.1f\n", name, (unsigned long long)value, 0.0);
}

static bool is_printed(const struct tcx_snapshot *snapshot, size_t i, bool all)
{
	const struct tcx_entry *entry = &snapshot->layout->entries[i];

	return (all || tcx_catalogue_source(entry->source)->set == TCX_SET_core) &&
	       tcx_snapshot_has(snapshot, i, 0) && !nstat_omits(entry->counter);
}

bool tcx_print(FILE *out, const struct tcx_snapshot *snapshot, bool all)
{
	const struct tcx_layout *layout = snapshot->layout;

	fputs("#kernel\n", out);
	for (size_t k = 0; k < layout->by_name_count; k++) {
		size_t i = layout->by_position[k];

		if (is_printed(snapshot, i, all))
			print_one(out, layout->entries[i].name, snapshot->values[i]);
	}
	return fflush(out) == 0 && !ferror(out);
}
