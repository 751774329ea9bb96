/*
 * tcpextd --doctor: looks at everything that the agent needs and says on standard output what to
 * mend.
 */
#ifndef TCX_DOCTOR_H
#define TCX_DOCTOR_H

#include <stdbool.h>

#include "daemon/context.h"

/*
 * Prints lines that begin with "ok", "warn" or "FAIL", and a summary. To be called when the
 * configuration was read; when that failed, context->config is still zeros. Becomes the user of -u
 * and -g on the way. True when there is no FAIL.
 */
bool tcx_doctor(struct tcx_context *context);

#endif
