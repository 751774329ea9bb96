/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes what the link watch makes of notifications. The first octet says what is done, a bit each,
 * the lowest first: links are listed, or what has come is drained; the rest is what the kernel
 * sends (answers.h).
 *
 * Beyond not crashing: whether changes were lost, which links are known, and whether each has
 * changed since the watch began, is what a second reader has, in a list without an order.
 */
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/octets.h"
#include "kernel/links.h"

#include "answers.h"
#include "fuzz.h"

#define STEPS	  8
#define TRIES	  10
#define LINKS_MAX 8192 /* more messages than an input holds */

struct known {
	uint32_t index;
	unsigned int listing; /* the last that had it */
	uint8_t status;
	bool up;
	bool changed;
};

static struct plain {
	bool open, lost, begun;
	unsigned int listing;
	size_t count;
	struct known links[LINKS_MAX];
	struct plain_netlink changes;
} plain;

static struct known *find(uint32_t index)
{
	for (size_t i = 0; i < plain.count; i++)
		if (plain.links[i].index == index)
			return &plain.links[i];
	return NULL;
}

static void note(uint32_t index, uint8_t status, bool up)
{
	struct known *link = find(index);
	bool is_new = link == NULL;

	if (is_new) {
		MUST(plain.count < LINKS_MAX);
		link = &plain.links[plain.count++];
	}
	if (is_new || link->status != status || link->up != up)
		link->changed = plain.begun;
	link->index = index;
	link->listing = plain.listing;
	link->status = status;
	link->up = up;
}

/* A message: struct ifinfomsg of 16 octets, then attributes, of which the status is one. */
static bool take(void *context, const struct plain_message *message)
{
	static const uint8_t statuses[] = {1, 6, 2, 7, 3, 5, 1};
	struct plain_attribute status;
	uint32_t index;
	struct known *link;

	(void)context;
	if (message->len < 16 || !plain_is_whole(message->body + 16, message->len - 16))
		return false;
	if (message->body[0] != AF_UNSPEC)
		return true;
	status = plain_find(message->body + 16, message->len - 16, IFLA_OPERSTATE);
	index = plain_get32(message->body + 4);
	link = find(index);
	if (message->type == RTM_DELLINK && link != NULL)
		*link = plain.links[--plain.count];
	if (message->type == RTM_NEWLINK && status.len > 0)
		note(index, status.at[0] < 7 ? statuses[status.at[0]] : TCX_LINK_UNKNOWN,
		     plain_get32(message->body + 8) % 2 == 1);
	return true;
}

/* What a listing does not have is gone. */
static void end_listing(void)
{
	for (size_t i = plain.count; i > 0; i--)
		if (plain.links[i - 1].listing != plain.listing)
			plain.links[i - 1] = plain.links[--plain.count];
	plain.begun = true;
}

static bool list(void)
{
	const struct records records = plain.changes.records;
	struct plain_netlink netlink;
	enum plain_outcome outcome;
	int tries = 0;

	plain_begin(&netlink, records.at, (size_t)(records.end - records.at));
	do {
		plain.listing++;
		outcome = plain_dump(&netlink, take, NULL);
	} while (outcome == PLAIN_INTERRUPTED && ++tries < TRIES);
	plain.changes.records = netlink.records;
	plain.open = true;
	plain.lost = outcome != PLAIN_WHOLE;
	if (!plain.lost)
		end_listing();
	return !plain.lost;
}

static bool drain(void)
{
	bool ends = !plain.open, empty;

	while (!ends) {
		enum plain_outcome outcome = plain_notification(&plain.changes, take, NULL, &empty);

		ends = outcome == PLAIN_FAILED && plain.changes.error != 0;
		plain.lost = plain.lost || (outcome != PLAIN_WHOLE && !empty);
	}
	return !plain.lost;
}

static bool has_changed(struct tcx_link_watch *watch, uint32_t index, uint8_t status, bool up)
{
	struct tcx_link link = {.status = status, .admin_up = up};

	tcx_octets_put32(link.index, index);
	return tcx_link_watch_changed(watch, &link, 0) != 0;
}

static void check(struct tcx_link_watch *watch)
{
	uint32_t unknown = 0;

	MUST(answers_left().at == plain.changes.records.at);
	for (size_t i = 0; i < plain.count; i++) {
		const struct known *link = &plain.links[i];

		MUST(has_changed(watch, link->index, link->status, link->up) == link->changed);
	}
	while (find(unknown) != NULL)
		unknown++;
	MUST(has_changed(watch, unknown, 1, true) == plain.begun);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcx_link_watch *watch = tcx_link_watch_new();
	struct tcx_fault fault = {""};

	MUST(watch != NULL);
	memset(&plain, 0, offsetof(struct plain, links));
	plain.lost = true;
	if (size > 0) {
		answers_begin(data + 1, size - 1);
		plain_begin(&plain.changes, data + 1, size - 1);
	}
	for (unsigned int i = 0; i < STEPS && size > 0; i++) {
		if ((data[0] & 1U << i) != 0)
			MUST(tcx_link_watch_drain(watch) == drain());
		else
			MUST(tcx_link_watch_list(watch, &fault) == list());
		check(watch);
	}
	tcx_link_watch_free(watch);
	return 0;
}
