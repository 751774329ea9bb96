/* The lines that the doctor prints. */
#include "checks.h"

#include <stdarg.h>
#include <stdio.h>

void tcx_doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *format, ...)
{
	static const char *const words[] = {"ok  ", "warn", "FAIL"};
	va_list args;

	doctor->said[verdict]++;
	printf("%s ", words[verdict]);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void tcx_doctor_add(const char *format, ...)
{
	va_list args;

	fputs("       ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}
