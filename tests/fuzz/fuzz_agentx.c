/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the session with an AgentX master, which is played here, by a real socket. The input is a
 * script: how its PDUs are sent, and what is in each.
 *
 * Beyond not crashing: each Get and GetNext that is well formed is answered once, just as model.c
 * says; nothing else is answered twice, and no Set well; a session that ends, which only disorder
 * can make happen, is followed by one that answers.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "frozen.h"
#include "model.h"

#include "fuzz.h"

#define PATIENCE_NS (10 * TCX_NS_PER_S)

/* RFC 2741: sizes and flags of a header, types, and errors. */
#define HEADER	   20
#define BIG_OCTETS 0x10
#define CONTEXT	   0x08

enum {
	OPEN = 1,
	CLOSE,
	REGISTER,
	GET = 5,
	GETNEXT,
	GETBULK,
	TESTSET,
	COMMITSET,
	UNDOSET,
	CLEANUPSET
};
enum { NOTIFY = 12, PING, RESPONSE = 18 };
enum { TOO_BIG = 1, UNSUPPORTED_CONTEXT = 262 };

/* In an input. */
#define PDUS_MAX 12
#define MANY	 1700 /* names of a PDU; with some of them its response is too long */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- Octets ------------------------------------------------------------------------------------*/

struct octets {
	uint8_t *data; /* owned */
	size_t len, size;
	bool big; /* big-endian numbers */
};

static void put(struct octets *octets, const void *data, size_t len)
{
	if (octets->len + len >= octets->size) {
		octets->size = 2 * octets->size + len + 64;
		octets->data = realloc(octets->data, octets->size);
		MUST(octets->data != NULL);
	}
	if (len > 0)
		memcpy(octets->data + octets->len, data, len);
	octets->len += len;
}

static void put_number(struct octets *octets, uint64_t number, size_t size)
{
	uint8_t data[8];

	for (size_t i = 0; i < size; i++)
		data[octets->big ? size - 1 - i : i] = (uint8_t)(number >> 8 * i);
	put(octets, data, size);
}

static uint64_t number_at(const uint8_t *data, size_t size, bool big)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | data[big ? i : size - 1 - i];
	return number;
}

struct pdu {
	uint8_t type, flags;
	uint32_t session, transaction, packet;
	const uint8_t *body; /* borrowed */
	size_t len;
};

static void put_pdu(struct octets *octets, const struct pdu *pdu)
{
	const uint8_t begin[] = {1, pdu->type, pdu->flags, 0};

	octets->big = (pdu->flags & BIG_OCTETS) != 0;
	put(octets, begin, sizeof(begin));
	put_number(octets, pdu->session, 4);
	put_number(octets, pdu->transaction, 4);
	put_number(octets, pdu->packet, 4);
	put_number(octets, pdu->len, 4);
	put(octets, pdu->body, pdu->len);
}

/* What is there of a whole PDU is one; returns its length, or 0. */
static size_t read_pdu(struct pdu *pdu, const uint8_t *data, size_t len)
{
	bool big = len >= HEADER && (data[2] & BIG_OCTETS) != 0;

	if (len < HEADER || len - HEADER < number_at(data + 16, 4, big))
		return 0;
	MUST(data[0] == 1);
	*pdu = (struct pdu){.type = data[1],
			    .flags = data[2],
			    .session = (uint32_t)number_at(data + 4, 4, big),
			    .transaction = (uint32_t)number_at(data + 8, 4, big),
			    .packet = (uint32_t)number_at(data + 12, 4, big),
			    .body = data + HEADER,
			    .len = number_at(data + 16, 4, big)};
	return HEADER + pdu->len;
}

static bool has_prefix(const oid *ids, size_t len)
{
	return len > 4 && model_compare(ids, 4, (const oid[]){1, 3, 6, 1}, 4) == 0 && ids[4] > 0 &&
	       ids[4] < 256;
}

static void put_name(struct octets *octets, const oid *ids, size_t len, bool include, bool compact)
{
	uint8_t prefix = 0;

	if (compact && has_prefix(ids, len)) {
		prefix = (uint8_t)ids[4];
		ids += 5;
		len -= 5;
	}
	put(octets, (const uint8_t[]){(uint8_t)len, prefix, include, 0}, 4);
	for (size_t i = 0; i < len; i++)
		put_number(octets, ids[i], 4);
}

static void put_string(struct octets *octets, const void *data, size_t len)
{
	put_number(octets, len, 4);
	put(octets, data, len);
	put(octets, "\0\0\0", -len % 4);
}

/* --- Varbinds of a response --------------------------------------------------------------------*/

/* As in a big-endian PDU, but that no name is compact. Returns the octets of the value there. */
static size_t put_varbind(struct octets *octets, const struct model_name *name, uint16_t type,
			  const struct tcx_value *value)
{
	const struct counter64 *wide = value->data;
	size_t before;

	put_number(octets, type, 2);
	put_number(octets, 0, 2);
	put_name(octets, name->ids, name->len, false, false);
	before = octets->len;
	switch (type) {
	case ASN_INTEGER:
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
		put_number(octets, (uint32_t) * (const u_long *)value->data, 4);
		break;
	case ASN_COUNTER64:
		put_number(octets, (uint64_t)wide->high << 32 | (uint32_t)wide->low, 8);
		break;
	case ASN_OBJECT_ID:
		put_name(octets, value->data, value->len / sizeof(oid), false, false);
		break;
	case ASN_OCTET_STR:
	case ASN_IPADDRESS:
		put_string(octets, value->data, value->len);
		break;
	default:
		MUST(type >= SNMP_NOSUCHOBJECT && type <= SNMP_ENDOFMIBVIEW);
	}
	return octets->len - before;
}

/* A value of an OID has a name of its own. */
static size_t saved_octets(const struct model_name *name, uint16_t type,
			   const struct tcx_value *value)
{
	bool two = type == ASN_OBJECT_ID && has_prefix(value->data, value->len / sizeof(oid));

	return 20 * ((size_t)has_prefix(name->ids, name->len) + two);
}

/* What is left of a response. */
struct reading {
	const uint8_t *at, *end;
	bool big;
};

static uint64_t take_number(struct reading *reading, size_t size)
{
	uint64_t number;

	MUST((size_t)(reading->end - reading->at) >= size);
	number = number_at(reading->at, size, reading->big);
	reading->at += size;
	return number;
}

static void take_name(struct reading *reading, struct octets *to)
{
	size_t count = take_number(reading, 1), len = 0;
	oid ids[MODEL_NAME_MAX] = {1, 3, 6, 1, take_number(reading, 1)};

	take_number(reading, 1); /* include, which the library sets in values */
	MUST(take_number(reading, 1) == 0);
	len = ids[4] != 0 ? 5 : 0;
	for (; count > 0; count--)
		ids[len++] = take_number(reading, 4);
	put_name(to, ids, len, false, false);
}

static void take_string(struct reading *reading, struct octets *to)
{
	size_t len = take_number(reading, 4), padded = (len + 3) / 4 * 4;

	MUST((size_t)(reading->end - reading->at) >= padded);
	put_string(to, reading->at, len);
	reading->at += padded;
}

/* Makes it as put_varbind() does, and returns its type. */
static uint16_t take_varbind(struct reading *reading, struct octets *to)
{
	uint16_t type = (uint16_t)take_number(reading, 2);

	put_number(to, type, 2);
	MUST(take_number(reading, 2) == 0);
	put_number(to, 0, 2);
	take_name(reading, to);
	if (type == ASN_COUNTER64)
		put_number(to, take_number(reading, 8), 8);
	else if (type == ASN_OBJECT_ID)
		take_name(reading, to);
	else if (type == ASN_OCTET_STR || type == ASN_IPADDRESS)
		take_string(reading, to);
	else if (type < SNMP_NOSUCHOBJECT)
		put_number(to, take_number(reading, 4), 4);
	return type;
}

/* --- The master --------------------------------------------------------------------------------*/

static const struct frozen *frozen;
static struct model model, other_model; /* of contexts, whose names are in some indexes */

static struct {
	struct sockaddr_un address;
	int listener, fd;
	struct octets in;
	uint32_t sessions; /* that were opened */
	atomic_bool acknowledges;
} master = {.fd = -1};

static void send_all(const struct octets *octets)
{
	for (size_t sent = 0; sent < octets->len;) {
		ssize_t len = send(master.fd, octets->data + sent, octets->len - sent,
				   MSG_DONTWAIT | MSG_NOSIGNAL);

		if (len > 0)
			sent += (size_t)len;
		else if (errno != EAGAIN)
			return; /* the agent has heard enough */
		else
			frozen_turn();
	}
}

/* The answer to what an agent asks a master. */
static void acknowledge(const struct pdu *asked)
{
	const uint64_t uptime = tcx_clock_now() / (TCX_NS_PER_S / 100);
	struct octets body = {.big = (asked->flags & BIG_OCTETS) != 0}, octets = {.data = NULL};
	struct pdu answer = *asked;

	put_number(&body, uptime & UINT32_MAX, 4);
	put_number(&body, 0, 4);
	answer.type = RESPONSE;
	answer.flags &= BIG_OCTETS;
	answer.session = asked->type == OPEN ? ++master.sessions : asked->session;
	answer.body = body.data;
	answer.len = body.len;
	put_pdu(&octets, &answer);
	send_all(&octets);
	free(octets.data);
	free(body.data);
}

/* Receives what there is, and gives PDUs to take(). False: the agent has hung up. */
static bool receive(void (*take)(const struct pdu *pdu))
{
	static uint8_t octets[65536];
	ssize_t len;
	struct pdu pdu;
	size_t used;

	while ((len = recv(master.fd, octets, sizeof(octets), MSG_DONTWAIT)) > 0)
		put(&master.in, octets, (size_t)len);
	while ((used = read_pdu(&pdu, master.in.data, master.in.len)) > 0) {
		take(&pdu);
		master.in.len -= used;
		memmove(master.in.data, master.in.data + used, master.in.len);
	}
	return len < 0 && errno == EAGAIN;
}

/* What the agent waits for as it connects. */
static void *acknowledge_all(void *arg)
{
	(void)arg;
	while (master.acknowledges) {
		struct pollfd fd = {.fd = master.fd >= 0 ? master.fd : master.listener,
				    .events = POLLIN};

		if (poll(&fd, 1, 1) <= 0)
			continue;
		if (master.fd < 0)
			master.fd = accept(master.listener, NULL, NULL);
		else
			MUST(receive(acknowledge));
	}
	return NULL;
}

/* The library tries to connect at an alarm, which is due now. */
static void connect_agent(void)
{
	const uint64_t begin = tcx_clock_now();
	pthread_t thread;

	master.in.len = 0;
	master.acknowledges = true;
	MUST(pthread_create(&thread, NULL, acknowledge_all, NULL) == 0);
	if (master.sessions == 0)
		tcx_agentx_connect();
	while (frozen->agentx->session == NULL) {
		struct snmp_alarm *alarm = sa_find_next();

		MUST(alarm != NULL && tcx_clock_now() - begin < PATIENCE_NS);
		alarm->t_nextM = (struct timeval){0, 0};
		run_alarms();
	}
	master.acknowledges = false;
	pthread_join(thread, NULL);
}

/* The agent has to notice, and then connects again. */
static void hang_up(void)
{
	const uint64_t begin = tcx_clock_now();

	close(master.fd);
	master.fd = -1;
	while (frozen->agentx->session != NULL) {
		MUST(tcx_clock_now() - begin < PATIENCE_NS);
		frozen_turn();
	}
	connect_agent();
}

/* --- What is expected --------------------------------------------------------------------------*/

struct asked {
	struct pdu pdu; /* without its body */
	bool must;	/* be answered, with varbinds or with error; else it may be, once */
	uint16_t error;
	struct octets varbinds;
	size_t size; /* of the response, as it should be */
	bool answered;
};

static struct {
	struct asked all[PDUS_MAX + 2]; /* with watchmen */
	size_t count;
	struct octets octets; /* to be sent */
	bool by_library;
	bool disorder; /* the library has a part in it, which sees other moments, or ends the
			  session */
} input;

/* What differs from one moment to the next: kernelTableAge within a request, others for the
 * library. */
static const struct {
	oid ids[5];
	size_t len;
} moments[] = {
	{{1, 1, 2}, 3},	       /* snapshotAge */
	{{1, 1, 13, 1, 4}, 5}, /* kernelTableAge */
	{{1, 1, 14, 1, 5}, 5}, /* counterSourceAge */
	{{1, 40, 1, 8}, 4},    /* namespaceAge */
};

static bool is_of_moment(const struct model_name *name)
{
	static const oid root[] = {TCX_MIB_ROOT};
	size_t len = OID_LENGTH(root);

	if (name->len < len || model_compare(name->ids, len, root, len) != 0)
		return false;
	for (size_t i = 0; i < COUNT(moments); i++)
		if (name->len >= len + moments[i].len &&
		    model_compare(name->ids + len, moments[i].len, moments[i].ids,
				  moments[i].len) == 0)
			return true;
	return false;
}

static void expect(struct asked *asked, const struct tcx_request *request, uint8_t type,
		   const struct model_name *begin, bool include, const struct model_name *end)
{
	const struct model *of =
		strcmp(request->context->name, FROZEN_OTHER) == 0 ? &other_model : &model;
	struct model_name name = *begin;
	struct tcx_value value = {.data = NULL};
	enum tcx_found found =
		type == GET ? model_get(of, request, begin, &value)
			    : model_next(of, request, begin, include, end, &name, &value);
	uint16_t as = type == GETNEXT	       ? SNMP_ENDOFMIBVIEW
		      : found == TCX_NO_OBJECT ? SNMP_NOSUCHOBJECT
					       : SNMP_NOSUCHINSTANCE;

	if (found == TCX_FOUND)
		as = value.type;
	else
		name = *begin;
	asked->size += 8 + 4 * name.len - saved_octets(&name, as, &value);
	asked->size += put_varbind(&asked->varbinds, &name, as, &value);
}

/* --- What is sent ------------------------------------------------------------------------------*/

static const uint8_t types[] = {GET,	   GET,	     GET,     GET,	  GETNEXT, GETNEXT,
				GETNEXT,   GETNEXT,  GETNEXT, GETBULK,	  TESTSET, TESTSET,
				COMMITSET, UNDOSET,  CLOSE,   CLEANUPSET, PING,	   RESPONSE,
				OPEN,	   REGISTER, NOTIFY,  0};

static const uint32_t sessions[] = {1, 1, 1, 0, 2, UINT32_MAX};
static const uint32_t transactions[] = {1, UINT32_MAX};
/* The place of a PDU in the input is added, which makes it the only one. */
static const uint32_t packets[] = {0, 0x7ffffff0, 0x80000000, 0xfffffff0};

static const struct {
	const char *name;
	uint32_t len; /* that is told */
	uint16_t error;
} contexts[] = {
	{FROZEN_OTHER, 4, 0},
	{FROZEN_OTHER, 4, 0},
	{FROZEN_GONE, 4, 0},
	{"nowhere", 7, UNSUPPORTED_CONTEXT},
	{"", 0, UNSUPPORTED_CONTEXT},
	{"blu\0", 4, UNSUPPORTED_CONTEXT},
	{"0123456789012345678901234567890123456789", 33, UNSUPPORTED_CONTEXT},
	{"", UINT32_MAX, UNSUPPORTED_CONTEXT},
};

/* Returns the name of the context. */
static const char *take_context(struct script *script, struct asked *asked, struct octets *body)
{
	unsigned int which = script_below(script, 32);
	size_t padded;

	if (which >= COUNT(contexts))
		return TCX_CONTEXT_DEFAULT;
	asked->pdu.flags |= CONTEXT;
	asked->error = contexts[which].error;
	padded = contexts[which].len < 64 ? contexts[which].len : 0;
	put_number(body, contexts[which].len, 4);
	put(body, contexts[which].name, padded);
	put(body, "\0\0\0", -padded % 4);
	return contexts[which].name;
}

static unsigned int take_count(struct script *script)
{
	unsigned int count = script_byte(script);

	return count == 255 && script_byte(script) > 200 ? MANY
	       : count < 200				 ? count % 4
							 : count % 32;
}

/* The library, and so we, have 0.0 for it. */
static const struct model_name null_name = {{0, 0}, 2};

/* The library has longer names not whole, and sub-ids from 2^31 on negative (agentx_parse_oid()).
 */
static void take_name_of(struct script *script, struct model_name *name)
{
	script_name(script, &model, input.by_library ? MAX_OID_LEN : 255, name);
	for (size_t i = 0; input.by_library && i < name->len; i++)
		name->ids[i] &= INT32_MAX;
	if (name->len == 0)
		*name = null_name;
}

static void take_ranges(struct script *script, struct asked *asked, struct octets *body,
			const struct tcx_request *request)
{
	unsigned int count = take_count(script);
	struct model_name begin = {.len = 0}, end;

	for (unsigned int i = 0; i < count; i++) {
		unsigned int how = script_byte(script);
		bool include = (how & 1) != 0, compact = (how & 2) != 0;

		take_name_of(script, &begin);
		end = begin;
		if ((how & 12) != 12)
			end.len = 0;
		else
			take_name_of(script, &end);
		put_name(body, begin.ids, begin.len, include, compact);
		put_name(body, end.ids, end.len, false, compact);
		if (end.len == null_name.len &&
		    memcmp(end.ids, null_name.ids, 2 * sizeof(oid)) == 0)
			end.len = 0; /* as the library has it */
		if (request != NULL)
			expect(asked, request, asked->pdu.type, &begin, include, &end);
	}
}

static void take_varbinds(struct script *script, struct octets *body)
{
	struct model_name name = {.len = 0};

	for (unsigned int i = take_count(script) % 32; i > 0; i--) {
		bool is_text = script_byte(script) % 2 != 0;

		script_name(script, &model, 128, &name);
		put_number(body, is_text ? ASN_OCTET_STR : ASN_INTEGER, 2);
		put_number(body, 0, 2);
		put_name(body, name.ids, name.len, false, true);
		if (is_text)
			put_string(body, "text", script_below(script, 5));
		else
			put_number(body, script_byte(script), 4);
	}
}

static void take_bytes(struct script *script, struct octets *body)
{
	for (unsigned int i = script_below(script, 64); i > 0; i--)
		put_number(body, script_byte(script), 1);
}

static void take_body(struct script *script, struct asked *asked, struct octets *body)
{
	uint8_t type = asked->pdu.type;
	const void *session = (const void *)(uintptr_t)frozen->agentx->wire.number;
	struct tcx_context *context =
		tcx_dispatcher_find(frozen->agentx->dispatcher, take_context(script, asked, body));
	const struct tcx_request *request = NULL;

	asked->must = type == GET || type == GETNEXT;
	if (asked->must && asked->error == 0)
		request = tcx_context_request(context, session, asked->pdu.transaction);
	if (type == GETBULK) {
		put_number(body, script_below(script, 4), 2);
		put_number(body, script_below(script, 8), 2);
	}
	if (type == GET || type == GETNEXT || type == GETBULK)
		take_ranges(script, asked, body, request);
	else if (type == TESTSET)
		take_varbinds(script, body);
	else
		take_bytes(script, body);
}

/* Cuts the body, or adds to it. */
static void spoil(struct script *script, struct asked *asked, struct octets *body)
{
	if (body->len > 0 && script_byte(script) % 2 == 0)
		body->len -= 1 + script_below(script, (unsigned int)body->len);
	else
		put(body, "\7\0\0\0\1\0\0", 1 + script_below(script, 7));
	asked->must = false;
}

/* What has a whole PDU is told by its size; one that is not must be refused. */
static void finish(struct asked *asked)
{
	if (asked->error == 0 && asked->size > TCX_PDU_LONGEST)
		asked->error = TOO_BIG;
	if (HEADER + asked->pdu.len > TCX_PDU_LONGEST)
		asked->error = TOO_BIG;
}

static void take_pdu(struct script *script)
{
	struct asked *asked = &input.all[input.count++];
	unsigned int how = script_byte(script);
	struct octets body = {.data = NULL};
	struct pdu *pdu = &asked->pdu;

	*asked = (struct asked){.varbinds.big = true, .size = HEADER + 8};
	pdu->type = types[script_below(script, COUNT(types))];
	if (pdu->type == 0)
		pdu->type = (uint8_t)script_byte(script);
	if (input.by_library && pdu->type >= TESTSET && pdu->type <= CLEANUPSET)
		pdu->type = GET; /* it ends over two tests of one transaction */
	pdu->flags = (how & 1) != 0 ? 0 : BIG_OCTETS;
	pdu->flags |= (how & 0xf0) == 0xf0 ? 0xe7 : 0;
	pdu->session = sessions[script_below(script, COUNT(sessions))];
	pdu->transaction = transactions[how >> 1 & 1];
	pdu->packet = packets[script_below(script, COUNT(packets))] + (uint32_t)input.count;
	body.big = (pdu->flags & BIG_OCTETS) != 0;
	take_body(script, asked, &body);
	if ((how & 0x0c) == 0x0c)
		spoil(script, asked, &body);
	pdu->body = body.data;
	pdu->len = body.len;
	put_pdu(&input.octets, pdu);
	finish(asked);
	input.disorder = input.disorder || !asked->must;
	free(body.data);
}

/* A Get that is sent last, of the sequence of snapshots: so all before it has been seen. */
static void add_watchman(void)
{
	static const struct model_name name = {{TCX_MIB_ROOT, 1, 1, 1, 0},
					       OID_LENGTH(((oid[]){TCX_MIB_ROOT})) + 4};
	struct asked *asked = &input.all[input.count++];
	struct octets body = {.big = true};
	struct tcx_context *context =
		tcx_dispatcher_find(frozen->agentx->dispatcher, TCX_CONTEXT_DEFAULT);

	*asked = (struct asked){.pdu = {.type = GET,
					.flags = BIG_OCTETS,
					.session = 1,
					.transaction = transactions[0],
					.packet = 0x01020304 + (uint32_t)input.count},
				.must = true,
				.varbinds.big = true};
	put_name(&body, name.ids, name.len, false, true);
	put_name(&body, name.ids, 0, false, true);
	asked->pdu.body = body.data;
	asked->pdu.len = body.len;
	put_pdu(&input.octets, &asked->pdu);
	expect(asked,
	       tcx_context_request(context, (const void *)(uintptr_t)frozen->agentx->wire.number,
				   asked->pdu.transaction),
	       GET, &name, false, &name);
	free(body.data);
}

/* --- What is answered --------------------------------------------------------------------------*/

static struct asked *find_asked(const struct pdu *answer)
{
	for (size_t i = 0; i < input.count; i++) {
		struct asked *asked = &input.all[i];

		if (!asked->answered && asked->pdu.packet == answer->packet &&
		    asked->pdu.session == answer->session &&
		    asked->pdu.transaction == answer->transaction)
			return asked;
	}
	return NULL;
}

/* Takes the values of these away. */
static void mask(struct octets *varbinds)
{
	struct reading reading = {varbinds->data, varbinds->data + varbinds->len, true};
	struct octets masked = {.big = true};

	while (reading.at < reading.end) {
		struct octets one = {.big = true};
		struct model_name name = {.len = 0};
		uint16_t type = take_varbind(&reading, &one);

		for (; name.len < one.data[4]; name.len++)
			name.ids[name.len] = number_at(one.data + 8 + 4 * name.len, 4, true);
		if (is_of_moment(&name) && type < SNMP_NOSUCHOBJECT)
			memset(one.data + 8 + 4 * name.len, 0, one.len - 8 - 4 * name.len);
		put(&masked, one.data, one.len);
		free(one.data);
	}
	free(varbinds->data);
	*varbinds = masked;
}

static void print(const char *what, const struct octets *varbinds)
{
	fprintf(stderr, "%s:", what);
	for (size_t i = 0; i < varbinds->len; i++)
		fprintf(stderr, "%s%02x", i % 4 == 0 ? " " : "", varbinds->data[i]);
	fputs("\n", stderr);
}

static void check_varbinds(struct asked *asked, struct reading *reading)
{
	struct octets varbinds = {.big = true};

	while (reading->at < reading->end)
		take_varbind(reading, &varbinds);
	if (varbinds.len > 0 && asked->varbinds.len > 0) {
		mask(&varbinds);
		mask(&asked->varbinds);
	}
	if (varbinds.len != asked->varbinds.len ||
	    (varbinds.len > 0 && memcmp(varbinds.data, asked->varbinds.data, varbinds.len) != 0)) {
		print(input.by_library ? "the library has" : "we have", &varbinds);
		print("wanted", &asked->varbinds);
		MUST(!"it is answered right");
	}
	free(varbinds.data);
}

/* The library repeats it, though a response has none (RFC 2741, 6.2.16). */
static void pass_context(struct reading *reading)
{
	struct octets context = {.data = NULL};

	take_string(reading, &context);
	free(context.data);
}

static void check_answer(struct asked *asked, const struct pdu *answer)
{
	struct reading reading = {answer->body, answer->body + answer->len,
				  (answer->flags & BIG_OCTETS) != 0};
	uint64_t error, index;

	MUST(HEADER + answer->len <= TCX_PDU_LONGEST);
	MUST((answer->flags & CONTEXT) == 0 || input.by_library || !asked->must);
	if ((answer->flags & CONTEXT) != 0)
		pass_context(&reading);
	take_number(&reading, 4);
	error = take_number(&reading, 2);
	index = take_number(&reading, 2);
	MUST(asked->pdu.type != TESTSET || error != 0);
	if (!asked->must)
		return;
	MUST(((answer->flags ^ asked->pdu.flags) & BIG_OCTETS) == 0 || input.by_library);
	MUST(error == asked->error);
	MUST(error == TOO_BIG ? index == 1 : index == 0);
	if (error == 0)
		check_varbinds(asked, &reading);
	else
		MUST(reading.at == reading.end || input.by_library);
}

static void take_answer(const struct pdu *answer)
{
	struct asked *asked = find_asked(answer);

	MUST(answer->type == RESPONSE && asked != NULL);
	check_answer(asked, answer);
	asked->answered = true;
}

/* False: the session has ended. */
static bool wait_for_watchman(void)
{
	const uint64_t begin = tcx_clock_now();
	bool connected = true;

	add_watchman();
	send_all(&input.octets);
	input.octets.len = 0;
	while (connected && !input.all[input.count - 1].answered) {
		MUST(tcx_clock_now() - begin < PATIENCE_NS);
		frozen_turn();
		connected = receive(take_answer) && frozen->agentx->session != NULL;
	}
	return connected;
}

/* What the library answers comes later, but in its order. */
static void look_at_answers(void)
{
	bool connected = wait_for_watchman();

	frozen->agentx->to_library = true;
	if (connected && input.disorder)
		connected = wait_for_watchman();
	frozen->agentx->to_library = false;
	MUST(connected || (input.disorder && !input.by_library));
	for (size_t i = 0; connected && i < input.count; i++)
		MUST(!input.all[i].must || input.all[i].answered);
	if (!connected)
		hang_up();
}

/* --- The input ---------------------------------------------------------------------------------*/

static void clear(void)
{
	for (size_t i = 0; i < input.count; i++)
		free(input.all[i].varbinds.data);
	free(input.octets.data);
	memset(&input, 0, sizeof(input));
}

static void send_alone(void)
{
	clear();
	look_at_answers();
}

static void make_model(struct model *of, const char *name)
{
	struct tcx_context *context = tcx_dispatcher_find(frozen->agentx->dispatcher, name);
	const uint64_t begin = tcx_clock_now();

	while (!model_make(of, frozen->modules, tcx_context_request(context, NULL, 1))) {
		MUST(tcx_clock_now() - begin < PATIENCE_NS);
		frozen_turn();
		usleep(1000);
	}
}

static void start(void)
{
	frozen = frozen_start("", false);
	master.address.sun_family = AF_UNIX;
	snprintf(master.address.sun_path, sizeof(master.address.sun_path), "%s", frozen_socket());
	master.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	MUST(bind(master.listener, (const struct sockaddr *)&master.address,
		  sizeof(master.address)) == 0);
	MUST(listen(master.listener, 8) == 0);
	connect_agent();
	make_model(&model, TCX_CONTEXT_DEFAULT);
	make_model(&other_model, FROZEN_OTHER);
	send_alone();
}

/* The end of a PDU does not come. */
static void send_part(struct script *script)
{
	struct octets octets = {.data = NULL};

	while (script->at < script->end)
		put_number(&octets, script_byte(script), 1);
	send_all(&octets);
	frozen_turn();
	free(octets.data);
	hang_up();
	send_alone();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = {data, data + size};
	unsigned int how;

	if (frozen == NULL)
		start();
	clear();
	how = script_byte(&script);
	input.by_library = how % 4 == 1;
	input.disorder = input.by_library;
	frozen->agentx->to_library = input.by_library;
	while (script.at < script.end && input.count < PDUS_MAX)
		take_pdu(&script);
	look_at_answers();
	if (how % 64 == 3)
		send_part(&script);
	clear();
	return 0;
}
