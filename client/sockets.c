/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints tcpListenTable and udpSocketTable as ss -tuln prints sockets, and what is lost at each. */
#include "sockets.h"

#include <inttypes.h>

#include "ids.h"
#include "walk.h"

/* The cells of a row, which are the columns below. */
enum cell { NAME, RECEIVE, SEND, USE, DROPS, CELLS };

#define ROWS_AT_ONCE 20

static const struct table {
	const char *protocol, *state;
	struct tcx_columns columns;
} tables[] = {
	{"tcp",
	 "LISTEN",
	 {TCX_ID_tcpListenTable,
	  {TCX_ID_tcpListenName, TCX_ID_tcpListenQueue, TCX_ID_tcpListenQueueMax,
	   TCX_ID_tcpListenUse, TCX_ID_tcpListenDrops},
	  CELLS,
	  ROWS_AT_ONCE}},
	/* One that is connected is among these; its row does not tell. */
	{"udp",
	 "-",
	 {TCX_ID_udpSocketTable,
	  {TCX_ID_udpSocketName, TCX_ID_udpSocketReceiveQueue, TCX_ID_udpSocketSendQueue,
	   TCX_ID_udpSocketUse, TCX_ID_udpSocketDrops},
	  CELLS,
	  ROWS_AT_ONCE}},
};

static void print_number(FILE *out, const struct tcx_cell *cell, int width)
{
	if (cell->known)
		fprintf(out, " %*" PRIu64, width, cell->number);
	else
		fprintf(out, " %*s", width, "-");
}

static void print_use(FILE *out, const struct tcx_cell *cell)
{
	if (cell->known)
		fprintf(out, " %4" PRIu64 ".%02" PRIu64, cell->number / 100, cell->number % 100);
	else
		fprintf(out, " %7s", "-");
}

static void print_row(FILE *out, const struct table *table, const struct tcx_cell *cells)
{
	fprintf(out, "%-5s %-6s", table->protocol, table->state);
	print_number(out, &cells[RECEIVE], 7);
	print_number(out, &cells[SEND], 7);
	print_use(out, &cells[USE]);
	print_number(out, &cells[DROPS], 10);
	fprintf(out, "  %s\n", cells[NAME].text);
}

static void print_title(FILE *out)
{
	fprintf(out, "%-5s %-6s %7s %7s %7s %10s  %s\n", "Netid", "State", "Recv-Q", "Send-Q",
		"Use%", "Drops", "Local Address:Port");
}

bool tcx_sockets_print(FILE *out, const struct tcx_peer *peer, bool listeners, bool sockets,
		       const struct tcx_selection *selection, struct tcx_fault *fault)
{
	const bool wanted[] = {listeners, sockets};
	struct tcx_walked walked[] = {{.rows = NULL}, {.rows = NULL}};
	bool good = true;

	for (size_t i = 0; good && i < 2; i++)
		good = !wanted[i] || tcx_walk(peer, &tables[i].columns, &walked[i], fault);
	if (good)
		print_title(out);
	for (size_t i = 0; good && i < 2; i++)
		for (size_t k = 0; k < walked[i].count; k++)
			if (tcx_selection_matches(selection, walked[i].rows[k].cells[NAME].text))
				print_row(out, &tables[i], walked[i].rows[k].cells);
	for (size_t i = 0; i < 2; i++)
		tcx_walked_clear(&walked[i]);
	return good;
}
