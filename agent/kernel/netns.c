#include "kernel/netns.h"

#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

struct tcx_kernel *tcx_kernel_new(const char *proc_root)
{
	struct tcx_kernel *kernel = calloc(1, sizeof(*kernel));

	if (kernel == NULL)
		return NULL;
	tcx_netlink_init(&kernel->route, NETLINK_ROUTE);
	tcx_netlink_init(&kernel->diag, NETLINK_SOCK_DIAG);
	kernel->proc_root = strdup(proc_root);
	if (kernel->proc_root != NULL)
		return kernel;
	free(kernel);
	return NULL;
}

void tcx_kernel_use_procfs(struct tcx_kernel *kernel, const char *why)
{
	for (int i = 0; i < TCX_PROTOCOLS; i++) {
		kernel->use_procfs[i] = true;
		tcx_fault_set(&kernel->why[i], "%s", why);
	}
}

void tcx_kernel_free(struct tcx_kernel *kernel)
{
	if (kernel == NULL)
		return;
	tcx_netlink_close(&kernel->route);
	tcx_netlink_close(&kernel->diag);
	free(kernel->proc_root);
	free(kernel);
}

bool tcx_kernel_list(struct tcx_kernel *kernel, struct tcx_table *table,
		     const struct tcx_netlink_query *query, struct tcx_fault *fault)
{
	table->source = "rtnetlink";
	return tcx_netlink_dump(&kernel->route, query, fault) || table->cut;
}
