/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares how thresholds stand with what was told, and makes the notices that are between. */
#include "told.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* What was told last. */
struct tcx_told_state {
	struct tcx_notice notice; /* of the last time that it was crossed */
	char index[TCX_ROW_MAX + 1];
	bool raised;
	uint64_t crossed, change; /* as in the state */
	bool is_there;		  /* found among the states, while they are followed */
};

/* What goes on. */
struct following {
	const struct tcx_states *states;
	const struct tcx_moment *now;
	const char *context;
	bool gone;
	bool (*add)(void *arg, const struct tcx_notice *notice, uint64_t missed);
	void *arg;
	bool all; /* was taken so far */
};

/* --- The notice --------------------------------------------------------------------------------*/

/* "12.5" of 1250 hundredths. */
static void print_number(char text[TCX_NOTICE_NUMBER_MAX + 1], uint64_t value, unsigned int scale)
{
	unsigned int rest = (unsigned int)(value % scale);
	int len = snprintf(text, TCX_NOTICE_NUMBER_MAX + 1, "%" PRIu64, value / scale);

	if (rest > 0)
		text[len++] = '.';
	for (scale /= 10; rest > 0; scale /= 10) {
		text[len++] = (char)('0' + rest / scale);
		rest %= scale;
	}
	text[len] = '\0';
}

/* Of an object the value. */
static const char *const facts[TCX_THRESHOLD_KINDS + 1] = {
	[TCX_THRESHOLD_VALUE] = "%s is %s",
	[TCX_THRESHOLD_RATE] = "%s grows by %s a second",
	[TCX_THRESHOLD_GROWTH] = "%s grew by %s in a minute",
	[TCX_THRESHOLD_PERCENT] = "%s is at %s percent",
};

/* "drops is crossed: TcpExtListenDrops grows by 5 a second, more than 3" */
static void print_fact(struct tcx_notice *notice, const struct tcx_threshold *threshold,
		       const char *how, const char *against)
{
	char object[TCX_NOTICE_OBJECT_MAX + TCX_NOTICE_ROW_MAX + sizeof(" of ")];
	char fact[sizeof(object) + TCX_NOTICE_NUMBER_MAX + 32];

	snprintf(object, sizeof(object), "%s%s%s", notice->object,
		 notice->row[0] != '\0' ? " of " : "", notice->row);
	snprintf(fact, sizeof(fact), facts[threshold->kind], object, notice->value);
	snprintf(notice->text, sizeof(notice->text), "%s is %s: %.160s, %s %s", notice->name, how,
		 fact, against, notice->limit);
}

/* Of one about rows: "full is crossed: 7 further rows of udpSocketUse pass 90" */
static void print_rest(struct tcx_notice *notice, const char *how)
{
	snprintf(notice->text, sizeof(notice->text), "%s is %s: %s further rows of %s pass %s",
		 notice->name, how, notice->value, notice->object, notice->limit);
}

/* against: how its value is to its limit. */
static void print_text(struct tcx_notice *notice, const struct tcx_state *state, const char *how,
		       const char *against)
{
	if (state->row == NULL && tcx_threshold_has_rows(state->threshold))
		print_rest(notice, how);
	else
		print_fact(notice, state->threshold, how, against);
}

static struct tcx_notice notice_of(const struct tcx_state *state)
{
	const struct tcx_threshold *threshold = state->threshold;
	unsigned int scale = tcx_state_scale(state);
	uint64_t limit = state->raised ? threshold->limit : threshold->clear;
	struct tcx_notice notice = {
		.what = state->raised ? TCX_NOTIFICATION_thresholdCrossedNotification
				      : TCX_NOTIFICATION_thresholdClearedNotification,
		.when = state->last.when,
		.kind = threshold->kind,
		.severity = threshold->severity,
		.state = state->raised ? TCX_CROSSED : TCX_NORMAL,
		.whole_value = state->told_value / scale,
		.whole_limit = limit / threshold->scale,
	};

	snprintf(notice.name, sizeof(notice.name), "%s", threshold->name);
	snprintf(notice.object, sizeof(notice.object), "%s", threshold->object);
	if (state->row != NULL)
		snprintf(notice.row, sizeof(notice.row), "%s", state->row->label);
	print_number(notice.value, state->told_value, scale);
	if (state->raised)
		snprintf(notice.limit, sizeof(notice.limit), "%s", threshold->limit_text);
	else
		print_number(notice.limit, limit, threshold->scale);
	if (state->raised)
		print_text(&notice, state, "crossed", threshold->below ? "less than" : "more than");
	else
		print_text(&notice, state, "cleared",
			   threshold->below ? "not less than" : "not more than");
	return notice;
}

/* It is crossed still, and is to be told again. Its value may be on either side of the limit. */
static struct tcx_notice repeated(const struct tcx_state *state, const struct tcx_moment *now)
{
	struct tcx_notice notice = notice_of(state);
	uint64_t ago_ns = now->ns - state->told_ns;

	notice.when = tcx_clock_timespec(tcx_clock_ns(&now->when) - ago_ns);
	print_text(&notice, state, "still crossed", "and the limit is");
	return notice;
}

/* It was crossed, and what was is no more. */
static struct tcx_notice ended(const struct tcx_told_state *told, const struct tcx_moment *now,
			       const char *why)
{
	struct tcx_notice notice = told->notice;

	notice.what = TCX_NOTIFICATION_thresholdClearedNotification;
	notice.state = TCX_UNKNOWN;
	notice.when = now->when;
	snprintf(notice.text, sizeof(notice.text), "%s is cleared: %s", notice.name, why);
	return notice;
}

/* --- What is new -------------------------------------------------------------------------------*/

/* Crossings and clearings since it was told, of states that go on from what they were. */
static uint64_t turns_since(const struct tcx_told_state *told, const struct tcx_state *state)
{
	return 2 * (state->crossed - told->crossed) + told->raised - state->raised;
}

static bool hand_on(struct following *following, const struct tcx_notice *notice, uint64_t missed)
{
	bool taken = following->add(following->arg, notice, missed);

	following->all = following->all && taken;
	return taken;
}

/* Keeps what was told unless something is new, and was taken. */
static void follow(struct following *following, struct tcx_told_state *told,
		   const struct tcx_state *state)
{
	uint64_t turns = turns_since(told, state);
	bool turned = state->told_ns == state->last.ns;
	struct tcx_notice notice;

	if (state->change == told->change)
		return;
	notice = turned ? notice_of(state) : repeated(state, following->now);
	if (following->context != NULL)
		snprintf(notice.context, sizeof(notice.context), "%s", following->context);
	if (!hand_on(following, &notice, turned && turns > 0 ? turns - 1 : turns))
		return;
	told->notice = notice;
	told->raised = state->raised;
	told->crossed = state->crossed;
	told->change = state->change;
}

/* Numbers of a state only grow, unless it is another one. */
static void follow_other(struct following *following, struct tcx_told_state *told,
			 const struct tcx_state *state)
{
	bool is_other = state->crossed < told->crossed || state->change < told->change;
	const struct tcx_notice notice =
		ended(told, following->now, "it was changed, or what it watches is another one");

	if (is_other && told->raised && !hand_on(following, &notice, 0))
		return;
	if (is_other) {
		told->raised = false;
		told->crossed = 0;
		told->change = 0;
	}
	follow(following, told, state);
}

/* False: it is to be kept, as its end was not taken. */
static bool end(struct following *following, const struct tcx_told_state *told)
{
	const struct tcx_states *states = following->states;
	bool is_out = states == NULL ||
		      tcx_thresholds_find(states->thresholds, told->notice.name) == NULL;
	struct tcx_notice notice;
	char gone[192];

	snprintf(gone, sizeof(gone), "%.160s is not there any more", told->notice.row);
	if (following->gone)
		snprintf(gone, sizeof(gone), "its network namespace is gone");
	notice = ended(told, following->now,
		       is_out && !following->gone ? "it was taken out of the configuration" : gone);
	return !told->raised || hand_on(following, &notice, 0);
}

/* --- All of them -------------------------------------------------------------------------------*/

static const char *index_of(const struct tcx_state *state)
{
	return state->row != NULL ? state->row->index : "";
}

/* From *at on, as both are in one order as a rule. NULL: nothing was told of it. */
static struct tcx_told_state *find(const struct tcx_told *told, const struct tcx_state *state,
				   size_t *at)
{
	for (size_t n = 0; n < told->count; n++) {
		size_t i = (*at + n) % told->count;
		struct tcx_told_state *one = &told->all[i];

		if (strcmp(one->notice.name, state->threshold->name) != 0 ||
		    strcmp(one->index, index_of(state)) != 0)
			continue;
		*at = i + 1;
		return one;
	}
	return NULL;
}

static void follow_all(struct following *following, const struct tcx_told *told,
		       struct tcx_told *next)
{
	const struct tcx_states *states = following->states;
	size_t at = 0;

	for (size_t i = 0; states != NULL && i < states->count; i++) {
		const struct tcx_state *state = &states->items[i];
		struct tcx_told_state *before = find(told, state, &at);
		struct tcx_told_state *now = &next->all[next->count];

		memset(now, 0, sizeof(*now));
		snprintf(now->index, sizeof(now->index), "%s", index_of(state));
		if (before != NULL) {
			before->is_there = true;
			*now = *before;
			now->is_there = false;
		}
		follow_other(following, now, state);
		next->count += now->change > 0;
	}
}

void tcx_told_clear(struct tcx_told *told)
{
	free(told->all);
	told->all = NULL;
	told->count = 0;
}

/* Those that there was something to tell of, and a place for the next one. */
static size_t room_for(const struct tcx_told *told, const struct tcx_states *states)
{
	size_t room = told->count + 1;

	for (size_t i = 0; states != NULL && i < states->count; i++)
		room += states->items[i].change > 0;
	return room;
}

bool tcx_told_follow(struct tcx_told *told, const struct tcx_states *states,
		     const struct tcx_moment *now,
		     bool (*add)(void *arg, const struct tcx_notice *notice, uint64_t missed),
		     void *arg)
{
	struct following following = {states, now, told->context, told->gone, add, arg, true};
	struct tcx_told next = {.context = told->context,
				.gone = told->gone,
				.all = malloc(room_for(told, states) * sizeof(*next.all))};

	if (next.all == NULL)
		return false;
	follow_all(&following, told, &next);
	for (size_t i = 0; i < told->count; i++)
		if (!told->all[i].is_there && !end(&following, &told->all[i]))
			next.all[next.count++] = told->all[i];
	tcx_told_clear(told);
	*told = next;
	if (next.count == 0)
		tcx_told_clear(told);
	return following.all;
}
