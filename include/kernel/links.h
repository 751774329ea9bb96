/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of network interfaces, and the watch of their changes. */
#ifndef TCX_KERNEL_LINKS_H
#define TCX_KERNEL_LINKS_H

#include <linux/if_link.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "kernel/read_table.h"

/* The numbers of RFC 2863's ifOperStatus; RFC1213 has the first three. */
enum tcx_link_status {
	TCX_LINK_UP = 1,
	TCX_LINK_DOWN,
	TCX_LINK_TESTING,
	TCX_LINK_UNKNOWN, /* a state that this program does not know, or none */
	TCX_LINK_DORMANT,
	TCX_LINK_NOT_PRESENT,
	TCX_LINK_LOWER_LAYER_DOWN
};

/* What the kernel did not say of an interface: bits. */
enum tcx_link_lack {
	TCX_LINK_NO_NAME = 1,
	TCX_LINK_NO_STATUS = 2, /* then status is unknown */
	TCX_LINK_NO_MTU = 4,
	TCX_LINK_NO_COUNTERS = 8
};

/* One interface, as RTM_GETLINK has it. */
struct tcx_link {
	uint8_t index[4];    /* the key */
	char name[16];	     /* IFNAMSIZ, with its zero byte; any octets but '/' and blanks */
	uint16_t type;	     /* ARPHRD_ETHER ... */
	uint8_t status;	     /* enum tcx_link_status */
	bool admin_up;	     /* IFF_UP */
	uint8_t lacks;	     /* enum tcx_link_lack */
	uint8_t address_len; /* of the hardware address, octets; 0: none, as the loopback's */
	uint8_t address[32]; /* MAX_ADDR_LEN */
	uint32_t flags;	     /* IFF_* */
	uint32_t mtu;	     /* octets */
	uint32_t speed;	     /* Mbit/s (ETHTOOL_GLINKSETTINGS); 0: unknown */
	uint32_t queue_len;  /* packets in the root qdisc */
	uint64_t changed_ns; /* tcx_link_watch_changed() */
	struct rtnl_link_stats64 counters; /* IFLA_STATS64 */
	uint64_t in_unicast;		   /* tcx_link_watch_unicast() */
};

struct tcx_netns_reader;

/*
 * The name of an interface in the reader's namespace, by its ifIndex: IFNAMSIZ octets with its zero
 * byte. False, with an empty name, when there is no such interface. It is one ioctl (SIOCGIFNAME).
 */
bool tcx_link_name(struct tcx_netns_reader *reader, uint32_t index, char name[16]);

/*
 * The link watch keeps what the kernel does not: when each interface last changed its status or
 * IFF_UP, and its last in_unicast. One thread at a time drains it; any thread may ask.
 */
struct tcx_link_watch;

/* Watches nothing yet. NULL when memory is short. */
struct tcx_link_watch *tcx_link_watch_new(void);

void tcx_link_watch_free(struct tcx_link_watch *watch);

/* Readable while there is something to drain; -1: nothing comes. Each drain may change it. */
int tcx_link_watch_fd(const struct tcx_link_watch *watch);

/* Handles all pending changes. False: some were lost, and the links are to be listed. */
bool tcx_link_watch_drain(struct tcx_link_watch *watch);

/* Subscribes, in the calling thread's network namespace, and lists its links. */
bool tcx_link_watch_list(struct tcx_link_watch *watch, struct tcx_fault *fault);

/* Keeps the namespace no more. Whether the links were known. */
bool tcx_link_watch_close(struct tcx_link_watch *watch);

/*
 * When a link entered the state that it has in a read which began at began_ns (tcx_clock_now()). 0:
 * before the watch began, or it has not. If the read is newer than the watch, the link has changed
 * now; if older, later changes do not count, as far as the watch remembers.
 */
uint64_t tcx_link_watch_changed(struct tcx_link_watch *watch, const struct tcx_link *link,
				uint64_t began_ns);

/*
 * Received packets less multicasts. The kernel and some hardware count multicasts later than all
 * packets, so the result never falls while rx_packets does not, once the watch has begun. A link
 * that was gone starts anew.
 */
uint64_t tcx_link_watch_unicast(struct tcx_link_watch *watch, const struct tcx_link *link);

#endif
