/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of /proc/sys/net: what files hold, and files that hold something else. */
#include "tests/unit/test.h"

#include <string.h>

#include "kernel/read_table.h"
#include "sample/limits.h"
#include "tests/unit/fixture.h"

#define TCP_MEM "sys/net/ipv4/tcp_mem"

static struct fixture fixture;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

/* The one row, and what was lacking. */
static struct tcx_limits read_row(char lacking[sizeof(struct tcx_fault)])
{
	struct tcx_fault fault = {""};
	struct tcx_table *table =
		fixture_table(fixture.root, &tcx_kernel_limits, 1000, NULL, &fault);
	struct tcx_limits row;

	assert_non_null(table);
	assert_int_equal(table->count, 1);
	row = *(const struct tcx_limits *)tcx_table_row(table, 0);
	strcpy(lacking, table->lacking.text);
	tcx_table_unref(table);
	return row;
}

/* The numbers are known as what they are; files that are not there are no fault. */
static void numbers(void **state)
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{TCP_MEM, "1\t2\t3\n"},
		{"sys/net/ipv4/udp_mem", "4 5 6\n"},
		{"sys/net/ipv4/tcp_max_orphans", "7\n"},
		{"sys/net/ipv4/tcp_max_tw_buckets", "8\n"},
		{"sys/net/ipv4/ipfrag_high_thresh", "9\n"},
		{"sys/net/ipv6/ip6frag_high_thresh", "10\n"},
		{"sys/net/ipv4/neigh/default/gc_thresh3", "11\n"},
		{"sys/net/ipv6/neigh/default/gc_thresh3", "12"},
	};
	char lacking[sizeof(struct tcx_fault)];
	struct tcx_limits row = read_row(lacking);

	(void)state;
	for (size_t i = 0; i < TCX_LIMITS; i++)
		assert_false(row.known[i]);
	assert_string_equal(lacking, "");
	for (size_t i = 0; i < COUNT(files); i++)
		fixture_puts(&fixture, files[i].path, files[i].text);
	row = read_row(lacking);
	for (size_t i = 0; i < TCX_LIMITS; i++) {
		assert_true(row.known[i]);
		assert_int_equal(row.numbers[i], i + 2);
	}
	assert_string_equal(lacking, "");
}

/* What is not just the numbers is told of, and takes no other limit away. */
static void malformed(void **state)
{
	static const char *const texts[] = {
		"",	    "\n",	"1 2\n",     "1 2 3 4\n",
		"1 2 x\n",  "1 2 3x\n", "1 -2 3\n",  "1 2 3\n\n",
		"1 2 3\n4", "1,2,3\n",	"0x1 2 3\n", "1 2 18446744073709551616\n",
	};

	(void)state;
	fixture_puts(&fixture, "sys/net/ipv4/tcp_max_orphans", "7\n");
	for (size_t i = 0; i < COUNT(texts); i++) {
		char lacking[sizeof(struct tcx_fault)];
		struct tcx_limits row;

		fixture_puts(&fixture, TCP_MEM, texts[i]);
		row = read_row(lacking);
		if (row.known[TCX_LIMIT_TCP_MEM_MAX] || !row.known[TCX_LIMIT_TCP_ORPHANS] ||
		    strcmp(lacking, TCP_MEM " does not hold 3 whole numbers") != 0)
			fail_msg("\"%s\": %s", texts[i], lacking);
	}
}

static void unreadable(void **state)
{
	char lacking[sizeof(struct tcx_fault)];
	struct tcx_limits row;

	(void)state;
	fixture_mkdir(&fixture, TCP_MEM);
	row = read_row(lacking);
	assert_false(row.known[TCX_LIMIT_TCP_MEM_MAX]);
	assert_non_null(strstr(lacking, TCP_MEM " cannot be "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(malformed, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(unreadable, open_fixture, close_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
