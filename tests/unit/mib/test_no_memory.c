/* SPDX-License-Identifier: BSD-2-Clause */
/* Each allocation of the tree of objects fails once: there is a whole tree or none. */
#include "tests/unit/test.h"

#include "mib/modules.h"
#include "tests/unit/no_memory.h"

static size_t count_objects(void)
{
	struct tcx_built_modules built = {.count = 0};
	size_t count;

	assert_true(tcx_modules_build(&built, tcx_modules, tcx_modules_count));
	count = built.tree.count;
	tcx_tree_clear(&built.tree);
	return count;
}

static void tree(void **state)
{
	size_t count = count_objects();
	unsigned int at = 0;

	(void)state;
	while (no_memory_next(&at)) {
		struct tcx_built_modules built = {.count = 0};
		bool done = tcx_modules_build(&built, tcx_modules, tcx_modules_count);

		assert_int_equal(done, !no_memory_stop());
		if (done)
			assert_int_equal(built.tree.count, count);
		tcx_tree_clear(&built.tree);
	}
	assert_true(at > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tree)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
