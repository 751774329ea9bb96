/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities are given up by one thread, and those that it starts then lack them, too. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "daemon/rights.h"

/* A set of /proc/thread-self/status, such as "CapPrm". */
static uint64_t set_of(const char *name)
{
	FILE *file = fopen("/proc/thread-self/status", "r");
	unsigned long long set = 0;
	char line[128];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			sscanf(line + strlen(name), ": %llx", &set);
	fclose(file);
	return set;
}

static void *look(void *arg)
{
	*(uint64_t *)arg = set_of("CapPrm");
	return NULL;
}

static uint64_t set_of_new_thread(void)
{
	pthread_t thread;
	uint64_t set = 0;

	assert_int_equal(pthread_create(&thread, NULL, look, &set), 0);
	pthread_join(thread, NULL);
	return set;
}

static void *reduce(void *arg)
{
	(void)arg;
	assert_true(tcx_rights_reduce(TCX_RIGHTS_TO_ENTER, NULL));
	assert_int_equal(tcx_rights_held(), TCX_RIGHTS_TO_ENTER);
	assert_int_equal(set_of("CapPrm"), TCX_RIGHTS_TO_ENTER);
	assert_int_equal(set_of("CapEff"), TCX_RIGHTS_TO_ENTER);
	assert_int_equal(set_of("CapInh"), 0);
	assert_int_equal(set_of_new_thread(), TCX_RIGHTS_TO_ENTER);
	assert_true(tcx_rights_reduce(~TCX_RIGHTS, NULL));
	assert_int_equal(set_of("CapPrm"), 0);
	assert_true(tcx_rights_reduce(~UINT64_C(0), NULL));
	assert_int_equal(tcx_rights_held(), 0);
	return NULL;
}

static void test_of_a_thread(void **state)
{
	uint64_t before = set_of("CapPrm");
	pthread_t thread;

	(void)state;
	if (tcx_rights_held() != TCX_RIGHTS)
		skip();
	assert_int_equal(pthread_create(&thread, NULL, reduce, NULL), 0);
	pthread_join(thread, NULL);
	assert_int_equal(set_of("CapPrm"), before);
	assert_int_equal(set_of_new_thread(), before);
}

static void test_others_stay(void **state)
{
	uint64_t before = set_of("CapPrm");

	(void)state;
	assert_true(tcx_rights_reduce(~TCX_RIGHTS, NULL));
	assert_int_equal(set_of("CapPrm"), before & ~TCX_RIGHTS);
	assert_int_equal(tcx_rights_held(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_a_thread),
		cmocka_unit_test(test_others_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
