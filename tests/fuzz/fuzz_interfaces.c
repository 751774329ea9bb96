/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the table of IPv6 by interface. The input is texts, 0xff behind each, that the files of
 * dev_snmp6 have: the first of eth0, the second of eth1 and so on.
 *
 * Beyond not crashing: rows are sorted, each of a file, and as the file would give it alone; and
 * read once more, each goes on with the same numbers.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/octets.h"
#include "kernel/ip6_interfaces.h"
#include "kernel/netns_reader.h"
#include "tests/unit/fixture.h"

#include "fuzz.h"

#define FILES 4

static struct fixture fixture;

static const char *path_of(unsigned int i)
{
	static char path[32];

	snprintf(path, sizeof(path), "net/dev_snmp6/eth%u", i);
	return path;
}

/* The table after the one before, which may be NULL. */
static struct tcx_table *read_after(struct tcx_table *before)
{
	const struct tcx_survey alone = {{&tcx_ip6_interfaces}};
	struct tcx_table *tables[TCX_TABLES], *befores[TCX_TABLES] = {before};
	struct tcx_netns *netns = fixture_netns(fixture.root);
	struct tcx_netns_reader *reader = tcx_netns_begin(netns, NULL);
	struct tcx_fault fault = {""};

	MUST(reader != NULL);
	reader->before = befores;
	MUST(tcx_survey_read(&alone, 1, tables, reader, SIZE_MAX, &fault));
	tcx_netns_end(reader);
	tcx_netns_unref(netns);
	return tables[0];
}

static bool same(const struct tcx_ip6_interface *a, const struct tcx_ip6_interface *b)
{
	return memcmp(a->index, b->index, sizeof(a->index)) == 0 && strcmp(a->name, b->name) == 0 &&
	       memcmp(a->known, b->known, sizeof(a->known)) == 0 &&
	       memcmp(a->numbers, b->numbers, sizeof(a->numbers)) == 0;
}

/* The rows of one reading, after another one of the same files. */
static void check_again(struct tcx_table *first)
{
	struct tcx_table *again = read_after(first);

	MUST(again->count == first->count);
	for (size_t i = 0; i < first->count; i++) {
		const struct tcx_ip6_interface *row = tcx_table_row(first, i);
		const struct tcx_ip6_interface *other = tcx_table_row(again, i);
		uint32_t index = tcx_octets_get32(row->index);

		MUST(index > 0 && index <= INT32_MAX);
		MUST(i == 0 || memcmp(tcx_table_row(first, i - 1), row->index, 4) < 0);
		MUST(same(row, other) && other->since_ns == first->taken_ns);
	}
	tcx_table_unref(again);
}

/* The row of the only file is in the table of all, unless another file has its index. */
static void check_alone(const struct tcx_table *all)
{
	struct tcx_table *alone = read_after(NULL);

	MUST(alone->count <= 1);
	if (alone->count == 1) {
		const struct tcx_ip6_interface *row = tcx_table_row(alone, 0);
		const struct tcx_ip6_interface *found = tcx_table_find(all, row->index);

		MUST(found != NULL);
		MUST(strcmp(found->name, row->name) != 0 || same(found, row));
	}
	tcx_table_unref(alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *texts[FILES], *end = data + size;
	size_t lens[FILES];
	unsigned int count = 0;
	struct tcx_table *all;

	if (fixture.root[0] == '\0')
		fixture_open(&fixture);
	for (; count < FILES && data < end; data += lens[count++] + 1) {
		const uint8_t *border = memchr(data, 0xff, (size_t)(end - data));

		texts[count] = data;
		lens[count] = (size_t)((border != NULL ? border : end) - data);
		fixture_write(&fixture, path_of(count), data, lens[count]);
		if (border == NULL) {
			count++;
			break;
		}
	}
	all = read_after(NULL);
	MUST(all->count <= count);
	check_again(all);
	for (unsigned int i = 0; i < count; i++)
		fixture_remove(&fixture, path_of(i));
	for (unsigned int i = 0; i < count; i++) {
		fixture_write(&fixture, path_of(i), texts[i], lens[i]);
		check_alone(all);
		fixture_remove(&fixture, path_of(i));
	}
	tcx_table_unref(all);
	return 0;
}
