/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcpextd --doctor: looks at everything that the agent needs and says on standard output what to
 * mend.
 */
#ifndef TCX_DOCTOR_DOCTOR_H
#define TCX_DOCTOR_DOCTOR_H

#include <stdbool.h>

#include "config/config.h"
#include "config/options.h"

/*
 * Prints lines that begin with "ok", "warn" or "FAIL", and a summary. To be called when the
 * configuration was read; when that failed, *config is still zeros. masters are the addresses of
 * the master, as session/address.h has them. Becomes the user of -u and -g on the way. True when
 * there is no FAIL.
 */
bool tcx_doctor(const struct tcx_options *options, const struct tcx_config *config,
		const char *masters);

#endif
