/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes and frees what reads the tables of a network namespace. */
#include "kernel/netns_reader.h"

#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

/* More than any type of attribute that rows are made of. */
#define ATTRIBUTES 32

/* From RTM_NEWADDR to RTM_GETADDR, and so with all others. */
#define NEW_TO_GET 2

struct tcx_netns_reader *tcx_netns_reader_new(const char *proc_root)
{
	struct tcx_netns_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	tcx_netlink_init(&reader->route, NETLINK_ROUTE);
	tcx_netlink_init(&reader->diag, NETLINK_SOCK_DIAG);
	reader->proc_root = strdup(proc_root);
	if (reader->proc_root != NULL)
		return reader;
	free(reader);
	return NULL;
}

void tcx_netns_use_procfs(struct tcx_netns_reader *reader, const char *why)
{
	for (int i = 0; i < TCX_PROTOCOLS; i++) {
		reader->use_procfs[i] = true;
		tcx_fault_set(&reader->why[i], "%s", why);
	}
}

void tcx_netns_reader_free(struct tcx_netns_reader *reader)
{
	if (reader == NULL)
		return;
	tcx_netlink_close(&reader->route);
	tcx_netlink_close(&reader->diag);
	free(reader->proc_root);
	free(reader);
}

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
