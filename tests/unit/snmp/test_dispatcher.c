/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The dispatcher: GET and GETNEXT over several modules, some within the subtree of another one, in
 * contexts of their own. Answers are compared with those of a plain list of what exists, in order.
 */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "snmp/dispatcher.h"
#include "snmp/library_face.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

#define MAX_AGE_S 10

#define ROOT(...) {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)

/* Whether the table is being read. */
static bool is_pending;

/* How old the values are. */
static uint64_t value_age_s;

static enum tcx_found count_rows(const struct tcx_rows *rows, const struct tcx_request *request,
				 size_t *count)
{
	(void)rows;
	(void)request;
	*count = 2;
	return is_pending ? TCX_PENDING : TCX_FOUND;
}

static size_t index_of(const struct tcx_rows *rows, const struct tcx_request *request, size_t row,
		       oid *index)
{
	(void)rows;
	(void)request;
	index[0] = row + 1;
	return 1;
}

static const struct tcx_rows table_rows = {.count = count_rows, .index = index_of};

static bool show(const struct tcx_request *request, const struct tcx_object *object, size_t row,
		 struct tcx_value *value)
{
	tcx_value_counter64(value, (uint64_t)object->arg + row);
	return request->oldest_ns <= request->now_ns - value_age_s * TCX_NS_PER_S;
}

/* Another such row. */
static const struct tcx_rows constant_rows = TCX_ROWS_SCALAR;

/* The objects of each module, by its word, below 9. */
static bool add(struct tcx_tree *tree, const char *word)
{
	static const struct {
		const char *word;
		struct tcx_object object;
	} objects[] = {
		{"outer", {{1, 1}, 2, &tcx_scalar_rows, show, 11, 0, NULL, 0}},
		{"outer", {{1, 3}, 2, &tcx_scalar_rows, show, 13, 0, NULL, 0}},
		{"outer", {{1, 9}, 2, &tcx_scalar_rows, show, 19, 0, NULL, 0}},
		{"table", {{1, 5, 1, 2}, 4, &table_rows, show, 152, 0, NULL, 0}},
		{"constant", {{1, 6}, 2, &constant_rows, show, 16, 0, NULL, 0}},
		{"inner", {{1, 7, 4}, 3, &tcx_scalar_rows, show, 174, 0, NULL, 0}},
		{"other", {{4, 1}, 2, &tcx_scalar_rows, show, 41, 0, NULL, 0}},
		{"alone", {{5, 1}, 2, &tcx_scalar_rows, show, 51, 0, NULL, 0}},
	};

	for (size_t i = 0; i < COUNT(objects); i++)
		if (strcmp(objects[i].word, word) == 0 && !tcx_tree_add(tree, &objects[i].object))
			return false;
	return true;
}

static const struct tcx_module modules[] = {
	{"other", add, TCX_MODULE_WHOLE, ROOT(9), ROOT(9, 4), ROOT(9, 4), ""},
	{"inner", add, TCX_MODULE_WHOLE, ROOT(9), ROOT(9, 1, 7), ROOT(9, 1, 7), ""},
	{"outer", add, TCX_MODULE_WHOLE, ROOT(9), ROOT(9, 1), ROOT(9, 1), ""},
	{"table", add, TCX_MODULE_TABLE, ROOT(9), ROOT(9, 1, 5), ROOT(9, 1, 5), ""},
	{"alone", add, TCX_MODULE_WHOLE, ROOT(9), ROOT(9, 5), ROOT(9, 5), ""},
	{"constant", add, TCX_MODULE_WHOLE, ROOT(9), ROOT(9, 1, 6), ROOT(9, 1, 6), ""},
};

/* What exists in the default context, in order; "alone" is in another one. */
static const char *const all[] = {
	"9.1.1.0 Counter64 11",	     "9.1.3.0 Counter64 13",	"9.1.5.1.2.1 Counter64 152",
	"9.1.5.1.2.2 Counter64 153", "9.1.7.4.0 Counter64 174", "9.1.9.0 Counter64 19",
	"9.4.1.0 Counter64 41",
};

/* Names to ask from: before, in, between and behind the subtrees. */
static const char *const names[] = {
	"1",	       "9",	  "9.1",     "9.1.1",	"9.1.1.0",   "9.1.2",
	"9.1.3.0",     "9.1.4.7", "9.1.5",   "9.1.5.1", "9.1.5.1.2", "9.1.5.1.2.1",
	"9.1.5.1.2.2", "9.1.5.9", "9.1.6",   "9.1.7",	"9.1.7.4",   "9.1.7.4.0",
	"9.1.7.4.0.0", "9.1.8",	  "9.1.9.0", "9.1.10",	"9.2",	     "9.4.0",
	"9.4.1.0",     "9.4.2",	  "9.5",     "9.5.1.0", "10",
};

static struct tcx_built_modules built;
static struct tcx_dispatcher *dispatcher;
static struct tcx_pool *pool;
static struct tcx_events *events;
static struct tcx_collector *collector;

static void serve(const char *name, size_t from, size_t count)
{
	const struct tcx_context_settings settings = {.collector = collector,
						      .max_age_ns = MAX_AGE_S * TCX_NS_PER_S,
						      .table_timeout_ns = 1000000000};
	struct tcx_context *context = tcx_dispatcher_set(dispatcher, name, &settings);

	context->modules = ((1U << count) - 1) << from;
}

static int open_dispatcher(void **state)
{
	struct tcx_netns *netns = fixture_netns("/proc");
	const struct tcx_collector_settings each_second = {.sources = {.interval_ns = TCX_NS_PER_S},
							   .derive = {.interval_ns = TCX_NS_PER_S}};
	struct tcx_fault fault = {""};

	(void)state;
	is_pending = false;
	value_age_s = 0;
	assert_true(tcx_modules_build(&built, modules, COUNT(modules)));
	dispatcher = tcx_dispatcher_new(&built);
	pool = tcx_pool_new(1, &fault);
	events = tcx_events_new(&fault);
	collector = tcx_collector_start(pool, events, netns, &each_second, &fault);
	tcx_netns_unref(netns);
	tcx_collector_wait_first(collector, 1000);
	serve("", 0, 4);
	serve("red", 4, 1);
	return 0;
}

static int close_dispatcher(void **state)
{
	(void)state;
	tcx_dispatcher_free(dispatcher);
	tcx_collector_stop(collector);
	tcx_pool_stop(pool);
	tcx_events_unref(events);
	tcx_tree_clear(&built.tree);
	return 0;
}

static const struct tcx_request *request_in(const char *context)
{
	struct tcx_context *found = tcx_dispatcher_find(dispatcher, context);

	return found != NULL ? tcx_context_request(found, NULL, 1) : NULL;
}

static const char *print(enum tcx_found found, const oid *name, size_t len,
			 const struct tcx_value *value)
{
	static char text[1024];
	size_t used = 0;

	if (found == TCX_PENDING)
		return "pending";
	if (found != TCX_FOUND)
		return found == TCX_NO_OBJECT ? "no object" : "no instance";
	for (size_t i = 0; i < len; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%lu",
					 i > 0 ? "." : "", (unsigned long)name[i]);
	snprintf(text + used, sizeof(text) - used, " %s", serving_value(value));
	return text;
}

static const char *get(const char *context, const char *text)
{
	oid name[MAX_OID_LEN];
	size_t len = serving_parse(text, name);
	struct tcx_value value;

	return print(tcx_dispatcher_get(request_in(context), name, len, &value), name, len, &value);
}

static const char *next(const char *context, const char *from, bool include, const char *to)
{
	oid begin[MAX_OID_LEN], end[MAX_OID_LEN], name[MAX_OID_LEN];
	const struct tcx_range range = {begin, serving_parse(from, begin), include, end,
					serving_parse(to, end)};
	struct tcx_value value;
	size_t len = 0;
	enum tcx_found found = tcx_dispatcher_next(request_in(context), &range, name, &len, &value);

	return print(found, name, len, &value);
}

static int compare(const char *left, const char *right)
{
	oid a[MAX_OID_LEN], b[MAX_OID_LEN];
	size_t a_len = serving_parse(left, a), b_len = serving_parse(right, b);

	return snmp_oid_compare(a, a_len, b, b_len);
}

/* The name of a line of the list. */
static const char *name_of(const char *line)
{
	static char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, " "), line);
	return text;
}

static const char *expected(const char *from, bool include, const char *to)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		int order = compare(name_of(all[i]), from);

		if (order < 0 || (order == 0 && !include))
			continue;
		return to[0] != '\0' && compare(name_of(all[i]), to) >= 0 ? "no object" : all[i];
	}
	return "no object";
}

static void every_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_string_equal(next("", names[i], false, ""), expected(names[i], false, ""));
		for (size_t k = 0; k < COUNT(names); k++)
			for (int include = 0; include < 2; include++)
				assert_string_equal(next("", names[i], include != 0, names[k]),
						    expected(names[i], include != 0, names[k]));
	}
}

static void gets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		assert_string_equal(get("", name_of(all[i])), all[i]);
	assert_string_equal(get("", "9.1.3"), "no instance");
	assert_string_equal(get("", "9.1.7.4.1"), "no instance");
	assert_string_equal(get("", "9.1.2.0"), "no object");
	assert_string_equal(get("", "9.5.1.0"), "no object");
	assert_string_equal(get("", "7"), "no object");
}

static void contexts(void **state)
{
	const struct tcx_context_settings settings = {.collector = collector};
	const oid name[] = {9, 5, 1, 0};
	struct tcx_value value;

	(void)state;
	assert_string_equal(get("red", "9.5.1.0"), "9.5.1.0 Counter64 51");
	assert_string_equal(get("red", "9.4.1.0"), "no object");
	assert_string_equal(next("red", "1", false, ""), "9.5.1.0 Counter64 51");
	assert_null(request_in("green"));
	assert_null(request_in("re"));
	assert_null(
		tcx_dispatcher_set(dispatcher, "a name of more than thirty-two octets", &settings));
	assert_ptr_equal(tcx_dispatcher_set(dispatcher, "red", &settings),
			 request_in("red")->context);
	assert_int_equal(tcx_dispatcher_get(request_in("red"), name, 4, &value), TCX_FOUND);
}

/* Only what lies behind the table's object has to wait for it. */
static void pending_table(void **state)
{
	(void)state;
	is_pending = true;
	assert_string_equal(get("", "9.1.5.1.2.1"), "pending");
	assert_string_equal(get("", "9.1.9.0"), "9.1.9.0 Counter64 19");
	assert_string_equal(next("", "9.1.3.0", false, ""), "pending");
	assert_string_equal(next("", "9.1.1.0", false, ""), "9.1.3.0 Counter64 13");
	assert_string_equal(next("", "9.1.5.1.2.2", false, ""), "pending");
	assert_string_equal(next("", "9.1.6", false, ""), "9.1.7.4.0 Counter64 174");
	assert_string_equal(next("", "9.1.3.0", false, "9.1.5"), "no object");
	assert_string_equal(next("", "9.1.5.1.2.1", true, ""), "pending");
}

/* Parts of one manager's request share what they see, also between those of another one. */
static void transactions(void **state)
{
	const int here = 0, there = 0;
	struct tcx_context *usual = tcx_dispatcher_find(dispatcher, "");
	struct tcx_context *red = tcx_dispatcher_find(dispatcher, "red");
	const struct tcx_request *first = tcx_context_request(usual, &here, 1);
	const struct tcx_request *others[] = {
		tcx_context_request(usual, &here, 2),
		tcx_context_request(usual, &there, 1),
		tcx_context_request(red, &here, 1),
	};
	uint64_t now = first->now_ns;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_ptr_not_equal(others[i], first);
	assert_ptr_equal(tcx_context_request(usual, &here, 1), first);
	assert_int_equal(first->now_ns, now);
}

/* What has become of a pending request, which the dispatcher frees. */
struct fate {
	bool gone, answered, failed, cleared;
};

struct waiting {
	struct tcx_pending pending;
	struct fate *fate;
};

static struct fate *fate_of(struct tcx_pending *pending)
{
	return ((struct waiting *)pending)->fate;
}

static bool is_wanted(struct tcx_pending *pending)
{
	return !fate_of(pending)->gone;
}

static bool answer(struct tcx_pending *pending, const struct tcx_request *request)
{
	assert_ptr_equal(request->context, pending->context);
	fate_of(pending)->answered = !is_pending;
	return !is_pending;
}

static void fail_pending(struct tcx_pending *pending)
{
	fate_of(pending)->failed = true;
}

static void clear(struct tcx_pending *pending)
{
	fate_of(pending)->cleared = true;
}

static const struct tcx_face face = {is_wanted, answer, fail_pending, clear};

static bool wait_in(const char *context, struct fate *fate)
{
	struct waiting *waiting = tcx_dispatcher_wait(request_in(context), &face, sizeof(*waiting));

	if (waiting != NULL)
		waiting->fate = fate;
	return waiting != NULL;
}

static void pending_requests(void **state)
{
	struct fate fates[3] = {0};
	const char *const where[] = {"", "red", ""};

	(void)state;
	is_pending = true;
	for (size_t i = 0; i < COUNT(fates); i++)
		assert_true(wait_in(where[i], &fates[i]));
	tcx_dispatcher_tables_changed(dispatcher);
	assert_false(fates[0].cleared);
	fates[1].gone = true;
	assert_false(tcx_dispatcher_quiesce(dispatcher));
	is_pending = false;
	tcx_dispatcher_tables_changed(dispatcher);
	for (size_t i = 0; i < COUNT(fates); i++) {
		assert_true(fates[i].cleared);
		assert_int_equal(fates[i].answered, i != 1);
		assert_false(fates[i].failed);
	}
	assert_true(tcx_dispatcher_quiesce(dispatcher));
	assert_false(wait_in("", &fates[0]));
	tcx_dispatcher_resume(dispatcher);
	fates[0].cleared = false;
	assert_true(wait_in("", &fates[0]));
	close_dispatcher(NULL);
	assert_true(fates[0].cleared);
	open_dispatcher(NULL);
}

/* A removed context answers what is pending there, and then has nothing, until it is set again. */
static void removed(void **state)
{
	struct tcx_context *red = tcx_dispatcher_find(dispatcher, "red");
	struct fate fates[2] = {0};

	(void)state;
	is_pending = true;
	assert_true(wait_in("", &fates[0]));
	assert_true(wait_in("red", &fates[1]));
	is_pending = false;
	request_in("red");
	assert_true(tcx_context_is_served(red));
	tcx_dispatcher_remove(red);
	assert_true(fates[1].answered && fates[1].cleared && !fates[1].failed);
	assert_false(tcx_context_is_served(red));
	assert_string_equal(get("red", "9.5.1.0"), "no object");
	assert_string_equal(next("red", "1", false, ""), "no object");
	assert_string_equal(get("", "9.1.1.0"), "9.1.1.0 Counter64 11");
	serve("red", 4, 1);
	assert_ptr_equal(tcx_dispatcher_find(dispatcher, "red"), red);
	assert_string_equal(get("red", "9.5.1.0"), "9.5.1.0 Counter64 51");
}

/* Whatever order they come in. */
static void many(void **state)
{
	enum { MANY = 251, STEP = 100 };
	char name[TCX_CONTEXT_MAX];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "n%d", i * STEP % MANY);
		serve(name, 4, 1);
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_string_equal(tcx_dispatcher_find(dispatcher, name)->name, name);
	}
	assert_non_null(tcx_dispatcher_find(dispatcher, ""));
	assert_null(tcx_dispatcher_find(dispatcher, "n251"));
	assert_null(tcx_dispatcher_find(dispatcher, "o"));
}

/*
 * The library asks for the first row; what comes with mode is part of a command. The type of what
 * it gets, or an error below 0.
 */
static int ask(struct tcx_context *to, int mode, int command, netsnmp_request_info *varbind)
{
	oid row[] = {9, 1, 5, 1, 2, 1};
	netsnmp_mib_handler handler = {.myvoid = to};
	netsnmp_variable_list vb = {.type = ASN_NULL};
	netsnmp_pdu pdu = {.command = command};
	netsnmp_agent_session session = {.pdu = &pdu};
	netsnmp_agent_request_info info = {.mode = mode, .asp = &session};
	int error, type;

	snmp_set_var_objid(&vb, row, COUNT(row));
	*varbind = (netsnmp_request_info){.requestvb = &vb};
	error = tcx_library_face_answer(&handler, NULL, &info, varbind);
	type = vb.type;
	snmp_reset_var_buffers(&vb);
	return error == SNMP_ERR_NOERROR ? type : -error;
}

/*
 * Were the GET that a GETNEXT begins with delegated, its answers would be sent: a name twice, or no
 * instance. Without an instance the library goes on to the GETNEXT.
 */
static void getnext_begins_with_a_get(void **state)
{
	struct tcx_context *to = tcx_dispatcher_find(dispatcher, "");
	netsnmp_request_info varbind;

	(void)state;
	assert_int_equal(ask(to, MODE_GET, SNMP_MSG_GETNEXT, &varbind), ASN_COUNTER64);
	is_pending = true;
	assert_int_equal(ask(to, MODE_GET, SNMP_MSG_GETNEXT, &varbind), SNMP_NOSUCHINSTANCE);
	assert_int_equal(varbind.delegated, REQUEST_IS_NOT_DELEGATED);
	assert_int_equal(ask(to, MODE_GETNEXT, SNMP_MSG_GETNEXT, &varbind), ASN_NULL);
	assert_int_equal(varbind.delegated, REQUEST_IS_DELEGATED);
	assert_int_equal(ask(to, MODE_GET, SNMP_MSG_GET, &varbind), ASN_NULL);
	assert_int_equal(varbind.delegated, REQUEST_IS_DELEGATED);
}

/* A module shows something while a scalar of it has a value; a constant is none. */
static void modules_show(void **state)
{
	enum { INNER = 1, CONSTANT = 5 };
	struct tcx_context *context = tcx_dispatcher_find(dispatcher, "");

	(void)state;
	assert_true(tcx_context_shows(context, INNER));
	assert_false(tcx_context_shows(context, CONSTANT));
	value_age_s = MAX_AGE_S + 1;
	assert_false(tcx_context_shows(context, INNER));
}

static void held_requests(void **state)
{
	(void)state;
	tcx_dispatcher_hold(dispatcher);
	assert_string_equal(get("", "9.1.1.0"), "9.1.1.0 Counter64 11");
	assert_string_equal(next("", "9.1.1.0", true, "9.1.1.1"), "pending");
	assert_string_equal(next("", "9.4.1.0", false, ""), "pending");
	tcx_dispatcher_release(dispatcher);
	assert_string_equal(next("", "9.1.1.0", true, "9.1.1.1"), "9.1.1.0 Counter64 11");
	assert_string_equal(next("", "9.4.1.0", false, ""), "no object");
}

/* As serve(), with a time for tables. */
static void serve_within(const char *name, uint64_t table_timeout_ns)
{
	struct tcx_context_settings settings = tcx_dispatcher_find(dispatcher, name)->settings;

	settings.table_timeout_ns = table_timeout_ns;
	tcx_dispatcher_set(dispatcher, name, &settings);
}

static int warnings; /* that were logged */

static int count_warning(int major, int minor, void *message, void *arg)
{
	const struct snmp_log_message *line = message;

	(void)major;
	(void)minor;
	(void)arg;
	warnings += line->priority == LOG_WARNING &&
		    strstr(line->msg, "its table could not be read in 0 s") != NULL;
	return 0;
}

/* What is overdue gets an error. One warning is enough, until tables come again. */
static void overdue(void **state)
{
	struct fate fates[5] = {0};

	(void)state;
	snmp_enable_calllog();
	snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, count_warning, NULL);
	warnings = 0;
	is_pending = true;
	assert_true(wait_in("red", &fates[4]));
	serve_within("", 0);
	for (size_t i = 0; i < 4; i++) {
		assert_true(wait_in("", &fates[i]));
		is_pending = i != 2;
		tcx_dispatcher_tables_changed(dispatcher);
		assert_true(fates[i].cleared);
		assert_int_equal(fates[i].failed, i != 2);
		assert_int_equal(fates[i].answered, i == 2);
		assert_int_equal(warnings, i < 3 ? 1 : 2);
	}
	assert_true(fates[4].answered); /* it had time until tables came */
	snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, count_warning, NULL,
				 0);
	snmp_disable_calllog();
}

/* Nothing else comes: then it is an alarm that ends what waits, and the alarm ends with it. */
static void alarms(void **state)
{
	uint64_t deadline = tcx_clock_now() + 30 * TCX_NS_PER_S;
	static struct fate fates[3]; /* pending to the end */

	(void)state;
	is_pending = true;
	assert_null(sa_find_next());
	assert_true(wait_in("", &fates[0]));
	assert_true(wait_in("red", &fates[1]));
	serve_within("", TCX_NS_PER_MS);
	fates[1].gone = true;
	while (sa_find_next() != NULL && tcx_clock_now() < deadline) {
		usleep(1000);
		run_alarms();
	}
	assert_true(fates[0].failed && fates[0].cleared);
	assert_true(fates[1].cleared && !fates[1].failed && !fates[1].answered);
	assert_null(sa_find_next());
	assert_true(wait_in("", &fates[2]));
	assert_non_null(sa_find_next());
}

/* A flood fills no memory. */
static void flood(void **state)
{
	static struct fate fates[501];

	(void)state;
	is_pending = true;
	memset(fates, 0, sizeof(fates));
	for (size_t i = 0; i < COUNT(fates); i++)
		assert_int_equal(wait_in("", &fates[i]), i < 500);
	fates[7].gone = true;
	tcx_dispatcher_tables_changed(dispatcher);
	assert_true(wait_in("", &fates[500]));
	assert_false(wait_in("", &fates[7]));
}

/* One that the library hands in then has an error at once, and is not delegated for ever. */
static void flood_by_the_library(void **state)
{
	static struct fate fates[500];
	netsnmp_request_info varbind;

	(void)state;
	is_pending = true;
	memset(fates, 0, sizeof(fates));
	for (size_t i = 0; i < COUNT(fates); i++)
		assert_true(wait_in("", &fates[i]));
	assert_int_equal(ask(tcx_dispatcher_find(dispatcher, ""), MODE_GET, SNMP_MSG_GET, &varbind),
			 -SNMP_ERR_RESOURCEUNAVAILABLE);
	assert_int_equal(varbind.delegated, REQUEST_IS_NOT_DELEGATED);
}

/* Of more requests than there is room for, the one that was used longest ago begins anew. */
static void used_longest_ago(void **state)
{
	enum { ROOM = 8 };
	struct tcx_context *usual = tcx_dispatcher_find(dispatcher, "");
	uint64_t began[ROOM + 1];

	(void)state;
	for (long i = 0; i < ROOM; i++)
		began[i] = tcx_context_request(usual, NULL, i)->now_ns;
	assert_int_equal(tcx_context_request(usual, NULL, 0)->now_ns, began[0]);
	began[ROOM] = tcx_context_request(usual, NULL, ROOM)->now_ns;
	for (long i = 0; i <= ROOM; i++)
		if (i != 1)
			assert_int_equal(tcx_context_request(usual, NULL, i)->now_ns, began[i]);
	assert_true(tcx_context_request(usual, NULL, 1)->now_ns > began[ROOM]);
}

/* What a manager's request sees is fixed, but not for ever, nor against new settings. */
static void begun_anew(void **state)
{
	struct tcx_context *usual = tcx_dispatcher_find(dispatcher, "");
	struct tcx_context_settings settings = usual->settings;
	const struct tcx_request *request = tcx_context_request(usual, NULL, 1);
	uint64_t began = request->now_ns;

	(void)state;
	assert_int_equal(request->max_age_ns, MAX_AGE_S * TCX_NS_PER_S);
	assert_non_null(request->latest);
	assert_ptr_equal(request->fresh, request->latest);
	settings.max_age_ns = 7 * TCX_NS_PER_S;
	settings.interval_ns = 5;
	settings.table_timeout_ns = 0;
	tcx_dispatcher_set(dispatcher, "", &settings);
	request = tcx_context_request(usual, NULL, 1);
	assert_ptr_equal(request->fresh, request->latest);
	assert_int_equal(request->max_age_ns, 7 * TCX_NS_PER_S);
	assert_int_equal(request->interval_ns, 5);
	assert_int_equal(request->oldest_ns, request->now_ns - 7 * TCX_NS_PER_S);
	assert_true(request->now_ns > began);
	began = request->now_ns;
	while (tcx_clock_now() < began + TCX_NS_PER_S)
		usleep(10000);
	assert_true(tcx_context_request(usual, NULL, 1)->now_ns > began + TCX_NS_PER_S);
	settings.max_age_ns = 0; /* then even the newest is too old */
	tcx_dispatcher_set(dispatcher, "", &settings);
	request = tcx_context_request(usual, NULL, 1);
	assert_non_null(request->latest);
	assert_null(request->fresh);
}

/* A master that repeats a request does not have it wait from the beginning. */
static void repeated(void **state)
{
	static struct fate fates[3]; /* pending to the end */
	struct tcx_context *usual = tcx_dispatcher_find(dispatcher, "");
	struct waiting *of[3];

	(void)state;
	is_pending = true;
	for (int i = 0; i < 3; i++) {
		usleep(1000);
		of[i] = tcx_dispatcher_wait(tcx_context_request(usual, NULL, i % 2), &face,
					    sizeof(*of[i]));
		of[i]->fate = &fates[i];
	}
	assert_int_equal(of[2]->pending.since_ns, of[0]->pending.since_ns);
	assert_true(of[1]->pending.since_ns > of[0]->pending.since_ns);
}

/* At the end, what is pending has its time, and then an error; others get what there is. */
static void quiesced(void **state)
{
	static struct fate fates[3]; /* pending to the end */

	(void)state;
	is_pending = true;
	assert_false(request_in("")->stale_ok);
	assert_true(wait_in("red", &fates[0]));
	assert_false(tcx_dispatcher_quiesce(dispatcher));
	assert_true(request_in("")->stale_ok);
	tcx_dispatcher_tables_changed(dispatcher);
	assert_false(fates[0].cleared);
	assert_true(wait_in("", &fates[1]));
	tcx_dispatcher_resume(dispatcher);
	assert_false(request_in("")->stale_ok);
	serve_within("", 0); /* the time is that of the default context */
	assert_true(fates[1].failed);
	assert_false(fates[0].cleared);
	assert_false(tcx_dispatcher_quiesce(dispatcher));
	assert_false(wait_in("", &fates[2]));
	tcx_dispatcher_tables_changed(dispatcher);
	assert_true(fates[0].failed && fates[0].cleared);
	assert_true(tcx_dispatcher_quiesce(dispatcher));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_dispatcher, close_dispatcher)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_range),
		TEST(gets),
		TEST(contexts),
		TEST(pending_table),
		TEST(transactions),
		TEST(pending_requests),
		TEST(modules_show),
		TEST(held_requests),
		TEST(getnext_begins_with_a_get),
		TEST(removed),
		TEST(many),
		TEST(overdue),
		TEST(alarms),
		TEST(flood),
		TEST(used_longest_ago),
		TEST(flood_by_the_library),
		TEST(begun_anew),
		TEST(repeated),
		TEST(quiesced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
