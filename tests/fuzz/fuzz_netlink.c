/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the loop that takes an answer of netlink apart. The first octet says what is done, a bit
 * each, the lowest first: a dump, or notifications are taken; the rest is what is received
 * (answers.h).
 *
 * Beyond not crashing: the messages that are handed on, in their order, how it ends, and how much
 * was received are those of the second reader.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/netlink.h"

#include "answers.h"
#include "fuzz.h"

#define STEPS 4

/* A message with this octet in front is not taken. */
#define REFUSED 0xee

/* What was handed on. */
struct heard {
	size_t count;
	uint32_t sum; /* of all octets, and of where messages begin */
};

static void hear(struct heard *heard, uint16_t type, const uint8_t *body, size_t len)
{
	heard->count++;
	heard->sum = heard->sum * 31 + type;
	for (size_t i = 0; i < len; i++)
		heard->sum = heard->sum * 31 + body[i];
	heard->sum = heard->sum * 31 + (uint32_t)len;
}

static bool take(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const uint8_t *body = mnl_nlmsg_get_payload(message);
	size_t len = mnl_nlmsg_get_payload_len(message);

	hear(context, message->nlmsg_type, body, len);
	return len == 0 || body[0] != REFUSED || tcx_fault_set(fault, "refused");
}

static bool take_plainly(void *context, const struct plain_message *message)
{
	hear(context, message->type, message->body, message->len);
	return message->len == 0 || message->body[0] != REFUSED;
}

static void check_same(const struct heard *one, const struct heard *two,
		       const struct plain_netlink *plain)
{
	MUST(one->count == two->count && one->sum == two->sum);
	MUST(answers_left().at == plain->records.at);
}

static void try_dump(struct tcx_netlink *netlink, struct plain_netlink *plain)
{
	struct heard heard = {0}, heard_plainly = {0};
	const uint32_t body = 0;
	const struct tcx_netlink_query query = {16, &body, sizeof(body), take, &heard};
	struct tcx_fault fault = {""};
	bool done = tcx_netlink_dump(netlink, &query, &fault);
	enum plain_outcome outcome = plain_dump(plain, take_plainly, &heard_plainly);

	MUST(done == (outcome == PLAIN_WHOLE) && done == (fault.text[0] == '\0'));
	MUST(netlink->interrupted == (outcome == PLAIN_INTERRUPTED));
	MUST(netlink->error == plain->error && done == (netlink->socket != NULL));
	check_same(&heard, &heard_plainly, plain);
}

static void try_notifications(struct tcx_netlink *netlink, struct plain_netlink *plain)
{
	struct heard heard = {0}, heard_plainly = {0};
	struct tcx_fault fault = {""};
	bool empty, plainly_empty, taken;
	enum plain_outcome outcome;

	MUST(tcx_netlink_open(netlink, 1, &fault));
	taken = tcx_netlink_notifications(netlink, take, &heard, &empty, &fault);
	outcome = plain_notification(plain, take_plainly, &heard_plainly, &plainly_empty);
	MUST(taken == (outcome == PLAIN_WHOLE) && empty == plainly_empty);
	MUST(netlink->interrupted == (outcome == PLAIN_INTERRUPTED));
	MUST(netlink->error == plain->error);
	check_same(&heard, &heard_plainly, plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcx_netlink netlink;
	struct plain_netlink plain;

	if (size == 0)
		return 0;
	tcx_netlink_init(&netlink, NETLINK_ROUTE);
	answers_begin(data + 1, size - 1);
	plain_begin(&plain, data + 1, size - 1);
	for (unsigned int i = 0; i < STEPS; i++)
		if ((data[0] & 1U << i) != 0)
			try_notifications(&netlink, &plain);
		else
			try_dump(&netlink, &plain);
	tcx_netlink_close(&netlink);
	return 0;
}
