/* SPDX-License-Identifier: BSD-2-Clause */
/* The types follow from the syntaxes in mibs/tables.def; values of health have one. */
#include "types.h"

#include <string.h>

#include "ids.h"

static const struct {
	oid parent, sub_id;
	const char *syntax;
} objects[] = {
#define COLUMN(table, sub_id, object, syntax, limits, unit, text) {TCX_ID_##table, sub_id, #syntax},
#include "mibs/tables.def"
#define HEALTH(sub_id, object, over, unit, minimum, text, advice)                                  \
	{TCX_ID_health, sub_id, "Gauge32"},
#include "mibs/health.def"
};

/* All others are texts. */
static const struct {
	const char *syntax;
	u_char type;
} types[] = {
	{"Counter32", ASN_COUNTER},
	{"Counter64", ASN_COUNTER64},
	{"Gauge32", ASN_GAUGE},
	{"HundredthsOfPercent", ASN_GAUGE},
	{"INTEGER", ASN_INTEGER},
	{"Integer32", ASN_INTEGER},
	{"IpAddress", ASN_IPADDRESS},
	{"KernelNumber", ASN_COUNTER64},
	{"ObjectIdentifier", ASN_OBJECT_ID},
	{"ThousandthsPerSecond", ASN_COUNTER64},
	{"TimeStamp", ASN_TIMETICKS},
	{"TimeTicks", ASN_TIMETICKS},
	{"TruthValue", ASN_INTEGER},
	{"Unsigned32", ASN_GAUGE},
	{"VariablePointer", ASN_OBJECT_ID},
};

static u_char type_of(const char *syntax)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].syntax, syntax) == 0)
			return types[i].type;
	return ASN_OCTET_STR;
}

/* Ours are behind those of RFC1213, which have the same numbers below other nodes. */
u_char tcx_type_of(oid parent, oid sub_id)
{
	for (size_t i = sizeof(objects) / sizeof(objects[0]); i-- > 0;)
		if (objects[i].parent == parent && objects[i].sub_id == sub_id)
			return type_of(objects[i].syntax);
	return 0;
}
