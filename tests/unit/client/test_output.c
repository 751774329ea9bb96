/* SPDX-License-Identifier: BSD-2-Clause */
/* What snmpnstat prints: nstat's lines and JSON, growth, and which counters are meant. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/output.h"

static struct tcx_counters now, before;

static void add(struct tcx_counters *counters, const char *name, uint64_t value, uint32_t position)
{
	assert_true(tcx_counters_add(counters, name, strlen(name), value, position));
}

static int fill(void **state)
{
	(void)state;
	add(&now, "TcpExtTW", 3, 9);
	add(&now, "IpInReceives", UINT64_MAX, 1);
	add(&now, "TcpInSegs", 5, 2);
	add(&now, "TcpInErrs", 0, 3);
	add(&now, "SoftnetDropped", 8, 12);
	now.items[now.count - 1].has_rate = true;
	now.items[now.count - 1].rate = 1549;
	add(&now, "SoftnetNewOne", 8, 13);
	add(&now, "QuicExtNewOne", 4, 11);
	add(&before, "IpInReceives", UINT64_MAX - 2, 0);
	add(&before, "TcpInSegs", 7, 0);
	add(&before, "TcpExtTW", 3, 0);
	tcx_counters_sort(&now);
	return 0;
}

static int clear(void **state)
{
	(void)state;
	tcx_counters_clear(&now);
	tcx_counters_clear(&before);
	return 0;
}

static const struct {
	const struct tcx_counters *before;
	const char *pattern; /* NULL: none */
	struct tcx_output_style style;
	const char *text;
} rows[] = {
	{NULL,
	 NULL,
	 {false, false, false, false},
	 "#kernel\n"
	 "IpInReceives                    18446744073709551615   0.0\n"
	 "TcpInSegs                       5                  0.0\n"
	 "TcpExtTW                        3                  0.0\n"
	 "QuicExtNewOne                   4                  0.0\n"},
	{&before,
	 NULL,
	 {false, false, false, false},
	 "#kernel\n"
	 "IpInReceives                    2                  0.0\n"
	 "QuicExtNewOne                   4                  0.0\n"},
	{&before,
	 "Tcp*",
	 {true, false, false, false},
	 "#kernel\n"
	 "TcpInSegs                       0                  0.0 (overflow)\n"
	 "TcpInErrs                       0                  0.0\n"
	 "TcpExtTW                        0                  0.0\n"},
	{NULL,
	 "SoftnetD*",
	 {false, true, false, false},
	 "#kernel\n"
	 "SoftnetDropped                  8                  1.5\n"},
	{&now,
	 "Softnet*",
	 {false, true, false, false},
	 "#kernel\n"
	 "SoftnetDropped                  0                  1.5\n"},
	{&now,
	 "SoftnetN*",
	 {true, true, false, false},
	 "#kernel\n"
	 "SoftnetNewOne                   0                    -\n"},
	{NULL,
	 "Softnet*",
	 {false, false, true, false},
	 "{\"kernel\":{\"SoftnetDropped\":8,\"SoftnetNewOne\":8}}\n"},
	{NULL,
	 "Softnet*",
	 {false, false, true, true},
	 "{\n    \"kernel\": {\n        \"SoftnetDropped\": 8,\n        \"SoftnetNewOne\": 8\n    "
	 "}\n}\n"},
	{NULL, "None*", {false, false, true, false}, "{\"kernel\":{}}\n"},
	{NULL, "None*", {false, false, true, true}, "{\n    \"kernel\": {}\n}\n"},
	{NULL, "None*", {true, false, false, false}, "#kernel\n"},
};

static void output(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *patterns[] = {(char *)rows[i].pattern, NULL};
		const struct tcx_selection selection = {patterns, rows[i].pattern != NULL};
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		assert_true(tcx_output(out, &now, rows[i].before, &selection, &rows[i].style));
		fclose(out);
		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

/* Names alone are asked for alone; a pattern is none, nor is what no counter can be called. */
static void names(void **state)
{
	static char *const good[] = {"TcpInSegs", "IcmpMsgInType3"};
	static char *const bad[] = {"TcpInSegs", "Tcp*"};
	static char *const worse[] = {"Tcp InSegs"};

	(void)state;
	assert_true(tcx_selection_is_names(&(struct tcx_selection){good, 2}));
	assert_false(tcx_selection_is_names(&(struct tcx_selection){bad, 2}));
	assert_false(tcx_selection_is_names(&(struct tcx_selection){worse, 1}));
	assert_false(tcx_selection_is_names(&(struct tcx_selection){NULL, 0}));
	assert_true(tcx_selection_omits("TcpRtoMin") && tcx_selection_omits("TcpCurrEstab"));
	assert_false(tcx_selection_omits("TcpInSegs") || tcx_selection_omits("QuicExtNewOne"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, fill, clear);
}
