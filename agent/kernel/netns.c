/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes and frees the handle of a network namespace. */
#include "kernel/netns.h"

#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

/* More than any type of attribute that rows are made of. */
#define ATTRIBUTES 32

/* From RTM_NEWADDR to RTM_GETADDR, and so with all others. */
#define NEW_TO_GET 2

struct tcx_netns *tcx_netns_new(const char *proc_root)
{
	struct tcx_netns *netns = calloc(1, sizeof(*netns));

	if (netns == NULL)
		return NULL;
	tcx_netlink_init(&netns->route, NETLINK_ROUTE);
	tcx_netlink_init(&netns->diag, NETLINK_SOCK_DIAG);
	netns->proc_root = strdup(proc_root);
	if (netns->proc_root != NULL)
		return netns;
	free(netns);
	return NULL;
}

void tcx_netns_use_procfs(struct tcx_netns *netns, const char *why)
{
	for (int i = 0; i < TCX_PROTOCOLS; i++) {
		netns->use_procfs[i] = true;
		tcx_fault_set(&netns->why[i], "%s", why);
	}
}

void tcx_netns_free(struct tcx_netns *netns)
{
	if (netns == NULL)
		return;
	tcx_netlink_close(&netns->route);
	tcx_netlink_close(&netns->diag);
	free(netns->proc_root);
	free(netns);
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

bool tcx_netns_list(struct tcx_netns *netns, struct tcx_table *table, uint16_t type,
		    const void *request, size_t len, tcx_netns_take *take, struct tcx_fault *fault)
{
	struct list list = {table, type - NEW_TO_GET, len, take};
	const struct tcx_netlink_query query = {type, request, len, take_message, &list};

	table->source = "rtnetlink";
	return tcx_netlink_dump(&netns->route, &query, fault) || table->cut;
}
