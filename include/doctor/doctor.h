/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcpextd --doctor: checks all that the agent needs, and prints what to mend. --notify-test: the
 * same about notifications alone, of which it sends one.
 */
#ifndef TCX_DOCTOR_DOCTOR_H
#define TCX_DOCTOR_DOCTOR_H

#include <stdbool.h>

#include "config/config.h"
#include "config/options.h"

/*
 * Prints lines that begin with "ok", "warn" or "FAIL", and a summary. Call when the configuration
 * was read; if that failed, *config must be zeros. masters are the addresses of the master
 * (session/address.h). options->task says which it is. Becomes the user of -u and -g. True without
 * a FAIL.
 */
bool tcx_doctor(const struct tcx_options *options, const struct tcx_config *config,
		const char *masters);

#endif
