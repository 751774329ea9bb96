/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps references to the readings of a table that something can have grown between. */
#include "sample/readings.h"

#include "base/clock.h"

#define MINUTE_NS (60 * TCX_NS_PER_S)

static void put(struct tcx_table **place, struct tcx_table *table)
{
	tcx_table_ref(table);
	tcx_table_unref(*place);
	*place = table;
}

/* What lies before the newest one. */
static void forget(struct tcx_readings *readings)
{
	put(&readings->before, NULL);
	put(&readings->begin, NULL);
	put(&readings->from, NULL);
	put(&readings->to, NULL);
}

void tcx_readings_clear(struct tcx_readings *readings)
{
	forget(readings);
	put(&readings->newest, NULL);
}

static void end_minute(struct tcx_readings *readings, struct tcx_table *newest)
{
	if (readings->begin == NULL || newest->taken_ns - readings->begin->taken_ns < MINUTE_NS)
		return;
	put(&readings->from, readings->begin);
	put(&readings->to, newest);
	put(&readings->begin, newest);
}

static bool goes_on(const struct tcx_table *last, const struct tcx_table *newest, uint64_t gap_ns)
{
	return last != NULL && newest != NULL && newest->taken_ns - last->taken_ns <= gap_ns;
}

void tcx_readings_step(struct tcx_readings *readings, struct tcx_table *newest, bool grows,
		       uint64_t gap_ns)
{
	bool is_new = newest != readings->newest;
	bool anew = !goes_on(readings->newest, newest, gap_ns);

	if (anew)
		tcx_readings_clear(readings);
	if (!grows)
		forget(readings);
	readings->is_new = is_new;
	readings->anew = anew;
	if (newest == NULL)
		return;
	if (grows && is_new) {
		put(&readings->before, readings->newest);
		end_minute(readings, newest);
	}
	if (grows && readings->begin == NULL)
		put(&readings->begin, newest);
	put(&readings->newest, newest);
}
