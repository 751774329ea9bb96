/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Netlink dumps: one request, whose answer goes to a callback message by message. Messages that the
 * kernel did not send are dropped.
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
	char *buffer;		   /* owned; for one datagram; NULL until it is needed */
	size_t capacity;	   /* of the buffer; it grows to what comes */
	uint32_t sequence;	   /* of the last request */
	int error;		   /* errno of the last failure; 0 when it has none */
	bool interrupted; /* the last dump failed because of changes meanwhile or a small buffer,
			     which has grown: it may be tried again */
};

/* Gets each message, which lives until it returns. False ends the dump. */
typedef bool tcx_netlink_callback(void *context, const struct nlmsghdr *message,
				  struct tcx_fault *fault);

struct tcx_netlink_query {
	uint16_t type;	  /* RTM_GETLINK ... */
	const void *body; /* what follows the header: struct ifinfomsg ... */
	size_t body_len;
	tcx_netlink_callback *callback;
	void *context; /* for the callback */
};

/* Opens nothing yet. */
void tcx_netlink_init(struct tcx_netlink *netlink, int protocol);

/*
 * Opens the socket, unless it is open, in the calling thread's network namespace and subscribes to
 * groups, a bit mask of RTMGRP_*.
 */
bool tcx_netlink_open(struct tcx_netlink *netlink, unsigned int groups, struct tcx_fault *fault);

/* Frees the buffer until it is needed again: many sockets have nothing to say for long. */
void tcx_netlink_rest(struct tcx_netlink *netlink);

/* Closes the socket, which may be opened again. */
void tcx_netlink_close(struct tcx_netlink *netlink);

/*
 * Sends a dump request and passes every message of the answer to the callback. Opens the socket if
 * needed. Closes it after a fault, so that the rest of the answer is not taken for the next one.
 */
bool tcx_netlink_dump(struct tcx_netlink *netlink, const struct tcx_netlink_query *query,
		      struct tcx_fault *fault);

/*
 * Whether to try an interrupted dump again after so many tries. Pauses before, each time a little
 * longer, 45 ms in all, until what changes may have settled.
 */
bool tcx_netlink_try_again(unsigned int tried);

/* Handles one datagram of notifications, if any. False with a fault, or with *empty. */
bool tcx_netlink_notifications(struct tcx_netlink *netlink, tcx_netlink_callback *callback,
			       void *context, bool *empty, struct tcx_fault *fault);

/*
 * The fixed part of a message, len octets. attributes[] gets the attributes behind it by type,
 * below count, and NULL for the absent ones. NULL with a fault when the message is too short or
 * malformed.
 */
const void *tcx_netlink_parse(const struct nlmsghdr *message, size_t len,
			      const struct nlattr **attributes, size_t count,
			      struct tcx_fault *fault);

/* The same for [at, at + len) without a fixed part. False with a fault when malformed. */
bool tcx_netlink_parse_attributes(const void *at, size_t len, const struct nlattr **attributes,
				  size_t count, struct tcx_fault *fault);

/* Copies len octets of an attribute. False, with nothing copied, when it is NULL or shorter. */
bool tcx_attribute_copy(const struct nlattr *attribute, void *to, size_t len);

/* Copies at most capacity octets of an attribute. Returns how many; 0 when it is NULL. */
size_t tcx_attribute_copy_most(const struct nlattr *attribute, void *to, size_t capacity);

#endif
