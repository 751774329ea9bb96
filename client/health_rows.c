/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of health as constants. */
#include "health_rows.h"

#include "ids.h"

const struct tcx_health_row tcx_health_rows[] = {
#define HEALTH(sub_id, object, over, unit, minimum, text, advice)                                  \
	{sub_id, #object, #unit, text, advice},
#include "mibs/health.def"
};

const struct tcx_scalar tcx_health_scalars[] = {
	[TCX_HEALTH_SEQUENCE] = {TCX_ID_snapshot, TCX_ID_snapshotSequence},
	[TCX_HEALTH_ACTIVE] = {TCX_ID_healthCrossed, TCX_ID_healthActive},
	[TCX_HEALTH_WORST] = {TCX_ID_healthCrossed, TCX_ID_healthWorst},
	[TCX_HEALTH_SEVERITY] = {TCX_ID_healthCrossed, TCX_ID_healthWorstSeverity},
#define HEALTH(sub_id, object, over, unit, minimum, text, advice)                                  \
	[TCX_HEALTH_VALUES + TCX_##object] = {TCX_ID_health, sub_id},
#include "mibs/health.def"
};

const char *tcx_health_severity(uint64_t severity)
{
	static const char *const words[] = {"", "info", "warning", "critical"};

	return severity < sizeof(words) / sizeof(words[0]) ? words[severity] : "";
}
