/* SPDX-License-Identifier: BSD-2-Clause */
/* Dumps of rtnetlink that make a row of each message. */
#include "kernel/netns_reader.h"

/* More than any type of attribute that rows are made of. */
#define ATTRIBUTES 32

/* From RTM_NEWADDR to RTM_GETADDR, and so with all others. */
#define NEW_TO_GET 2

struct list {
	struct tcx_table *table;
	const struct tcx_netns_dump *dump;
};

static bool take_message(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const struct list *list = context;
	const struct tcx_netns_dump *dump = list->dump;
	const struct nlattr *attributes[ATTRIBUTES];
	const void *body = tcx_netlink_parse(message, dump->len, attributes, ATTRIBUTES, fault);

	if (body == NULL)
		return false;
	return message->nlmsg_type != dump->type - NEW_TO_GET ||
	       dump->take(list->table, body, attributes, fault);
}

bool tcx_netns_list(struct tcx_netns_reader *reader, struct tcx_table *table,
		    const struct tcx_netns_dump *dump, struct tcx_fault *fault)
{
	struct list list = {table, dump};
	const struct tcx_netlink_query query = {dump->type, dump->request, dump->len + dump->more,
						take_message, &list};
	const bool was_cut = table->cut;

	table->source = "rtnetlink";
	return tcx_netlink_dump(&reader->route, &query, fault) || table->cut != was_cut ||
	       (dump->nothing != 0 && reader->route.error == dump->nothing);
}
