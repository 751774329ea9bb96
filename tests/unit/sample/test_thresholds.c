/* SPDX-License-Identifier: BSD-2-Clause */
/* Thresholds by name, in the order of an index. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "sample/thresholds.h"

static void put(struct tcx_thresholds *thresholds, const char *name, uint64_t limit)
{
	struct tcx_threshold threshold = {.limit = limit};

	snprintf(threshold.name, sizeof(threshold.name), "%s", name);
	assert_true(tcx_thresholds_put(thresholds, &threshold));
}

static void expect(const struct tcx_thresholds *thresholds, const char *names)
{
	char text[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < thresholds->count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s=%d ",
					 thresholds->items[i].name,
					 (int)thresholds->items[i].limit);
	assert_string_equal(text, names);
}

/* By length, then by octets. */
static void by_name(void **state)
{
	struct tcx_thresholds *thresholds = tcx_thresholds_new();

	(void)state;
	assert_null(tcx_thresholds_find(thresholds, "b"));
	put(thresholds, "retransmissions", 1);
	put(thresholds, "b", 2);
	put(thresholds, "aa", 3);
	put(thresholds, "B", 4);
	put(thresholds, "ab", 5);
	expect(thresholds, "B=4 b=2 aa=3 ab=5 retransmissions=1 ");
	put(thresholds, "b", 6); /* in the place of the one before */
	expect(thresholds, "B=4 b=6 aa=3 ab=5 retransmissions=1 ");
	assert_int_equal(tcx_thresholds_find(thresholds, "aa")->limit, 3);
	assert_null(tcx_thresholds_find(thresholds, "a"));
	assert_false(tcx_thresholds_remove(thresholds, "a"));
	assert_true(tcx_thresholds_remove(thresholds, "aa"));
	assert_false(tcx_thresholds_remove(thresholds, "aa"));
	expect(thresholds, "B=4 b=6 ab=5 retransmissions=1 ");
	assert_true(tcx_thresholds_remove(thresholds, "retransmissions"));
	put(thresholds, "c", 7);
	expect(thresholds, "B=4 b=6 c=7 ab=5 ");
	tcx_thresholds_unref(thresholds);
}

/* What has to do with telling, not with judging, changes no state. */
static void same(void **state)
{
	const struct tcx_threshold one = {
		.name = "a", .object = "TcpInSegs", .limit = 5, .clear = 4, .scale = 1};
	struct tcx_threshold other = one;

	(void)state;
	other.severity = TCX_SEVERITY_CRITICAL;
	other.every_ns = 5;
	assert_true(tcx_threshold_is_same(&one, &other));
	other.for_ns = 1;
	assert_false(tcx_threshold_is_same(&one, &other));
	other = one;
	other.clear--;
	assert_false(tcx_threshold_is_same(&one, &other));
	other = one;
	other.below = true;
	assert_false(tcx_threshold_is_same(&one, &other));
	other = one;
	strcpy(other.object, "TcpInErrs");
	assert_false(tcx_threshold_is_same(&one, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name),
		cmocka_unit_test(same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
