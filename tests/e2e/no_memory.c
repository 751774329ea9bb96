/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the C library, with LD_PRELOAD: counts what the program itself allocates, and lets
 * it be short of memory where a test says so. Libraries get all that they ask for.
 */
#include "failing.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NUMBER_malloc,
	NUMBER_calloc,
	NUMBER_realloc,
	NUMBER_reallocarray,
	NUMBER_strdup,
	NUMBER_strndup,
	NUMBER_asprintf,
	NUMBER_vasprintf,
	NUMBER_getline,
	NUMBER_open_memstream,
	COUNT
};

static const char *const names[COUNT] = {
	[NUMBER_malloc] = "malloc",	[NUMBER_calloc] = "calloc",
	[NUMBER_realloc] = "realloc",	[NUMBER_reallocarray] = "reallocarray",
	[NUMBER_strdup] = "strdup",	[NUMBER_strndup] = "strndup",
	[NUMBER_asprintf] = "asprintf", [NUMBER_vasprintf] = "vasprintf",
	[NUMBER_getline] = "getline",	[NUMBER_open_memstream] = "open_memstream",
};

__attribute__((constructor)) static void begin(void)
{
	open_table(names, COUNT);
}

static int is_short(size_t row, const void *caller)
{
	int error = 0;

	if (!fails(row, caller, &error))
		return 0;
	errno = ENOMEM;
	return 1;
}

#define IS_SHORT(name) is_short(NUMBER_##name, __builtin_return_address(0))

/* The allocator's own, since dlsym() may allocate. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);

void *malloc(size_t size)
{
	return IS_SHORT(malloc) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return IS_SHORT(calloc) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
	return IS_SHORT(realloc) ? NULL : __libc_realloc(at, size);
}

void *reallocarray(void *at, size_t count, size_t size)
{
	size_t all;

	if (IS_SHORT(reallocarray))
		return NULL;
	if (__builtin_mul_overflow(count, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(at, all);
}

static char *copy(const char *text, size_t len)
{
	char *to = __libc_malloc(len + 1);

	if (to == NULL)
		return NULL;
	memcpy(to, text, len);
	to[len] = '\0';
	return to;
}

#undef strdup
#undef strndup

char *strdup(const char *text)
{
	return IS_SHORT(strdup) ? NULL : copy(text, strlen(text));
}

char *strndup(const char *text, size_t len)
{
	return IS_SHORT(strndup) ? NULL : copy(text, strnlen(text, len));
}

/* Of what the C library calls by another name the sizes do not matter here. */
static int print(char **to, const char *format, va_list args)
{
	static int (*real)(char **, const char *, va_list);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "vasprintf");
	return real(to, format, args);
}

int vasprintf(char **to, const char *format, va_list args)
{
	return IS_SHORT(vasprintf) ? -1 : print(to, format, args);
}

int __vasprintf_chk(char **to, int flag, const char *format, va_list args);
int __vasprintf_chk(char **to, int flag, const char *format, va_list args)
{
	(void)flag;
	return IS_SHORT(vasprintf) ? -1 : print(to, format, args);
}

#define ASPRINTF(name, ...)                                                                        \
	int name(char **to, __VA_ARGS__ const char *format, ...);                                  \
	int name(char **to, __VA_ARGS__ const char *format, ...)                                   \
	{                                                                                          \
		va_list args;                                                                      \
		int len;                                                                           \
                                                                                                   \
		if (IS_SHORT(asprintf))                                                            \
			return -1;                                                                 \
		va_start(args, format);                                                            \
		len = print(to, format, args);                                                     \
		va_end(args);                                                                      \
		return len;                                                                        \
	}

ASPRINTF(asprintf)
ASPRINTF(__asprintf_chk, __attribute__((unused)) int flag, )

/* At the end of a file it gives the same. */
#define GETLINE(name, ...)                                                                         \
	ssize_t name(char **line, size_t *size, __VA_ARGS__ FILE *file);                           \
	ssize_t name(char **line, size_t *size, __VA_ARGS__ FILE *file)

static ssize_t get(char **line, size_t *size, int end, FILE *file, const void *caller)
{
	static ssize_t (*real)(char **, size_t *, int, FILE *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "getdelim");
	return is_short(NUMBER_getline, caller) ? -1 : real(line, size, end, file);
}

GETLINE(getline)
{
	return get(line, size, '\n', file, __builtin_return_address(0));
}

GETLINE(getdelim, int end, )
{
	return get(line, size, end, file, __builtin_return_address(0));
}

GETLINE(__getdelim, int end, )
{
	return get(line, size, end, file, __builtin_return_address(0));
}

FILE *open_memstream(char **to, size_t *size)
{
	static FILE *(*real)(char **, size_t *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "open_memstream");
	return IS_SHORT(open_memstream) ? NULL : real(to, size);
}
