/* SPDX-License-Identifier: BSD-2-Clause */
/* Means of rates. Each refresh makes them: one pass over numbers, unless all is not well. */
#include "sample/rates.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"

/* What a mean still lacks of a steady rate after the time that it is over. */
#define REST 0.1

/* Events per second. A mean that fades away for hours would become denormal, which is slow. */
#define LEAST 1e-9

/* How a mean moves with a reading: what is kept of it, and what is gained by each event. */
struct move {
	uint64_t ns; /* since the reading before */
	double kept, gained;
};

static struct move move_of(uint64_t ns, uint64_t time_ns)
{
	double exponent = log(REST) * (double)ns / (double)time_ns;

	return (struct move){ns, exp(exponent), -expm1(exponent) * TCX_NS_PER_S / (double)ns};
}

/* What is no counter may fall: as a signed number, so that it comes to nothing. */
static double moved(const struct move *move, double mean, uint64_t before, uint64_t now)
{
	mean = move->kept * mean + move->gained * (double)(int64_t)(now - before);
	return mean < LEAST ? 0 : mean;
}

/* What is new begins with means of 0. */
static const double *means_of(const struct tcx_rates *rates, const struct tcx_rates *fresh)
{
	return rates->count > 0 ? rates->mean : fresh->mean;
}

/* All were read both times, and none began anew: only then tcx_since() shares its numbers. */
static void move_all(struct tcx_rates *rates, const struct tcx_snapshot *before,
		     const struct tcx_snapshot *now)
{
	const struct move move = move_of(now->taken_ns - before->taken_ns, rates->time_ns);
	const double *was = means_of(before->rates, rates);

	for (size_t i = 0; i < now->layout->count; i++)
		rates->mean[i] = moved(&move, was[i], before->values[i], now->values[i]);
}

/* Each by the time between its own readings, which is mostly that of its neighbours. */
static void move_each(struct tcx_rates *rates, const struct tcx_snapshot *before,
		      const struct tcx_snapshot *now)
{
	const double *was = means_of(before->rates, rates);
	struct move move = {0};

	for (size_t i = 0; i < now->layout->count; i++) {
		uint64_t taken_ns = tcx_snapshot_taken(now, i);
		uint64_t ns = taken_ns - tcx_snapshot_taken(before, i);

		if (tcx_snapshot_since(now, i) >= taken_ns)
			continue; /* it begins, or is no counter */
		rates->mean[i] = was[i];
		if (ns == 0)
			continue; /* it is not in this reading */
		if (ns != move.ns)
			move = move_of(ns, rates->time_ns);
		rates->mean[i] = moved(&move, rates->mean[i], before->values[i], now->values[i]);
	}
}

static struct tcx_rates *make(uint64_t time_ns, size_t count)
{
	struct tcx_rates *rates = calloc(1, sizeof(*rates) + count * sizeof(rates->mean[0]));

	if (rates != NULL) {
		rates->time_ns = time_ns;
		rates->count = count;
	}
	return rates;
}

/* Most counters of most namespaces never move; what is no counter has no mean. */
static struct tcx_rates *trim(struct tcx_rates *rates, const bool *grows)
{
	struct tcx_rates *still;

	for (size_t i = 0; i < rates->count; i++)
		if (grows[i] && rates->mean[i] != 0)
			return rates;
	still = make(rates->time_ns, 0);
	if (still == NULL)
		return rates;
	free(rates);
	return still;
}

struct tcx_rates *tcx_rates_new(const struct tcx_snapshot *before, const struct tcx_snapshot *now,
				uint64_t time_ns)
{
	struct tcx_rates *rates = now->since != NULL ? make(time_ns, now->layout->count) : NULL;

	if (rates == NULL)
		return NULL;
	if (before == NULL || before->rates == NULL)
		return trim(rates, now->layout->grows);
	if (now->since == before->since)
		move_all(rates, before, now);
	else
		move_each(rates, before, now);
	return trim(rates, now->layout->grows);
}

struct tcx_rates *tcx_rates_under(const struct tcx_rates *rates, const int32_t *map, size_t count)
{
	struct tcx_rates *same = NULL;

	if (rates != NULL)
		same = make(rates->time_ns, rates->count > 0 ? count : 0);
	for (size_t i = 0; same != NULL && i < same->count; i++)
		same->mean[i] = map[i] >= 0 ? rates->mean[map[i]] : 0;
	return same;
}

bool tcx_rates_get(const struct tcx_snapshot *snapshot, size_t entry, double *per_second)
{
	uint64_t taken_ns = tcx_snapshot_taken(snapshot, entry);

	if (snapshot->rates == NULL || tcx_snapshot_since(snapshot, entry) > taken_ns ||
	    taken_ns - tcx_snapshot_since(snapshot, entry) < snapshot->rates->time_ns)
		return false;
	*per_second = snapshot->rates->count > 0 ? snapshot->rates->mean[entry] : 0;
	return true;
}

uint64_t tcx_rates_round(double number)
{
	return number < (double)UINT64_MAX ? (uint64_t)(number + 0.5) : UINT64_MAX;
}
