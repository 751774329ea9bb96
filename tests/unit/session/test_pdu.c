/* SPDX-License-Identifier: BSD-2-Clause */
/* AgentX PDUs as octets: what is read, and the responses and requests that are made. */
#include "tests/unit/test.h"

#include <string.h>

#include "session/pdu.h"

#define BIG   0x10 /* NETWORK_BYTE_ORDER */
#define NAMED 0x08 /* NON_DEFAULT_CONTEXT */

static struct tcx_pdu body_of(const void *octets, size_t left, uint8_t flags)
{
	return (struct tcx_pdu){.at = octets, .left = left, .flags = flags};
}

static void headers(void **state)
{
	static const unsigned char big[TCX_PDU_HEADER] = {1, 5, BIG | 1, 0, 0, 0, 0, 7, 0, 0,
							  1, 2, 0x80,	 0, 0, 9, 0, 0, 0, 16};
	static const unsigned char little[TCX_PDU_HEADER] = {
		1, 6, NAMED, 0, 7, 0, 0, 0, 2, 1, 0, 0, 9, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff};
	struct tcx_pdu pdu;

	(void)state;
	tcx_pdu_read(&pdu, big);
	assert_int_equal(pdu.type, TCX_PDU_GET);
	assert_int_equal(pdu.session, 7);
	assert_int_equal(pdu.transaction, 0x102);
	assert_int_equal(pdu.packet, 0x80000009);
	assert_int_equal(pdu.size, 36);
	assert_ptr_equal(pdu.at, big + TCX_PDU_HEADER);
	assert_int_equal(pdu.left, 16);
	assert_int_equal(pdu.flags, BIG | 1);
	tcx_pdu_read(&pdu, little);
	assert_int_equal(pdu.type, TCX_PDU_GET_NEXT);
	assert_int_equal(pdu.session, 7);
	assert_int_equal(pdu.transaction, 0x102);
	assert_int_equal(pdu.packet, 0x80000009);
	assert_true(pdu.size == UINT32_MAX + (uint64_t)TCX_PDU_HEADER);
	assert_int_equal(pdu.flags, NAMED);
}

static void contexts(void **state)
{
	static const struct {
		const char *octets, *name; /* NULL: none that we can have */
		size_t left;
	} cases[] = {
		{"\0\0\0\3abc\0rest", "abc", 12},
		{"\0\0\0\4abcd", "abcd", 8},
		{"\0\0\0\40xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		 36},
		{"\0\0\0\41xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL, 40},
		{"\0\0\0\3a\0c\0", NULL, 8},
		{"\0\0\0\0", NULL, 4},
		{"\0\0\0\3abc\0", NULL, 7},
		{"\0\0\0\3abc\0", NULL, 3},
		{"\377\377\377\377abc\0", NULL, 8},
	};
	char name[TCX_CONTEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tcx_pdu body = body_of(cases[i].octets, cases[i].left, BIG | NAMED);

		assert_int_equal(tcx_pdu_take_context(&body, name), cases[i].name != NULL);
		if (cases[i].name == NULL)
			continue;
		assert_string_equal(name, cases[i].name);
		assert_int_equal(body.left, cases[i].left - 4 - (strlen(name) + 3) / 4 * 4);
	}
}

static void no_context(void **state)
{
	struct tcx_pdu body = body_of("\0\0\0\3abc", 8, BIG);
	char name[TCX_CONTEXT_MAX + 1] = "x";

	(void)state;
	assert_true(tcx_pdu_take_context(&body, name));
	assert_string_equal(name, "");
	assert_int_equal(body.left, 8);
}

static void assert_name(const struct tcx_pdu_name *name, const oid *ids, size_t len)
{
	assert_int_equal(name->len, len);
	assert_memory_equal(name->ids, ids, len * sizeof(oid));
}

static void names(void **state)
{
	static const unsigned char octets[] = {
		2, 2, 1, 0, 0, 0, 0, 5, 255, 255, 255, 255, /* 1.3.6.1.2.5.4294967295, included */
		1, 0, 0, 0, 0, 0, 1, 0,			    /* 256 */
		0, 0, 0, 0,				    /* null */
		0, 4, 0, 0,				    /* 1.3.6.1.4 */
	};
	struct tcx_pdu body = body_of(octets, sizeof(octets), BIG);
	struct tcx_pdu_name name;

	(void)state;
	assert_true(tcx_pdu_take_name(&body, &name));
	assert_name(&name, (const oid[]){1, 3, 6, 1, 2, 5, UINT32_MAX}, 7);
	assert_true(name.include);
	assert_true(tcx_pdu_take_name(&body, &name));
	assert_name(&name, (const oid[]){256}, 1);
	assert_false(name.include);
	assert_true(tcx_pdu_take_name(&body, &name));
	assert_name(&name, (const oid[]){0, 0}, 2);
	assert_true(tcx_pdu_take_name(&body, &name));
	assert_name(&name, (const oid[]){1, 3, 6, 1, 4}, 5);
	assert_int_equal(body.left, 0);
	assert_false(tcx_pdu_take_name(&body, &name));
}

static void longest_name(void **state)
{
	unsigned char octets[4 + 4 * 255] = {255, 4};
	struct tcx_pdu body = body_of(octets, sizeof(octets), 0);
	struct tcx_pdu_name name;

	(void)state;
	assert_true(tcx_pdu_take_name(&body, &name));
	assert_int_equal(name.len, TCX_PDU_NAME_MAX);
	for (size_t left = 0; left < sizeof(octets); left++) {
		body = body_of(octets, left, 0);
		assert_false(tcx_pdu_take_name(&body, &name));
	}
}

static const oid name[] = {1, 3, 6, 1, 2, 9};

/* The response to a request with these flags that has one varbind, from the error on. */
static const unsigned char *respond(uint8_t flags, u_char type, const struct tcx_value *value,
				    size_t *len)
{
	static struct tcx_message response;
	const struct tcx_pdu request = {.flags = flags, .session = 1, .packet = 2};
	struct tcx_pdu again;

	tcx_message_respond(&response, &request);
	tcx_message_put(&response, name, COUNT(name), type, value);
	tcx_pdu_read(&again, response.octets);
	assert_int_equal(again.size, response.len);
	assert_true(response.len <= TCX_PDU_LONGEST);
	*len = response.len - TCX_PDU_HEADER - 4;
	return response.octets + TCX_PDU_HEADER + 4;
}

static void assert_response(uint8_t flags, u_char type, const struct tcx_value *value,
			    const unsigned char *wanted, size_t wanted_len)
{
	size_t len;
	const unsigned char *found = respond(flags, type, value, &len);

	assert_int_equal(len, wanted_len);
	assert_memory_equal(found, wanted, len);
}

static void values(void **state)
{
	static const unsigned char counter64[] = {0, 0, 0, 0, 0, 70, 0, 0, 1, 2, 0, 0,
						  0, 0, 0, 9, 1, 2,  3, 4, 5, 6, 7, 8};
	static const unsigned char little[] = {0, 0, 0, 0, 70, 0, 0, 0, 1, 2, 0, 0,
					       9, 0, 0, 0, 8,  7, 6, 5, 4, 3, 2, 1};
	static const unsigned char text[] = {0, 0, 0, 0, 0, 4, 0, 0, 1,	  2,   0,   0,
					     0, 0, 0, 9, 0, 0, 0, 3, 'a', 'b', 'c', 0};
	static const unsigned char absent[] = {0, 0, 0, 0, 0, 129, 0, 0, 1, 2, 0, 0, 0, 0, 0, 9};
	struct tcx_value value;

	(void)state;
	tcx_value_counter64(&value, 0x0102030405060708);
	assert_response(BIG, value.type, &value, counter64, sizeof(counter64));
	assert_response(0, value.type, &value, little, sizeof(little));
	tcx_value_text(&value, "abc");
	assert_response(BIG, value.type, &value, text, sizeof(text));
	assert_response(BIG, SNMP_NOSUCHINSTANCE, NULL, absent, sizeof(absent));
}

static void response_header(void **state)
{
	static const unsigned char wanted[] = {1, 18, BIG | 1, 0, 0, 0, 0, 1, 0, 0, 0, 4,
					       0, 0,  0,       2, 0, 0, 0, 8, 0, 0, 0, 0};
	const struct tcx_pdu request = {
		.flags = BIG | NAMED | 1, .session = 1, .transaction = 4, .packet = 2};
	static struct tcx_message response;

	(void)state;
	tcx_message_respond(&response, &request);
	assert_true(response.len <= TCX_PDU_LONGEST);
	assert_int_equal(response.len, TCX_PDU_ERROR);
	assert_memory_equal(response.octets, wanted, sizeof(wanted));
}

/* Fills it to the longest, or with so many octets more. */
static bool fits(size_t more)
{
	static const char text[64] = "";
	const struct tcx_pdu request = {.flags = BIG};
	static struct tcx_message response;
	struct tcx_value value;

	tcx_value_gauge32(&value, 1);
	tcx_message_respond(&response, &request);
	while (response.len + 40 <= TCX_PDU_LONGEST)
		tcx_message_put(&response, name, COUNT(name), value.type, &value);
	tcx_value_octets(&value, text, TCX_PDU_LONGEST - response.len - 16 + more);
	tcx_message_put(&response, name, COUNT(name), value.type, &value);
	return response.len <= TCX_PDU_LONGEST;
}

static void longest_response(void **state)
{
	(void)state;
	assert_true(fits(0));
	assert_false(fits(4));
	assert_false(fits(20));
}

static void errors(void **state)
{
	static const unsigned char wanted[TCX_PDU_ERROR] = {1, 18, BIG, 0, 0, 0, 0, 1, 0, 0,
							    0, 4,  0,	0, 0, 2, 0, 0, 0, 8,
							    0, 0,  0,	0, 1, 6, 0, 3};
	static const unsigned char little[TCX_PDU_ERROR] = {1, 18, 0, 0, 1, 0, 0, 0, 4, 0,
							    0, 0,  2, 0, 0, 0, 8, 0, 0, 0,
							    0, 0,  0, 0, 6, 1, 3, 0};
	struct tcx_pdu pdu = {.flags = BIG | NAMED, .session = 1, .transaction = 4, .packet = 2};
	unsigned char answer[TCX_PDU_ERROR];

	(void)state;
	tcx_pdu_refuse(&pdu, TCX_PDU_UNSUPPORTED_CONTEXT, 3, answer);
	assert_memory_equal(answer, wanted, sizeof(wanted));
	pdu.flags = 0;
	tcx_pdu_refuse(&pdu, TCX_PDU_UNSUPPORTED_CONTEXT, 3, answer);
	assert_memory_equal(answer, little, sizeof(little));
}

static void assert_octets(const struct tcx_message *message, const unsigned char *wanted,
			  size_t wanted_len)
{
	struct tcx_pdu again;

	assert_int_equal(message->len, wanted_len);
	assert_memory_equal(message->octets, wanted, wanted_len);
	tcx_pdu_read(&again, message->octets);
	assert_int_equal(again.size, message->len);
}

/* Of the default context, with the two kinds of values that a notification begins with. */
static void notify(void **state)
{
	static const unsigned char wanted[] = {
		1, 12, BIG, 0, 1, 2, 3, 4, 0x80, 0, 0, 1, 0x80, 0, 0, 1, 0, 0, 0, 60,
		/* snmpTrapOID.0 is 1.3.6.1.4.1.8072; the library says include, which means nothing
		 */
		0, 6, 0, 0, 6, 6, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1,
		0, 0, 0, 0, 2, 4, 1, 0, 0, 0, 0, 1, 0, 0, 0x1f, 0x88,
		/* 1.3.6.1.2.9 is Gauge32 4294967295 */
		0, 66, 0, 0, 1, 2, 0, 0, 0, 0, 0, 9, 255, 255, 255, 255};
	static const oid trap_name[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
	static const oid trap[] = {1, 3, 6, 1, 4, 1, 8072};
	static struct tcx_message message;
	struct tcx_value value;

	(void)state;
	tcx_message_notify(&message, 0x01020304, TCX_PDU_OURS | 1, "");
	tcx_value_oid(&value, trap, COUNT(trap));
	tcx_message_put(&message, trap_name, COUNT(trap_name), value.type, &value);
	tcx_value_gauge32_latched(&value, UINT64_MAX);
	tcx_message_put(&message, name, COUNT(name), value.type, &value);
	assert_octets(&message, wanted, sizeof(wanted));
}

static void notify_in_context(void **state)
{
	static const unsigned char wanted[] = {1, 12, BIG | NAMED, 0,	0,   0,	  0,   7, 0,  0, 0,
					       2, 0,  0,	   0,	2,   0,	  0,   0, 12, 0, 0,
					       0, 5,  'g',	   'r', 'e', 'e', 'n', 0, 0,  0};
	static struct tcx_message message;
	struct tcx_pdu pdu;
	char context[TCX_CONTEXT_MAX + 1];

	(void)state;
	memset(&message, 0xff, sizeof(message));
	tcx_message_notify(&message, 7, 2, "green");
	assert_octets(&message, wanted, sizeof(wanted));
	tcx_pdu_read(&pdu, message.octets);
	assert_true(tcx_pdu_take_context(&pdu, context));
	assert_string_equal(context, "green");
	assert_int_equal(pdu.left, 0);
}

static void own_session(void **state)
{
	static const unsigned char opened[] = {
		1, 1, BIG, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,   0,	0,   3,	  0,   0,   0,	 20,
		0, 0, 0,   0, 0, 0, 0, 0, 0, 0, 0, 7, 't', 'c', 'p', 'e', 'x', 't', 'd', 0};
	static const unsigned char closed[] = {1, 2, BIG, 0, 0, 0, 0, 9, 0, 0, 0, 0,
					       0, 0, 0,	  4, 0, 0, 0, 4, 5, 0, 0, 0};
	static struct tcx_message message;

	(void)state;
	memset(&message, 0xff, sizeof(message));
	tcx_message_open(&message, 3, "tcpextd");
	assert_octets(&message, opened, sizeof(opened));
	tcx_message_close(&message, 9, 4);
	assert_octets(&message, closed, sizeof(closed));
}

static void errors_of_responses(void **state)
{
	static const char big[] = "\0\0\0\1\1\7\0\3", little[] = "\1\0\0\0\7\1\3\0";
	struct tcx_pdu body = body_of(big, 8, BIG);
	uint16_t error = 0;

	(void)state;
	assert_true(tcx_pdu_take_error(&body, &error));
	assert_int_equal(error, 263);
	assert_int_equal(body.left, 0);
	body = body_of(little, 8, 0);
	assert_true(tcx_pdu_take_error(&body, &error));
	assert_int_equal(error, 263);
	for (size_t left = 0; left < 8; left++) {
		body = body_of(big, left, BIG);
		assert_false(tcx_pdu_take_error(&body, &error));
	}
}

/* Of one in a context, with a varbind: what is read of it is the same. */
static void stripped(void **state)
{
	static const char octets[] = "\0\0\0\3abc\0\0\0\0\1\1\7\0\3more";
	static const unsigned char wanted[TCX_PDU_ERROR] = {1, 18, BIG, 0, 0, 0, 0, 1, 0, 0,
							    0, 4,  0,	0, 0, 2, 0, 0, 0, 8,
							    0, 0,  0,	1, 1, 7, 0, 3};
	struct tcx_pdu pdu = {.type = TCX_PDU_RESPONSE,
			      .flags = BIG | NAMED,
			      .session = 1,
			      .transaction = 4,
			      .packet = 2,
			      .at = (const unsigned char *)octets,
			      .left = sizeof(octets) - 1};
	unsigned char response[TCX_PDU_ERROR];
	char context[TCX_CONTEXT_MAX + 1];

	(void)state;
	assert_true(tcx_pdu_take_context(&pdu, context));
	assert_true(tcx_pdu_strip(&pdu, response));
	assert_memory_equal(response, wanted, sizeof(wanted));
	for (pdu.left = 0; pdu.left < 8; pdu.left++)
		assert_false(tcx_pdu_strip(&pdu, response));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(contexts),
		cmocka_unit_test(no_context),
		cmocka_unit_test(names),
		cmocka_unit_test(longest_name),
		cmocka_unit_test(values),
		cmocka_unit_test(response_header),
		cmocka_unit_test(longest_response),
		cmocka_unit_test(errors),
		cmocka_unit_test(notify),
		cmocka_unit_test(notify_in_context),
		cmocka_unit_test(own_session),
		cmocka_unit_test(errors_of_responses),
		cmocka_unit_test(stripped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
