/* SPDX-License-Identifier: BSD-2-Clause */
/* What contexts are called. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "collect/context_names.h"

#define LIMIT 100

static struct tcx_context_names names;

static int clear(void **state)
{
	(void)state;
	tcx_context_names_clear(&names);
	return 0;
}

static const char *take(const char *name)
{
	static char text[TCX_CONTEXT_MAX + 1];

	assert_true(tcx_context_names_take(&names, name, LIMIT, text));
	assert_in_range(strlen(text), 1, TCX_CONTEXT_MAX);
	return text;
}

/* What can be a context's name is. */
static void test_plain(void **state)
{
	static const char *const plain[] = {"blue", "a", "0", "cust-1.2_x",
					    "x2345678901234567890123456789012"};

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		assert_string_equal(take(plain[i]), plain[i]);
}

/* What cannot has what is left of it, and the same number each time. */
static void test_odd(void **state)
{
	static const struct {
		const char *name, *begin;
	} cases[] = {
		{"with blank", "with_blank-"},
		{"x2345678901234567890123456789012x", "x2345678901234567890123-"},
		{"\xc3\xa4", "__-"},
		{"a\"b", "a_b-"},
		{"", "-"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char first[TCX_CONTEXT_MAX + 1];

		strcpy(first, take(cases[i].name));
		assert_memory_equal(first, cases[i].begin, strlen(cases[i].begin));
		assert_int_equal(strlen(first), strlen(cases[i].begin) + 8);
		tcx_context_names_give(&names, first);
		assert_string_equal(take(cases[i].name), first);
	}
}

/* Two that would be one are two. */
static void test_taken(void **state)
{
	char first[TCX_CONTEXT_MAX + 1], second[TCX_CONTEXT_MAX + 1];

	(void)state;
	strcpy(first, take("a b"));
	strcpy(second, take("a_b"));
	assert_string_equal(second, "a_b");
	assert_string_not_equal(take("a?b"), first);
	strcpy(second, take(first));
	assert_string_not_equal(second, first);
	assert_string_not_equal(take("a b"), first);
}

/* Numbers are used again, the lowest first, and leave out names. */
static void test_numbers(void **state)
{
	static const char *const wanted[] = {"c1", "c3", "c4"};
	char text[TCX_CONTEXT_MAX + 1];

	(void)state;
	take("c2");
	for (size_t i = 0; i < 3; i++) {
		assert_true(tcx_context_names_take_number(&names, LIMIT, text));
		assert_string_equal(text, wanted[i]);
	}
	tcx_context_names_give(&names, "c3");
	assert_true(tcx_context_names_take_number(&names, LIMIT, text));
	assert_string_equal(text, "c3");
}

/* What was used once counts for good, and may be used again. */
static void test_limit(void **state)
{
	char text[TCX_CONTEXT_MAX + 1];

	(void)state;
	assert_true(tcx_context_names_take(&names, "a", 2, text));
	assert_true(tcx_context_names_take(&names, "b", 2, text));
	assert_false(tcx_context_names_take(&names, "c", 2, text));
	tcx_context_names_give(&names, "a");
	assert_false(tcx_context_names_take(&names, "c", 2, text));
	assert_false(tcx_context_names_take_number(&names, 2, text));
	assert_true(tcx_context_names_take(&names, "a", 2, text));
	assert_string_equal(text, "a");
}

/* A new master has had those alone that are in use. */
static void test_forget(void **state)
{
	char text[TCX_CONTEXT_MAX + 1];

	(void)state;
	assert_true(tcx_context_names_take(&names, "a", 2, text));
	assert_true(tcx_context_names_take(&names, "b", 2, text));
	tcx_context_names_give(&names, "a");
	tcx_context_names_forget(&names);
	assert_true(tcx_context_names_take(&names, "c", 2, text));
	assert_false(tcx_context_names_take(&names, "a", 2, text));
	assert_true(tcx_context_names_take(&names, "b", 3, text));
	assert_string_not_equal(text, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_plain, clear),
		cmocka_unit_test_teardown(test_odd, clear),
		cmocka_unit_test_teardown(test_taken, clear),
		cmocka_unit_test_teardown(test_numbers, clear),
		cmocka_unit_test_teardown(test_limit, clear),
		cmocka_unit_test_teardown(test_forget, clear),
	};

	return cmocka_run_group_tests_name("context_names", tests, NULL, NULL);
}
