/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat --watch: what comes first, what moved, and how it is laid out on a terminal. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/watched.h"

/* --- Counters ---------------------------------------------------------------------------------*/

static void concerns(void **state)
{
	(void)state;
	assert_int_equal(tcx_concern_of("TcpExtListenDrops"), TCX_ALARM);
	assert_int_equal(tcx_concern_of("TcpExtTCPSynRetrans"), TCX_ALARM);
	assert_int_equal(tcx_concern_of("TcpExtListenOverflows"), TCX_SIGN);
	assert_int_equal(tcx_concern_of("TcpExtTCPHPHits"), TCX_LOAD);
	assert_int_equal(tcx_concern_of("TcpExtSyncookiesRecv"), TCX_SIGN);
	assert_int_equal(tcx_concern_of("TcpPassiveOpens"), TCX_LOAD);
	assert_int_equal(tcx_concern_of("QuicExtNewOne"), TCX_LOAD);
}

static void add(struct tcx_counters *counters, const char *name, uint64_t value)
{
	assert_true(tcx_counters_add(counters, name, strlen(name), value, 0));
}

static void take(struct tcx_moves *moves, const uint64_t values[5], uint64_t seconds)
{
	static const char *const names[] = {"IpInReceives", "TcpExtListenDrops", "SockstatTcpMem",
					    "QuicExtNewOne", "TcpExtTW"};
	struct tcx_counters counters = {.items = NULL};

	for (size_t i = 0; i < COUNT(names); i++)
		add(&counters, names[i], values[i]);
	assert_true(tcx_moves_take(moves, &counters, seconds * TCX_NS_PER_S));
	tcx_moves_sort(moves);
	tcx_counters_clear(&counters);
}

static void is_move(const struct tcx_move *move, const char *name, double rate, uint64_t grown)
{
	assert_string_equal(move->name, name);
	assert_true(move->rate == rate);
	assert_int_equal(move->grown, grown);
}

/* The worst first; a gauge does not move; one that falls takes the rates of all away, for once. */
static void moves(void **state)
{
	struct tcx_moves moves = {.items = NULL};

	(void)state;
	take(&moves, (const uint64_t[]){1000, 5, 9, 0, 1}, 1);
	take(&moves, (const uint64_t[]){2000, 6, 1, 3000, 3}, 3);
	assert_int_equal(moves.count, 4);
	is_move(&moves.items[0], "TcpExtListenDrops", 0.5, 1);
	is_move(&moves.items[1], "TcpExtTW", 1, 2);
	is_move(&moves.items[2], "QuicExtNewOne", 1500, 3000);
	is_move(&moves.items[3], "IpInReceives", 500, 1000);
	take(&moves, (const uint64_t[]){3000, 0, 1, 3000, 3}, 5);
	is_move(&moves.items[0], "TcpExtListenDrops", 0, 1);
	assert_int_equal(moves.items[0].last, 3 * TCX_NS_PER_S);
	is_move(&moves.items[2], "QuicExtNewOne", 0, 3000);
	take(&moves, (const uint64_t[]){3004, 0, 1, 3000, 3}, 7);
	is_move(&moves.items[2], "IpInReceives", 2, 1004);
	tcx_moves_clear(&moves);
}

/* --- Sockets ----------------------------------------------------------------------------------*/

/* A row as losses.c reads it: drops, since when, and its name. */
static struct tcx_walked_row row_of(oid index, uint32_t drops, uint32_t since, const char *name)
{
	struct tcx_walked_row row = {.index = {index}, .index_len = 1};

	row.cells[0] = (struct tcx_cell){.known = true, .number = drops};
	row.cells[1] = (struct tcx_cell){.known = true, .number = since};
	row.cells[2].known = true;
	snprintf(row.cells[2].text, sizeof(row.cells[2].text), "%s", name);
	return row;
}

static void lose(struct tcx_losses *losses, struct tcx_walked_row *rows, size_t count, uint64_t now)
{
	struct tcx_losses fresh = {.items = NULL};

	assert_true(tcx_losses_add(&fresh, losses, "udp",
				   &(struct tcx_walked){.rows = rows, .count = count}, now));
	tcx_losses_clear(losses);
	*losses = fresh;
}

/* Who lost last comes first; 32 bits wrap; a row that counts anew has lost nothing yet. */
static void losses(void **state)
{
	struct tcx_losses losses = {.items = NULL};
	struct tcx_walked_row first[] = {row_of(1, 5, 7, "a"), row_of(2, UINT32_MAX, 7, "b"),
					 row_of(3, 50, 7, "c"), row_of(5, 1, 7, "e")};
	struct tcx_walked_row next[] = {row_of(1, 9, 7, "a"), row_of(2, 1, 7, "b"),
					row_of(3, 90, 8, "c"), row_of(4, 60, 8, "d")};
	const struct tcx_loss **sorted;
	size_t count;

	(void)state;
	lose(&losses, first, 4, 100);
	lose(&losses, next, 4, 200);
	next[1].cells[0].number++;
	lose(&losses, next, 4, 300);
	sorted = tcx_losses_sorted(&losses, false, &count);
	assert_int_equal(count, 2);
	assert_string_equal(tcx_loss_name(sorted[0])->text, "b");
	assert_int_equal(sorted[0]->grown, 3);
	assert_int_equal(sorted[0]->last, 300);
	assert_string_equal(tcx_loss_name(sorted[1])->text, "a");
	assert_int_equal(sorted[1]->grown, 4);
	assert_int_equal(sorted[1]->last, 200);
	free(sorted);
	free(tcx_losses_sorted(&losses, true, &count));
	assert_int_equal(count, 4);
	tcx_losses_clear(&losses);
}

/* --- Health -----------------------------------------------------------------------------------*/

static const struct tcx_health_row *health(const char *object)
{
	for (size_t i = 0; i < TCX_HEALTHS; i++)
		if (strcmp(tcx_health_rows[i].object, object) == 0)
			return &tcx_health_rows[i];
	fail_msg("there is no %s", object);
	return NULL;
}

static const struct {
	const char *object;
	uint64_t value;
	enum tcx_vital_state state;
	bool passed;
} vitals_wanted[] = {
	{"healthRetransData", 1, TCX_CROSSED, false},	 /* whatever its value: the agent says so */
	{"healthListenDrops", 400, TCX_UNWATCHED, true}, /* four times its limit */
	{"healthSyncookies", 1000, TCX_NORMAL, true},	 /* half of what it should be */
	{"healthMemoryPressures", 1, TCX_NORMAL, true},	 /* of which there should be none */
	{"healthConnectFails", 4000, TCX_NORMAL, false}, /* 40 %, of 50 */
	{"healthRetransFast", 9000, TCX_UNWATCHED, false}, /* neither good nor bad */
};

static void fill(struct tcx_vitals *vitals)
{
	for (size_t i = COUNT(vitals_wanted); i-- > 0;)
		assert_true(tcx_vitals_add(vitals, health(vitals_wanted[i].object),
					   vitals_wanted[i].value, vitals_wanted[i].state));
	tcx_vitals_sort(vitals);
}

static void vitals(void **state)
{
	struct tcx_vitals vitals = {.items = NULL};

	(void)state;
	fill(&vitals);
	for (size_t i = 0; i < vitals.count; i++) {
		assert_string_equal(vitals.items[i].row->object, vitals_wanted[i].object);
		assert_int_equal(vitals.items[i].part > 1, vitals_wanted[i].passed);
	}
	tcx_vitals_clear(&vitals);
}

/* --- Lines ------------------------------------------------------------------------------------*/

static void drawn(const struct tcx_page *page, size_t columns, size_t rows, bool colours,
		  const char *wanted)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	tcx_page_draw(out, page, columns, rows, colours);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

/* Each block has its share, its title says what is missing, and no line is longer than the screen.
 * Nothing but letters comes to the terminal. */
static void page(void **state)
{
	struct tcx_page page = {.blocks = {{.lines = NULL}}};

	(void)state;
	tcx_page_add(&page, 0, TCX_PLAIN, "head");
	tcx_page_add(&page, 1, TCX_TITLE, "A");
	tcx_page_add(&page, 1, TCX_BAD, "a1\033[2J");
	tcx_page_add(&page, 1, TCX_PLAIN, "a2 \xc3\xa4\xc2\x9b.");
	tcx_page_add(&page, 1, TCX_PLAIN, "a3");
	tcx_page_add(&page, 3, TCX_TITLE, "B");
	tcx_page_add(&page, 3, TCX_PLAIN, "b1");
	drawn(&page, 80, 24, false,
	      "\033[Hhead\033[K\r\nA\033[K\r\na1?[2J\033[K\r\na2 ??.\033[K\r\na3\033[K\r\nB\033[K"
	      "\r\nb1\033[K\033[J");
	drawn(&page, 80, 6, false,
	      "\033[Hhead\033[K\r\nA (2 of 3)\033[K\r\na1?[2J\033[K\r\na2 ??.\033[K\r\nB\033[K"
	      "\r\nb1\033[K\033[J");
	drawn(&page, 4, 3, true,
	      "\033[Hhead\033[0m\033[K\r\n\033[1mA (1\033[0m\033[K\r\n\033[1;31ma1?[\033[0m\033[K"
	      "\033[J");
	drawn(&page, 80, 1, false, "\033[Hhead\033[K\033[J");
	tcx_page_clear(&page);
}

/* --- All of it --------------------------------------------------------------------------------*/

static const struct tcx_selection all = {NULL, 0};

static void fill_watched(struct tcx_watched *watched)
{
	struct tcx_counters counters = {.items = NULL};

	*watched = (struct tcx_watched){.host = "web1", .seconds = 2, .selection = &all};
	watched->one_instant = true;
	watched->answered = 1;
	for (uint64_t i = 1; i <= 2; i++) {
		watched->cells[TCX_WATCHED_SEQUENCE].number = i;
		add(&counters, "IpInReceives", 100 * i * i);
		add(&counters, "TcpExtListenDrops", 10 * i);
		add(&counters, "TcpInErrs", 7);
		assert_true(tcx_watched_take(watched, &counters, i * 2000000000));
		tcx_counters_clear(&counters);
	}
	fill(&watched->vitals);
	watched->begun = 0;
}

static char *text_of(const struct tcx_watched *watched, size_t columns)
{
	struct tcx_page page = {.blocks = {{.lines = NULL}}};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	tcx_watched_page(watched, 3600, columns, &page);
	tcx_page_print(out, &page);
	fclose(out);
	tcx_page_clear(&page);
	return text;
}

static void has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fprintf(stderr, "'%s' is not in:\n%s", part, text);
	assert_non_null(strstr(text, part));
}

static void whole(void **state)
{
	struct tcx_watched watched;
	char *text;

	(void)state;
	fill_watched(&watched);
	text = text_of(&watched, SIZE_MAX);
	has(text, ":00  web1  each 2 s\nNo thresholds: ");
	has(text, "\n!   0.01 % healthRetransData ");
	has(text, "\n+   4.00 % healthListenDrops ");
	has(text, "\n+        1 healthMemoryPressures ");
	has(text, "\n   90.00 % healthRetransFast ");
	has(text,
	    "\n     per s     grown Trouble: thresholds are about these\n"
	    "       5.0        10 TcpExtListenDrops          Clients see timeouts on connect\n"
	    "     per s     grown Load\n     150.0       300 IpInReceives\n\n");
	free(text);
	text = text_of(&watched, 20);
	has(text, "\n     5.0 TcpExtListenDrops\n   per s Load\n   150.0 IpInReceives\n\n");
	free(text);
	watched.failed = true;
	watched.failed_since = 3590;
	tcx_fault_set(&watched.fault, "it is gone");
	text = text_of(&watched, SIZE_MAX);
	has(text, " (10 s): it is gone\nWhat follows is as it was at ");
	free(text);
	tcx_watched_clear(&watched);
}

/* What is named is shown whether it moves or not, and told of where it is not there. */
static void named(void **state)
{
	static char *const names[] = {"TcpInErrs", "TcpInErr"};
	const struct tcx_selection selection = {names, COUNT(names)};
	struct tcx_watched watched;
	char *text;

	(void)state;
	fill_watched(&watched);
	watched.selection = &selection;
	text = text_of(&watched, SIZE_MAX);
	has(text, "\nweb1 has no counter TcpInErr\n     per s     grown Load\n"
		  "       0.0         0 TcpInErrs\n\n");
	free(text);
	tcx_watched_clear(&watched);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(concerns), cmocka_unit_test(moves), cmocka_unit_test(losses),
		cmocka_unit_test(vitals),   cmocka_unit_test(page),  cmocka_unit_test(whole),
		cmocka_unit_test(named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
