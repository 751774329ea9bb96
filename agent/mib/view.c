#include "tcx_view.h"

#define NS_PER_TICK 10000000ULL

uint64_t tcx_view_uptime_at(const struct tcx_view *view, uint64_t moment_ns)
{
	return moment_ns > view->uptime_zero_ns ? (moment_ns - view->uptime_zero_ns) / NS_PER_TICK
						: 0;
}
