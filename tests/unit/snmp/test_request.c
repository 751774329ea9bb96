/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which tables and namespaces a request sees, while they are renewed. What collect/ would give is
 * made here.
 */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "base/clock.h"
#include "snmp/quirks.h"
#include "snmp/request.h"

#define FIRST  TCX_TABLE_TCP_CONNECTIONS
#define SECOND TCX_TABLE_TCP_STATES
#define OTHER  TCX_TABLE_UDP_ENDPOINTS

static const struct tcx_table_kind kind = {.row_size = 1, .key_size = 1};

static struct {
	struct tcx_table *newest;
	bool pending;
	int asked;
} tables[TCX_TABLES];

struct tcx_table *tcx_tables_get(struct tcx_tables *all, size_t id, bool stale_ok, bool *pending)
{
	(void)all;
	(void)stale_ok;
	tables[id].asked++;
	*pending = tables[id].pending;
	return *pending ? NULL : tcx_table_ref(tables[id].newest);
}

struct tcx_table *tcx_tables_peek(struct tcx_tables *all, size_t id)
{
	(void)all;
	return tcx_table_ref(tables[id].newest);
}

/* How many are held now. */
static int rows_held;

struct tcx_namespace_rows *tcx_namespace_rows_new(struct tcx_namespaces *namespaces)
{
	(void)namespaces;
	rows_held++;
	return calloc(1, sizeof(struct tcx_namespace_rows));
}

void tcx_namespace_rows_free(struct tcx_namespace_rows *rows)
{
	rows_held -= rows != NULL;
	free(rows);
}

/* 0: there is none any more. */
static void renew(size_t id, uint64_t taken_ns)
{
	tcx_table_unref(tables[id].newest);
	tables[id].newest = taken_ns > 0 ? tcx_table_new(&kind, 1, taken_ns, NULL) : NULL;
}

/* When the table was read that the request sees; 0: it sees none. */
static uint64_t seen(const struct tcx_request *request, enum tcx_table_id id, bool *pending)
{
	const struct tcx_table *table = tcx_request_table(request, id, pending);

	return table != NULL ? table->taken_ns : 0;
}

static void one_reading(void **state)
{
	struct tcx_request request = {.tables = (struct tcx_tables *)tables};
	bool pending;

	(void)state;
	renew(FIRST, 100);
	renew(SECOND, 100);
	renew(OTHER, 150);
	assert_int_equal(seen(&request, FIRST, &pending), 100);
	assert_int_equal(tables[SECOND].asked, 0);
	renew(FIRST, 200);
	renew(SECOND, 200);
	renew(OTHER, 250);
	assert_int_equal(seen(&request, FIRST, &pending), 100);
	assert_int_equal(seen(&request, SECOND, &pending), 100);
	assert_int_equal(tables[SECOND].asked, 1);
	assert_int_equal(seen(&request, OTHER, &pending), 250);
	tcx_request_release(&request);
	request.tables = (struct tcx_tables *)tables;
	assert_int_equal(seen(&request, SECOND, &pending), 200);
	tcx_request_release(&request);
}

/* What was read together and is to be read anew is waited for. */
static void pending_one(void **state)
{
	struct tcx_request request = {.tables = (struct tcx_tables *)tables};
	bool pending;

	(void)state;
	renew(FIRST, 100);
	renew(SECOND, 100);
	tables[SECOND].pending = true;
	assert_int_equal(seen(&request, FIRST, &pending), 100);
	assert_int_equal(seen(&request, SECOND, &pending), 0);
	assert_true(pending);
	tables[SECOND].pending = false;
	assert_int_equal(seen(&request, SECOND, &pending), 100);
	assert_false(pending);
	tcx_request_release(&request);
}

/* They are the same whenever it asks, and let go with the request. */
static void namespaces(void **state)
{
	struct tcx_request none = {.namespaces = NULL};
	struct tcx_request request = {.namespaces = (struct tcx_namespaces *)tables};
	const struct tcx_namespace_rows *rows = tcx_request_namespaces(&request);

	(void)state;
	assert_null(tcx_request_namespaces(&none));
	assert_non_null(rows);
	assert_ptr_equal(tcx_request_namespaces(&request), rows);
	assert_int_equal(rows_held, 1);
	tcx_request_release(&request);
	tcx_request_release(&none);
	assert_int_equal(rows_held, 0);
}

static int teardown(void **state)
{
	(void)state;
	for (size_t id = 0; id < TCX_TABLES; id++)
		renew(id, 0);
	return 0;
}

/* sysUpTime, in ticks, as a master tells it when it was 0 at known_ns; gives when it was 0. */
static uint64_t zero_at(uint64_t now_ns, uint64_t known_ns, uint32_t uptime)
{
	netsnmp_set_agent_uptime(uptime);
	return tcx_quirk_uptime_zero(now_ns, known_ns);
}

/* After 497 days it begins anew, which no restart is. */
static void uptime(void **state)
{
	const uint64_t turn_ns = (UINT32_MAX + UINT64_C(1)) * (TCX_NS_PER_S / 100);
	const uint64_t zero = 1000 * TCX_NS_PER_S, second = zero + 100 * TCX_NS_PER_S;

	(void)state;
	assert_in_range(zero_at(second, 0, 10000), zero - TCX_NS_PER_S / 10,
			zero + TCX_NS_PER_S / 10);
	assert_int_equal(zero_at(second, zero, 10010), zero);
	assert_int_equal(zero_at(zero + turn_ns - TCX_NS_PER_S, zero, UINT32_MAX - 100), zero);
	assert_int_equal(zero_at(zero + turn_ns, zero, 0), zero);
	assert_int_equal(zero_at(zero + turn_ns + TCX_NS_PER_S, zero, 100), zero);
	assert_int_equal(zero_at(zero + 3 * turn_ns + TCX_NS_PER_S, zero, 100), zero);
	assert_in_range(zero_at(second, zero, 100), second - TCX_NS_PER_S * 11 / 10,
			second - TCX_NS_PER_S * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_reading, teardown),
		cmocka_unit_test_teardown(pending_one, teardown),
		cmocka_unit_test(namespaces),
		cmocka_unit_test(uptime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
