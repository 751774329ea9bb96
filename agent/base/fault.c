/* SPDX-License-Identifier: BSD-2-Clause */
/* Formats the text of a fault. */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>

bool tcx_fault_set(struct tcx_fault *fault, const char *format, ...)
{
	va_list args;

	if (fault == NULL)
		return false;
	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	return false;
}

bool tcx_fault_prefix(struct tcx_fault *fault, const char *what)
{
	struct tcx_fault inner;

	if (fault == NULL)
		return false;
	inner = *fault;
	return tcx_fault_set(fault, "%s: %s", what, inner.text);
}
