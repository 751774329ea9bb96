/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thresholdTable: the states that belong to the request's snapshot, in the order of its index; and
 * what they come to. Of a snapshot that is too old nothing is known.
 */
#include "mib/objects.h"
#include "sample/states.h"
#include "snmp/dispatcher.h"

enum { ABOVE = 1, BELOW = 2 };

static const struct tcx_states *states_of(const struct tcx_request *request)
{
	return request->latest != NULL ? request->latest->states : NULL;
}

/* There is a row only where there are states. */
static const struct tcx_state *state_at(const struct tcx_request *request, size_t row)
{
	return &request->latest->states->items[row];
}

enum tcx_found tcx_thresholds_rows(const struct tcx_rows *rows, const struct tcx_request *request,
				   size_t *count)
{
	const struct tcx_states *states = states_of(request);

	(void)rows;
	*count = states != NULL ? states->count : 0;
	return TCX_FOUND;
}

static enum tcx_standing standing_of(const struct tcx_request *request,
				     const struct tcx_state *state)
{
	return request->fresh != NULL ? state->standing : TCX_UNKNOWN;
}

/* Its length, then its octets. */
static size_t put_text(oid *index, const char *text)
{
	size_t len = strlen(text);

	index[0] = len;
	for (size_t i = 0; i < len; i++)
		index[1 + i] = (u_char)text[i];
	return 1 + len;
}

static const char *row_index(const struct tcx_state *state)
{
	return state->row != NULL ? state->row->index : "";
}

size_t tcx_thresholds_index(const struct tcx_rows *rows, const struct tcx_request *request,
			    size_t row, oid *index)
{
	const struct tcx_state *state = state_at(request, row);
	size_t len = put_text(index, request->context != NULL ? request->context->name : "");

	(void)rows;
	len += put_text(index + len, state->threshold->name);
	return len + put_text(index + len, row_index(state));
}

static void tcx_value_label(struct tcx_value *value, const struct tcx_state *state)
{
	if (state->row != NULL)
		tcx_value_print(value, "%s %s", state->threshold->name, state->row->label);
	else
		tcx_value_text(value, state->threshold->name);
}

static void tcx_value_text_of(struct tcx_value *value, const struct tcx_state *state)
{
	char text[TCX_VALUE_TEXT_SIZE];

	tcx_state_text(state, text);
	tcx_value_print(value, "%s", text);
}

#define SHOW_IF(name, known, ...)                                                                  \
	TCX_SHOW_WITH(const struct tcx_state *state = state_at(request, row), name, known,         \
		      __VA_ARGS__)
#define SHOW(name, ...) SHOW_IF(name, true, __VA_ARGS__)

SHOW(thresholdLabel, label, state)
SHOW(thresholdObject, text, state->threshold->object)
SHOW(thresholdKind, integer, state->threshold->kind)
SHOW(thresholdDirection, integer, state->threshold->below ? BELOW : ABOVE)
SHOW(thresholdLimit, text, state->threshold->limit_text)
SHOW(thresholdState, integer, standing_of(request, state))
SHOW_IF(thresholdValue, standing_of(request, state) != TCX_UNKNOWN, text_of, state)
SHOW_IF(thresholdValue32, standing_of(request, state) != TCX_UNKNOWN, gauge32_latched,
	state->value / tcx_state_scale(state))
SHOW(thresholdSeverity, integer, state->threshold->severity)
SHOW(thresholdSince, date, &state->since.when)
SHOW(thresholdCrossings, counter32, state->crossed)
SHOW_IF(thresholdLastChange, state->last.ns != 0, ticks,
	tcx_request_uptime_at(request, state->last.ns))

/* The worst of those that watch a value of health; 0: none does. */
static int standing_of_health(const struct tcx_request *request, enum tcx_health row)
{
	static const int weights[] = {[TCX_NORMAL] = 1, [TCX_UNKNOWN] = 2, [TCX_CROSSED] = 3};
	const struct tcx_states *states = states_of(request);
	int worst = 0;

	for (size_t i = 0; states != NULL && i < states->count; i++) {
		const struct tcx_state *state = &states->items[i];
		int standing = standing_of(request, state);

		if (strcmp(state->threshold->object, tcx_health_label(row)) == 0 &&
		    weights[standing] > weights[worst])
			worst = standing;
	}
	return worst;
}

/* unwatched(1), then the numbers of thresholdState, each one greater. */
TCX_SHOW_OF(healthState, integer, 1 + standing_of_health(request, (enum tcx_health)row))

TCX_SHOW_IF(healthActive, states_of(request) != NULL, gauge32_latched,
	    tcx_states_active(states_of(request)))

static const struct tcx_state *worst_of(const struct tcx_request *request)
{
	const struct tcx_states *states = states_of(request);

	return states != NULL ? tcx_states_worst(states) : NULL;
}

#define OF_WORST(name, ...)                                                                        \
	TCX_SHOW_WITH(const struct tcx_state *worst = worst_of(request), name, worst != NULL,      \
		      __VA_ARGS__)

OF_WORST(healthWorst, label, worst)
OF_WORST(healthWorstSeverity, integer, worst->threshold->severity)
OF_WORST(healthWorstSince, date, &worst->last.when)
