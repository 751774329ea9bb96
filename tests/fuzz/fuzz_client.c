/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes what snmpnstat takes from an agent that it walks. One that is honest answers here, within
 * the program, but the input, which begins anew where it ends, changes its responses.
 *
 * Beyond not crashing: it ends; what is printed and what is wrong can be shown; the same answers
 * give the same once more; rows are in their order, and each cell is one that came with its name.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/health.h"
#include "client/ids.h"
#include "client/losses.h"
#include "client/namespaces.h"
#include "client/output.h"
#include "client/query.h"
#include "client/sockets.h"
#include "client/walk.h"

#include "fuzz.h"

#define REQUESTS_MAX 60000 /* five walks of as many rows as there may be */
#define OCTETS_MAX   65536
#define NAMES_MAX    1200 /* in a response */

static const oid objects[] = {TCX_MIB_ROOT, 1};

#define OBJECTS	     OID_LENGTH(objects)
#define UPTIME_LEN   10 /* of hrSystemUptime.0 */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- The input ---------------------------------------------------------------------------------*/

static struct {
	const uint8_t *data;
	size_t size, at;
} script;

static unsigned int next_byte(void)
{
	if (script.size == 0)
		return 0;
	return script.data[script.at++ % script.size];
}

/* --- Values of an honest agent -----------------------------------------------------------------*/

struct varbind {
	oid name[MAX_OID_LEN];
	size_t len;
	u_char type;
	uint8_t value[32];
	size_t value_len;
};

static const struct {
	oid table, column;
	const char *syntax;
} columns[] = {
#define COLUMN(table, sub_id, object, syntax, limits, unit, text) {TCX_ID_##table, sub_id, #syntax},
#include "mibs/tables.def"
};

/* Those that are not texts. */
static const struct {
	const char *syntax;
	u_char type;
} syntaxes[] = {
	{"Counter32", ASN_COUNTER},
	{"Counter64", ASN_COUNTER64},
	{"KernelNumber", ASN_COUNTER64},
	{"ThousandthsPerSecond", ASN_COUNTER64},
	{"Gauge32", ASN_GAUGE},
	{"Unsigned32", ASN_GAUGE},
	{"HundredthsOfPercent", ASN_GAUGE},
	{"INTEGER", ASN_INTEGER},
	{"Integer32", ASN_INTEGER},
	{"TruthValue", ASN_INTEGER},
	{"TimeStamp", ASN_TIMETICKS},
	{"TimeTicks", ASN_TIMETICKS},
};

static u_char type_of(oid table, oid column)
{
	const char *syntax = "Gauge32"; /* of values of health */

	for (size_t i = 0; i < COUNT(columns); i++)
		if (columns[i].table == table && columns[i].column == column)
			syntax = columns[i].syntax;
	for (size_t i = 0; i < COUNT(syntaxes); i++)
		if (strcmp(syntaxes[i].syntax, syntax) == 0)
			return syntaxes[i].type;
	return ASN_OCTET_STR;
}

/* Indexes of all tables, in their order. */
static const struct {
	size_t len;
	oid ids[12];
} rows[] = {
	{4, {3, 'F', 'o', 'o'}},
	{9, {8, 'U', 'd', 'p', 'I', 'n', 'B', 'a', 'd'}},
	{10, {9, 'T', 'c', 'p', 'I', 'n', 'S', 'e', 'g', 's'}},
};

static void set_value(struct varbind *varbind, u_char type)
{
	varbind->type = type;
	varbind->value_len = 1;
	varbind->value[0] = (uint8_t)(varbind->name[varbind->len - 1] % 100);
}

static bool begins_with(const struct varbind *varbind, const oid *name, size_t len)
{
	return varbind->len >= len && memcmp(varbind->name, name, len * sizeof(oid)) == 0;
}

static void end(struct varbind *varbind)
{
	varbind->type = SNMP_ENDOFMIBVIEW;
	varbind->value_len = 0;
}

static void answer_scalar(struct varbind *varbind, bool next)
{
	if (next)
		varbind->name[varbind->len++] = 0;
	if (varbind->name[varbind->len - 1] == 0 && varbind->len == OBJECTS + 3)
		set_value(varbind, type_of(varbind->name[OBJECTS], varbind->name[OBJECTS + 1]));
	else if (varbind->len == UPTIME_LEN)
		set_value(varbind, ASN_TIMETICKS);
	else
		end(varbind);
}

static bool is_row(const oid *index, size_t len)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (snmp_oid_compare(rows[i].ids, rows[i].len, index, len) == 0)
			return true;
	return false;
}

/* The row of the index of a name, or behind it; or the next column. */
static void answer_cell(struct varbind *varbind, bool next)
{
	oid *column = &varbind->name[OBJECTS + 2];
	const oid *index = column + 1;
	size_t len = varbind->len - OBJECTS - 3, row = 0;

	if (!next && !is_row(index, len)) {
		varbind->type = SNMP_NOSUCHINSTANCE;
		return;
	}
	while (row < COUNT(rows) &&
	       snmp_oid_compare(rows[row].ids, rows[row].len, index, len) < (int)next)
		row++;
	if (row == COUNT(rows)) {
		row = 0;
		++*column;
	}
	memcpy(column + 1, rows[row].ids, rows[row].len * sizeof(oid));
	varbind->len = OBJECTS + 3 + rows[row].len;
	set_value(varbind, type_of(varbind->name[OBJECTS], *column));
}

static void answer(struct varbind *varbind, bool next)
{
	if (begins_with(varbind, objects, OBJECTS) && varbind->len >= OBJECTS + 3 &&
	    varbind->name[OBJECTS + 1] == 1 && varbind->name[OBJECTS + 2] != 0)
		answer_cell(varbind, next);
	else
		answer_scalar(varbind, next);
}

/* --- Its responses -----------------------------------------------------------------------------*/

static struct {
	int command;
	long number, error, non_repeaters, repetitions;
	struct varbind all[NAMES_MAX];
	size_t count;
} message;

/* What came, of which cells may be. */
static struct {
	struct varbind *all;
	size_t count, size;
} came;

static size_t requests;

static void append(const struct varbind *varbind)
{
	if (message.count < NAMES_MAX)
		message.all[message.count++] = *varbind;
}

static void answer_all(void)
{
	bool next = message.command != SNMP_MSG_GET;
	size_t asked = message.count, first = 0, repeated;

	if (message.command == SNMP_MSG_GETBULK)
		first = (size_t)message.non_repeaters < asked ? (size_t)message.non_repeaters
							      : asked;
	repeated = asked - first;
	for (size_t i = 0; i < asked; i++)
		answer(&message.all[i], next);
	for (long i = 1; message.command == SNMP_MSG_GETBULK && i < message.repetitions; i++)
		for (size_t k = 0; k < repeated; k++) {
			struct varbind varbind = message.all[message.count - repeated];

			answer(&varbind, true);
			append(&varbind);
		}
}

static void change_name(struct varbind *varbind, unsigned int how)
{
	oid *last = &varbind->name[varbind->len - 1];

	if (how % 8 == 0)
		*last = (*last + 1) & UINT32_MAX;
	else if (how % 8 == 1)
		*last = (*last - 1) & UINT32_MAX;
	else if (how % 8 == 2)
		*last = UINT32_MAX;
	else if (how % 8 == 3 && varbind->len > OBJECTS + 2)
		varbind->name[OBJECTS + 2] = next_byte();
	else if (how % 8 == 4)
		varbind->len -= varbind->len > 3 ? next_byte() % (varbind->len - 2) : 0;
	else
		for (unsigned int i = how / 8; i > 0 && varbind->len < MAX_OID_LEN; i--)
			varbind->name[varbind->len++] = next_byte();
}

static void change_value(struct varbind *varbind)
{
	static const u_char types[] = {ASN_INTEGER,	  ASN_OCTET_STR,       ASN_OBJECT_ID,
				       ASN_IPADDRESS,	  ASN_COUNTER,	       ASN_GAUGE,
				       ASN_TIMETICKS,	  ASN_COUNTER64,       ASN_OPAQUE,
				       SNMP_NOSUCHOBJECT, SNMP_NOSUCHINSTANCE, SNMP_ENDOFMIBVIEW,
				       ASN_NULL};
	unsigned int how = next_byte();

	if (how < 128)
		varbind->type = types[how % COUNT(types)];
	varbind->value_len = how % 3 == 0 ? how % sizeof(varbind->value) : 1 + how % 8;
	for (size_t i = 0; i < varbind->value_len; i++)
		varbind->value[i] = (uint8_t)next_byte();
	if (varbind->type >= SNMP_NOSUCHOBJECT || varbind->type == ASN_NULL)
		varbind->value_len = 0;
}

static void change_message(void)
{
	unsigned int how = next_byte();
	size_t place = message.count > 0 ? next_byte() % message.count : 0;
	struct varbind *varbind = &message.all[place];

	if (message.count == 0)
		return;
	if (how < 96)
		change_value(varbind);
	else if (how < 176)
		change_name(varbind, next_byte());
	else if (how < 192)
		*varbind = message.all[next_byte() % message.count];
	else if (how < 208)
		message.count = place;
	else if (how < 224)
		memmove(varbind, varbind + 1, (--message.count - place) * sizeof(*varbind));
	else if (how < 240)
		append(varbind);
	else if (how < 252)
		message.all[0].value[0]++; /* the sequence, as a rule */
	else
		message.error = next_byte() % 20;
}

static void note(const struct varbind *varbind)
{
	if (came.count == came.size) {
		came.size = 2 * came.size + 64;
		came.all = realloc(came.all, came.size * sizeof(*varbind));
		MUST(came.all != NULL);
	}
	came.all[came.count++] = *varbind;
}

/* --- Octets ------------------------------------------------------------------------------------*/

static uint8_t octets[OCTETS_MAX];
static size_t octets_len;
static int ready_fd;

/* Elements are written from their end. */
struct writing {
	uint8_t *at;
};

static void put(struct writing *writing, const void *data, size_t len)
{
	if (writing->at - octets < (ptrdiff_t)len)
		return; /* too long anyway */
	writing->at -= len;
	memcpy(writing->at, data, len);
}

/* The head of what was written since it was at end. */
static void close_element(struct writing *writing, const uint8_t *end, uint8_t tag)
{
	size_t len = (size_t)(end - writing->at);
	const uint8_t head[] = {tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len};

	put(writing, head, sizeof(head));
}

static void put_number(struct writing *writing, long number)
{
	const uint8_t *end = writing->at;
	const uint8_t data[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
				(uint8_t)(number >> 8), (uint8_t)number};

	put(writing, data, sizeof(data));
	close_element(writing, end, ASN_INTEGER);
}

static void put_name(struct writing *writing, const struct varbind *varbind)
{
	const uint8_t *end = writing->at;

	for (size_t i = varbind->len; i-- > 2;)
		for (oid id = varbind->name[i], more = 0;; more = 0x80) {
			const uint8_t octet = (uint8_t)((id & 0x7f) | more);

			put(writing, &octet, 1);
			id >>= 7;
			if (id == 0)
				break;
		}
	put(writing, "\x2b", 1);
	close_element(writing, end, ASN_OBJECT_ID);
}

static void put_varbind(struct writing *writing, const struct varbind *varbind)
{
	const uint8_t *end = writing->at, *value_end = end;

	put(writing, varbind->value, varbind->value_len);
	close_element(writing, value_end, varbind->type);
	put_name(writing, varbind);
	close_element(writing, end, ASN_SEQUENCE | ASN_CONSTRUCTOR);
}

static void write_response(void)
{
	struct writing writing = {octets + OCTETS_MAX};
	const uint8_t *end = writing.at;

	for (size_t i = message.count; i-- > 0;)
		put_varbind(&writing, &message.all[i]);
	close_element(&writing, end, ASN_SEQUENCE | ASN_CONSTRUCTOR);
	put_number(&writing, 0);
	put_number(&writing, message.error);
	put_number(&writing, message.number);
	close_element(&writing, end, SNMP_MSG_RESPONSE);
	put(&writing, "\x02\x01\x01\x04\x06public", 11);
	close_element(&writing, end, ASN_SEQUENCE | ASN_CONSTRUCTOR);
	octets_len = (size_t)(end - writing.at);
	memmove(octets, writing.at, octets_len);
}

static void read_request(const void *data, size_t len)
{
	u_char community[64];
	size_t community_len = sizeof(community);
	long version;
	netsnmp_pdu *pdu = calloc(1, sizeof(*pdu));
	u_char *at = snmp_comstr_parse((u_char *)data, &len, community, &community_len, &version);

	MUST(pdu != NULL && at != NULL && snmp_pdu_parse(pdu, at, &len) == 0);
	message.command = pdu->command;
	message.number = pdu->reqid;
	message.error = 0;
	message.non_repeaters = pdu->errstat;
	message.repetitions = pdu->errindex;
	message.count = 0;
	for (const netsnmp_variable_list *v = pdu->variables; v != NULL; v = v->next_variable) {
		struct varbind varbind = {.len = v->name_length};

		memcpy(varbind.name, v->name, v->name_length * sizeof(oid));
		append(&varbind);
	}
	snmp_free_pdu(pdu);
}

/* --- The transport of the client ---------------------------------------------------------------*/

static int send_request(netsnmp_transport *transport, const void *data, int len, void **opaque,
			int *opaque_len)
{
	const uint64_t one = 1;

	(void)transport;
	(void)opaque;
	(void)opaque_len;
	MUST(++requests < REQUESTS_MAX);
	read_request(data, (size_t)len);
	answer_all();
	for (unsigned int how = next_byte(); how >= 160; how -= 32)
		change_message();
	for (size_t i = 0; i < message.count; i++)
		note(&message.all[i]);
	write_response();
	MUST(write(ready_fd, &one, sizeof(one)) == sizeof(one));
	return len;
}

static int receive_response(netsnmp_transport *transport, void *data, int size, void **opaque,
			    int *opaque_len)
{
	uint64_t one;

	(void)transport;
	MUST(read(ready_fd, &one, sizeof(one)) == sizeof(one) && (size_t)size >= octets_len);
	memcpy(data, octets, octets_len);
	*opaque = NULL;
	*opaque_len = 0;
	return (int)octets_len;
}

static int close_nothing(netsnmp_transport *transport)
{
	(void)transport;
	return 0;
}

static struct tcx_peer peer = {.host = "host", .context = "", .community = "public"};

static void open_peer(void)
{
	netsnmp_transport *transport = calloc(1, sizeof(*transport));
	netsnmp_session wanted;

	setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
	init_snmp("fuzz");
	netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
	ready_fd = eventfd(0, 0);
	MUST(transport != NULL && ready_fd >= 0);
	transport->sock = ready_fd;
	transport->msgMaxSize = OCTETS_MAX;
	transport->f_send = send_request;
	transport->f_recv = receive_response;
	transport->f_close = close_nothing;
	snmp_sess_init(&wanted);
	wanted.version = SNMP_VERSION_2c;
	wanted.community = (u_char *)"public";
	wanted.community_len = 6;
	wanted.timeout = 1000;
	wanted.retries = 0;
	peer.session = snmp_add(&wanted, transport, NULL, NULL);
	MUST(peer.session != NULL);
}

/* --- What is made of it ------------------------------------------------------------------------*/

/* Whether it has come, and as what. */
static bool has_come(const oid *column, const oid *index, size_t len, const struct tcx_cell *cell)
{
	for (size_t i = came.count; i-- > 0;) {
		const struct varbind *varbind = &came.all[i];

		if (varbind->type == cell->type && varbind->len == OBJECTS + 3 + len &&
		    memcmp(varbind->name, column, (OBJECTS + 3) * sizeof(oid)) == 0 &&
		    memcmp(varbind->name + OBJECTS + 3, index, len * sizeof(oid)) == 0)
			return true;
	}
	return false;
}

static void check_rows(const struct tcx_columns *what, const struct tcx_walked *walked)
{
	for (size_t i = 0; i < walked->count; i++) {
		const struct tcx_walked_row *row = &walked->rows[i];

		MUST(i == 0 || snmp_oid_compare(row[-1].index, row[-1].index_len, row->index,
						row->index_len) < 0);
		MUST(row->cells[0].known);
		for (size_t k = 0; k < what->count; k++) {
			oid column[OBJECTS + 3] = {TCX_MIB_ROOT, 1, what->table, 1,
						   what->columns[k]};

			if (!row->cells[k].known)
				continue;
			MUST(has_come(column, row->index, row->index_len, &row->cells[k]));
			MUST(row->cells[k].type == type_of(what->table, what->columns[k]));
		}
	}
}

static bool walk(FILE *out, struct tcx_fault *fault)
{
	struct tcx_walked walked = {.rows = NULL};
	bool good = tcx_walk(&peer, &tcx_namespace_columns, &walked, fault);

	if (good)
		check_rows(&tcx_namespace_columns, &walked);
	fprintf(out, "%zu rows\n", walked.count);
	tcx_walked_clear(&walked);
	return good;
}

static bool query_all(FILE *out, struct tcx_fault *fault)
{
	const struct tcx_selection selection = {NULL, 0};
	const struct tcx_output_style style = {.zeros = true, .rates = true};
	struct tcx_answer answer = {.one_instant = false};
	bool good = tcx_query(&peer, NULL, 0, TCX_WITH_RATES, &answer, fault);

	if (good)
		MUST(tcx_output(out, &answer.counters, NULL, &selection, &style));
	tcx_counters_clear(&answer.counters);
	return good;
}

static bool query_named(FILE *out, struct tcx_fault *fault)
{
	char *names[] = {"TcpInSegs", "Foo", "TcpInSegs", "TcpOutSegs"};
	const struct tcx_selection selection = {names, COUNT(names)};
	const struct tcx_output_style style = {.json = true};
	struct tcx_answer answer = {.one_instant = false};
	bool good = tcx_query(&peer, names, COUNT(names), TCX_IN_ORDER, &answer, fault);

	if (good)
		MUST(tcx_output(out, &answer.counters, NULL, &selection, &style));
	for (size_t i = 0; i < answer.counters.count; i++)
		MUST(strcmp(answer.counters.items[i].name, "TcpInSegs") == 0 ||
		     strcmp(answer.counters.items[i].name, "Foo") == 0 ||
		     strcmp(answer.counters.items[i].name, "TcpOutSegs") == 0);
	tcx_counters_clear(&answer.counters);
	return good;
}

static bool show_namespaces(FILE *out, struct tcx_fault *fault)
{
	const struct tcx_selection selection = {NULL, 0};
	const struct tcx_output_style style = {.json = script.size % 2 == 0};

	return tcx_namespaces_print(out, &peer, &selection, &style, fault);
}

static bool show_health(FILE *out, struct tcx_fault *fault)
{
	const struct tcx_selection selection = {NULL, 0};

	return tcx_health_print(out, &peer, true, &selection, fault);
}

static bool show_sockets(FILE *out, struct tcx_fault *fault)
{
	const struct tcx_selection selection = {NULL, 0};

	return tcx_sockets_print(out, &peer, true, true, &selection, fault);
}

static bool read_losses(FILE *out, struct tcx_fault *fault)
{
	struct tcx_losses losses = {.items = NULL};
	bool good =
		tcx_losses_read(&losses, &peer, fault) && tcx_losses_read(&losses, &peer, fault);

	for (size_t i = 0; i < losses.count; i++)
		fprintf(out, "%s %s %s\n", losses.items[i].what,
			tcx_loss_name(&losses.items[i])->text,
			tcx_loss_service(&losses.items[i])->text);
	tcx_losses_clear(&losses);
	return good;
}

static bool (*const modes[])(FILE *out, struct tcx_fault *fault) = {
	walk, query_all, query_named, show_namespaces, show_health, show_sockets, read_losses};

/* Lines of UTF-8, and no control characters, those of the second kind included. */
static void check_shown(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
		MUST((*at >= ' ' || *at == '\n') && *at != 0x7f &&
		     (*at != 0xc2 || at[1] < 0x80 || at[1] >= 0xa0));
}

/* All that it says, to be freed. */
static char *run(unsigned int mode)
{
	struct tcx_fault fault = {""};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	MUST(out != NULL);
	script.at = 0;
	requests = 0;
	came.count = 0;
	if (!modes[mode](out, &fault))
		MUST(fault.text[0] != '\0');
	fprintf(out, "%s\n", fault.text);
	MUST(fclose(out) == 0 && strlen(text) == len);
	check_shown(text);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first, *again;

	if (peer.session == NULL)
		open_peer();
	if (size == 0)
		return 0;
	script.data = data + 1;
	script.size = size - 1;
	first = run(data[0] % COUNT(modes));
	again = run(data[0] % COUNT(modes));
	MUST(strcmp(first, again) == 0);
	free(first);
	free(again);
	return 0;
}
