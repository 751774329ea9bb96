/* The objects of tables over rows that are made here: what no kernel at hand can be made to tell.
 */
#include "test.h"

#include <string.h>

#include "serving.h"
#include "tcx_links.h"
#include "tcx_objects.h"
#include "tcx_octets.h"

static struct serving serving;
static struct tcx_held_tables held;

/* Has the request see a table of these rows, in their order. */
static void hold(enum tcx_table_id id, const struct tcx_table_kind *kind, void *rows, size_t count)
{
	static struct tcx_table table;

	table = (struct tcx_table){.kind = kind, .count = count, .rows = rows};
	held.held[id] = &table;
	held.known[id] = true;
}

static void serve(bool (*add)(struct tcx_tree *tree))
{
	serving_close(&serving);
	serving_open(&serving, NULL, add);
	serving.view.held = &held;
}

static int teardown(void **state)
{
	(void)state;
	serving_close(&serving);
	return 0;
}

static struct tcx_link new_link(uint32_t index)
{
	struct tcx_link link = {.name = "v0", .status = TCX_LINK_UP, .mtu = 1500};

	tcx_octets_put32(link.index, index);
	return link;
}

/* What an idle slave of a bond does not take is of no unknown protocol. */
static void unknown_protocols(void **state)
{
	struct tcx_link link = new_link(7);

	(void)state;
	link.counters.rx_nohandler = 5;
	link.counters.rx_dropped = 3;
	link.counters.rx_missed_errors = 1;
	hold(TCX_TABLE_INTERFACES, &tcx_links, &link, 1);
	serve(tcx_add_interfaces);
	assert_string_equal(serving_get(&serving, "2.1.15.7"), "Counter32 0");
	assert_string_equal(serving_get(&serving, "2.1.13.7"), "Counter32 4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(unknown_protocols, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
