/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handle of a network namespace lends readers: one at a time to a thread. In the agent's own
 * namespace they come back with their sockets open; of others nothing is left but the link watch.
 */
#include "kernel/netns.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/links.h"
#include "kernel/namespace.h"
#include "kernel/netns_reader.h"

/* How long sock_diag is not tried again: the kernel may look for a module each time. */
#define DIAG_RETRY_NS (60 * TCX_NS_PER_S)

struct tcx_netns {
	atomic_uint references;
	struct tcx_namespace ns;
	struct tcx_link_watch *link_watch; /* owned */
	pthread_mutex_t lock;		   /* guards what follows */
	struct tcx_netns_reader *idle;
};

const char *tcx_netns_name(const struct tcx_netns *netns)
{
	return netns->ns.name;
}

enum tcx_where tcx_netns_where(const struct tcx_netns *netns)
{
	return netns->ns.where;
}

static void close_sockets(struct tcx_netns_reader *reader)
{
	tcx_netlink_close(&reader->route);
	tcx_netlink_close(&reader->diag);
}

static void free_reader(struct tcx_netns_reader *reader)
{
	if (reader == NULL)
		return;
	close_sockets(reader);
	free(reader);
}

static void free_netns(struct tcx_netns *netns)
{
	free_reader(netns->idle);
	tcx_link_watch_free(netns->link_watch);
	tcx_namespace_clear(&netns->ns);
	pthread_mutex_destroy(&netns->lock);
	free(netns);
}

TCX_REFERENCE_DEFINE(tcx_netns, free_netns)

bool tcx_netns_can_enter(const struct tcx_netns *netns, struct tcx_fault *fault)
{
	return tcx_namespace_can_enter(&netns->ns, fault);
}

/* The watch keeps the number of the namespace from being another's until the name has lost it. */
static struct tcx_netns *new_netns(const char *name, bool named, struct tcx_fault *fault)
{
	struct tcx_netns *netns = tcx_reference_new(sizeof(*netns), fault);
	uint64_t due_ns;

	if (netns == NULL)
		return NULL;
	pthread_mutex_init(&netns->lock, NULL);
	netns->link_watch = tcx_link_watch_new(&netns->ns, fault);
	if (tcx_namespace_init(&netns->ns, name, named, fault) && netns->link_watch != NULL &&
	    (!named || tcx_netns_drain(netns, &due_ns, fault)))
		return netns;
	tcx_netns_unref(netns);
	return NULL;
}

struct tcx_netns *tcx_netns_new(const char *proc_root, struct tcx_fault *fault)
{
	return new_netns(proc_root, false, fault);
}

struct tcx_netns *tcx_netns_named(const char *file, struct tcx_fault *fault)
{
	return new_netns(file, true, fault);
}

static struct tcx_netns_reader *new_reader(struct tcx_netns *netns)
{
	struct tcx_netns_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	tcx_netlink_init(&reader->route, NETLINK_ROUTE);
	tcx_netlink_init(&reader->diag, NETLINK_SOCK_DIAG);
	reader->netns = netns;
	reader->link_watch = netns->link_watch;
	reader->proc_root =
		tcx_namespace_is_other(&netns->ns) ? "/proc/thread-self" : netns->ns.name;
	return reader;
}

/* The idle one, or a new one. */
static struct tcx_netns_reader *take(struct tcx_netns *netns)
{
	struct tcx_netns_reader *reader;

	pthread_mutex_lock(&netns->lock);
	reader = netns->idle;
	netns->idle = NULL;
	pthread_mutex_unlock(&netns->lock);
	return reader != NULL ? reader : new_reader(netns);
}

/* One stays, with its sockets, however many were lent at the same time. */
static void give_back(struct tcx_netns_reader *reader)
{
	struct tcx_netns *netns = reader->netns;
	struct tcx_netns_reader *other;

	pthread_mutex_lock(&netns->lock);
	other = netns->idle;
	netns->idle = reader;
	pthread_mutex_unlock(&netns->lock);
	free_reader(other);
}

static void forget_fallback(struct tcx_netns_reader *reader)
{
	uint64_t now = tcx_clock_now();

	if (now - reader->diag_ns < DIAG_RETRY_NS)
		return;
	reader->diag_ns = now;
	memset(reader->use_procfs, 0, sizeof(reader->use_procfs));
}

struct tcx_netns_reader *tcx_netns_begin(struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct tcx_netns_reader *reader = take(netns);

	if (reader == NULL) {
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	reader->ignored = "";
	forget_fallback(reader);
	if (tcx_namespace_enter(&netns->ns, &reader->home, fault))
		return reader;
	give_back(reader);
	return NULL;
}

void tcx_netns_end(struct tcx_netns_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->home >= 0)
		close_sockets(reader);
	tcx_namespace_leave(reader->home);
	give_back(reader);
}

int tcx_netns_fd(const struct tcx_netns *netns)
{
	return tcx_link_watch_fd(netns->link_watch);
}

bool tcx_netns_drain(struct tcx_netns *netns, uint64_t *due_ns, struct tcx_fault *fault)
{
	return tcx_link_watch_drain(netns->link_watch, due_ns, fault);
}

/* Sysctls are of the namespace of whoever opens them. */
struct tcx_place tcx_netns_place(const struct tcx_netns *netns, const char *below)
{
	const struct tcx_namespace *ns = &netns->ns;
	bool named = ns->where == TCX_WHERE_NAMED;
	bool sysctl = strncmp(below, "sys/", 4) == 0;
	const char *root = named ? sysctl ? "/proc" : "/proc/thread-self" : ns->name;
	struct tcx_place place = {
		.path = tcx_proc_root_path(root, below),
		.folder = ns->folder,
		.inside = named || sysctl,
		.pins = tcx_namespace_is_other(ns),
	};

	if (place.path != NULL)
		place.below = place.path + (ns->folder == AT_FDCWD ? 0 : strlen(root) + 1);
	return place;
}
