/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What rows have that are one address and port where sockets are bound: how many, how full, and
 * what the kernel dropped there.
 *
 * Drops are added up by what each socket's count grows by from one reading to the next, so that the
 * sum does not fall when one of several sockets closes. A table notes the counts that are not 0.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/octets.h"
#include "kernel/links.h"
#include "sockets.h"

#define KEY_SIZE offsetof(struct tcx_bound, link_name)

/* The whole of a use, in hundredths of a percent. */
#define WHOLE 10000

/* What one socket had dropped when it was read. */
struct note {
	uint64_t cookie; /* the key: the kernel gives it to no other socket */
	uint32_t drops;
	bool missed; /* it was not in this reading but in the one before */
	uint8_t key[KEY_SIZE];
};

static const struct tcx_table_kind notes = {
	.row_size = sizeof(struct note),
	.key_size = sizeof(uint64_t),
};

static struct tcx_bound *row_at(struct tcx_table *table, size_t i)
{
	return (struct tcx_bound *)(table->rows + i * table->kind->row_size);
}

void tcx_bound_set_key(struct tcx_bound *bound, const struct tcx_socket *socket,
		       const uint8_t *address, uint32_t link)
{
	bool ipv4 = socket->family == AF_INET;
	size_t len = ipv4 ? 4 : 16;

	bound->address_type = ipv4 ? TCX_IPV4 : TCX_IPV6;
	memset(bound->address, 0, sizeof(bound->address));
	memcpy(bound->address, address, len);
	memcpy(bound->port, socket->local_port, sizeof(bound->port));
	if (link == 0)
		return;
	bound->address_type = ipv4 ? TCX_IPV4Z : TCX_IPV6Z;
	tcx_octets_put32(bound->address + len, link);
}

bool tcx_bound_read_names(struct tcx_table *table, struct tcx_netns_reader *reader,
			  struct tcx_fault *fault)
{
	(void)fault;
	for (size_t i = 0; i < table->count; i++) {
		struct tcx_bound *row = row_at(table, i);
		uint32_t zone = tcx_zone_of(row);

		if (zone != 0)
			tcx_link_name(reader, zone, row->link_name);
	}
	return true;
}

uint32_t tcx_use_of(uint64_t queue, uint64_t limit)
{
	uint64_t use = limit > 0 ? queue * WHOLE / limit : 0;

	return use < UINT32_MAX ? (uint32_t)use : UINT32_MAX;
}

static bool add_note(struct tcx_table *table, const struct note *note, struct tcx_fault *fault)
{
	if (table->notes == NULL)
		table->notes = tcx_table_new(&notes, SIZE_MAX, table->taken_ns, fault);
	return table->notes != NULL && tcx_table_append(table->notes, note, fault);
}

bool tcx_bound_begin(struct tcx_bound *bound, struct tcx_table *table,
		     const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct note note = {.cookie = socket->cookie};

	tcx_bound_set_key(bound, socket, socket->local, socket->link);
	bound->sockets = 1;
	if (socket->memory_count <= SK_MEMINFO_DROPS)
		return true;
	bound->since_ns = table->taken_ns;
	note.drops = socket->memory[SK_MEMINFO_DROPS];
	memcpy(note.key, bound, KEY_SIZE);
	return note.drops == 0 || add_note(table, &note, fault);
}

void tcx_bound_merge(struct tcx_bound *sum, const struct tcx_bound *other)
{
	sum->sockets += other->sockets;
	if (sum->use < other->use)
		sum->use = other->use;
}

/*
 * A dump may pass over a socket while others close. So one that is missed stays noted for another
 * reading: what it dropped before is not taken for growth when it is there again.
 */
static bool keep_missed(struct tcx_table *table, const struct tcx_table *before,
			struct tcx_fault *fault)
{
	for (size_t i = 0; i < before->count; i++) {
		struct note note = *(const struct note *)tcx_table_row(before, i);

		if (note.missed)
			continue;
		note.missed = true;
		if (!add_note(table, &note, fault))
			return false;
	}
	return true;
}

/* Both are sorted. A row that goes on has its moment from the table before. */
static void go_on(struct tcx_table *table, const struct tcx_table *before)
{
	size_t k = 0;

	for (size_t i = 0; i < table->count; i++) {
		struct tcx_bound *row = row_at(table, i);
		const struct tcx_bound *last;

		while (k < before->count && memcmp(tcx_table_row(before, k), row, KEY_SIZE) < 0)
			k++;
		if (k == before->count)
			return;
		last = tcx_table_row(before, k);
		if (memcmp(last, row, KEY_SIZE) != 0 || row->since_ns == 0 || last->since_ns == 0)
			continue;
		row->drops = last->drops;
		row->since_ns = last->since_ns;
	}
}

/* All of what a new socket dropped, and what one of a new row did, is growth. */
static void add_growth(struct tcx_table *table, const struct note *note,
		       const struct tcx_table *noted)
{
	struct tcx_bound *row = tcx_table_find(table, note->key);
	const struct note *last = noted != NULL ? tcx_table_find(noted, note) : NULL;

	if (row == NULL || note->missed)
		return;
	row->drops += note->drops;
	if (last != NULL && row->since_ns != table->taken_ns)
		row->drops -= last->drops;
}

bool tcx_bound_end(struct tcx_table *table, struct tcx_fault *fault)
{
	const struct tcx_table *noted = table->before != NULL ? table->before->notes : NULL;

	if (table->before != NULL)
		go_on(table, table->before);
	if (noted != NULL && !keep_missed(table, noted, fault))
		return false;
	if (table->notes == NULL)
		return true;
	/* Of two of one socket the first stays: what is there, before what was missed. */
	if (!tcx_table_sort_unique(table->notes, fault))
		return false;
	for (size_t i = 0; i < table->notes->count; i++)
		add_growth(table, tcx_table_row(table->notes, i), noted);
	return true;
}
