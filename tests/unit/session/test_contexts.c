/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts come and go with the namespaces of a list; the collectors and the master are not there.
 */
#include "tests/unit/test.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "session/contexts.h"
#include "tests/unit/no_memory.h"

static bool add_nothing(struct tcx_tree *tree, const char *word)
{
	(void)tree;
	(void)word;
	return true;
}

static const struct tcx_module modules[] = {
	{"ours", add_nothing, TCX_MODULE_OWN, {1, 8}, 2, {1, 8}, 2, {1, 8}, 2, ""},
};

static struct tcx_agentx agentx;
static struct tcx_contexts contexts;

static int open_contexts(void **state)
{
	const struct tcx_contexts_settings settings = {.modules = 1, .priority = 100};

	(void)state;
	agentx = (struct tcx_agentx){.session = NULL};
	contexts = (struct tcx_contexts){.list = NULL};
	assert_true(tcx_modules_build(&agentx.modules, modules, COUNT(modules)));
	agentx.dispatcher = tcx_dispatcher_new(&agentx.modules);
	agentx.registrations.modules = &agentx.modules;
	assert_true(tcx_contexts_set(&contexts, &agentx, &settings));
	return 0;
}

static int close_contexts(void **state)
{
	(void)state;
	clear_context();
	tcx_registrations_clear(&agentx.registrations);
	tcx_contexts_clear(&contexts);
	tcx_dispatcher_free(agentx.dispatcher);
	tcx_tree_clear(&agentx.modules.tree);
	return 0;
}

/* A list of one, which has a context unless its name is empty. What is in it is not freed. */
static struct tcx_namespace_list *list_of(const char *name)
{
	struct tcx_namespace_list *list = calloc(1, sizeof(*list) + sizeof(list->all[0]));
	static struct tcx_namespace all[64];
	static size_t used;
	struct tcx_namespace *one = &all[used++ % COUNT(all)];

	assert_non_null(list);
	*one = (struct tcx_namespace){.name = one->context};
	strcpy(one->context, name);
	atomic_init(&one->references, UINT_MAX / 2);
	atomic_init(&list->references, 1);
	list->count = 1;
	list->all[0] = one;
	return list;
}

static bool follow(const char *name, struct tcx_fault *fault)
{
	struct tcx_namespace_list *list = list_of(name);
	bool done = tcx_contexts_follow(&contexts, &agentx, list, fault);

	tcx_namespace_list_unref(list);
	return done;
}

static bool is_served(const char *name)
{
	const struct tcx_context *context = tcx_dispatcher_find(agentx.dispatcher, name);

	return context != NULL && context->modules != 0;
}

static void come_and_go(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	assert_true(follow("red", &fault));
	assert_true(is_served("red"));
	assert_true(follow("green", &fault));
	assert_true(is_served("green") && !is_served("red"));
	assert_true(follow("", &fault)); /* one that has got no context */
	assert_true(!is_served("green") && !is_served("red"));
	assert_string_equal(fault.text, "");
}

/* The agent ends then: its log says what to do. */
static void without_memory(void **state)
{
	struct tcx_namespace_list *list = list_of("n0");
	unsigned int at = 0;
	char name[16];

	(void)state;
	while (no_memory_next(&at)) {
		struct tcx_fault fault = {""};
		bool done = tcx_contexts_follow(&contexts, &agentx, list, &fault);

		assert_int_equal(done, !no_memory_stop());
		if (!done)
			assert_non_null(
				strstr(fault.text, "memory is short; start the agent with more"));
		tcx_namespace_list_unref(list);
		snprintf(name, sizeof(name), "n%u", at);
		list = list_of(name);
	}
	assert_true(at > 3);
	tcx_namespace_list_unref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_contexts, close_contexts)
		TEST(come_and_go),
		TEST(without_memory),
#undef TEST
	};

	netsnmp_enable_subagent();
	init_agent("test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
