/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a table, and tries again when it changed meanwhile. */
#include "kernel/read_table.h"

#include "base/clock.h"
#include "kernel/netns_reader.h"

static bool read_once(struct tcx_table *table, const struct tcx_table_reader *reader,
		      struct tcx_netns_reader *netns, struct tcx_fault *fault)
{
	table->count = 0;
	table->cut = false;
	table->lacking.text[0] = '\0';
	netns->route.interrupted = false;
	netns->diag.interrupted = false;
	return reader->read(table, netns, fault);
}

static bool read_rows(struct tcx_table *table, const struct tcx_table_reader *reader,
		      struct tcx_netns_reader *netns, struct tcx_fault *fault)
{
	for (unsigned int tried = 1; !read_once(table, reader, netns, fault); tried++)
		if ((!netns->route.interrupted && !netns->diag.interrupted) ||
		    !tcx_netlink_try_again(tried))
			return false;
	return true;
}

/* Sorts what was read; NULL if reading failed. */
static struct tcx_table *finish(struct tcx_table *table, bool done, struct tcx_fault *fault)
{
	if (!done || !tcx_table_sort_unique(table, fault)) {
		tcx_table_unref(table);
		return NULL;
	}
	table->cost_ns = tcx_clock_now() - table->taken_ns;
	return table;
}

struct tcx_table *tcx_table_read(const struct tcx_table_reader *reader,
				 struct tcx_netns_reader *netns, size_t max_rows,
				 struct tcx_fault *fault)
{
	struct tcx_table *table = tcx_table_new(&reader->kind, max_rows, tcx_clock_now(), fault);

	return table != NULL ? finish(table, read_rows(table, reader, netns, fault), fault) : NULL;
}

struct tcx_table *tcx_table_read_beside(const struct tcx_table_reader *reader,
					struct tcx_netns_reader *netns, struct tcx_fault *fault)
{
	struct tcx_table *table = tcx_table_new(&reader->kind, SIZE_MAX, tcx_clock_now(), fault);

	return table != NULL ? finish(table, reader->read(table, netns, fault), fault) : NULL;
}
