/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands before the functions that allocate, and counts the calls of the thread that asks for it.
 */
#include "tests/unit/no_memory.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local unsigned int left; /* until one fails; 0: none does */
static _Thread_local bool failed;

static bool fails(void)
{
	if (left == 0 || --left > 0)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

/* The linker calls them so (--wrap). */
#define STANDS_BEFORE(function, parameters, arguments)                                             \
	void *__real_##function parameters;                                                        \
	void *__wrap_##function parameters;                                                        \
	void *__wrap_##function parameters                                                         \
	{                                                                                          \
		return fails() ? NULL : __real_##function arguments;                               \
	}

STANDS_BEFORE(malloc, (size_t size), (size))
STANDS_BEFORE(calloc, (size_t count, size_t size), (count, size))
STANDS_BEFORE(realloc, (void *old, size_t size), (old, size))
STANDS_BEFORE(reallocarray, (void *old, size_t count, size_t size), (old, count, size))
STANDS_BEFORE(strdup, (const char *text), (text))
STANDS_BEFORE(strndup, (const char *text, size_t size), (text, size))

bool no_memory_next(unsigned int *at)
{
	if (*at > 0 && !failed)
		return false;
	failed = false;
	left = ++*at;
	return true;
}

bool no_memory_stop(void)
{
	left = 0;
	return failed;
}
