/* SPDX-License-Identifier: BSD-2-Clause */
/* The median of measured numbers. */
#include "numbers.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

double numbers_median(double *numbers, size_t count)
{
	qsort(numbers, count, sizeof(numbers[0]), compare);
	return numbers[count / 2];
}
