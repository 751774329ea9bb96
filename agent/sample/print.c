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

static void print_source(FILE *out, const struct tcx_snapshot *snapshot, enum tcx_source source)
{
	const struct tcx_layout *layout = snapshot->layout;

	for (size_t i = 0; i < layout->count; i++)
		if (layout->entries[i].source == source && tcx_snapshot_has(snapshot, i, 0) &&
		    !layout->entries[i].ambiguous && !nstat_omits(layout->entries[i].counter))
			print_one(out, layout->entries[i].name, snapshot->values[i]);
}

/* nstat prints SCTP first. */
bool tcx_print(FILE *out, const struct tcx_snapshot *snapshot, bool all)
{
	fputs("#kernel\n", out);
	print_source(out, snapshot, TCX_SOURCE_SCTP);
	for (int source = 0; source < TCX_SOURCES; source++)
		if (source != TCX_SOURCE_SCTP &&
		    (all || tcx_catalogue_source((size_t)source)->set == TCX_SET_core))
			print_source(out, snapshot, (enum tcx_source)source);
	return fflush(out) == 0 && !ferror(out);
}
