/* SPDX-License-Identifier: BSD-2-Clause */
/* Dumps of rtnetlink that make a row of each message. */
#include "kernel/netns_reader.h"

/* More than any type of attribute that rows are made of. */
#define ATTRIBUTES 32

/* From RTM_NEWADDR to RTM_GETADDR, and so with all others. */
#define NEW_TO_GET 2

struct list {
	struct tcx_table *table;
	uint16_t type;
	size_t len;
	tcx_netns_take *take;
};

static bool take_message(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const struct list *list = context;
	const struct nlattr *attributes[ATTRIBUTES];
	const void *body = tcx_netlink_parse(message, list->len, attributes, ATTRIBUTES, fault);

	if (body == NULL)
		return false;
	return message->nlmsg_type != list->type ||
	       list->take(list->table, body, attributes, fault);
}

bool tcx_netns_list(struct tcx_netns_reader *reader, struct tcx_table *table, uint16_t type,
		    const void *request, size_t len, tcx_netns_take *take, struct tcx_fault *fault)
{
	struct list list = {table, type - NEW_TO_GET, len, take};
	const struct tcx_netlink_query query = {type, request, len, take_message, &list};

	table->source = "rtnetlink";
	return tcx_netlink_dump(&reader->route, &query, fault) || table->cut;
}
