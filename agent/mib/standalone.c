/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a master has of itself, from the rows of mibs/standalone.def: the system group, the modules
 * that it serves, and the library's engine and counters.
 */
#include <sys/utsname.h>

#include "mib/objects.h"
#include "snmp/dispatcher.h"

#define SHOWN(module, object, rows, arcs) static tcx_show tcx_show_##object;
#include "mibs/standalone.def"

/* --- The system group --------------------------------------------------------------------------*/

/* snmpd's for Linux: managers know the kind of host by it. */
#define NET_SNMP_LINUX 1, 3, 6, 1, 4, 1, 8072, 3, 2, 10

/* Of a host: it serves transport connections and applications (RFC 3418). */
#define SERVICES_OF_HOST (1 << 3 | 1 << 6)

#define SYSTEM_TEXT(name, field)                                                                   \
	TCX_SHOW(name)                                                                             \
	{                                                                                          \
		if (request->system == NULL)                                                       \
			return false;                                                              \
		tcx_value_text(value, request->system->field);                                     \
		return true;                                                                       \
	}

SYSTEM_TEXT(sysContact, contact)
SYSTEM_TEXT(sysLocation, location)

TCX_SHOW(sysDescr)
{
	struct utsname host;

	if (request->system == NULL || uname(&host) != 0)
		return false;
	if (request->system->descr[0] != '\0')
		tcx_value_text(value, request->system->descr);
	else
		tcx_value_print(value, "%s %s %s %s %s", host.sysname, host.nodename, host.release,
				host.version, host.machine);
	return true;
}

TCX_SHOW(sysName)
{
	struct utsname host;

	if (request->system == NULL || uname(&host) != 0)
		return false;
	tcx_value_print(value, "%s",
			request->system->name[0] != '\0' ? request->system->name : host.nodename);
	return true;
}

static const oid net_snmp_linux[] = {NET_SNMP_LINUX};

TCX_SHOW_OF(sysObjectID, oid, net_snmp_linux, sizeof(net_snmp_linux) / sizeof(oid))
TCX_SHOW_OF(sysUpTime, ticks, netsnmp_get_agent_uptime())
TCX_SHOW_OF(sysServices, integer, SERVICES_OF_HOST)

/* --- sysORTable --------------------------------------------------------------------------------*/

/* The place of the row's module: the one that has so many served ones before it. */
static size_t module_of(const struct tcx_request *request, size_t row)
{
	unsigned int left = request->modules;

	for (; row > 0; row--)
		left &= left - 1;
	return (size_t)__builtin_ctz(left);
}

static enum tcx_found count_modules(const struct tcx_rows *rows, const struct tcx_request *request,
				    size_t *count)
{
	(void)rows;
	*count = (size_t)__builtin_popcount(request->modules);
	return TCX_FOUND;
}

static size_t index_module(const struct tcx_rows *rows, const struct tcx_request *request,
			   size_t row, oid *index)
{
	(void)rows;
	index[0] = module_of(request, row) + 1;
	return 1;
}

/* Since when the library has a row of a module. */
struct since {
	const struct tcx_module *module;
	u_long ticks;
};

static void look(const struct sysORTable *row, void *arg)
{
	struct since *since = arg;
	const struct tcx_module *module = since->module;

	if (netsnmp_oid_equals(row->OR_oid, row->OR_oidlen, module->sysORID, module->sysORID_len) ==
	    0)
		since->ticks = row->OR_uptime;
}

static u_long since_of(const struct tcx_module *module)
{
	struct since since = {module, 0};

	netsnmp_sysORTable_foreach(look, &since);
	return since.ticks;
}

TCX_SHOW(sysORLastChange)
{
	if (request->system == NULL)
		return false;
	tcx_value_ticks(value, *request->system->modules_changed);
	return true;
}

#define MODULE (tcx_context_module(request->context, module_of(request, row)))

TCX_SHOW_OF(sysORID, oid, MODULE->sysORID, MODULE->sysORID_len)
TCX_SHOW_OF(sysORDescr, text, MODULE->text)
TCX_SHOW_OF(sysORUpTime, ticks, since_of(MODULE))

/* --- The library -------------------------------------------------------------------------------*/

TCX_SHOW(snmpEngineID)
{
	u_char *octets = (u_char *)value->as.text;

	tcx_value_octets(value, octets, snmpv3_get_engineID(octets, sizeof(value->as.text)));
	return value->len > 0;
}

TCX_SHOW_OF(snmpEngineBoots, integer, snmpv3_local_snmpEngineBoots())
TCX_SHOW_OF(snmpEngineTime, integer, snmpv3_local_snmpEngineTime())
TCX_SHOW_OF(snmpEngineMaxMessageSize, integer, (uint64_t)netsnmp_max_send_msg_size())

static bool show_statistic(const struct tcx_request *request, const struct tcx_object *object,
			   size_t row, struct tcx_value *value)
{
	(void)request;
	(void)row;
	tcx_value_counter32(value, snmp_get_statistic(object->arg));
	return true;
}

/* --- The objects -------------------------------------------------------------------------------*/

static const struct tcx_rows rows_SCALAR = TCX_ROWS_SCALAR;
static const struct tcx_rows rows_SYSOR = {.count = count_modules, .index = index_module};

#define ID(...) {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)

static const struct {
	const char *module;
	oid id[TCX_OBJECT_ID_MAX];
	size_t id_len;
	const struct tcx_rows *rows;
	tcx_show *show;
	int arg;
} objects[] = {
#define SHOWN(module, object, rows, arcs) {#module, ID arcs, &rows_##rows, tcx_show_##object, 0},
#define STATISTIC(module, object, statistic, arcs)                                                 \
	{#module, ID arcs, &rows_SCALAR, show_statistic, STAT_##statistic},
#include "mibs/standalone.def"
};

bool tcx_add_standalone(struct tcx_tree *tree, const char *word)
{
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		struct tcx_object object = {
			.id_len = objects[i].id_len,
			.rows = objects[i].rows,
			.show = objects[i].show,
			.arg = objects[i].arg,
		};

		memcpy(object.id, objects[i].id, sizeof(object.id));
		if (strcmp(objects[i].module, word) == 0 && !tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}
