/* SPDX-License-Identifier: BSD-2-Clause */
/* Network interfaces: the table of them, and since when each is in its state. */
#ifndef TCX_KERNEL_LINKS_H
#define TCX_KERNEL_LINKS_H

#include <linux/if_link.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "kernel/read_table.h"

#define TCX_LINK_NAME_SIZE   16 /* IFNAMSIZ */
#define TCX_LINK_ADDRESS_MAX 32 /* MAX_ADDR_LEN */

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

/* What the kernel did not tell of an interface: bits. */
enum tcx_link_lack {
	TCX_LINK_NO_NAME = 1,
	TCX_LINK_NO_STATUS = 2, /* then status is unknown */
	TCX_LINK_NO_MTU = 4,
	TCX_LINK_NO_COUNTERS = 8
};

/* One interface, as RTM_GETLINK has it. */
struct tcx_link {
	uint8_t index[4];	       /* the key */
	char name[TCX_LINK_NAME_SIZE]; /* with its zero byte; any octets but '/' and blanks */
	uint16_t type;		       /* ARPHRD_ETHER ... */
	uint8_t status;		       /* enum tcx_link_status */
	bool admin_up;		       /* IFF_UP */
	uint8_t lacks;		       /* enum tcx_link_lack */
	uint8_t address_len; /* of the hardware address, octets; 0: none, as the loopback's */
	uint8_t address[TCX_LINK_ADDRESS_MAX];
	uint32_t flags;			   /* IFF_* */
	uint32_t mtu;			   /* octets */
	uint32_t speed;			   /* Mbit/s (ETHTOOL_GLINKSETTINGS); 0: unknown */
	uint32_t queue_len;		   /* packets that wait in the root qdisc */
	uint64_t changed_ns;		   /* tcx_link_watch_changed(); 0 without a watch */
	struct rtnl_link_stats64 counters; /* IFLA_STATS64 */
	uint64_t in_unicast;		   /* tcx_link_watch_unicast() */
};

/*
 * Keeps of each interface, while the agent runs, what the kernel does not: the time of its last
 * change of status or IFF_UP, and what was last shown of its packets. One thread drains it, any may
 * ask.
 */
struct tcx_link_watch;

/*
 * Subscribes to the changes in the network namespace that proc_root shows and takes note of how
 * things are. The caller gets a reference. A fault alone: that cannot be had now, and
 * tcx_link_watch_drain() tries again. NULL with a fault: there is no watch.
 */
struct tcx_link_watch *tcx_link_watch_new(const char *proc_root, struct tcx_fault *fault);

/* One more reference, and one less: the last one frees it. watch may be NULL in the second. */
struct tcx_link_watch *tcx_link_watch_ref(struct tcx_link_watch *watch);
void tcx_link_watch_unref(struct tcx_link_watch *watch);

/* A descriptor that is readable when there is something to drain. */
int tcx_link_watch_fd(const struct tcx_link_watch *watch);

/*
 * Takes in all changes that are waiting; a change gets the time when it is taken in. When some were
 * lost, all links are listed anew and compared. False at a fault. The descriptor then becomes
 * readable again in a while: what could not be taken in is made good by the next call.
 */
bool tcx_link_watch_drain(struct tcx_link_watch *watch, struct tcx_fault *fault);

/*
 * When a link came into the state that it has in a reading, which began at began_ns, on
 * tcx_clock_now()'s clock. 0 when it is as it was when the watch began. If the reading is ahead of
 * the watch, the link has changed now; if it is behind, the changes since do not count, of which
 * the watch remembers a few.
 */
uint64_t tcx_link_watch_changed(struct tcx_link_watch *watch, const struct tcx_link *link,
				uint64_t began_ns);

/*
 * Packets that a link has received and that were no multicasts, in a reading that is to be shown.
 * The kernel, and some hardware, counts multicasts apart from all packets and later: so it is never
 * less than in the reading before while rx_packets did not fall. A link that was gone meanwhile
 * begins anew. watch may be NULL, and then nothing is known of readings before.
 */
uint64_t tcx_link_watch_unicast(struct tcx_link_watch *watch, const struct tcx_link *link);

#endif
