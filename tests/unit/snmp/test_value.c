/* SPDX-License-Identifier: BSD-2-Clause */
/* Values: each type as the library wants it, and what becomes of numbers that are too large. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "snmp/value.h"

static const struct {
	void (*set)(struct tcx_value *value, uint64_t number);
	uint64_t number;
	u_char type;
	long gives;
} rows[] = {
	{tcx_value_counter32, 0, ASN_COUNTER, 0},
	{tcx_value_counter32, UINT32_MAX, ASN_COUNTER, UINT32_MAX},
	{tcx_value_counter32, 1ULL << 32, ASN_COUNTER, 0},
	{tcx_value_counter32, (1ULL << 32) + 7, ASN_COUNTER, 7},
	{tcx_value_counter32, UINT64_MAX, ASN_COUNTER, UINT32_MAX},
	{tcx_value_gauge32, 7, ASN_GAUGE, 7},
	{tcx_value_gauge32, (1ULL << 32) + 7, ASN_GAUGE, 7},
	{tcx_value_gauge32_latched, 7, ASN_GAUGE, 7},
	{tcx_value_gauge32_latched, UINT32_MAX - 1ULL, ASN_GAUGE, UINT32_MAX - 1L},
	{tcx_value_gauge32_latched, UINT32_MAX, ASN_GAUGE, UINT32_MAX},
	{tcx_value_gauge32_latched, 1ULL << 32, ASN_GAUGE, UINT32_MAX},
	{tcx_value_gauge32_latched, UINT64_MAX, ASN_GAUGE, UINT32_MAX},
	{tcx_value_integer, 0, ASN_INTEGER, 0},
	{tcx_value_integer, 7, ASN_INTEGER, 7},
	{tcx_value_integer, INT32_MAX, ASN_INTEGER, INT32_MAX},
	{tcx_value_integer, (uint64_t)-1, ASN_INTEGER, -1},
	{tcx_value_integer, (uint64_t)INT32_MIN, ASN_INTEGER, INT32_MIN},
	{tcx_value_ticks, 7, ASN_TIMETICKS, 7},
	{tcx_value_ticks, UINT32_MAX, ASN_TIMETICKS, UINT32_MAX},
	{tcx_value_ticks, (1ULL << 32) + 7, ASN_TIMETICKS, 7},
};

static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tcx_value value;

		memset(&value, 0xaa, sizeof(value));
		rows[i].set(&value, rows[i].number);
		assert_int_equal(value.type, rows[i].type);
		assert_int_equal(value.len, sizeof(long));
		if (*(const long *)value.data != rows[i].gives)
			fail_msg("row %zu gives %ld", i, *(const long *)value.data);
	}
}

static void counter64(void **state)
{
	static const uint64_t numbers[] = {0,	      7, UINT32_MAX, 1ULL << 32, 0x123456789abcdef0,
					   UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct tcx_value value;
		const struct counter64 *wide;

		tcx_value_counter64(&value, numbers[i]);
		wide = value.data;
		assert_int_equal(value.type, ASN_COUNTER64);
		assert_int_equal(value.len, sizeof(*wide));
		assert_int_equal(wide->high, numbers[i] >> 32);
		assert_int_equal(wide->low, numbers[i] & UINT32_MAX);
	}
}

static void oids(void **state)
{
	oid name[MAX_OID_LEN];
	struct tcx_value value;

	(void)state;
	for (size_t i = 0; i < MAX_OID_LEN; i++)
		name[i] = i;
	tcx_value_oid(&value, name, MAX_OID_LEN);
	memset(name, 0, sizeof(name)); /* it has its own copy */
	assert_int_equal(value.type, ASN_OBJECT_ID);
	assert_int_equal(value.len, MAX_OID_LEN * sizeof(oid));
	for (size_t i = 0; i < MAX_OID_LEN; i++)
		assert_int_equal(((const oid *)value.data)[i], i);
}

static void texts(void **state)
{
	static const char text[] = "as it is";
	struct tcx_value value;

	(void)state;
	tcx_value_text(&value, text);
	assert_int_equal(value.type, ASN_OCTET_STR);
	assert_ptr_equal(value.data, text);
	assert_int_equal(value.len, strlen(text));
	tcx_value_text(&value, "");
	assert_int_equal(value.len, 0);
}

/* What is made is its own, and never longer than an SnmpAdminString. */
static void printed(void **state)
{
	char longer[300];
	struct tcx_value value;

	(void)state;
	tcx_value_print(&value, "%s %u", "type", 77U);
	assert_int_equal(value.type, ASN_OCTET_STR);
	assert_int_equal(value.len, 7);
	assert_memory_equal(value.data, "type 77", 7);
	memset(longer, 'x', sizeof(longer));
	tcx_value_print(&value, "%.*s", (int)sizeof(longer), longer);
	assert_int_equal(value.len, 255);
}

/* 2024-02-29 12:34:56.789 UTC, as clocks in several places show it. */
static const struct {
	const char *zone;
	u_char octets[11];
} dates[] = {
	{"UTC0", {0x07, 0xe8, 2, 29, 12, 34, 56, 7, '+', 0, 0}},
	{"XXX-5:30", {0x07, 0xe8, 2, 29, 18, 4, 56, 7, '+', 5, 30}},
	{"XXX3:30", {0x07, 0xe8, 2, 29, 9, 4, 56, 7, '-', 3, 30}},
	{"XXX-12", {0x07, 0xe8, 3, 1, 0, 34, 56, 7, '+', 12, 0}},
	{"XXX0:15", {0x07, 0xe8, 2, 29, 12, 19, 56, 7, '-', 0, 15}},
};

static void date(void **state)
{
	const struct timespec when = {.tv_sec = 1709210096, .tv_nsec = 789000000};

	(void)state;
	for (size_t i = 0; i < COUNT(dates); i++) {
		struct tcx_value value;

		setenv("TZ", dates[i].zone, 1);
		tzset();
		tcx_value_date(&value, &when);
		assert_int_equal(value.type, ASN_OCTET_STR);
		assert_int_equal(value.len, 11);
		assert_memory_equal(value.data, dates[i].octets, 11);
	}
}

/* Tenths of a second are cut off, not rounded. */
static void tenths(void **state)
{
	static const struct {
		long ns;
		u_char tenths;
	} cases[] = {{0, 0}, {99999999, 0}, {100000000, 1}, {700000000, 7}, {999999999, 9}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct timespec when = {.tv_sec = 1709210096, .tv_nsec = cases[i].ns};
		struct tcx_value value;

		tcx_value_date(&value, &when);
		assert_int_equal(((const u_char *)value.data)[7], cases[i].tenths);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers), cmocka_unit_test(counter64), cmocka_unit_test(oids),
		cmocka_unit_test(texts),   cmocka_unit_test(printed),	cmocka_unit_test(date),
		cmocka_unit_test(tenths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
