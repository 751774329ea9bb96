/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the lines of default thresholds apart: "percent > 5 for 120 severity warning". */
#include "limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum tcx_health row;
	const char *name, *line;
} lines[] = {
#define THRESHOLD(object, name, words, reason) {TCX_##object, name, words},
#include "mibs/health.def"
};

bool tcx_health_limit(size_t number, struct tcx_health_limit *limit)
{
	const char *severity;

	if (number >= sizeof(lines) / sizeof(lines[0]))
		return false;
	*limit = (struct tcx_health_limit){.row = lines[number].row, .name = lines[number].name};
	severity = strstr(lines[number].line, "severity ");
	sscanf(lines[number].line, "%*s %c %15s", &limit->side, limit->number);
	if (severity != NULL)
		sscanf(severity, "%*s %15s", limit->severity);
	return true;
}

double tcx_health_part(const struct tcx_health_limit *limit, uint64_t value)
{
	double shown = (double)value / (tcx_health_is_percent(limit->row) ? 100 : 1);
	double number = strtod(limit->number, NULL);

	if (limit->side == '<')
		return shown > 0 ? number / shown : HUGE_VAL;
	return number > 0 ? shown / number : shown * 2;
}
