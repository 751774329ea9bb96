/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library is told to register, and what a new session begins with: the test takes the
 * place of the master, and hears of each registration as it would.
 */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "snmp/registrations.h"
#include "tests/unit/fixture.h"
#include "tests/unit/no_memory.h"

#define OID(...) {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)

enum { IP = 1, TABLE = 2, OURS = 4, ALL = 7 };

#define PRIORITY 100

static bool show(const struct tcx_request *request, const struct tcx_object *object, size_t row,
		 struct tcx_value *value)
{
	(void)request;
	(void)row;
	tcx_value_counter64(value, (uint64_t)object->arg);
	return true;
}

static bool add(struct tcx_tree *tree, const char *word)
{
	const struct tcx_object object = {
		{word[0] == 't' ? 2 : 1, 1}, 2, &tcx_scalar_rows, show, 1, 0, NULL, 0};

	return tcx_tree_add(tree, &object);
}

static const struct tcx_module modules[] = {
	{"ip", add, TCX_MODULE_BY_OBJECT, OID(1, 9), OID(1, 9, 1), OID(1, 9, 1), ""},
	{"table", add, TCX_MODULE_TABLE, OID(1, 9), OID(1, 9, 2), OID(1, 9, 2), ""},
	{"ours", add, TCX_MODULE_OWN, OID(1, 8), OID(1, 8), OID(1, 8), ""},
};

static struct tcx_built_modules built;
static struct tcx_dispatcher *dispatcher;
static struct tcx_registrations registrations;
static struct tcx_pool *pool;
static struct tcx_events *events;
static struct tcx_collector *collector;

/* What the master has heard, as "red:1.9 " each; the library's own three in a context left out. */
static char heard[1024];

/* Whether it refuses what is in another context than the default one. */
static bool refuses;

/* Or this, as it is heard. */
static const char *refused;

/* What its sysORTable has heard: "+1.9.1 " or "-1.9.1 ". */
static char listed[256];

static int on_sysOR(int major, int minor, void *parameters, void *arg)
{
	const struct register_sysOR_parameters *row = parameters;
	size_t used = strlen(listed);

	(void)major;
	(void)arg;
	used += (size_t)snprintf(listed + used, sizeof(listed) - used, "%c",
				 minor == SNMPD_CALLBACK_REG_SYSOR ? '+' : '-');
	for (size_t i = 0; i < row->namelen; i++)
		used += (size_t)snprintf(listed + used, sizeof(listed) - used, "%s%lu",
					 i > 0 ? "." : "", (unsigned long)row->name[i]);
	snprintf(listed + used, sizeof(listed) - used, " ");
	return 0;
}

static int on_register(int major, int minor, void *parameters, void *arg)
{
	const struct register_parameters *one = parameters;
	size_t used = strlen(heard);
	const char *now = heard + used;

	(void)major;
	(void)arg;
	if (one->namelen == 1)
		return 0;
	used += (size_t)snprintf(heard + used, sizeof(heard) - used, "%s%s:",
				 minor == SNMPD_CALLBACK_REGISTER_OID ? ""
				 : registrations.is_moot	      ? "moot-"
								      : "-",
				 one->contextName != NULL ? one->contextName : "");
	for (size_t i = 0; i < one->namelen; i++)
		used += (size_t)snprintf(heard + used, sizeof(heard) - used, "%s%lu",
					 i > 0 ? "." : "", (unsigned long)one->name[i]);
	snprintf(heard + used, sizeof(heard) - used, " ");
	if ((refuses && one->contextName != NULL) || (refused != NULL && strcmp(now, refused) == 0))
		tcx_registrations_refused(&registrations, one->reginfo);
	return 0;
}

static const char *listed_now(void)
{
	static char text[sizeof(listed)];

	strcpy(text, listed);
	listed[0] = '\0';
	return text;
}

/* What it has heard since this was called last. */
static const char *heard_now(void)
{
	static char text[sizeof(heard)];

	strcpy(text, heard);
	heard[0] = '\0';
	return text;
}

static struct tcx_context *serve(const char *name, unsigned int wanted, bool tables, int priority)
{
	const struct tcx_context_settings settings = {.collector = collector};
	struct tcx_context *context = tcx_dispatcher_set(dispatcher, name, &settings);

	assert_true(tcx_registrations_want(&registrations, context, wanted, tables, priority));
	return context;
}

static void add_context(const char *name, unsigned int wanted)
{
	struct tcx_fault fault = {""};

	assert_true(
		tcx_registrations_add(&registrations, serve(name, wanted, true, PRIORITY), &fault));
}

static void remove_context(const char *name)
{
	tcx_dispatcher_remove(tcx_dispatcher_find(dispatcher, name));
}

static void apply(void)
{
	struct tcx_fault fault = {""};

	assert_true(tcx_registrations_apply(&registrations, &fault));
}

/* As the library does when it has connected. */
static const char *connect_again(void)
{
	heard_now();
	tcx_registrations_connected(&registrations);
	register_mib_reattach();
	return heard_now();
}

static int open_registrations(void **state)
{
	struct tcx_netns *netns = fixture_netns("/proc");
	const struct tcx_collector_settings each_second = {.sources = {.interval_ns = TCX_NS_PER_S},
							   .derive = {.interval_ns = TCX_NS_PER_S}};
	struct tcx_fault fault = {""};

	(void)state;
	refuses = false;
	refused = NULL;
	assert_true(tcx_modules_build(&built, modules, COUNT(modules)));
	dispatcher = tcx_dispatcher_new(&built);
	registrations = (struct tcx_registrations){.modules = &built};
	pool = tcx_pool_new(1, &fault);
	events = tcx_events_new(&fault);
	collector = tcx_collector_start(pool, events, netns, &each_second, &fault);
	tcx_netns_unref(netns);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_OID, on_register,
			       NULL);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_UNREGISTER_OID,
			       on_register, NULL);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REG_SYSOR, on_sysOR, NULL);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_UNREG_SYSOR, on_sysOR,
			       NULL);
	serve("", ALL, true, PRIORITY);
	apply();
	heard_now();
	listed_now();
	return 0;
}

static int close_registrations(void **state)
{
	(void)state;
	clear_callback();
	clear_context();
	for (size_t i = 0; i < COUNT(modules); i++)
		unregister_sysORTable((oid *)modules[i].sysORID, modules[i].sysORID_len);
	tcx_registrations_clear(&registrations);
	tcx_dispatcher_free(dispatcher);
	tcx_collector_stop(collector);
	tcx_pool_stop(pool);
	tcx_events_unref(events);
	tcx_tree_clear(&built.tree);
	return 0;
}

static void default_context(void **state)
{
	(void)state;
	assert_string_equal(connect_again(), ":1.8 :1.9.1 :1.9.1.1 :1.9.2 :1.9.2.1 ");
}

/* Each root is registered once, if any module of it is wanted; modules decide what is seen. */
static void by_root(void **state)
{
	(void)state;
	add_context("red", ALL);
	assert_string_equal(heard_now(), "red:1.9 red:1.8 ");
	assert_int_equal(tcx_dispatcher_find(dispatcher, "red")->modules, ALL);
	add_context("green", TABLE);
	assert_string_equal(heard_now(), "green:1.9 ");
	assert_int_equal(tcx_dispatcher_find(dispatcher, "green")->modules, TABLE);
	serve("blue", IP | TABLE, false, PRIORITY);
	assert_int_equal(tcx_dispatcher_find(dispatcher, "blue")->modules, IP);
	assert_string_equal(heard_now(), "");
	apply();
	assert_string_equal(heard_now(), "blue:1.9 ");
}

/* What goes is not unregistered, but the next session begins without it. */
static void comes_and_goes(void **state)
{
	(void)state;
	add_context("red", ALL);
	add_context("green", OURS);
	heard_now();
	remove_context("red");
	add_context("red", IP);
	assert_string_equal(heard_now(), "");
	assert_int_equal(tcx_dispatcher_find(dispatcher, "red")->modules, IP);
	remove_context("red");
	assert_string_equal(connect_again(), "green:1.8 :1.8 :1.9.1 :1.9.1.1 :1.9.2 :1.9.2.1 ");
	assert_int_equal(tcx_registrations_ask_again(&registrations, ~0U), 0);
	assert_string_equal(heard_now(), "");
	add_context("red", ALL);
	assert_string_equal(heard_now(), "red:1.9 red:1.8 ");
}

static void refusals(void **state)
{
	(void)state;
	refuses = true;
	add_context("red", IP);
	add_context("green", IP);
	heard_now();
	assert_int_equal(tcx_registrations_ask_again(&registrations, ~0U), 0);
	assert_string_equal(heard_now(), "red:1.9 green:1.9 ");
	remove_context("red");
	refuses = false;
	assert_int_equal(tcx_registrations_ask_again(&registrations, ~0U), TCX_ELSEWHERE);
	assert_string_equal(heard_now(), "green:1.9 ");
}

/* Another priority takes back; then what has gone is no longer kept, either. */
static void other_priority(void **state)
{
	(void)state;
	add_context("red", IP);
	add_context("green", IP);
	heard_now();
	remove_context("green");
	serve("red", IP | OURS, true, PRIORITY);
	assert_int_equal(tcx_registrations_change(&registrations), TCX_REGISTRATIONS_ADD);
	serve("red", IP, true, PRIORITY + 1);
	assert_int_equal(tcx_registrations_change(&registrations), TCX_REGISTRATIONS_TAKE_BACK);
	apply();
	assert_string_equal(heard_now(), "-red:1.9 red:1.9 -green:1.9 ");
	serve("red", OURS, true, PRIORITY + 1);
	assert_int_equal(tcx_registrations_change(&registrations), TCX_REGISTRATIONS_ADD);
	apply();
	assert_string_equal(heard_now(), "red:1.8 ");
}

/* Modules of the default context come and go by themselves, each with its row of sysORTable. */
static void modules_go(void **state)
{
	struct tcx_context *usual = tcx_dispatcher_find(dispatcher, "");

	(void)state;
	assert_int_equal(tcx_registrations_change(&registrations), TCX_REGISTRATIONS_STAY);
	serve("", IP | TABLE, false, PRIORITY);
	assert_int_equal(tcx_registrations_change(&registrations), TCX_REGISTRATIONS_TAKE_BACK);
	assert_int_equal(usual->modules, ALL); /* until it is applied */
	apply();
	assert_string_equal(heard_now(), "-:1.9.2.1 -:1.9.2 -:1.8 ");
	assert_string_equal(listed_now(), "-1.9.2 -1.8 ");
	assert_int_equal(usual->modules, IP);
	assert_int_equal(tcx_registrations_change(&registrations), TCX_REGISTRATIONS_STAY);
	serve("", IP | OURS, true, PRIORITY);
	assert_int_equal(tcx_registrations_change(&registrations), TCX_REGISTRATIONS_ADD);
	apply();
	assert_string_equal(heard_now(), ":1.8 ");
	assert_string_equal(listed_now(), "+1.8 ");
	assert_int_equal(usual->modules, IP | OURS);
	assert_int_equal(tcx_registration_bit(&registrations.all[2]), OURS);
}

/* Without a master objects are not registered one by one. */
static void alone(void **state)
{
	(void)state;
	registrations.alone = true;
	serve("", 0, true, PRIORITY);
	apply();
	heard_now();
	listed_now();
	serve("", ALL, true, PRIORITY);
	apply();
	assert_string_equal(heard_now(), ":1.9.1 :1.9.2 :1.8 ");
	assert_string_equal(listed_now(), "+1.9.1 +1.9.2 +1.8 ");
}

/* A module of which something is refused has no row of the master's, until all is granted. */
static void refused_rows(void **state)
{
	netsnmp_handler_registration other = {.handler = NULL};

	(void)state;
	refused = ":1.9.1.1 ";
	connect_again();
	assert_string_equal(listed_now(), "");
	tcx_registrations_update_sysORTable(&registrations);
	assert_string_equal(listed_now(), "-1.9.1 ");
	tcx_registrations_update_sysORTable(&registrations);
	assert_string_equal(listed_now(), "");
	assert_int_equal(tcx_registrations_ask_again(&registrations, ALL), 0);
	assert_string_equal(heard_now(), ":1.9.1.1 ");
	assert_int_equal(tcx_registrations_ask_again(&registrations, TABLE | OURS), 0);
	assert_string_equal(heard_now(), "");
	refused = NULL;
	assert_int_equal(tcx_registrations_ask_again(&registrations, IP | TABLE), IP);
	tcx_registrations_update_sysORTable(&registrations);
	assert_string_equal(listed_now(), "+1.9.1 ");
	assert_null(tcx_registrations_refused(&registrations, &other));
}

/* What a session refused is asked for by the next one, and moot when it is taken back. */
static void refused_once(void **state)
{
	(void)state;
	refused = ":1.9.1 ";
	connect_again();
	tcx_registrations_update_sysORTable(&registrations);
	listed_now();
	serve("", TABLE | OURS, true, PRIORITY);
	apply();
	assert_string_equal(heard_now(), "-:1.9.1.1 moot-:1.9.1 ");
	assert_string_equal(listed_now(), "-1.9.1 ");
	assert_false(registrations.is_moot);
	tcx_registrations_left(&registrations, 1);
	assert_int_equal(tcx_registrations_ask_again(&registrations, ALL), TABLE);
	assert_string_equal(heard_now(), ":1.9.2 :1.9.2.1 ");
	tcx_registrations_left(&registrations, 2);
	tcx_registrations_update_sysORTable(&registrations);
	assert_string_equal(listed_now(), "-1.8 ");
	connect_again();
	tcx_registrations_update_sysORTable(&registrations);
	assert_string_equal(listed_now(), "");
	assert_int_equal(tcx_registrations_ask_again(&registrations, ALL), 0);
}

/* False: memory was short, and nothing of it is there. */
static bool try_context(const char *name, struct tcx_fault *fault)
{
	const struct tcx_context_settings settings = {.collector = collector};
	struct tcx_context *context = tcx_dispatcher_set(dispatcher, name, &settings);

	return context != NULL &&
	       tcx_registrations_want(&registrations, context, ALL, true, PRIORITY) &&
	       tcx_registrations_add(&registrations, context, fault);
}

/* A context is registered by its name, whole, or whoever wants it hears that it is not. */
static void without_memory(void **state)
{
	unsigned int at = 0;

	(void)state;
	while (no_memory_next(&at)) {
		struct tcx_fault fault = {""};
		char name[16], wanted[64];
		bool added;

		snprintf(name, sizeof(name), "n%u", at);
		snprintf(wanted, sizeof(wanted), "%s:1.9 %s:1.8 ", name, name);
		heard_now();
		added = try_context(name, &fault);
		assert_int_equal(added, !no_memory_stop());
		if (added)
			assert_string_equal(heard_now(), wanted);
		else
			assert_true(strncmp(wanted, heard, strlen(heard)) == 0);
	}
	assert_true(at > 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_registrations, close_registrations)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(default_context), TEST(by_root),	     TEST(comes_and_goes),
		TEST(refusals),	       TEST(other_priority), TEST(modules_go),
		TEST(alone),	       TEST(refused_rows),   TEST(refused_once),
		TEST(without_memory),
	};

	netsnmp_enable_subagent();
	init_agent("test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
