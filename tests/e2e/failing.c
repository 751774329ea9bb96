/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the libraries, with LD_PRELOAD: counts the calls by which the program and its
 * libraries enter the kernel, makes one fail, or give less than there is, where a test says so, and
 * shifts the clocks.
 */
#include "failing.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>

/* How a call shows that it has failed, beside NULL. CODE: by the error; CLOSES: -1, but closed. */
#define MINUS  -1
#define CODE   -2
#define CLOSES -3

#define CALL(name, bad) NUMBER_##name,
enum {
#include "failing.def"
	COUNT
};
#undef CALL

#define CALL(name, bad) #name,
static const char *const names[COUNT] = {
#include "failing.def"
};
#undef CALL

__attribute__((constructor)) static void begin(void)
{
	open_table(names, COUNT);
}

/* As many as any of them takes; what a call does not take is passed on all the same. */
typedef long function(long, long, long, long, long, long, long);

static int is_stream(long fd)
{
	int type = 0;
	socklen_t len = sizeof(type);
	function *real;

	*(void **)&real = dlsym(RTLD_NEXT, "getsockopt");
	return real(fd, SOL_SOCKET, SO_TYPE, (long)&type, (long)&len, 0, 0) == 0 &&
	       type == SOCK_STREAM;
}

/* How much a call of read(), send() or such may have, the third, when it is to give less. */
static long less(size_t number, long fd, long size)
{
	int file = number == NUMBER_pread || number == NUMBER_pread64;

	return size > 1 && (file || is_stream(fd)) ? (size > 64 ? 40 : size / 2) : size;
}

static long bad_result(long bad, int error)
{
	if (bad == CODE)
		return error;
	errno = error;
	return bad == CLOSES ? MINUS : bad;
}

#define CALL(name, bad)                                                                            \
	long tcx_##name(long a, long b, long c, long d, long e, long f, long g) __asm__(#name);    \
	long tcx_##name(long a, long b, long c, long d, long e, long f, long g)                    \
	{                                                                                          \
		static function *real;                                                             \
		int error = 0;                                                                     \
		int hit = fails(NUMBER_##name, __builtin_return_address(0), &error);               \
                                                                                                   \
		if (hit && error != 0 && bad != CLOSES)                                            \
			return bad_result(bad, error);                                             \
		if (hit && error == 0)                                                             \
			c = less(NUMBER_##name, a, c);                                             \
		if (real == NULL)                                                                  \
			*(void **)&real = dlsym(RTLD_NEXT, #name);                                 \
		if (!hit || bad != CLOSES)                                                         \
			return real(a, b, c, d, e, f, g);                                          \
		real(a, b, c, d, e, f, g);                                                         \
		return bad_result(bad, error);                                                     \
	}

#include "failing.def"

/* --- Clocks ------------------------------------------------------------------------------------*/

static int64_t shift_of(int clock)
{
	return table != NULL && clock >= 0 && clock < 8 ? table->shift_ns[clock] : 0;
}

static void shift(struct timespec *time, int64_t by_ns)
{
	const int64_t second = 1000000000;
	int64_t ns = time->tv_sec * second + time->tv_nsec + by_ns;

	if (ns < 0)
		ns = 0;
	time->tv_sec = (time_t)(ns / second);
	time->tv_nsec = (long)(ns % second);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static int (*real)(clockid_t, struct timespec *);
	int result;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	result = real(clock, time);
	if (result == 0)
		shift(time, shift_of(clock));
	return result;
}

/* A time of the shifted clock is another one of the kernel's. */
int timerfd_settime(int fd, int flags, const struct itimerspec *wanted, struct itimerspec *before)
{
	static int (*real)(int, int, const struct itimerspec *, struct itimerspec *);
	struct itimerspec changed = *wanted;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "timerfd_settime");
	if ((flags & TFD_TIMER_ABSTIME) != 0 &&
	    (wanted->it_value.tv_sec != 0 || wanted->it_value.tv_nsec != 0)) {
		shift(&changed.it_value, -shift_of(CLOCK_BOOTTIME));
		if (changed.it_value.tv_sec == 0 && changed.it_value.tv_nsec == 0)
			changed.it_value.tv_nsec = 1;
	}
	return real(fd, flags, &changed, before);
}
