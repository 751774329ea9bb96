/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads objects for thresholds as for a request, one that nobody has sent: it sees a snapshot and
 * tables that were read already.
 */
#include "mib/measures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mib/objects.h"

/* What a row is called that has no name. */
#define NO_NAME "?"

/* Percentages are in hundredths. More than the whole is there of limits, but of no part of it. */
#define PERCENT_SCALE 100
#define WHOLE	      10000

/* The tables of the kernel that objects are of, TCX_TABLES: none; and whether it is a row of them.
 */
enum {
#define OF_KERNEL(of)	  TCX_TABLE_##of
#define OF_NUMBERED(of)	  TCX_TABLES
#define OF_NAMED(of)	  TCX_TABLES
#define OF_TYPES(of)	  TCX_TABLES
#define OF_STATES(of)	  TCX_TABLES
#define OF_NAMESPACES(of) TCX_TABLES
#define OF_HEALTH(of)	  TCX_TABLES
#define OF_PLAIN(of)	  TCX_TABLES
#define TABLE(table, module, parent, arc, rows, of, group, title)                                  \
	TABLE_OF_##table = (int)OF_##rows(of), IS_ROW_OF_##table = true,
#define SCALARS(node, module, parent, arc, rows, of, group, title)                                 \
	TABLE_OF_##node = (int)OF_##rows(of), IS_ROW_OF_##node = false,
#include "mibs/tables.def"
};

struct object {
	const char *name;
	unsigned int table;
	bool is_row; /* else it is one number of it all */
	const char *syntax;
	tcx_show *show;
};

static const struct object objects[] = {
#define COLUMN(table, sub_id, object, syntax, limits, unit, text)                                  \
	{#object, TABLE_OF_##table, IS_ROW_OF_##table, #syntax, tcx_show_##object},
#include "mibs/tables.def"
};

/* Their places there. */
enum {
#define COLUMN(table, sub_id, object, syntax, limits, unit, text) OBJECT_##object,
#include "mibs/tables.def"
	OBJECTS
};

/* By table, TCX_TABLES included: the text of a row, and when its counters began. */
static const struct {
	tcx_show *label; /* NULL: it is none that is watched */
	tcx_show *since; /* NULL: it has no counters */
} watched[TCX_TABLES + 1] = {
	[TCX_TABLE_TCP_STATES] = {tcx_show_tcpStateLabel, NULL},
	[TCX_TABLE_TCP_LISTENERS] = {tcx_show_tcpListenName, tcx_show_tcpListenSince},
	[TCX_TABLE_UDP_SOCKETS] = {tcx_show_udpSocketName, tcx_show_udpSocketSince},
	[TCX_TABLE_SERVICES] = {tcx_show_serviceName, tcx_show_serviceSince},
};

/* Those that are numbers. */
static const struct {
	const char *syntax;
	unsigned int bits;
	unsigned int scale;
	uint64_t max;
} syntaxes[] = {
	{"Gauge32", 0, 1, UINT32_MAX},
	{"KernelNumber", 0, 1, UINT64_MAX},
	{"HundredthsOfPercent", 0, PERCENT_SCALE, UINT32_MAX},
	{"Counter32", 32, 1, UINT32_MAX},
	{"Counter64", 64, 1, UINT64_MAX},
};

/* What is of a limit, and the object that says how much of it. */
static const struct {
	const char *object;
	int share;
} shares[] = {
	{"tcpListenQueue", OBJECT_tcpListenUse},
	{"udpSocketReceiveQueue", OBJECT_udpSocketUse},
	{"SockstatTcpMem", OBJECT_limitTcpMemMaxUse},
	{"SockstatUdpMem", OBJECT_limitUdpMemMaxUse},
	{"SockstatTcpOrphan", OBJECT_limitTcpOrphansUse},
	{"SockstatTcpTw", OBJECT_limitTcpTimeWaitUse},
	{"SockstatFragMemory", OBJECT_limitIpFragmentsUse},
	{"SockstatFrag6Memory", OBJECT_limitIp6FragmentsUse},
	{"NfConntrackCount", OBJECT_limitNfConntrackUse},
	{"ArpCacheEntries", OBJECT_limitArpEntriesUse},
	{"NdiscCacheEntries", OBJECT_limitNdiscEntriesUse},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- Finding them ------------------------------------------------------------------------------*/

/* False: it is no number. */
static bool fill(const struct object *object, struct tcx_measure *measure)
{
	for (size_t i = 0; i < COUNT(syntaxes); i++) {
		if (strcmp(syntaxes[i].syntax, object->syntax) != 0)
			continue;
		*measure = (struct tcx_measure){
			.name = object->name,
			.object = object,
			.table = object->is_row ? object->table : TCX_TABLES,
			.tables = 1U << object->table,
			.bits = syntaxes[i].bits,
			.scale = syntaxes[i].scale,
			.max = syntaxes[i].max,
		};
		return true;
	}
	return false;
}

/* All values of health are read as one column of healthTable, each in its row. */
static const struct object health = {"healthValue", TCX_TABLES, false, "", tcx_show_healthValue};

static bool find_health(const char *name, struct tcx_measure *measure)
{
	enum tcx_health row = 0;
	enum tcx_table_id table;

	while (row < TCX_HEALTHS && strcmp(tcx_health_label(row), name) != 0)
		row++;
	if (row == TCX_HEALTHS)
		return false;
	table = tcx_health_table(row);
	*measure = (struct tcx_measure){
		.name = tcx_health_label(row),
		.object = &health,
		.row = row,
		.table = TCX_TABLES,
		.tables = table != TCX_TABLES ? 1U << table : 0,
		.scale = tcx_health_is_percent(row) ? PERCENT_SCALE : 1,
		.max = tcx_health_is_part(row) ? WHOLE : UINT32_MAX,
	};
	return true;
}

static const struct object *find(const char *name)
{
	for (size_t i = 0; i < OBJECTS; i++)
		if (strcmp(objects[i].name, name) == 0)
			return &objects[i];
	return NULL;
}

bool tcx_measure_find(const char *name, struct tcx_measure *measure)
{
	const struct object *object = find(name);

	if (object != NULL && watched[object->table].label != NULL)
		return fill(object, measure);
	return find_health(name, measure);
}

bool tcx_measure_find_share(const char *object, struct tcx_measure *measure)
{
	for (size_t i = 0; i < COUNT(shares); i++)
		if (strcmp(shares[i].object, object) == 0)
			return fill(&objects[shares[i].share], measure);
	return tcx_measure_find(object, measure) && measure->scale == PERCENT_SCALE;
}

void tcx_measures_visit(void (*visit)(void *arg, const char *name), void *arg)
{
	struct tcx_measure measure;

	for (size_t i = 0; i < OBJECTS; i++)
		if (tcx_measure_find(objects[i].name, &measure))
			visit(arg, measure.name);
	for (int row = 0; row < TCX_HEALTHS; row++)
		visit(arg, tcx_health_label((enum tcx_health)row));
}

/* --- Reading them ------------------------------------------------------------------------------*/

struct reading {
	struct tcx_request request;
	struct tcx_rows rows; /* of the object that is read */
};

static void *begin(const struct tcx_observed *observed)
{
	struct reading *reading = calloc(1, sizeof(*reading));

	if (reading == NULL)
		return NULL;
	reading->request.latest = (struct tcx_snapshot *)observed->snapshot;
	reading->request.fresh = observed->snapshot;
	reading->request.now_ns = observed->snapshot->taken_ns;
	reading->request.oldest_ns = observed->oldest_ns;
	if (observed->tables != NULL)
		memcpy(reading->request.held, observed->tables, sizeof(reading->request.held));
	return reading;
}

static bool show(struct reading *reading, tcx_show *how, unsigned int table, size_t row,
		 struct tcx_value *value)
{
	const struct tcx_object object = {.rows = &reading->rows};

	reading->rows.table = (enum tcx_table_id)table;
	return how(&reading->request, &object, row, value);
}

static uint64_t number_of(const struct tcx_value *value)
{
	if (value->type == ASN_COUNTER64)
		return (uint64_t)value->as.counter64.high << 32 | value->as.counter64.low;
	return (uint32_t)value->as.number;
}

static bool read_number(void *reading, const struct tcx_measure *measure, uint64_t *value)
{
	const struct object *object = measure->object;
	struct tcx_value shown;

	if (!show(reading, object->show, object->table, measure->row, &shown))
		return false;
	*value = number_of(&shown);
	return true;
}

/* As the same, in another table. */
static bool show_in(struct reading *reading, tcx_show *how, struct tcx_table *table,
		    unsigned int id, size_t row, struct tcx_value *value)
{
	struct tcx_table *newest = reading->request.held[id];
	bool shown;

	reading->request.held[id] = table;
	shown = show(reading, how, id, row, value);
	reading->request.held[id] = newest;
	return shown;
}

static bool read_cell(void *reading, const struct tcx_measure *measure, struct tcx_table *table,
		      size_t row, uint64_t *value)
{
	const struct object *object = measure->object;
	struct tcx_value shown;

	if (!show_in(reading, object->show, table, measure->table, row, &shown))
		return false;
	*value = number_of(&shown);
	return true;
}

static uint64_t read_since(void *reading, const struct tcx_measure *measure,
			   struct tcx_table *table, size_t row)
{
	tcx_show *since = watched[measure->table].since;
	struct tcx_value shown;

	if (since == NULL || !show_in(reading, since, table, measure->table, row, &shown))
		return 0;
	return number_of(&shown);
}

static void read_label(void *reading, const struct tcx_measure *measure, struct tcx_table *table,
		       size_t row, char label[TCX_LABEL_SIZE])
{
	struct tcx_value shown;

	strcpy(label, NO_NAME);
	if (show_in(reading, watched[measure->table].label, table, measure->table, row, &shown))
		snprintf(label, TCX_LABEL_SIZE, "%.*s", (int)shown.len, (const char *)shown.data);
}

const struct tcx_measuring tcx_measuring = {
	.begin = begin,
	.end = free,
	.number = read_number,
	.cell = read_cell,
	.since = read_since,
	.label = read_label,
};
