/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the IPv4 neighbours (RTM_GETNEIGH). */
#include <linux/if.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/list.h"
#include "base/octets.h"
#include "kernel/ip_tables.h"
#include "kernel/links.h"
#include "kernel/netns_reader.h"

/* /proc/net/arp and `ip neigh` leave out the others. */
static bool is_shown(const struct ndmsg *body)
{
	return body->ndm_state != NUD_NONE && (body->ndm_state & NUD_NOARP) == 0 &&
	       (body->ndm_flags & NTF_PROXY) == 0;
}

/* Without NUD_VALID the kernel has no hardware address, or one that it no longer trusts. */
static uint8_t type_of(uint16_t state)
{
	if ((state & (NUD_INCOMPLETE | NUD_FAILED)) != 0)
		return TCX_NEIGHBOUR_INVALID;
	return (state & NUD_PERMANENT) != 0 ? TCX_NEIGHBOUR_STATIC : TCX_NEIGHBOUR_DYNAMIC;
}

static void read_hardware(struct tcx_neighbour *row, const struct nlattr *attribute,
			  struct tcx_table *table)
{
	row->hardware_known = row->type == TCX_NEIGHBOUR_INVALID || attribute != NULL;
	if (!row->hardware_known)
		tcx_table_lacks(table, "neighbour %u.%u.%u.%u of interface %u has no NDA_LLADDR",
				row->address[0], row->address[1], row->address[2], row->address[3],
				tcx_octets_get32(row->link));
	if (row->type != TCX_NEIGHBOUR_INVALID)
		row->hardware_len = (uint8_t)tcx_attribute_copy_most(attribute, row->hardware,
								     sizeof(row->hardware));
}

static bool take_neighbour(struct tcx_table *table, const void *message,
			   const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct ndmsg *body = message;
	struct tcx_neighbour row = {0};

	if (body->ndm_family != AF_INET || !is_shown(body))
		return true;
	if (!tcx_attribute_copy(attributes[NDA_DST], row.address, sizeof(row.address))) {
		tcx_table_lacks(table, "a neighbour of interface %d has no NDA_DST",
				body->ndm_ifindex);
		return true;
	}
	tcx_octets_put32(row.link, (uint32_t)body->ndm_ifindex);
	row.type = type_of(body->ndm_state);
	read_hardware(&row, attributes[NDA_LLADDR], table);
	return tcx_table_append(table, &row, fault);
}

static bool is_ignored(struct tcx_netns_reader *reader, uint32_t link)
{
	char name[IFNAMSIZ];

	return tcx_link_name(reader, link, name) && tcx_list_matches(reader->ignored, name);
}

/* Asks the kernel once for a run of neighbours of one interface. */
static bool mark_ignored(struct tcx_table *table, struct tcx_netns_reader *reader,
			 struct tcx_fault *fault)
{
	struct tcx_neighbour *rows = (struct tcx_neighbour *)table->rows;

	(void)fault;
	if (reader->ignored[0] == '\0')
		return true;
	for (size_t i = 0; i < table->count; i++) {
		if (i > 0 && memcmp(rows[i].link, rows[i - 1].link, sizeof(rows[i].link)) == 0)
			rows[i].ignored = rows[i - 1].ignored;
		else
			rows[i].ignored = is_ignored(reader, tcx_octets_get32(rows[i].link));
	}
	return true;
}

static const struct ndmsg request = {.ndm_family = AF_INET};

const struct tcx_table_reader tcx_neighbours = {
	.kind.row_size = sizeof(struct tcx_neighbour),
	.kind.key_size = offsetof(struct tcx_neighbour, type),
	.dump = {RTM_GETNEIGH, &request, sizeof(request), .take = take_neighbour},
	.read = mark_ignored,
};
