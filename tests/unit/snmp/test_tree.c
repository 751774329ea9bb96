/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree: GET and GETNEXT over objects that are made for the test, some of their cells empty. All
 * answers are compared with those of a plain list of what exists, in order.
 */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/serving.h"

/* A table with the rows 1, 4 and 5; its column 2 is empty in row 4, its column 3 everywhere. */
static const oid row_ids[] = {1, 4, 5};

/* Whether the rows are not known yet. */
static bool is_pending;

static enum tcx_found count_rows(const struct tcx_rows *rows, const struct tcx_request *request,
				 size_t *count)
{
	(void)rows;
	(void)request;
	*count = COUNT(row_ids);
	return is_pending ? TCX_PENDING : TCX_FOUND;
}

static size_t index_of(const struct tcx_rows *rows, const struct tcx_request *request, size_t row,
		       oid *index)
{
	(void)rows;
	(void)request;
	index[0] = row_ids[row];
	return 1;
}

/* Whether one cell is not known yet. */
static bool cell_waits;

static bool waits(const struct tcx_request *request, const struct tcx_object *object, size_t row)
{
	(void)request;
	return cell_waits && object->arg == 2 && row_ids[row] == 5;
}

static const struct tcx_rows table_rows = {.count = count_rows, .index = index_of, .waits = waits};

static bool read_cell(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row, struct tcx_value *value)
{
	(void)request;
	if (object->arg == 3 || (object->arg == 2 && row_ids[row] == 4))
		return false;
	tcx_value_counter64(value, (uint64_t)object->arg * 100 + row_ids[row]);
	return true;
}

static bool read_scalar(const struct tcx_request *request, const struct tcx_object *object,
			size_t row, struct tcx_value *value)
{
	(void)request;
	(void)row;
	tcx_value_counter64(value, (uint64_t)object->arg);
	return object->arg > 0;
}

/* In no order, as add functions may come. arg 0: a scalar without a value. */
static bool add(struct tcx_tree *tree)
{
	static const struct tcx_object objects[] = {
		{{9, 1, 2}, 3, &table_rows, read_cell, 2, 0, NULL, 0},
		{{2}, 1, &tcx_scalar_rows, read_scalar, 2, 0, NULL, 0},
		{{9, 1, 3}, 3, &table_rows, read_cell, 3, 0, NULL, 0},
		{{10, 7}, 2, &tcx_scalar_rows, read_scalar, 107, 0, NULL, 0},
		{{4}, 1, &tcx_scalar_rows, read_scalar, 4, 0, NULL, 0},
		{{3}, 1, &tcx_scalar_rows, read_scalar, 0, 0, NULL, 0},
		{{9, 1, 1}, 3, &table_rows, read_cell, 1, 0, NULL, 0},
		{{10, 3}, 2, &tcx_scalar_rows, read_scalar, 103, 0, NULL, 0},
		{{12}, 1, &tcx_scalar_rows, read_scalar, 0, 0, NULL, 0},
	};

	for (size_t i = 0; i < COUNT(objects); i++)
		if (!tcx_tree_add(tree, &objects[i]))
			return false;
	return true;
}

/* What exists, in order. */
static const char *const all[] = {
	"2.0 Counter64 2",	 "4.0 Counter64 4",	  "9.1.1.1 Counter64 101",
	"9.1.1.4 Counter64 104", "9.1.1.5 Counter64 105", "9.1.2.1 Counter64 201",
	"9.1.2.5 Counter64 205", "10.3.0 Counter64 103",  "10.7.0 Counter64 107",
};

static int open_tree(void **state)
{
	static struct serving serving;

	serving_open(&serving, NULL, add);
	*state = &serving;
	return 0;
}

static int close_tree(void **state)
{
	serving_close(*state);
	return 0;
}

static const char *space(const char *line)
{
	return strchr(line, ' ');
}

static void get(void **state)
{
	static const struct {
		const char *name;
		const char *gives;
	} others[] = {
		{"", "no object"},	    {"1", "no object"},
		{"1.0", "no object"},	    {"2", "no instance"},
		{"2.1", "no instance"},	    {"2.0.0", "no instance"},
		{"3.0", "no instance"},	    {"9", "no object"},
		{"9.1", "no object"},	    {"9.1.1", "no instance"},
		{"9.1.1.0", "no instance"}, {"9.1.1.2", "no instance"},
		{"9.1.1.6", "no instance"}, {"9.1.1.1.0", "no instance"},
		{"9.1.2.4", "no instance"}, {"9.1.3.1", "no instance"},
		{"9.1.4.1", "no object"},   {"9.2.1.1", "no object"},
		{"10.0", "no object"},	    {"10.5.0", "no object"},
		{"11.0", "no object"},	    {"12.0", "no instance"},
		{"13.0", "no object"},	    {"4294967295.4294967295", "no object"},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		char name[32] = "";

		memcpy(name, all[i], (size_t)(space(all[i]) - all[i]));
		assert_string_equal(serving_get(*state, name), space(all[i]) + 1);
	}
	for (size_t i = 0; i < COUNT(others); i++)
		if (strcmp(serving_get(*state, others[i].name), others[i].gives) != 0)
			fail_msg("%s: %s", others[i].name, serving_get(*state, others[i].name));
}

static void next(void **state)
{
	static const struct {
		const char *name;
		const char *gives;
	} rows[] = {
		{"", "2.0 Counter64 2"},
		{"0", "2.0 Counter64 2"},
		{"2", "2.0 Counter64 2"},
		{"2.0", "4.0 Counter64 4"},
		{"2.0.0", "4.0 Counter64 4"},
		{"2.7", "4.0 Counter64 4"},
		{"3", "4.0 Counter64 4"},
		{"3.0", "4.0 Counter64 4"},
		{"9", "9.1.1.1 Counter64 101"},
		{"9.1", "9.1.1.1 Counter64 101"},
		{"9.1.1", "9.1.1.1 Counter64 101"},
		{"9.1.1.0", "9.1.1.1 Counter64 101"},
		{"9.1.1.1.9", "9.1.1.4 Counter64 104"},
		{"9.1.1.2", "9.1.1.4 Counter64 104"},
		{"9.1.1.9", "9.1.2.1 Counter64 201"},
		{"9.1.2.4", "9.1.2.5 Counter64 205"},
		{"9.1.3", "10.3.0 Counter64 103"},
		{"9.9", "10.3.0 Counter64 103"},
		{"10", "10.3.0 Counter64 103"},
		{"10.5", "10.7.0 Counter64 107"},
		{"10.7", "10.7.0 Counter64 107"},
		{"10.7.0", "end"},
		{"11", "end"},
		{"4294967295", "end"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(serving_next(*state, rows[i].name), rows[i].gives) != 0)
			fail_msg("%s: %s", rows[i].name, serving_next(*state, rows[i].name));
}

static void walk(void **state)
{
	char name[64] = "";

	for (size_t i = 0; i < COUNT(all); i++) {
		const char *answer = serving_next(*state, name);

		assert_string_equal(answer, all[i]);
		memset(name, 0, sizeof(name));
		memcpy(name, answer, (size_t)(space(answer) - answer));
	}
	assert_string_equal(serving_next(*state, name), "end");
}

/* The first of the list whose name is greater. */
static const char *next_of_list(const oid *name, size_t len)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		oid other[MAX_OID_LEN];
		char text[32] = "";

		memcpy(text, all[i], (size_t)(space(all[i]) - all[i]));
		if (snmp_oid_compare(other, serving_parse(text, other), name, len) > 0)
			return all[i];
	}
	return "end";
}

/* Every name of up to four sub-ids from 0 to 13. */
static void every_name(void **state)
{
	struct serving *serving = *state;

	for (int i = 0; i < 14 * 14 * 14 * 14; i++) {
		const oid name[] = {(oid)(i % 14), (oid)(i / 14 % 14), (oid)(i / 196 % 14),
				    (oid)(i / 2744)};

		for (size_t len = 0; len <= 4; len++) {
			oid ids[MAX_OID_LEN], found[8];
			size_t found_len, expected_len;
			struct tcx_value value;
			const char *expected = next_of_list(name, len);
			char text[32] = "";
			const struct tcx_range range = {.begin = name, .begin_len = len};
			bool more = tcx_tree_next(&serving->tree, &serving->request, &range, ids,
						  &found_len, &value) == TCX_FOUND;

			assert_int_equal(more, strcmp(expected, "end") != 0);
			if (!more)
				continue;
			memcpy(text, expected, (size_t)(space(expected) - expected));
			expected_len = serving_parse(text, found);
			assert_int_equal(snmp_oid_compare(ids, found_len, found, expected_len), 0);
		}
	}
}

/* What is not known yet is neither there nor missing, and nothing behind it is taken for the next.
 */
static void pending(void **state)
{
	struct serving *serving = *state;

	is_pending = true;
	assert_string_equal(serving_next(serving, "9.1.1"), "pending");
	assert_string_equal(serving_next(serving, "9.1.1.1"), "pending");
	assert_string_equal(serving_get(serving, "9.1.1.1"), "pending");
	assert_string_equal(serving_get(serving, "9.1.1"), "no instance");
	assert_string_equal(serving_get(serving, "10.3.0"), "Counter64 103");
	is_pending = false;
	assert_string_equal(serving_next(serving, "9.1.1.1"), "9.1.1.4 Counter64 104");
}

/* One cell that waits holds up none that come before it. */
static void pending_cell(void **state)
{
	struct serving *serving = *state;

	cell_waits = true;
	assert_string_equal(serving_get(serving, "9.1.2.5"), "pending");
	assert_string_equal(serving_next(serving, "9.1.2.1"), "pending");
	assert_string_equal(serving_next(serving, "9.1.2.4"), "pending");
	assert_string_equal(serving_get(serving, "9.1.2.1"), "Counter64 201");
	assert_string_equal(serving_get(serving, "9.1.2.4"), "no instance");
	assert_string_equal(serving_next(serving, "9.1.1.5"), "9.1.2.1 Counter64 201");
	assert_string_equal(serving_next(serving, "9.1.2.5"), "10.3.0 Counter64 103");
	cell_waits = false;
	assert_string_equal(serving_next(serving, "9.1.2.1"), "9.1.2.5 Counter64 205");
}

static void empty(void **state)
{
	struct serving serving = {0};

	(void)state;
	assert_string_equal(serving_get(&serving, "1.0"), "no object");
	assert_string_equal(serving_next(&serving, ""), "end");
	tcx_tree_clear(&serving.tree);
}

/* More objects than there is room for at first. */
static void many(void **state)
{
	struct tcx_object object = {{0}, 1, &tcx_scalar_rows, read_scalar, 0, 0, NULL, 0};
	struct serving serving = {.request.modules = 1};

	(void)state;
	for (object.arg = 1000; object.arg > 0; object.arg--) {
		object.id[0] = (oid)object.arg;
		assert_true(tcx_tree_add(&serving.tree, &object));
	}
	tcx_tree_sort(&serving.tree);
	assert_string_equal(serving_next(&serving, "776"), "776.0 Counter64 776");
	assert_string_equal(serving_next(&serving, "776.0"), "777.0 Counter64 777");
	assert_string_equal(serving_get(&serving, "1000.0"), "Counter64 1000");
	tcx_tree_clear(&serving.tree);
	assert_int_equal(serving.tree.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(get),	 cmocka_unit_test(next),
		cmocka_unit_test(walk),	 cmocka_unit_test(every_name),
		cmocka_unit_test(empty), cmocka_unit_test(pending),
		cmocka_unit_test(many),	 cmocka_unit_test(pending_cell),
	};

	return cmocka_run_group_tests(tests, open_tree, close_tree);
}
