/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the tables of a survey, a row of each message, and tries again when they changed meanwhile.
 */
#include "kernel/read_table.h"

#include "base/clock.h"
#include "kernel/netns_reader.h"
#include "sockets/sockets.h"

/* More than any type of attribute that rows are made of. */
#define ATTRIBUTES 32

/* From RTM_NEWADDR to RTM_GETADDR, and so with all others. */
#define NEW_TO_GET 2

struct list {
	struct tcx_table *table;
	const struct tcx_table_dump *dump;
};

/* RTM_GETMULTICAST comes back as what it is. */
static bool is_answer(const struct tcx_table_dump *dump, uint16_t type)
{
	return type == dump->type - NEW_TO_GET || type == dump->type;
}

static bool take_message(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const struct list *list = context;
	const struct tcx_table_dump *dump = list->dump;
	const struct nlattr *attributes[ATTRIBUTES];
	const void *body = tcx_netlink_parse(message, dump->len, attributes, ATTRIBUTES, fault);

	if (body == NULL)
		return false;
	return !is_answer(dump, message->nlmsg_type) ||
	       dump->take(list->table, body, attributes, fault);
}

bool tcx_table_list(struct tcx_table *table, struct tcx_netns_reader *netns,
		    const struct tcx_table_dump *dump, struct tcx_fault *fault)
{
	struct list list = {table, dump};
	const struct tcx_netlink_query query = {dump->type, dump->request, dump->len + dump->more,
						take_message, &list};
	const bool was_cut = table->cut;

	table->source = "rtnetlink";
	return tcx_netlink_dump(&netns->route, &query, fault) || table->cut != was_cut ||
	       (dump->nothing != 0 && netns->route.error == dump->nothing);
}

static bool read_sorted(struct tcx_table *table, const struct tcx_table_reader *reader,
			struct tcx_netns_reader *netns, struct tcx_fault *fault)
{
	return (reader->dump.take == NULL || tcx_table_list(table, netns, &reader->dump, fault)) &&
	       (reader->read == NULL || reader->read(table, netns, fault)) &&
	       tcx_table_sort_unique(table, fault) &&
	       (reader->sockets.end == NULL || reader->sockets.end(table, fault));
}

/* NULL, and no reference, unless all went well. */
static struct tcx_table *finish(struct tcx_table *table, bool done)
{
	if (table == NULL || !done) {
		tcx_table_unref(table);
		return NULL;
	}
	tcx_table_trim(table);
	table->before = NULL;
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
		if (tables[id] != NULL && netns->before != NULL)
			tables[id]->before = netns->before[id];
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
