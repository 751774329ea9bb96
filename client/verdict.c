/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Judges the health of a host. Where the agent has thresholds, they do; else the limits of
 * `threshold defaults', which mibs/health.def has, and the line says so.
 */
#include "verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "health_rows.h"
#include "limits.h"

static const char *const words[TCX_RANKS] = {
	[TCX_CRITICAL] = "critical", [TCX_UNKNOWN] = "unknown", [TCX_WARNING] = "warning",
	[TCX_INFO] = "info",	     [TCX_WELL] = "well",
};

const char *tcx_rank_word(enum tcx_rank rank)
{
	return words[rank];
}

/* The rank of a severity's word; TCX_WELL: it is none. */
static enum tcx_rank rank_of(const char *severity)
{
	enum tcx_rank rank = TCX_CRITICAL;

	while (rank < TCX_WELL && strcmp(words[rank], severity) != 0)
		rank++;
	return rank;
}

__attribute__((format(printf, 2, 3))) static void add(struct tcx_verdict *verdict,
						      const char *format, ...)
{
	size_t len = strlen(verdict->text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(verdict->text + len, sizeof(verdict->text) - len, format, arguments);
	va_end(arguments);
}

void tcx_verdict_unknown(struct tcx_verdict *verdict, const char *format, ...)
{
	va_list arguments;

	verdict->rank = TCX_UNKNOWN;
	va_start(arguments, format);
	vsnprintf(verdict->text, sizeof(verdict->text), format, arguments);
	va_end(arguments);
}

static void add_value(struct tcx_verdict *verdict, enum tcx_health row, const struct tcx_cell *cell)
{
	if (tcx_health_is_percent(row))
		add(verdict, "%s %" PRIu64 ".%02" PRIu64 " %%", tcx_health_label(row),
		    cell->number / 100, cell->number % 100);
	else
		add(verdict, "%s %" PRIu64 " %s", tcx_health_label(row), cell->number,
		    tcx_health_unit(row));
}

/* --- Limits -----------------------------------------------------------------------------------*/

/* The limit that is passed by the most severe value, and of several by the one that is farthest
 * beyond; *passed: how many are. False: none is. */
static bool find_worst(const struct tcx_cell *values, struct tcx_health_limit *worst,
		       size_t *passed)
{
	struct tcx_health_limit limit;
	double farthest = 0;

	*passed = 0;
	for (size_t i = 0; tcx_health_limit(i, &limit); i++) {
		const struct tcx_cell *value = &values[limit.row];
		double part = value->known ? tcx_health_part(&limit, value->number) : 0;
		enum tcx_rank rank = rank_of(limit.severity), before = rank_of(worst->severity);

		if (part <= 1)
			continue;
		if (++*passed > 1 && (rank > before || (rank == before && part <= farthest)))
			continue;
		*worst = limit;
		farthest = part;
	}
	return *passed > 0;
}

static void judge_by_limits(struct tcx_verdict *verdict, const struct tcx_cell *values)
{
	struct tcx_health_limit worst = {.name = ""};
	size_t passed;

	if (!find_worst(values, &worst, &passed))
		return;
	verdict->rank = rank_of(worst.severity);
	add_value(verdict, worst.row, &values[worst.row]);
	add(verdict, ", of the default limit %c %s%s", worst.side, worst.number,
	    tcx_health_is_percent(worst.row) ? " %" : "");
	if (passed > 1)
		add(verdict, ", and %zu more", passed - 1);
}

/* --- Thresholds of the agent ------------------------------------------------------------------*/

/* A name of `threshold defaults' tells which value it is of. */
static void add_value_of(struct tcx_verdict *verdict, const char *name,
			 const struct tcx_cell *values)
{
	struct tcx_health_limit limit;

	for (size_t i = 0; tcx_health_limit(i, &limit); i++) {
		if (strcmp(limit.name, name) != 0 || !values[limit.row].known)
			continue;
		add(verdict, ": ");
		add_value(verdict, limit.row, &values[limit.row]);
	}
}

static void judge_by_agent(struct tcx_verdict *verdict, const struct tcx_cell *cells)
{
	const struct tcx_cell *worst = &cells[TCX_HEALTH_WORST];
	uint64_t active = cells[TCX_HEALTH_ACTIVE].number;

	if (active == 0)
		return;
	verdict->rank = rank_of(tcx_health_severity(cells[TCX_HEALTH_SEVERITY].number));
	add(verdict, "%s", worst->text);
	add_value_of(verdict, worst->text, cells + TCX_HEALTH_VALUES);
	if (active > 1)
		add(verdict, ", and %" PRIu64 " more", active - 1);
}

/* --- The response -----------------------------------------------------------------------------*/

static bool has_type(const struct tcx_cell *cell, u_char type)
{
	return !cell->known || cell->type == type;
}

/* Whether the cells are of their types, and those of thresholds belong together. */
static bool are_right(const struct tcx_cell *cells)
{
	const struct tcx_cell *active = &cells[TCX_HEALTH_ACTIVE];
	const struct tcx_cell *severity = &cells[TCX_HEALTH_SEVERITY];
	bool any = active->known && active->number > 0;

	for (size_t i = TCX_HEALTH_VALUES; i < TCX_HEALTH_CELLS; i++)
		if (!has_type(&cells[i], ASN_GAUGE))
			return false;
	return has_type(active, ASN_GAUGE) && has_type(severity, ASN_INTEGER) &&
	       has_type(&cells[TCX_HEALTH_WORST], ASN_OCTET_STR) &&
	       any == cells[TCX_HEALTH_WORST].known &&
	       any == (tcx_health_severity(severity->number)[0] != '\0');
}

static bool has_values(const struct tcx_cell *cells)
{
	for (size_t i = TCX_HEALTH_VALUES; i < TCX_HEALTH_CELLS; i++)
		if (cells[i].known)
			return true;
	return false;
}

void tcx_verdict_take(struct tcx_verdict *verdict, const netsnmp_pdu *response)
{
	struct tcx_cell cells[TCX_HEALTH_CELLS];

	*verdict = (struct tcx_verdict){.rank = TCX_WELL};
	if (response->errstat != SNMP_ERR_NOERROR)
		tcx_verdict_unknown(verdict, "refuses the request: %s",
				    snmp_errstring((int)response->errstat));
	else if (!tcx_scalars_take(response, tcx_health_scalars, TCX_HEALTH_CELLS, cells) ||
		 (cells[TCX_HEALTH_SEQUENCE].known && !are_right(cells)))
		tcx_verdict_unknown(verdict, "answers with what is no health of an agent");
	else if (!cells[TCX_HEALTH_SEQUENCE].known)
		tcx_verdict_unknown(verdict, "shows nothing of LINUX-TCPEXT-MIB: no tcpextd is "
					     "connected there, or the view leaves it out");
	else if (cells[TCX_HEALTH_ACTIVE].known && cells[TCX_HEALTH_ACTIVE].number > 0)
		judge_by_agent(verdict, cells);
	else if (!has_values(cells))
		tcx_verdict_unknown(verdict, "its agent has no value of health now");
	else if (!cells[TCX_HEALTH_ACTIVE].known)
		judge_by_limits(verdict, cells + TCX_HEALTH_VALUES);
}
