/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Speeds of drivers and kernels that are not at hand: ioctl() is replaced (linked with
 * -Wl,--wrap=ioctl).
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "agent/kernel/rtnetlink/link_messages.h"

#define WORDS 3

static struct {
	bool old;  /* before ETHTOOL_GLINKSETTINGS */
	bool mute; /* its driver has no answer at all */
	uint32_t speed;
	char asked[IFNAMSIZ];
} kernel;

int __wrap_ioctl(int fd, unsigned long what, ...);

static int refuse(void)
{
	errno = EOPNOTSUPP;
	return -1;
}

static int answer_new(struct ethtool_link_settings *settings)
{
	if (settings->link_mode_masks_nwords != WORDS) {
		memset(settings, 0, sizeof(*settings));
		settings->link_mode_masks_nwords = -WORDS;
		return 0;
	}
	settings->speed = kernel.speed;
	memset(settings + 1, 0xff, 3 * WORDS * sizeof(uint32_t));
	return 0;
}

static int answer_old(struct ethtool_cmd *settings)
{
	ethtool_cmd_speed_set(settings, kernel.speed);
	return 0;
}

int __wrap_ioctl(int fd, unsigned long what, ...)
{
	struct ifreq *request;
	uint32_t cmd;
	va_list rest;

	va_start(rest, what);
	request = va_arg(rest, struct ifreq *);
	va_end(rest);
	assert_int_equal(fd, 7);
	assert_int_equal(what, SIOCETHTOOL);
	memcpy(kernel.asked, request->ifr_name, sizeof(kernel.asked));
	memcpy(&cmd, request->ifr_data, sizeof(cmd));
	if (cmd == ETHTOOL_GLINKSETTINGS && !kernel.old && !kernel.mute)
		return answer_new((void *)request->ifr_data);
	if (cmd == ETHTOOL_GSET && !kernel.mute)
		return answer_old((void *)request->ifr_data);
	return refuse();
}

static uint32_t speed(bool old, uint32_t reported)
{
	const char name[IFNAMSIZ] = "eth0";

	kernel.old = old;
	kernel.mute = false;
	kernel.speed = reported;
	return tcx_link_speed(7, name);
}

static void reported(void **state)
{
	(void)state;
	assert_int_equal(speed(false, 10), 10);
	assert_int_equal(speed(false, 400000), 400000);
	assert_string_equal(kernel.asked, "eth0");
}

static void reported_by_an_old_kernel(void **state)
{
	(void)state;
	assert_int_equal(speed(true, 1000), 1000);
	assert_int_equal(speed(true, 100000), 100000);
}

static void unknown(void **state)
{
	const char name[IFNAMSIZ] = "lo";

	(void)state;
	assert_int_equal(speed(false, (uint32_t)SPEED_UNKNOWN), 0);
	assert_int_equal(speed(true, (uint32_t)SPEED_UNKNOWN), 0);
	assert_int_equal(speed(true, UINT16_MAX), 0);
	kernel.mute = true;
	assert_int_equal(tcx_link_speed(7, name), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reported),
		cmocka_unit_test(reported_by_an_old_kernel),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
