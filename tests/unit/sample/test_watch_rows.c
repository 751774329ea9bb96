/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thresholds over the rows of a table: which rows get a state, for how long they keep it, and what
 * becomes of those that find no place; rates and growth from one reading of the table to another.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/octets.h"
#include "sample/watch.h"

#define GAP_NS	(100 * TCX_NS_PER_S)
#define BEGIN_S 1000
#define ID	TCX_TABLE_INTERFACES
#define NONE	UINT32_MAX /* no value */
#define GONE	(UINT32_MAX - 1)

/* --- A table with a column ---------------------------------------------------------------------*/

struct row {
	uint8_t key[2];
	uint32_t value;
	uint32_t since;
};

static const struct tcx_table_kind kind = {.row_size = sizeof(struct row), .key_size = 2};

static void *begin(const struct tcx_observed *observed)
{
	return (void *)observed;
}

static void end(void *reading)
{
	assert_non_null(reading);
}

static bool read_number(void *reading, const struct tcx_measure *measure, uint64_t *value)
{
	const struct tcx_observed *observed = reading;

	(void)measure;
	*value = observed->tables[ID]->count;
	return true;
}

static bool read_cell(void *reading, const struct tcx_measure *measure, struct tcx_table *table,
		      size_t i, uint64_t *value)
{
	const struct row *row = tcx_table_row(table, i);

	(void)reading;
	(void)measure;
	*value = row->value;
	return row->value != NONE;
}

static uint64_t read_since(void *reading, const struct tcx_measure *measure,
			   struct tcx_table *table, size_t i)
{
	(void)reading;
	(void)measure;
	return ((const struct row *)tcx_table_row(table, i))->since;
}

/* All rows have the same name. */
static bool same_labels;

/* The greater the key, the less the label, so that the index is in another order. */
static void read_label(void *reading, const struct tcx_measure *measure, struct tcx_table *table,
		       size_t i, char label[TCX_LABEL_SIZE])
{
	const struct row *row = tcx_table_row(table, i);

	(void)reading;
	(void)measure;
	snprintf(label, TCX_LABEL_SIZE, "%u",
		 same_labels ? 1 : 65535U - tcx_octets_get16(row->key));
}

static const struct tcx_measuring measuring = {
	.begin = begin,
	.end = end,
	.number = read_number,
	.cell = read_cell,
	.since = read_since,
	.label = read_label,
};

static const struct tcx_measure column = {
	.name = "column", .table = ID, .tables = 1U << ID, .bits = 32, .scale = 1};
static const struct tcx_measure number = {
	.name = "number", .table = TCX_TABLES, .tables = 1U << ID, .scale = 1};

/* --- What goes on from one reading to the next -------------------------------------------------*/

struct scene {
	struct tcx_watch watch;
	struct tcx_layout *layout;
	struct tcx_thresholds *thresholds;
	struct tcx_states *states;
	struct tcx_table *table;
	uint64_t second;
};

static struct tcx_threshold passing(enum tcx_threshold_kind of, uint64_t limit, uint64_t clear)
{
	return (struct tcx_threshold){.name = "t",
				      .object = "column",
				      .measure = column,
				      .kind = of,
				      .scale = of == TCX_THRESHOLD_RATE ? TCX_RATE_SCALE : 1,
				      .limit = limit,
				      .clear = clear};
}

static void open_scene(struct scene *scene, const struct tcx_threshold *threshold)
{
	memset(scene, 0, sizeof(*scene));
	scene->second = BEGIN_S;
	scene->layout = tcx_layout_new();
	assert_true(tcx_layout_finish(scene->layout));
	scene->thresholds = tcx_thresholds_new();
	scene->thresholds->measuring = &measuring;
	assert_true(tcx_thresholds_put(scene->thresholds, threshold));
}

static void close_scene(struct scene *scene)
{
	tcx_watch_clear(&scene->watch);
	tcx_table_unref(scene->table);
	tcx_states_unref(scene->states);
	tcx_thresholds_unref(scene->thresholds);
	tcx_layout_unref(scene->layout);
}

/* A refresh, with the table that there is. */
static void refresh(struct scene *scene)
{
	struct tcx_snapshot *snapshot = tcx_snapshot_new(scene->layout);
	struct tcx_table *tables[TCX_TABLES] = {[ID] = scene->table};
	const struct tcx_observed observed = {
		.snapshot = snapshot, .gap_ns = GAP_NS, .tables = tables, .table_gap_ns = GAP_NS};
	struct tcx_states *states;

	snapshot->taken_ns = scene->second * TCX_NS_PER_S;
	snapshot->when.tv_sec = (time_t)scene->second;
	states = tcx_watch_step(&scene->watch, scene->thresholds, scene->states, &observed);
	assert_non_null(states);
	tcx_states_unref(scene->states);
	scene->states = states;
	tcx_snapshot_unref(snapshot);
}

/* Takes the table away, as one that is too old. */
static void lose(struct scene *scene)
{
	tcx_table_unref(scene->table);
	scene->table = NULL;
	scene->second++;
	refresh(scene);
}

static void read_rows(struct scene *scene, const struct row *rows, size_t count, uint64_t seconds)
{
	struct tcx_fault fault;

	scene->second += seconds;
	tcx_table_unref(scene->table);
	scene->table = tcx_table_new(&kind, 1000000, scene->second * TCX_NS_PER_S, &fault);
	for (size_t i = 0; i < count; i++)
		if (rows[i].value != GONE)
			assert_true(tcx_table_append(scene->table, &rows[i], &fault));
	assert_true(tcx_table_sort_unique(scene->table, &fault));
	refresh(scene);
}

/* Rows 0, 1 ... with these values, of which the last is GONE, some seconds later. */
static void read_values(struct scene *scene, uint64_t seconds, const uint32_t *values)
{
	struct row rows[8];
	size_t count = 0;

	for (; values[count] != GONE || values[count + 1] != GONE; count++) {
		tcx_octets_put16(rows[count].key, (uint16_t)count);
		rows[count].value = values[count];
		rows[count].since = 1;
	}
	read_rows(scene, rows, count, seconds);
}

#define VALUES(...) ((const uint32_t[]){__VA_ARGS__, GONE, GONE})

/* "n0 65534=C12": the threshold itself, then its rows, with standing and value. */
static void expect(const struct scene *scene, const char *what)
{
	char text[256] = "", value[TCX_VALUE_TEXT_SIZE];
	size_t used = 0;

	for (size_t i = 0; i < scene->states->count; i++) {
		const struct tcx_state *state = &scene->states->items[i];

		tcx_state_text(state, value);
		if (state->row != NULL)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 " %s=", state->row->index);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%c%s",
					 " unC"[state->standing], value);
	}
	assert_string_equal(text, what);
}

/* --- The cases ---------------------------------------------------------------------------------*/

static void values(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_VALUE, 10, 5);
	struct scene scene;

	(void)state;
	open_scene(&scene, &threshold);
	refresh(&scene);
	expect(&scene, "u"); /* no table yet */
	read_values(&scene, 1, VALUES(GONE));
	expect(&scene, "n0"); /* no rows */
	read_values(&scene, 1, VALUES(10, 3, NONE));
	expect(&scene, "n0"); /* none passes the limit */
	read_values(&scene, 1, VALUES(11, 3, 12));
	expect(&scene, "n0 65533=C12 65535=C11");
	read_values(&scene, 1, VALUES(6, 3, NONE));
	expect(&scene, "n0 65533=u 65535=C6");
	read_values(&scene, 1, VALUES(5, 13, 6));
	expect(&scene, "n0 65533=C6 65534=C13 65535=n5"); /* what was cleared stays */
	read_values(&scene, 1, VALUES(5, GONE, 6));
	expect(&scene, "n0 65533=C6 65535=n5"); /* what is gone does not */
	read_values(&scene, 1, VALUES(NONE, NONE, NONE));
	expect(&scene, "u 65533=u 65535=u");
	lose(&scene);
	expect(&scene, "u 65533=u 65535=u");
	assert_int_equal(tcx_states_active(scene.states), 1);
	read_values(&scene, 1, VALUES(7, 7, 7));
	expect(&scene, "n0 65533=C7 65535=n7"); /* each as it was */
	assert_int_equal(scene.states->items[1].crossed, 1);
	close_scene(&scene);
}

/* Each refresh sees a table, but only a new one tells anything. */
static void same_table(void **state)
{
	struct tcx_threshold threshold = passing(TCX_THRESHOLD_VALUE, 10, 5);
	struct scene scene;

	(void)state;
	threshold.for_ns = 3 * TCX_NS_PER_S;
	open_scene(&scene, &threshold);
	read_values(&scene, 1, VALUES(11));
	expect(&scene, "n0 65535=n11");
	for (int i = 0; i < 5; i++) {
		scene.second++;
		refresh(&scene);
		expect(&scene, "n0 65535=n11");
	}
	read_values(&scene, 1, VALUES(12));
	expect(&scene, "n0 65535=C12");
	close_scene(&scene);
}

/* Other thresholds beside it change nothing. */
static void reload(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_VALUE, 10, 5);
	struct tcx_threshold other = passing(TCX_THRESHOLD_VALUE, 100, 50);
	struct tcx_thresholds *more = tcx_thresholds_new();
	uint64_t changes;
	struct scene scene;

	(void)state;
	open_scene(&scene, &threshold);
	read_values(&scene, 1, VALUES(11, 3, 12));
	changes = scene.states->changes;
	strcpy(other.name, "a");
	more->measuring = &measuring;
	assert_true(tcx_thresholds_put(more, &other));
	assert_true(tcx_thresholds_put(more, &threshold));
	tcx_thresholds_unref(scene.thresholds);
	scene.thresholds = more;
	refresh(&scene); /* the new one looks at the table that is there */
	expect(&scene, "n0n0 65533=C12 65535=C11");
	assert_int_equal(scene.states->changes, changes);
	other.measure = number;
	other.limit = 2;
	more = tcx_thresholds_new();
	more->measuring = &measuring;
	assert_true(tcx_thresholds_put(more, &other));
	tcx_thresholds_unref(scene.thresholds);
	scene.thresholds = more;
	refresh(&scene);
	expect(&scene, "C3"); /* one number, of the table as a whole */
	assert_int_equal(scene.states->changes, changes + 3);
	lose(&scene);
	expect(&scene, "u");
	close_scene(&scene);
}

static void read_many(struct scene *scene, size_t count, size_t over)
{
	struct row *rows = calloc(count, sizeof(*rows));

	for (size_t i = 0; i < count; i++) {
		tcx_octets_put16(rows[i].key, (uint16_t)i);
		rows[i].value = i < over ? 11 : 1;
	}
	read_rows(scene, rows, count, 1);
	free(rows);
}

static size_t count_standing(const struct scene *scene, enum tcx_standing standing)
{
	size_t count = 0;

	for (size_t i = 1; i < scene->states->count; i++)
		count += scene->states->items[i].standing == standing;
	return count;
}

/* A hundred have a state; the rest is counted, and is crossed as a whole. */
static void many(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_VALUE, 10, 5);
	struct scene scene;

	(void)state;
	open_scene(&scene, &threshold);
	read_many(&scene, 5000, 100);
	assert_int_equal(scene.states->count, 101);
	assert_int_equal(scene.states->items[0].standing, TCX_NORMAL);
	read_many(&scene, 5000, 4000);
	assert_int_equal(scene.states->count, 101);
	assert_int_equal(scene.states->items[0].standing, TCX_CROSSED);
	assert_int_equal(scene.states->items[0].value, 3900);
	assert_int_equal(tcx_states_active(scene.states), 101);
	read_many(&scene, 5000, 0);
	assert_int_equal(count_standing(&scene, TCX_NORMAL), 100);
	assert_int_equal(scene.states->items[0].standing, TCX_NORMAL);
	assert_int_equal(scene.states->items[0].value, 0);
	assert_int_equal(tcx_states_active(scene.states), 0);
	close_scene(&scene);
}

/* Rows that people call the same are told apart. */
static void one_label(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_VALUE, 10, 5);
	struct scene scene;

	(void)state;
	same_labels = true;
	open_scene(&scene, &threshold);
	read_values(&scene, 1, VALUES(11, 3, 12));
	expect(&scene, "n0 1=C11 1~0f7694a7=C12");
	read_values(&scene, 1, VALUES(GONE, 13, 12));
	expect(&scene, "n0 1=C13 1~0f7694a7=C12"); /* each keeps its index */
	close_scene(&scene);
	same_labels = false;
}

/* What was cleared gives its place to what passes the limit, the oldest first. */
static void places(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_VALUE, 10, 5);
	struct row rows[102];
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		tcx_octets_put16(rows[i].key, (uint16_t)i);
		rows[i].value = i < 100 ? 11 : 1;
	}
	open_scene(&scene, &threshold);
	read_rows(&scene, rows, COUNT(rows), 1);
	rows[7].value = 1;
	read_rows(&scene, rows, COUNT(rows), 1);
	rows[5].value = 1;
	read_rows(&scene, rows, COUNT(rows), 1);
	assert_int_equal(count_standing(&scene, TCX_CROSSED), 98);
	rows[100].value = 11;
	read_rows(&scene, rows, COUNT(rows), 1);
	assert_int_equal(count_standing(&scene, TCX_CROSSED), 99);
	assert_int_equal(count_standing(&scene, TCX_NORMAL), 1);
	for (size_t i = 1; i < scene.states->count; i++)
		if (scene.states->items[i].standing == TCX_NORMAL) /* row 7 was cleared before */
			assert_string_equal(scene.states->items[i].row->label, "65530");
	rows[101].value = 11;
	rows[5].value = 11;
	read_rows(&scene, rows, COUNT(rows), 1);
	assert_int_equal(count_standing(&scene, TCX_CROSSED), 100);
	assert_int_equal(scene.states->items[0].value, 1);
	close_scene(&scene);
}

static void rates(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_RATE, 2000, 1000);
	struct scene scene;

	(void)state;
	open_scene(&scene, &threshold);
	read_values(&scene, 1, VALUES(500, 7));
	expect(&scene, "u"); /* there is no reading before */
	read_values(&scene, 15, VALUES(530, 7));
	expect(&scene, "n0"); /* 2 a second, which is the limit */
	read_values(&scene, 15, VALUES(561, 7));
	expect(&scene, "n0 65535=C2.067");
	read_values(&scene, 30, VALUES(591, 7, 9));
	expect(&scene, "n0 65535=n1.000"); /* and what is new has none */
	read_values(&scene, 10, VALUES(UINT32_MAX - 2, 7, 9));
	expect(&scene, "n0 65535=C429496670.200");
	read_values(&scene, 10, VALUES(27, 7, 9)); /* it wraps */
	expect(&scene, "n0 65535=C3.000");
	close_scene(&scene);
}

/* A counter that began anew has no growth, even where it is greater. */
static void began_anew(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_RATE, 2000, 1000);
	struct row row = {.value = 5, .since = 1};
	struct scene scene;

	(void)state;
	open_scene(&scene, &threshold);
	read_rows(&scene, &row, 1, 1);
	row.value = 500;
	read_rows(&scene, &row, 1, 1);
	expect(&scene, "n0 65535=C495.000");
	row.value = 1000;
	row.since = 2;
	read_rows(&scene, &row, 1, 1);
	expect(&scene, "u 65535=u");
	row.value = 1001;
	read_rows(&scene, &row, 1, 1);
	expect(&scene, "n0 65535=n1.000");
	read_rows(&scene, &row, 1, 101); /* a gap */
	expect(&scene, "u 65535=u");
	lose(&scene);
	read_rows(&scene, &row, 1, 1);
	expect(&scene, "u 65535=u");
	read_rows(&scene, &row, 1, 1);
	expect(&scene, "n0 65535=n0.000");
	close_scene(&scene);
}

/* Of the minute that is over, until the next one is. */
static void growth(void **state)
{
	const struct tcx_threshold threshold = passing(TCX_THRESHOLD_GROWTH, 10, 5);
	struct scene scene;

	(void)state;
	open_scene(&scene, &threshold);
	read_values(&scene, 1, VALUES(100, 7));
	read_values(&scene, 25, VALUES(200, 7));
	read_values(&scene, 25, VALUES(300, 7));
	expect(&scene, "u");
	read_values(&scene, 25, VALUES(311, 7)); /* after 75 s */
	expect(&scene, "n0 65535=C211");
	read_values(&scene, 30, VALUES(311, 900, 9));
	expect(&scene, "n0 65535=C211"); /* a new row was not there at its end */
	read_values(&scene, 30, VALUES(313, 900, 9));
	expect(&scene, "n0 65534=C893 65535=n2");
	read_values(&scene, 60, VALUES(GONE, 900, 99));
	expect(&scene, "n0 65533=C90 65534=n0");
	close_scene(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values), cmocka_unit_test(same_table), cmocka_unit_test(reload),
		cmocka_unit_test(many),	  cmocka_unit_test(places),	cmocka_unit_test(one_label),
		cmocka_unit_test(rates),  cmocka_unit_test(began_anew), cmocka_unit_test(growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
