/* SPDX-License-Identifier: BSD-2-Clause */
/* The link watch: remembers when each link last changed (RTMGRP_LINK). */
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/octets.h"
#include "kernel/links.h"
#include "kernel/netlink.h"
#include "link_messages.h"

#define ATTRIBUTES (IFLA_OPERSTATE + 1)

struct state {
	uint8_t status; /* enum tcx_link_status */
	bool admin_up;
	uint64_t since_ns; /* 0: before the watch began */
};

/* Coming up is two changes; a read may be older than several. */
#define HISTORY 8

struct seen {
	uint32_t index;
	unsigned int listing;	      /* the last that had it */
	struct state states[HISTORY]; /* the newest first; the oldest is repeated to the end */
	uint64_t received;	      /* rx_packets of the read before; 0: none */
	uint64_t unicast;	      /* what was shown then */
};

struct tcx_link_watch {
	struct tcx_netlink changes; /* subscribed; the draining thread's, as is what follows */
	bool lost;		    /* some changes were, and links are not listed since */
	unsigned int listing;	    /* counts listings */
	pthread_mutex_t lock;	    /* guards what follows */
	bool begun;		    /* the links are listed: differences are changes */
	struct seen *links;	    /* owned; by their index */
	size_t count;
};

static bool is_before(const void *links, size_t i, const void *index)
{
	return ((const struct seen *)links)[i].index < *(const uint32_t *)index;
}

/* The place of a link, or where to insert it. */
static size_t place_of(const struct tcx_link_watch *watch, uint32_t index)
{
	return tcx_search(watch->links, watch->count, &index, is_before);
}

static struct seen *find(const struct tcx_link_watch *watch, uint32_t index)
{
	size_t place = place_of(watch, index);

	if (place == watch->count || watch->links[place].index != index)
		return NULL;
	return &watch->links[place];
}

static bool insert(struct tcx_link_watch *watch, uint32_t index, const struct state *now)
{
	struct seen link = {.index = index, .listing = watch->listing};
	size_t place = place_of(watch, index);
	struct seen *at;

	for (int i = 0; i < HISTORY; i++)
		link.states[i] = *now;
	if (!tcx_array_append(&watch->links, &watch->count, &link, sizeof(link)))
		return false;
	at = &watch->links[place];
	memmove(at + 1, at, (watch->count - 1 - place) * sizeof(*at));
	*at = link;
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

static bool same_state(const struct state *a, const struct state *b)
{
	return a->status == b->status && a->admin_up == b->admin_up;
}

static void change(struct seen *link, const struct state *now)
{
	memmove(&link->states[1], &link->states[0], sizeof(link->states) - sizeof(link->states[0]));
	link->states[0] = *now;
}

/* When the link last entered this state; its oldest time if that is not known. */
static uint64_t since(const struct seen *link, const struct state *state)
{
	int i = 0;

	while (i < HISTORY - 1 && !same_state(&link->states[i], state))
		i++;
	return link->states[i].since_ns;
}

/* A new link entered its state when it appeared. */
static bool note(struct tcx_link_watch *watch, uint32_t index, const struct state *now)
{
	struct seen *link = find(watch, index);

	if (link == NULL)
		return insert(watch, index, now);
	link->listing = watch->listing;
	if (!same_state(&link->states[0], now))
		change(link, now);
	return true;
}

/* Messages about bridge ports (AF_BRIDGE) and of wireless drivers do not have the link's state. */
static bool take_link(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	struct tcx_link_watch *watch = context;
	const struct nlattr *attributes[ATTRIBUTES];
	const struct ifinfomsg *body =
		tcx_netlink_parse(message, sizeof(*body), attributes, ATTRIBUTES, fault);
	struct state now = {0};
	bool noted = true;

	if (body == NULL)
		return false;
	if (body->ifi_family != AF_UNSPEC)
		return true;
	now.admin_up = (body->ifi_flags & IFF_UP) != 0;
	now.status = tcx_link_status_of(attributes[IFLA_OPERSTATE]);
	pthread_mutex_lock(&watch->lock);
	now.since_ns = watch->begun ? tcx_clock_now() : 0;
	if (message->nlmsg_type == RTM_DELLINK)
		remove_link(watch, (uint32_t)body->ifi_index);
	else if (message->nlmsg_type == RTM_NEWLINK && now.status != 0)
		noted = note(watch, (uint32_t)body->ifi_index, &now);
	pthread_mutex_unlock(&watch->lock);
	return noted || tcx_fault_set(fault, "out of memory");
}

/* Differences are changes from now on. */
static void end_listing(struct tcx_link_watch *watch)
{
	size_t kept = 0;

	pthread_mutex_lock(&watch->lock);
	for (size_t i = 0; i < watch->count; i++)
		if (watch->links[i].listing == watch->listing)
			watch->links[kept++] = watch->links[i];
	watch->count = kept;
	watch->begun = true;
	pthread_mutex_unlock(&watch->lock);
}

static bool list(struct tcx_link_watch *watch, struct tcx_fault *fault)
{
	const struct tcx_netlink_query query = {RTM_GETLINK, &tcx_links_request,
						sizeof(tcx_links_request), take_link, watch};
	struct tcx_netlink netlink;
	unsigned int tried = 0;
	bool done;

	tcx_netlink_init(&netlink, NETLINK_ROUTE);
	do {
		watch->listing++;
		done = tcx_netlink_dump(&netlink, &query, fault);
	} while (!done && netlink.interrupted && tcx_netlink_try_again(++tried));
	tcx_netlink_close(&netlink);
	return done;
}

/* Subscribes before, so that no change is missed. */
bool tcx_link_watch_list(struct tcx_link_watch *watch, struct tcx_fault *fault)
{
	watch->lost = !tcx_netlink_open(&watch->changes, RTMGRP_LINK, fault) || !list(watch, fault);
	if (!watch->lost)
		end_listing(watch);
	return !watch->lost;
}

/* ENOBUFS says that the kernel dropped later ones; what could not be read is lost, too. */
bool tcx_link_watch_drain(struct tcx_link_watch *watch)
{
	bool empty = watch->changes.socket == NULL;

	watch->lost = watch->lost || empty;
	while (!empty) {
		if (tcx_netlink_notifications(&watch->changes, take_link, watch, &empty, NULL) ||
		    empty)
			continue;
		watch->lost = true;
		empty = watch->changes.error != 0;
	}
	tcx_netlink_rest(&watch->changes);
	return !watch->lost;
}

bool tcx_link_watch_close(struct tcx_link_watch *watch)
{
	tcx_netlink_close(&watch->changes);
	return !watch->lost;
}

struct tcx_link_watch *tcx_link_watch_new(void)
{
	struct tcx_link_watch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL)
		return NULL;
	watch->lost = true;
	pthread_mutex_init(&watch->lock, NULL);
	tcx_netlink_init(&watch->changes, NETLINK_ROUTE);
	return watch;
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
	return watch->changes.socket != NULL ? mnl_socket_get_fd(watch->changes.socket) : -1;
}

/* A link that is unknown to the watch has just appeared or gone. */
uint64_t tcx_link_watch_changed(struct tcx_link_watch *watch, const struct tcx_link *link,
				uint64_t began_ns)
{
	struct state state = {.status = link->status, .admin_up = link->admin_up};
	struct seen *known;

	pthread_mutex_lock(&watch->lock);
	state.since_ns = watch->begun ? tcx_clock_now() : 0;
	known = find(watch, tcx_octets_get32(link->index));
	if (known != NULL && !same_state(&known->states[0], &state) &&
	    known->states[0].since_ns < began_ns)
		change(known, &state);
	if (known != NULL)
		state.since_ns = since(known, &state);
	pthread_mutex_unlock(&watch->lock);
	return state.since_ns;
}

/* Repeats the last value until the difference has caught up. */
static uint64_t unicast_since(struct seen *known, uint64_t received, uint64_t unicast)
{
	if (received >= known->received && unicast < known->unicast)
		unicast = known->unicast;
	known->received = received;
	known->unicast = unicast;
	return unicast;
}

uint64_t tcx_link_watch_unicast(struct tcx_link_watch *watch, const struct tcx_link *link)
{
	uint64_t received = link->counters.rx_packets;
	uint64_t multicast = link->counters.multicast;
	uint64_t unicast = received > multicast ? received - multicast : 0;
	struct seen *known;

	pthread_mutex_lock(&watch->lock);
	known = find(watch, tcx_octets_get32(link->index));
	if (known != NULL)
		unicast = unicast_since(known, received, unicast);
	pthread_mutex_unlock(&watch->lock);
	return unicast;
}
