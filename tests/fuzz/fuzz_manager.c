/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes what a master gives to managers, over counters and tables that stay as they are. The input
 * is a script: requests, and names in each.
 *
 * Beyond not crashing: each request is answered once, and just as model.c says, which fuzz_agentx
 * holds the other faces to; with what is not in the view left out, or of version 1 what it lacks.
 */
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/session/master_parts.h"
#include "base/clock.h"
#include "frozen.h"
#include "model.h"

#include "fuzz.h"

#define OCTETS_MAX	65536
#define NAMES_MAX	12
#define REPETITIONS_MAX 100 /* in all, as agent/session/manager_answer.c has it */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char access_lines[] = "rocommunity public\n"
				   "view holes included .1\nview holes excluded .1.3.6.1.2.1.6.13\n"
				   "view holes excluded .1.3.6.1.2.1.4.1\n"
				   "rocommunity holes default -V holes\n";

static const oid holes[][8] = {{1, 3, 6, 1, 2, 1, 6, 13}, {1, 3, 6, 1, 2, 1, 4, 1}};

/* Below these only types are compared: the request changes the values. */
static const struct {
	oid ids[7];
	size_t len;
} moving[] = {{{1, 3, 6, 1, 2, 1, 1}, 7}, {{1, 3, 6, 1, 2, 1, 11}, 7}, {{1, 3, 6, 1, 6, 3}, 6}};

static const struct frozen *frozen;
static struct tcx_context *context;
static struct model model;
static netsnmp_session *session;

static struct {
	uint8_t octets[OCTETS_MAX];
	size_t len, count;
} sent;

static struct {
	int command;
	long version;
	bool has_holes;
	long non_repeaters, repetitions;
	struct model_name names[NAMES_MAX];
	size_t count;
	const struct tcx_request *request;
} asked;

/* --- What must be answered ---------------------------------------------------------------------*/

static bool is_below(const struct model_name *name, const oid *root, size_t len)
{
	return name->len >= len && model_compare(name->ids, len, root, len) == 0;
}

static bool is_in_view(const struct model_name *name)
{
	for (size_t i = 0; asked.has_holes && i < COUNT(holes); i++)
		if (is_below(name, holes[i], COUNT(holes[i])))
			return false;
	return name->len > 0 && name->ids[0] == 1; /* .1 is all that is included */
}

static bool has_type(u_char type)
{
	return asked.version != SNMP_VERSION_1 || type != ASN_COUNTER64;
}

static enum tcx_found get(const struct model_name *name, struct tcx_value *value)
{
	enum tcx_found found = TCX_NO_OBJECT;

	if (!asked.has_holes || is_in_view(name))
		found = model_get(&model, asked.request, name, value);
	return found == TCX_FOUND && !has_type(value->type) ? TCX_NO_INSTANCE : found;
}

static enum tcx_found get_next(struct model_name *name, struct tcx_value *value)
{
	const struct model_name none = {.len = 0}, before = *name;
	enum tcx_found found;

	do
		found = model_next(&model, asked.request, name, false, &none, name, value);
	while (found == TCX_FOUND && (!is_in_view(name) || !has_type(value->type)));
	if (found != TCX_FOUND)
		*name = before;
	return found;
}

static bool is_moving(const struct model_name *name)
{
	static const oid age[] = {TCX_MIB_ROOT, 1, 1, 13, 1, 4}; /* kernelTableAge */

	for (size_t i = 0; i < COUNT(moving); i++)
		if (is_below(name, moving[i].ids, moving[i].len))
			return true;
	return is_below(name, age, COUNT(age));
}

static void check_value(const netsnmp_variable_list *varbind, const struct model_name *name,
			const struct tcx_value *value)
{
	netsnmp_variable_list wanted = {.type = 0};

	MUST(varbind->type == value->type);
	if (is_moving(name))
		return;
	snmp_set_var_typed_value(&wanted, value->type, value->data, value->len);
	MUST(varbind->val_len == wanted.val_len);
	if (value->type == ASN_COUNTER64)
		MUST(varbind->val.counter64->high == wanted.val.counter64->high &&
		     varbind->val.counter64->low == wanted.val.counter64->low);
	else if (value->type == ASN_INTEGER)
		MUST((int32_t)*varbind->val.integer == (int32_t)*wanted.val.integer);
	else if (value->type == ASN_COUNTER || value->type == ASN_GAUGE ||
		 value->type == ASN_TIMETICKS)
		MUST((uint32_t)*varbind->val.integer == (uint32_t)*wanted.val.integer);
	else
		MUST(memcmp(varbind->val.string, wanted.val.string, wanted.val_len) == 0);
	snmp_free_var_internals(&wanted);
}

static void check_name(const netsnmp_variable_list *varbind, const struct model_name *name)
{
	MUST(model_compare(varbind->name, varbind->name_length, name->ids, name->len) == 0);
}

/* Makes *name the one that is answered. */
static bool check_next(const netsnmp_variable_list *varbind, struct model_name *name)
{
	struct tcx_value value;
	bool found = get_next(name, &value) == TCX_FOUND;

	check_name(varbind, name);
	if (found)
		check_value(varbind, name, &value);
	else
		MUST(varbind->type == SNMP_ENDOFMIBVIEW);
	return found;
}

static void check_get(const netsnmp_variable_list *varbind, const struct model_name *name)
{
	struct tcx_value value;
	enum tcx_found found = get(name, &value);

	check_name(varbind, name);
	if (found == TCX_FOUND)
		check_value(varbind, name, &value);
	else
		MUST(varbind->type ==
		     (found == TCX_NO_OBJECT ? SNMP_NOSUCHOBJECT : SNMP_NOSUCHINSTANCE));
}

/* Of a long one the end may be left out. */
static void check_bulk(const netsnmp_variable_list *varbind)
{
	size_t first = (size_t)asked.non_repeaters < asked.count ? (size_t)asked.non_repeaters
								 : asked.count;
	long repeated = (long)(asked.count - first), left = 0;
	bool some = true;

	for (size_t i = 0; varbind != NULL && i < first; i++, varbind = varbind->next_variable)
		check_next(varbind, &asked.names[i]);
	if (repeated > 0)
		left = REPETITIONS_MAX / repeated < asked.repetitions ? REPETITIONS_MAX / repeated
								      : asked.repetitions;
	for (; varbind != NULL && left > 0 && some; left--) {
		some = false;
		for (size_t i = first; varbind != NULL && i < asked.count; i++) {
			some = check_next(varbind, &asked.names[i]) || some;
			varbind = varbind->next_variable;
		}
	}
	MUST(varbind == NULL);
}

/* Version 1 has no exceptions. */
static void check_refused(const netsnmp_pdu *answer)
{
	bool lacks = false;
	struct tcx_value value;

	MUST(asked.version == SNMP_VERSION_1 && answer->errstat == SNMP_ERR_NOSUCHNAME);
	for (size_t i = 0; i < asked.count; i++)
		lacks = (asked.command == SNMP_MSG_GET
				 ? get(&asked.names[i], &value)
				 : get_next(&asked.names[i], &value)) != TCX_FOUND ||
			lacks;
	MUST(lacks);
}

static void check(const netsnmp_pdu *answer)
{
	const netsnmp_variable_list *varbind = answer->variables;

	MUST(answer->command == SNMP_MSG_RESPONSE);
	if (answer->errstat != 0) {
		check_refused(answer);
		return;
	}
	if (asked.command == SNMP_MSG_GETBULK) {
		check_bulk(varbind);
		return;
	}
	for (size_t i = 0; i < asked.count; i++, varbind = varbind->next_variable) {
		MUST(varbind != NULL);
		if (asked.command == SNMP_MSG_GET)
			check_get(varbind, &asked.names[i]);
		else
			check_next(varbind, &asked.names[i]);
	}
	MUST(varbind == NULL);
}

/* --- What is asked -----------------------------------------------------------------------------*/

/* As BER can have it. */
static void take_name(struct script *script, struct model_name *name)
{
	script_name(script, &model, MAX_OID_LEN, name);
	for (; name->len < 2; name->len++)
		name->ids[name->len] = 1;
	if (name->ids[0] > 2)
		name->ids[0] = 1;
	name->ids[1] %= 40;
}

static netsnmp_pdu *make_request(void)
{
	const char *community = asked.has_holes ? "holes" : "public";
	netsnmp_indexed_addr_pair *from = calloc(1, sizeof(*from));
	netsnmp_pdu *pdu = snmp_pdu_create(asked.command);

	MUST(pdu != NULL && from != NULL);
	from->remote_addr.sin = (struct sockaddr_in){.sin_family = AF_INET,
						     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	pdu->version = asked.version;
	pdu->securityModel =
		asked.version == SNMP_VERSION_1 ? SNMP_SEC_MODEL_SNMPv1 : SNMP_SEC_MODEL_SNMPv2c;
	pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	pdu->community = (u_char *)strdup(community);
	pdu->community_len = strlen(community);
	pdu->tDomain = netsnmpUDPDomain;
	pdu->tDomainLen = netsnmpUDPDomain_len;
	pdu->transport_data = from;
	pdu->transport_data_length = sizeof(*from);
	for (size_t i = 0; i < asked.count; i++)
		snmp_add_null_var(pdu, asked.names[i].ids, asked.names[i].len);
	if (asked.command == SNMP_MSG_GETBULK) {
		pdu->non_repeaters = asked.non_repeaters;
		pdu->max_repetitions = asked.repetitions;
	}
	return pdu;
}

static void take_request(struct script *script)
{
	static const int commands[] = {SNMP_MSG_GET, SNMP_MSG_GETNEXT, SNMP_MSG_GETBULK};
	unsigned int how = script_byte(script);
	struct model_name name = {.len = 0};

	asked.command = commands[how % COUNT(commands)];
	asked.version =
		how < 64 && asked.command != SNMP_MSG_GETBULK ? SNMP_VERSION_1 : SNMP_VERSION_2c;
	asked.has_holes = how % 16 > 8;
	asked.non_repeaters = script_below(script, 4);
	asked.repetitions = script_below(script, 32);
	asked.count = script_below(script, NAMES_MAX);
	for (size_t i = 0; i < asked.count; i++) {
		take_name(script, &name);
		asked.names[i] = name;
	}
	asked.request = tcx_context_request(context, session, frozen->master->transactions + 1);
}

static void ask(void)
{
	netsnmp_pdu *pdu = make_request(), *answer = calloc(1, sizeof(*answer));
	u_char community[64];
	size_t community_len = sizeof(community), len;
	long version;
	u_char *at;

	sent.count = 0;
	tcx_master_take(NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE, session, (int)pdu->reqid, pdu,
			frozen->master);
	MUST(sent.count == 1);
	len = sent.len;
	at = snmp_comstr_parse(sent.octets, &len, community, &community_len, &version);
	MUST(answer != NULL && at != NULL && snmp_pdu_parse(answer, at, &len) == 0);
	MUST(version == asked.version && answer->reqid == pdu->reqid);
	check(answer);
	snmp_free_pdu(answer);
	snmp_free_pdu(pdu);
}

/* --- The session -------------------------------------------------------------------------------*/

static int keep(netsnmp_transport *transport, const void *data, int len, void **opaque,
		int *opaque_len)
{
	(void)transport;
	(void)opaque;
	(void)opaque_len;
	MUST((size_t)len <= sizeof(sent.octets));
	memcpy(sent.octets, data, (size_t)len);
	sent.len = (size_t)len;
	sent.count++;
	return len;
}

static int close_nothing(netsnmp_transport *transport)
{
	(void)transport;
	return 0;
}

static void start(void)
{
	netsnmp_transport *transport = calloc(1, sizeof(*transport));
	const uint64_t begin = tcx_clock_now();
	netsnmp_session wanted;

	frozen = frozen_start(access_lines, true);
	context = tcx_dispatcher_find(frozen->agentx->dispatcher, TCX_CONTEXT_DEFAULT);
	MUST(transport != NULL);
	transport->sock = eventfd(0, 0); /* the library closes a session without one */
	transport->msgMaxSize = OCTETS_MAX - 1;
	transport->f_send = keep;
	transport->f_close = close_nothing;
	snmp_sess_init(&wanted);
	wanted.version = SNMP_DEFAULT_VERSION;
	session = snmp_add(&wanted, transport, NULL, NULL);
	MUST(session != NULL);
	while (!model_make(&model, frozen->modules, tcx_context_request(context, NULL, 1))) {
		MUST(tcx_clock_now() - begin < 10 * TCX_NS_PER_S);
		frozen_turn();
		usleep(1000);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = {data, data + size};

	if (frozen == NULL)
		start();
	while (script.at < script.end) {
		take_request(&script);
		ask();
	}
	return 0;
}
