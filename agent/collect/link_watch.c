#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "netlink.h"
#include "tcx_clock.h"
#include "tcx_links.h"

#define ATTRIBUTES (IFLA_OPERSTATE + 1)

/* How often links are listed anew that changed under the listing. */
#define TRIES 10

struct seen {
	uint32_t index;
	uint8_t status; /* enum tcx_link_status */
	bool admin_up;
	bool listed; /* by the listing that is going on */
	uint64_t changed_ns;
};

struct tcx_link_watch {
	struct tcx_netlink changes; /* subscribed; the draining thread's, as is what follows */
	uint64_t now_ns;	    /* the time that a change gets; 0 for those seen at the start */
	bool lost;	      /* the kernel dropped changes, and links were not listed since */
	pthread_mutex_t lock; /* guards what follows */
	struct seen *links;   /* owned; by their index */
	size_t count;
	size_t capacity;
};

/* Where the link is, or where it is to go. */
static size_t place_of(const struct tcx_link_watch *watch, uint32_t index)
{
	size_t low = 0;
	size_t high = watch->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (watch->links[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct seen *find(const struct tcx_link_watch *watch, uint32_t index)
{
	size_t place = place_of(watch, index);

	if (place == watch->count || watch->links[place].index != index)
		return NULL;
	return &watch->links[place];
}

static bool grow(struct tcx_link_watch *watch)
{
	size_t capacity = watch->capacity > 0 ? 2 * watch->capacity : 16;
	struct seen *links = reallocarray(watch->links, capacity, sizeof(*links));

	if (links == NULL)
		return false;
	watch->links = links;
	watch->capacity = capacity;
	return true;
}

static bool insert(struct tcx_link_watch *watch, const struct seen *link)
{
	size_t place = place_of(watch, link->index);
	struct seen *at;

	if (watch->count == watch->capacity && !grow(watch))
		return false;
	at = &watch->links[place];
	memmove(at + 1, at, (watch->count++ - place) * sizeof(*at));
	*at = *link;
	return true;
}

static void remove_link(struct tcx_link_watch *watch, uint32_t index)
{
	struct seen *link = find(watch, index);

	if (link == NULL)
		return;
	watch->count--;
	memmove(link, link + 1, (size_t)(watch->links + watch->count - link) * sizeof(*link));
}

/* A link that was not there before entered its state when it came. */
static bool note(struct tcx_link_watch *watch, const struct seen *now)
{
	struct seen *before = find(watch, now->index);

	if (before == NULL)
		return insert(watch, now);
	before->listed = true;
	if (before->status == now->status && before->admin_up == now->admin_up)
		return true;
	*before = *now;
	return true;
}

/*
 * Messages of a bridge about its ports (AF_BRIDGE) tell nothing of the link itself, nor do those
 * of wireless drivers, which lack the state.
 */
static bool take_link(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	struct tcx_link_watch *watch = context;
	const struct nlattr *attributes[ATTRIBUTES];
	const struct ifinfomsg *body =
		tcx_netlink_parse(message, sizeof(*body), attributes, ATTRIBUTES, fault);
	struct seen now = {.listed = true, .changed_ns = watch->now_ns};
	bool noted = true;

	if (body == NULL)
		return false;
	if (body->ifi_family != AF_UNSPEC)
		return true;
	now.index = (uint32_t)body->ifi_index;
	now.admin_up = (body->ifi_flags & IFF_UP) != 0;
	now.status = tcx_link_status_of(attributes[IFLA_OPERSTATE]);
	pthread_mutex_lock(&watch->lock);
	if (message->nlmsg_type == RTM_DELLINK)
		remove_link(watch, now.index);
	else if (message->nlmsg_type == RTM_NEWLINK && now.status != 0)
		noted = note(watch, &now);
	pthread_mutex_unlock(&watch->lock);
	return noted || tcx_fault_set(fault, "out of memory");
}

static void begin_listing(struct tcx_link_watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		watch->links[i].listed = false;
}

static void remove_unlisted(struct tcx_link_watch *watch)
{
	size_t kept = 0;

	pthread_mutex_lock(&watch->lock);
	for (size_t i = 0; i < watch->count; i++)
		if (watch->links[i].listed)
			watch->links[kept++] = watch->links[i];
	watch->count = kept;
	pthread_mutex_unlock(&watch->lock);
}

/* Compares with all links as they are now. */
static bool list_all(struct tcx_link_watch *watch, struct tcx_fault *fault)
{
	struct tcx_netlink netlink;
	bool done = false;

	tcx_netlink_init(&netlink, NETLINK_ROUTE);
	for (int i = 0; i < TRIES && !done; i++) {
		begin_listing(watch);
		done = tcx_links_list(&netlink, take_link, watch, fault);
		if (!done && !netlink.interrupted)
			break;
	}
	if (done)
		remove_unlisted(watch);
	tcx_netlink_close(&netlink);
	return done;
}

/* First subscribed, then listed: no change falls between the two. */
struct tcx_link_watch *tcx_link_watch_new(struct tcx_fault *fault)
{
	struct tcx_link_watch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL) {
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&watch->lock, NULL);
	tcx_netlink_init(&watch->changes, NETLINK_ROUTE);
	if (tcx_netlink_open(&watch->changes, RTMGRP_LINK, fault) && list_all(watch, fault))
		return watch;
	tcx_link_watch_free(watch);
	return NULL;
}

void tcx_link_watch_free(struct tcx_link_watch *watch)
{
	if (watch == NULL)
		return;
	tcx_netlink_close(&watch->changes);
	pthread_mutex_destroy(&watch->lock);
	free(watch->links);
	free(watch);
}

int tcx_link_watch_fd(const struct tcx_link_watch *watch)
{
	return mnl_socket_get_fd(watch->changes.socket);
}

/* Takes in what is waiting. ENOBUFS among it says that the kernel dropped what came later. */
static bool take_waiting(struct tcx_link_watch *watch, struct tcx_fault *fault)
{
	bool empty = false;

	while (!empty) {
		if (tcx_netlink_notifications(&watch->changes, take_link, watch, &empty, fault) ||
		    empty)
			continue;
		if (!watch->changes.interrupted)
			return false;
		watch->lost = true;
	}
	return true;
}

/* What is waiting is older than what was dropped: links are listed once nothing is waiting. */
bool tcx_link_watch_drain(struct tcx_link_watch *watch, struct tcx_fault *fault)
{
	watch->now_ns = tcx_clock_now();
	if (!take_waiting(watch, fault))
		return false;
	watch->lost = watch->lost && !list_all(watch, fault);
	return !watch->lost;
}

uint64_t tcx_link_watch_changed(struct tcx_link_watch *watch, uint32_t index)
{
	const struct seen *link;
	uint64_t changed_ns;

	pthread_mutex_lock(&watch->lock);
	link = find(watch, index);
	changed_ns = link != NULL ? link->changed_ns : 0;
	pthread_mutex_unlock(&watch->lock);
	return changed_ns;
}
