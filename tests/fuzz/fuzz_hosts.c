/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes what snmpnstat -f takes from others. The first octet says which: a file of hosts, or the
 * response of one, whose values follow as type, length and octets.
 *
 * Beyond not crashing: words of a file can be shown, and so can a verdict; one that is unknown has
 * its reason, one that is well has none.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/health_rows.h"
#include "client/hosts.h"
#include "client/lookup.h"
#include "client/verdict.h"

#include "fuzz.h"

struct input {
	const uint8_t *at, *end;
};

static bool is_shown(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			return false;
	return true;
}

static void try_file(const uint8_t *data, size_t size)
{
	struct tcx_hosts hosts = {.items = NULL};
	struct tcx_fault fault = {""};
	char address[TCX_ADDRESS_SIZE];
	char *text = malloc(size + 1);

	MUST(text != NULL);
	memcpy(text, data, size);
	if (tcx_hosts_take(&hosts, text, size, &fault))
		MUST(hosts.count > 0);
	else
		MUST(fault.text[0] != '\0');
	for (size_t i = 0; i < hosts.count; i++) {
		MUST(hosts.items[i].name[0] != '\0' && is_shown(hosts.items[i].name));
		MUST(hosts.items[i].own == NULL || hosts.items[i].own[0] != '\0');
		if (tcx_lookup_one(hosts.items[i].name, true, address, &fault))
			MUST(strchr(address, ':') != NULL);
	}
	tcx_hosts_clear(&hosts);
}

/* As the library would have parsed it: numbers of their size, and texts of any octets. */
static void take_value(netsnmp_variable_list *variable, struct input *input)
{
	u_char type = input->at < input->end ? *input->at++ : SNMP_NOSUCHINSTANCE;
	size_t len = input->at < input->end ? *input->at++ : 0;
	uint8_t number[sizeof(struct counter64)] = {0};

	if (len > (size_t)(input->end - input->at))
		len = (size_t)(input->end - input->at);
	memcpy(number, input->at, len < sizeof(number) ? len : sizeof(number));
	switch (type) {
	case ASN_OCTET_STR:
		snmp_set_var_typed_value(variable, type, input->at, len);
		break;
	case ASN_COUNTER64:
		snmp_set_var_typed_value(variable, type, number, sizeof(struct counter64));
		break;
	case ASN_INTEGER:
	case ASN_GAUGE:
	case ASN_COUNTER:
	case ASN_TIMETICKS:
		snmp_set_var_typed_value(variable, type, number, sizeof(long));
		break;
	case SNMP_NOSUCHOBJECT:
	case SNMP_NOSUCHINSTANCE:
		snmp_set_var_typed_value(variable, type, NULL, 0);
		break;
	default: /* another name */
		snmp_set_var_objid(variable, (const oid[]){1, 3, 6, type}, 4);
	}
	input->at += len;
}

static void try_response(const uint8_t *data, size_t size)
{
	netsnmp_pdu *pdu = tcx_scalars_request(tcx_health_scalars, TCX_HEALTH_CELLS);
	struct input input = {data, data + size};
	struct tcx_verdict verdict;

	MUST(pdu != NULL);
	if (size > 0)
		pdu->errstat = *input.at++ < 128 ? 0 : data[0] - 100;
	for (netsnmp_variable_list *each = pdu->variables; each != NULL; each = each->next_variable)
		take_value(each, &input);
	tcx_verdict_take(&verdict, pdu);
	MUST(verdict.rank < TCX_RANKS && is_shown(verdict.text));
	MUST(verdict.rank != TCX_UNKNOWN || verdict.text[0] != '\0');
	MUST(verdict.rank != TCX_WELL || verdict.text[0] == '\0');
	snmp_free_pdu(pdu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] % 2 == 0)
		try_file(data + 1, size - 1);
	else if (size > 0)
		try_response(data + 1, size - 1);
	return 0;
}
