/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dumps over netlink: one request, and all that the kernel lists in answer, message by message as
 * it comes. Only what the kernel itself sent is taken.
 */
#ifndef TCX_KERNEL_NETLINK_H
#define TCX_KERNEL_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct tcx_netlink {
	int protocol;		   /* NETLINK_ROUTE ... */
	struct mnl_socket *socket; /* NULL while it is closed */
	char *buffer;		   /* owned; for one datagram */
	size_t capacity;	   /* of the buffer; it grows to what comes */
	uint32_t sequence;	   /* of the last request */
	int error;		   /* errno of the last failure; 0 when it has none */
	bool interrupted;	   /* the last dump only failed because things changed meanwhile or
				      were too large for the buffer, which has grown */
};

/*
 * Is handed each message of a dump. The message lives until the callback returns. False ends the
 * dump.
 */
typedef bool tcx_netlink_callback(void *context, const struct nlmsghdr *message,
				  struct tcx_fault *fault);

struct tcx_netlink_query {
	uint16_t type;	  /* RTM_GETLINK ... */
	const void *body; /* what follows the header: struct ifinfomsg ... */
	size_t body_len;
	tcx_netlink_callback *callback;
	void *context; /* the callback's own */
};

/* Prepares; opens nothing. */
void tcx_netlink_init(struct tcx_netlink *netlink, int protocol);

/*
 * Opens the socket in the calling thread's network namespace and subscribes to groups, a bit mask
 * of RTMGRP_*. Does nothing when it is open.
 */
bool tcx_netlink_open(struct tcx_netlink *netlink, unsigned int groups, struct tcx_fault *fault);

/* Closes the socket; may be opened again. */
void tcx_netlink_close(struct tcx_netlink *netlink);

/*
 * Sends a dump request and hands every message of the answer to the callback. Opens the socket when
 * needed, and closes it when anything went wrong, so that the rest of a broken answer is not taken
 * for the beginning of the next.
 */
bool tcx_netlink_dump(struct tcx_netlink *netlink, const struct tcx_netlink_query *query,
		      struct tcx_fault *fault);

/*
 * Whether to try once more what was interrupted and has been tried so many times; pauses before
 * that, a little longer each time, so that what changes may come to rest. 45 ms in all.
 */
bool tcx_netlink_try_again(unsigned int tried);

/*
 * Takes one datagram of notifications, if there is one, without waiting. False at a fault, and
 * when there was none: *empty tells.
 */
bool tcx_netlink_notifications(struct tcx_netlink *netlink, tcx_netlink_callback *callback,
			       void *context, bool *empty, struct tcx_fault *fault);

/*
 * The fixed part of a message, len octets long. The attributes behind it go to attributes by their
 * type, those of count and above are left out, and those that are not there become NULL. NULL with
 * a fault when the message is too short or holds no whole attributes.
 */
const void *tcx_netlink_parse(const struct nlmsghdr *message, size_t len,
			      const struct nlattr **attributes, size_t count,
			      struct tcx_fault *fault);

/* The same for the attributes at [at, at + len), without a fixed part. False when malformed. */
bool tcx_netlink_parse_attributes(const void *at, size_t len, const struct nlattr **attributes,
				  size_t count, struct tcx_fault *fault);

/* Copies len octets out of an attribute. False when it is NULL or holds less; nothing is copied. */
bool tcx_attribute_copy(const struct nlattr *attribute, void *to, size_t len);

/* Copies all of an attribute, or as much as there is room for. How much; 0 when it is NULL. */
size_t tcx_attribute_copy_most(const struct nlattr *attribute, void *to, size_t capacity);

#endif
