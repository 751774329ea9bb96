/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the doctor's lines. */
#include "checks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void tcx_doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *format, ...)
{
	static const char *const words[] = {"ok  ", "warn", "FAIL", "      "};
	va_list args;

	doctor->said[verdict]++;
	printf("%s ", words[verdict]);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void tcx_doctor_append(char text[DOCTOR_LIST_MAX], const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, DOCTOR_LIST_MAX - len, "%s%s", len > 0 ? ", " : "", word);
}
