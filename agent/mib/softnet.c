/* SPDX-License-Identifier: BSD-2-Clause */
/* softnetCpuTable: what each processor takes in. */
#include "base/octets.h"
#include "kernel/softnet_cpus.h"
#include "mib/objects.h"

#define COLUMN_OF(name, as, field) TCX_COLUMN_OF(tcx_softnet_cpu, name, as, tcx_softnet_cpu->field)

COLUMN_OF(softnetCpuProcessed, counter32, processed)
COLUMN_OF(softnetCpuDropped, counter32, dropped)
COLUMN_OF(softnetCpuTimeSqueeze, counter32, time_squeeze)
COLUMN_OF(softnetCpuReceivedRps, counter32, received_rps)
COLUMN_OF(softnetCpuFlowLimitCount, counter32, flow_limit_count)
COLUMN_OF(softnetCpuBacklogLength, gauge32_latched, backlog_length)

TCX_COLUMN_OF(tcx_softnet_cpu, softnetCpuName, print, "cpu%u",
	      tcx_octets_get32(tcx_softnet_cpu->index) - 1)
