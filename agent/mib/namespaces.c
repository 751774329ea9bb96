/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * namespaceTable: the namespaces that are served beside the context of the request, and the worst
 * of each, from the snapshots of all of them at the moment the request first asked.
 */
#include "base/clock.h"
#include "collect/namespace_rows.h"
#include "mib/objects.h"
#include "sample/states.h"

#define NS_PER_US 1000

static const struct tcx_namespace_row *row_at(const struct tcx_request *request, size_t row)
{
	return &tcx_request_namespaces(request)->all[row];
}

enum tcx_found tcx_namespaces_count(const struct tcx_rows *rows, const struct tcx_request *request,
				    size_t *count)
{
	const struct tcx_namespace_rows *all = tcx_request_namespaces(request);

	(void)rows;
	*count = all != NULL ? all->count : 0;
	return TCX_FOUND;
}

size_t tcx_namespaces_index(const struct tcx_rows *rows, const struct tcx_request *request,
			    size_t row, oid *index)
{
	(void)rows;
	index[0] = row_at(request, row)->index;
	return 1;
}

/* NULL where it is too old. */
static const struct tcx_snapshot *fresh_of(const struct tcx_request *request,
					   const struct tcx_namespace_row *of)
{
	return of->latest != NULL && of->latest->taken_ns >= request->oldest_ns ? of->latest : NULL;
}

#define SHOW_IF(name, known, ...)                                                                  \
	TCX_SHOW_WITH(const struct tcx_namespace_row *of = row_at(request, row), name, known,      \
		      __VA_ARGS__)
#define SHOW(name, ...) SHOW_IF(name, true, __VA_ARGS__)

SHOW(namespaceContext, text, of->namespace->context)
SHOW(namespaceName, escaped, of->namespace->name)
SHOW(namespaceKind, integer, of->namespace->kind)
SHOW_IF(namespaceInode, !of->namespace->id.hidden, gauge32, of->namespace->id.inode)
SHOW_IF(namespaceProcesses, of->namespace->kind != TCX_NAMESPACE_NAMED, gauge32_latched,
	of->namespace->processes)
SHOW(namespaceSince, date, &of->namespace->since.when)

static uint64_t age_of(const struct tcx_request *request, const struct tcx_snapshot *snapshot)
{
	return request->now_ns > snapshot->taken_ns ? request->now_ns - snapshot->taken_ns : 0;
}

SHOW_IF(namespaceAge, of->latest != NULL, gauge32_latched,
	age_of(request, of->latest) / TCX_NS_PER_MS)
SHOW_IF(namespaceCost, of->latest != NULL, gauge32_latched, of->latest->cost_ns / NS_PER_US)

static const struct tcx_states *states_of(const struct tcx_namespace_row *of)
{
	return of->latest != NULL ? of->latest->states : NULL;
}

static const struct tcx_state *worst_of(const struct tcx_namespace_row *of)
{
	return states_of(of) != NULL ? tcx_states_worst(states_of(of)) : NULL;
}

/* Nothing is known of what is too old. */
static enum tcx_standing standing_of(const struct tcx_request *request,
				     const struct tcx_namespace_row *of,
				     const struct tcx_state *worst)
{
	return fresh_of(request, of) != NULL ? worst->standing : TCX_UNKNOWN;
}

static void tcx_value_label(struct tcx_value *value, const struct tcx_state *state)
{
	if (state->row != NULL)
		tcx_value_print(value, "%s %s", state->threshold->name, state->row->label);
	else
		tcx_value_text(value, state->threshold->name);
}

#define OF_WORST(name, ...)                                                                        \
	TCX_SHOW_WITH(const struct tcx_namespace_row *of = row_at(request, row);                   \
		      const struct tcx_state *worst = worst_of(of), name, worst != NULL,           \
		      __VA_ARGS__)

SHOW_IF(namespaceActive, states_of(of) != NULL, gauge32_latched, tcx_states_active(states_of(of)))
OF_WORST(namespaceWorst, label, worst)
OF_WORST(namespaceWorstState, integer, standing_of(request, of, worst))
OF_WORST(namespaceWorstSeverity, integer, worst->threshold->severity)

/* In the last minute that is over. TCX_NO_NUMBER: it is not known. */
static uint64_t growth_of(const struct tcx_request *request, const struct tcx_namespace_row *of,
			  enum tcx_counter counter)
{
	const struct tcx_snapshot *fresh = fresh_of(request, of);
	int32_t entry = fresh != NULL && fresh->minute != NULL ? fresh->layout->slot[counter] : -1;

	return entry >= 0 ? fresh->minute->of[entry] : TCX_NO_NUMBER;
}

/* The second one counts where there is one. */
static uint64_t sum_of(uint64_t a, uint64_t b)
{
	return b == TCX_NO_NUMBER || a == TCX_NO_NUMBER ? a : a + b;
}

#define SHOW_GROWTH(name, growth)                                                                  \
	TCX_SHOW_WITH(const struct tcx_namespace_row *of = row_at(request, row);                   \
		      const uint64_t grown = growth, name, grown != TCX_NO_NUMBER,                 \
		      gauge32_latched, grown)

SHOW_GROWTH(namespaceListenDrops, growth_of(request, of, TCX_TcpExtListenDrops))
SHOW_GROWTH(namespaceRcvbufErrors, sum_of(growth_of(request, of, TCX_UdpRcvbufErrors),
					  growth_of(request, of, TCX_Udp6RcvbufErrors)))
SHOW_GROWTH(namespaceRetransSegs, growth_of(request, of, TCX_TcpRetransSegs))
