/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the tables of a survey, and tries again when they changed meanwhile. */
#include "kernel/read_table.h"

#include "base/clock.h"
#include "kernel/netns_reader.h"
#include "sockets/sockets.h"

static bool read_sorted(struct tcx_table *table, const struct tcx_table_reader *reader,
			struct tcx_netns_reader *netns, struct tcx_fault *fault)
{
	return (reader->dump == NULL || tcx_netns_list(netns, table, reader->dump, fault)) &&
	       (reader->read == NULL || reader->read(table, netns, fault)) &&
	       tcx_table_sort_unique(table, fault);
}

/* NULL, and no reference, unless all went well. */
static struct tcx_table *finish(struct tcx_table *table, bool done)
{
	if (table == NULL || !done) {
		tcx_table_unref(table);
		return NULL;
	}
	tcx_table_trim(table);
	table->cost_ns = tcx_clock_now() - table->taken_ns;
	return table;
}

static bool read_once(const struct tcx_survey *survey, unsigned int wanted,
		      struct tcx_table *tables[TCX_TABLES], struct tcx_netns_reader *netns,
		      size_t max_rows, struct tcx_fault *fault)
{
	uint64_t now = tcx_clock_now();
	bool done = true;

	netns->route.interrupted = false;
	netns->diag.interrupted = false;
	for (size_t id = 0; id < TCX_TABLES; id++) {
		tables[id] = NULL;
		if ((wanted & 1U << id) == 0)
			continue;
		tables[id] = tcx_table_new(&survey->members[id]->kind, max_rows, now, fault);
		done = done && tables[id] != NULL;
	}
	done = done && tcx_read_sockets(survey, tables, netns, fault);
	for (size_t id = 0; done && id < TCX_TABLES; id++)
		done = tables[id] == NULL ||
		       read_sorted(tables[id], survey->members[id], netns, fault);
	for (size_t id = 0; id < TCX_TABLES; id++)
		tables[id] = finish(tables[id], done);
	return done;
}

bool tcx_survey_read(const struct tcx_survey *survey, unsigned int wanted,
		     struct tcx_table *tables[TCX_TABLES], struct tcx_netns_reader *netns,
		     size_t max_rows, struct tcx_fault *fault)
{
	for (unsigned int tried = 1; !read_once(survey, wanted, tables, netns, max_rows, fault);
	     tried++)
		if ((!netns->route.interrupted && !netns->diag.interrupted) ||
		    !tcx_netlink_try_again(tried))
			return false;
	return true;
}

struct tcx_table *tcx_table_read_beside(const struct tcx_table_reader *reader,
					struct tcx_netns_reader *netns, struct tcx_fault *fault)
{
	struct tcx_table *table = tcx_table_new(&reader->kind, SIZE_MAX, tcx_clock_now(), fault);

	return finish(table, table != NULL && read_sorted(table, reader, netns, fault));
}
