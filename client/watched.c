/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a page of what was read: how it stands, what is lost, what moves. */
#include "watched.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum block { HEAD, HEALTH, LOSSES, CONCERNS };

#define NARROW 60 /* columns; with less, lines have but one number */

static const struct {
	const char *title;
	enum tcx_tone tone; /* of what moves */
} concerns[] = {
	[TCX_ALARM] = {"Trouble: thresholds are about these", TCX_BAD},
	[TCX_SIGN] = {"Signs: tcpextd-symptoms(7) is about these", TCX_WARN},
	[TCX_LOAD] = {"Load", TCX_PLAIN},
};

bool tcx_watched_take(struct tcx_watched *watched, const struct tcx_counters *counters, uint64_t at)
{
	uint64_t sequence = watched->cells[TCX_WATCHED_SEQUENCE].number;

	tcx_vitals_sort(&watched->vitals);
	if (sequence == watched->sequence)
		return true;
	if (!tcx_moves_take(&watched->moves, counters, at))
		return false;
	tcx_moves_sort(&watched->moves);
	watched->sequence = sequence;
	watched->snapshots += watched->snapshots < 2;
	if (watched->begun == 0)
		watched->begun = time(NULL);
	return true;
}

/* "now", "12 s", or "20 min"; "-" where it was never. */
static void tell_age(char text[16], uint64_t last, const struct tcx_watched *watched)
{
	uint64_t seconds = (tcx_clock_now() - last) / TCX_NS_PER_S;

	if (last == 0)
		snprintf(text, 16, "-");
	else if ((double)seconds <= watched->seconds)
		snprintf(text, 16, "now");
	else if (seconds < 600)
		snprintf(text, 16, "%" PRIu64 " s", seconds);
	else
		snprintf(text, 16, "%" PRIu64 " min", seconds / 60);
}

/* --- Head -------------------------------------------------------------------------------------*/

struct clock {
	char text[16];
};

static struct clock clock_of(time_t time)
{
	struct clock clock = {""};
	struct tm day;

	if (localtime_r(&time, &day) != NULL)
		strftime(clock.text, sizeof(clock.text), "%H:%M:%S", &day);
	return clock;
}

static void add_thresholds(struct tcx_page *page, const struct tcx_watched *watched)
{
	const struct tcx_cell *active = &watched->cells[TCX_WATCHED_ACTIVE];
	const struct tcx_cell *worst = &watched->cells[TCX_WATCHED_WORST];
	const struct tcx_cell *severity = &watched->cells[TCX_WATCHED_SEVERITY];

	if (!active->known)
		tcx_page_add(page, HEAD, TCX_PLAIN,
			     "No thresholds: `threshold defaults' in tcpextd.conf turns them on");
	else if (active->number == 0)
		tcx_page_add(page, HEAD, TCX_PLAIN, "No threshold is crossed");
	else
		tcx_page_add(page, HEAD, TCX_BAD,
			     "Thresholds that are crossed: %" PRIu64 "; the worst: %s (%s)",
			     active->number, worst->text, tcx_health_severity(severity->number));
}

/* Names are asked for alone; a pattern may match nothing. */
static void add_missing(struct tcx_page *page, const struct tcx_watched *watched)
{
	const struct tcx_selection *selection = watched->selection;

	for (size_t i = 0; tcx_selection_is_names(selection) && i < selection->count; i++) {
		bool found = false;

		for (size_t k = 0; k < watched->moves.count && !found; k++)
			found = strcmp(watched->moves.items[k].name, selection->patterns[i]) == 0;
		if (!found)
			tcx_page_add(page, HEAD, TCX_WARN, "%s has no counter %s", watched->host,
				     selection->patterns[i]);
	}
}

static void add_state(struct tcx_page *page, const struct tcx_watched *watched)
{
	add_thresholds(page, watched);
	if (!watched->one_instant)
		tcx_page_add(
			page, HEAD, TCX_WARN,
			"Not of one instant: the counters were renewed at each attempt to read "
			"them; a greater refreshInterval there mends that");
	if (watched->snapshots < 2)
		tcx_page_add(page, HEAD, TCX_PLAIN, "What moves the next snapshot tells");
	else
		add_missing(page, watched);
}

static void add_failure(struct tcx_page *page, const struct tcx_watched *watched, time_t now)
{
	tcx_page_add(page, HEAD, TCX_BAD, "No reading since %s (%lld s): %s",
		     clock_of(watched->failed_since).text, (long long)(now - watched->failed_since),
		     watched->fault.text);
	if (watched->answered != 0)
		tcx_page_add(page, HEAD, TCX_BAD, "What follows is as it was at %s",
			     clock_of(watched->answered).text);
}

static void add_head(struct tcx_page *page, const struct tcx_watched *watched, time_t now)
{
	uint64_t age = (tcx_clock_now() - watched->moves.at) / TCX_NS_PER_S;
	char since[80] = "";

	if (watched->begun != 0)
		snprintf(since, sizeof(since), ", snapshot %" PRIu64 " s old, grown since %s", age,
			 clock_of(watched->begun).text);
	tcx_page_add(page, HEAD, TCX_TITLE, "%s  %s  each %g s%s", clock_of(now).text,
		     watched->host, watched->seconds, since);
	if (watched->failed)
		add_failure(page, watched, now);
	else if (watched->answered == 0)
		tcx_page_add(page, HEAD, TCX_PLAIN, "Asking ...");
	else
		add_state(page, watched);
}

/* --- Health -----------------------------------------------------------------------------------*/

static void add_vital(struct tcx_page *page, const struct tcx_vital *vital)
{
	const struct tcx_health_row *row = vital->row;
	const char *end = strstr(row->text, ". ");
	int words = (int)(end != NULL ? (size_t)(end - row->text) : strlen(row->text));
	bool crossed = vital->state == TCX_CROSSED, passed = vital->part > 1;
	enum tcx_tone tone = crossed ? TCX_BAD : passed ? TCX_WARN : TCX_PLAIN;
	char value[32];

	if (strcmp(row->unit, "percent") == 0)
		snprintf(value, sizeof(value), "%" PRIu64 ".%02" PRIu64 " %%", vital->value / 100,
			 vital->value % 100);
	else
		snprintf(value, sizeof(value), "%" PRIu64, vital->value);
	tcx_page_add(page, HEALTH, tone, "%c%9s %-26s %.*s",
		     crossed  ? '!'
		     : passed ? '+'
			      : ' ',
		     value, row->object, words, row->text);
}

static void add_health(struct tcx_page *page, const struct tcx_watched *watched)
{
	const struct tcx_vitals *vitals = &watched->vitals;

	for (size_t i = 0; i < vitals->count; i++) {
		const struct tcx_vital *vital = &vitals->items[i];

		if (!tcx_selection_matches(watched->selection, vital->row->object) ||
		    (vital->value == 0 && vital->part <= 1 && vital->state != TCX_CROSSED &&
		     !watched->zeros))
			continue;
		if (page->blocks[HEALTH].count == 0)
			tcx_page_add(page, HEALTH, TCX_TITLE,
				     "Health: ! is crossed, + is beyond the limit of `threshold "
				     "defaults'");
		add_vital(page, vital);
	}
}

/* --- Losses -----------------------------------------------------------------------------------*/

/* "udp 127.0.0.1:53, queue 91 %, named.service" */
static void tell_loss(char *text, size_t size, const struct tcx_loss *loss)
{
	const struct tcx_cell *name = tcx_loss_name(loss), *use = tcx_loss_use(loss);
	const struct tcx_cell *service = tcx_loss_service(loss);
	char full[48] = "";

	if (use->known)
		snprintf(full, sizeof(full), ", queue %" PRIu64 " %%", use->number / 100);
	snprintf(text, size, "%s %s%s%s%s", loss->what, name->known ? name->text : "?", full,
		 service->known ? ", " : "", service->text);
}

static void add_loss(struct tcx_page *page, const struct tcx_watched *watched,
		     const struct tcx_loss *loss, bool narrow)
{
	char age[16], text[TCX_PAGE_LINE];
	bool now;

	tell_age(age, loss->last, watched);
	tell_loss(text, sizeof(text), loss);
	now = strcmp(age, "now") == 0;
	if (page->blocks[LOSSES].count == 0)
		tcx_page_add(page, LOSSES, TCX_TITLE, narrow ? "%8s %.0sLosing" : "%10s %9s Losing",
			     "lost", "last");
	tcx_page_add(page, LOSSES, now ? TCX_BAD : TCX_PLAIN,
		     narrow ? "%8" PRIu64 " %.0s%s" : "%10" PRIu64 " %9s %s", loss->grown, age,
		     text);
}

static void add_losses(struct tcx_page *page, const struct tcx_watched *watched, bool narrow)
{
	const struct tcx_selection *selection = watched->selection;
	size_t count;
	const struct tcx_loss **sorted =
		tcx_losses_sorted(&watched->losses, watched->zeros, &count);

	for (size_t i = 0; i < count; i++)
		if (tcx_selection_matches(selection, tcx_loss_name(sorted[i])->text) ||
		    tcx_selection_matches(selection, tcx_loss_service(sorted[i])->text))
			add_loss(page, watched, sorted[i], narrow);
	free(sorted);
}

/* --- Counters ---------------------------------------------------------------------------------*/

static bool is_shown(const struct tcx_watched *watched, const struct tcx_move *move)
{
	if (!tcx_selection_matches(watched->selection, move->name))
		return false;
	return watched->zeros || tcx_selection_is_names(watched->selection) || move->rate > 0 ||
	       (move->concern != TCX_LOAD && move->grown > 0);
}

/* "12.5", or "40 s ago" of what moves no more. */
static void tell_rate(char text[32], const struct tcx_watched *watched, const struct tcx_move *move)
{
	char age[16];

	tell_age(age, move->last, watched);
	if (move->rate > 0 || move->last == 0)
		snprintf(text, 32, "%.1f", move->rate);
	else
		snprintf(text, 32, "%s%s", age, strcmp(age, "now") != 0 ? " ago" : "");
}

static void add_move(struct tcx_page *page, const struct tcx_watched *watched,
		     const struct tcx_move *move, bool narrow)
{
	size_t block = CONCERNS + move->concern;
	enum tcx_tone tone = move->rate > 0 ? concerns[move->concern].tone : TCX_PLAIN;
	char object[TCX_OBJECT_SIZE], titles[TCX_PAGE_LINE / 2] = "", rate[32];

	tell_rate(rate, watched, move);
	tcx_object_of(object, move->name);
	if (move->concern != TCX_LOAD)
		tcx_symptom_titles(titles, sizeof(titles), object);
	if (narrow)
		tcx_page_add(page, block, tone, "%8s %s", rate, move->name);
	else
		tcx_page_add(page, block, tone, "%10s %9" PRIu64 " %-*s%s%s", rate, move->grown,
			     titles[0] != '\0' ? 26 : 0, move->name, titles[0] != '\0' ? " " : "",
			     titles);
}

static void add_moves(struct tcx_page *page, const struct tcx_watched *watched, bool narrow)
{
	for (size_t i = 0; watched->snapshots > 1 && i < watched->moves.count; i++) {
		const struct tcx_move *move = &watched->moves.items[i];
		const char *title = concerns[move->concern].title;

		if (!is_shown(watched, move))
			continue;
		if (page->blocks[CONCERNS + move->concern].count == 0)
			tcx_page_add(page, CONCERNS + move->concern, TCX_TITLE,
				     narrow ? "%8s %.0s%s" : "%10s %9s %s", "per s", "grown",
				     title);
		add_move(page, watched, move, narrow);
	}
}

/* --- All --------------------------------------------------------------------------------------*/

/* What is old does not look like news. */
static void fade(struct tcx_page *page)
{
	for (size_t i = HEALTH; i < TCX_PAGE_MAX; i++)
		for (size_t k = 0; k < page->blocks[i].count; k++)
			page->blocks[i].lines[k].tone = TCX_FAINT;
}

void tcx_watched_page(const struct tcx_watched *watched, time_t now, size_t columns,
		      struct tcx_page *page)
{
	add_head(page, watched, now);
	if (watched->answered == 0)
		return;
	add_health(page, watched);
	add_losses(page, watched, columns < NARROW);
	add_moves(page, watched, columns < NARROW);
	if (watched->failed)
		fade(page);
}

void tcx_watched_clear(struct tcx_watched *watched)
{
	tcx_vitals_clear(&watched->vitals);
	tcx_losses_clear(&watched->losses);
	tcx_moves_clear(&watched->moves);
}
