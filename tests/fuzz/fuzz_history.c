/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the file of a history, which is the input.
 *
 * Beyond not crashing: each name that is believed is one; what is written is read again just so.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "client/history.h"
#include "tests/unit/fixture.h"

#include "fuzz.h"

static struct fixture fixture;

static void check_same(const struct tcx_counters *one, const struct tcx_counters *two)
{
	MUST(one->count == two->count);
	for (size_t i = 0; i < one->count; i++) {
		MUST(strcmp(one->items[i].name, two->items[i].name) == 0);
		MUST(one->items[i].value == two->items[i].value);
		MUST(tcx_counters_is_name(one->items[i].name, strlen(one->items[i].name)));
	}
}

static void check_again(const struct tcx_history *history)
{
	struct tcx_history again = *history;
	struct tcx_fault fault = {""};

	again.fd = -1;
	again.counters = (struct tcx_counters){.items = NULL};
	MUST(tcx_history_write(history, &history->counters, true, &fault));
	MUST(tcx_history_open(&again, false, &fault));
	check_same(&history->counters, &again.counters);
	tcx_history_close(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcx_history history = {.fd = -1};
	struct tcx_fault fault = {""};

	if (fixture.root[0] == '\0') {
		fixture_open(&fixture);
		fixture_mkdir(&fixture, "snmpnstat");
		setenv("XDG_STATE_HOME", fixture.root, 1);
		fixture_puts(&fixture, "snmpnstat/host", "");
	}
	MUST(tcx_history_find(&history, "host", "", "", &fault));
	fixture_write(&fixture, "snmpnstat/host", data, size);
	if (tcx_history_open(&history, false, &fault))
		check_again(&history);
	else
		MUST(fault.text[0] != '\0' && history.counters.count == 0);
	tcx_history_close(&history);
	return 0;
}
