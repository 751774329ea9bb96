/* SPDX-License-Identifier: BSD-2-Clause */
/* How unlike two words are. */
#include "tests/unit/test.h"

#include <string.h>

#include "base/distance.h"

static const struct {
	const char *a, *b;
	size_t distance;
} pairs[] = {
	{"", "", 0},
	{"", "abc", 3},
	{"abc", "abc", 0},
	{"abc", "ABC", 0},
	{"kitten", "sitting", 3},
	{"TcpExtListenDrop", "TcpExtListenDrops", 1},
	{"TcpExtListenDorps", "TcpExtListenDrops", 2},
	{"abcdef", "fedcba", 6},
	{"xabc", "abcx", 2},
};

static void distances(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		assert_int_equal(tcx_distance(pairs[i].a, pairs[i].b), pairs[i].distance);
		assert_int_equal(tcx_distance(pairs[i].b, pairs[i].a), pairs[i].distance);
	}
}

/* Of long words the beginning counts. */
static void long_words(void **state)
{
	char a[4 * TCX_DISTANCE_MAX], b[4 * TCX_DISTANCE_MAX];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[sizeof(a) - 1] = b[sizeof(b) - 1] = '\0';
	assert_int_equal(tcx_distance(a, b), TCX_DISTANCE_MAX);
	assert_int_equal(tcx_distance(a, ""), TCX_DISTANCE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(long_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
