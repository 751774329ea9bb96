/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel dropped at the sockets of each row, added up by what each socket's count grows by
 * from one reading to the next, so that the sum does not fall when one of several sockets closes. A
 * table notes the counts that are not 0. doc/decisions/drops-by-socket.md tells how sockets are
 * told apart.
 */
#include <stddef.h>
#include <string.h>

#include "sockets.h"

/* How many readings in a row may pass over a socket that is still there. */
#define MISSES 16

/* What one socket had dropped when it was read. */
struct note {
	uint64_t cookie; /* the key */
	uint32_t drops;
	uint32_t missed;		/* by so many readings, this one the last */
	uint8_t key[TCX_DROPS_KEY_MAX]; /* of its row */
};

static const struct tcx_table_kind notes = {
	.row_size = sizeof(struct note),
	.key_size = sizeof(uint64_t),
};

static bool add_note(struct tcx_table *table, const struct note *note, struct tcx_fault *fault)
{
	if (table->notes == NULL)
		table->notes = tcx_table_new(&notes, SIZE_MAX, table->taken_ns, fault);
	return table->notes != NULL && tcx_table_append(table->notes, note, fault);
}

bool tcx_drops_note(struct tcx_drops *drops, struct tcx_table *table,
		    const struct tcx_socket *socket, const void *key, struct tcx_fault *fault)
{
	struct note note = {.cookie = socket->cookie, .drops = socket->drops};

	if (!socket->drops_known)
		return true;
	drops->since_ns = table->taken_ns;
	drops->by_inode = (socket->cookie & TCX_BY_INODE) != 0;
	memcpy(note.key, key, table->kind->key_size);
	return note.drops == 0 || add_note(table, &note, fault);
}

uint8_t *tcx_drops_key(struct tcx_table *table, size_t i)
{
	return ((struct note *)tcx_table_edit(table->notes, i))->key;
}

/*
 * A reading may pass over a socket while others open and close. So one that is missed stays noted
 * for a while: what it dropped before is not taken for growth when it is there again.
 */
static bool keep_missed(struct tcx_table *table, const struct tcx_table *before,
			struct tcx_fault *fault)
{
	for (size_t i = 0; i < before->count; i++) {
		struct note note = *(const struct note *)tcx_table_row(before, i);

		if (note.missed++ == MISSES)
			continue;
		if (!add_note(table, &note, fault))
			return false;
	}
	return true;
}

/*
 * Both are sorted. A row that goes on has its moment from the table before; where procfs is read
 * and was not, or no longer, it begins anew.
 */
static void go_on(struct tcx_table *table, const struct tcx_table *before, size_t offset)
{
	const size_t key_size = table->kind->key_size;
	size_t k = 0;

	for (size_t i = 0; i < table->count; i++) {
		uint8_t *row = tcx_table_edit(table, i);
		struct tcx_drops *drops = (struct tcx_drops *)(row + offset);
		const struct tcx_drops *last;

		while (k < before->count && memcmp(tcx_table_row(before, k), row, key_size) < 0)
			k++;
		if (k == before->count)
			return;
		last = (const void *)((const uint8_t *)tcx_table_row(before, k) + offset);
		if (memcmp(tcx_table_row(before, k), row, key_size) != 0 || drops->since_ns == 0 ||
		    last->since_ns == 0 || last->by_inode != drops->by_inode)
			continue;
		*drops = *last;
	}
}

/* All of what a new socket dropped, and what one of a new row did, is growth. */
static void add_growth(struct tcx_table *table, const struct note *note,
		       const struct tcx_table *noted, size_t offset)
{
	uint8_t *row = tcx_table_find(table, note->key);
	struct tcx_drops *drops = row != NULL ? (struct tcx_drops *)(row + offset) : NULL;
	const struct note *last = noted != NULL ? tcx_table_find(noted, note) : NULL;

	if (drops == NULL || note->missed > 0)
		return;
	drops->count += note->drops;
	if (last != NULL && drops->since_ns != table->taken_ns)
		drops->count -= last->drops;
}

bool tcx_drops_end(struct tcx_table *table, size_t offset, struct tcx_fault *fault)
{
	const struct tcx_table *noted = table->before != NULL ? table->before->notes : NULL;

	if (table->before != NULL)
		go_on(table, table->before, offset);
	if (noted != NULL && !keep_missed(table, noted, fault))
		return false;
	if (table->notes == NULL)
		return true;
	/* Of two of one socket the first stays: what is there, before what was missed. */
	if (!tcx_table_sort_unique(table->notes, fault))
		return false;
	for (size_t i = 0; i < table->notes->count; i++)
		add_growth(table, tcx_table_row(table->notes, i), noted, offset);
	return true;
}
