/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the service manager is found by the environment, and what comes there. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/service_manager.h"

static char folder[] = "/tmp/tcx-notify-XXXXXX";
static char path[sizeof(folder) + 8];

static int setup(void **state)
{
	(void)state;
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
	unsetenv("NOTIFY_SOCKET");
	return 0;
}

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/socket", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* A socket at this name, whose first octet is '@' where it is none of a file. */
static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t len = (socklen_t)(sizeof(sa_family_t) + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, name, strlen(name));
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	else
		unlink(name);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	return fd;
}

static void check_heard(const char *name)
{
	struct tcx_service_manager manager;
	int fd = listen_at(name);
	char heard[64] = "";

	setenv("NOTIFY_SOCKET", name, 1);
	tcx_service_manager_find(&manager);
	assert_true(tcx_service_manager_tell(&manager, "READY=%d\nSTATUS=%s", 1, "well"));
	assert_true(recv(fd, heard, sizeof(heard) - 1, 0) > 0);
	assert_string_equal(heard, "READY=1\nSTATUS=well");
	tcx_service_manager_close(&manager);
	assert_true(tcx_service_manager_tell(&manager, "nobody hears this"));
	close(fd);
}

static void addresses(void **state)
{
	char abstract[64];

	(void)state;
	snprintf(abstract, sizeof(abstract), "@tcx-notify-%ld", (long)getpid());
	check_heard(path);
	check_heard(abstract);
}

/* Nobody is told where there is nobody, or one of another kind. */
static void nobody(void **state)
{
	static const char *const names[] = {NULL, "", "/", "@", "relative", "vsock:2:1234"};
	struct tcx_service_manager manager;
	char too_long[200];

	(void)state;
	setenv("WATCHDOG_USEC", "1000000", 1);
	for (size_t i = 0; i < COUNT(names); i++) {
		if (names[i] != NULL)
			setenv("NOTIFY_SOCKET", names[i], 1);
		tcx_service_manager_find(&manager);
		assert_int_equal(manager.fd, -1);
		assert_int_equal(manager.watchdog_ns, 0);
		assert_true(tcx_service_manager_tell(&manager, "READY=1"));
	}
	memset(too_long, '/', sizeof(too_long));
	too_long[sizeof(too_long) - 1] = '\0';
	setenv("NOTIFY_SOCKET", too_long, 1);
	tcx_service_manager_find(&manager);
	assert_int_equal(manager.fd, -1);
}

/* A manager that is gone or busy is not waited for. */
static void does_not_wait(void **state)
{
	struct tcx_service_manager manager;
	int fd = listen_at(path), told = 0;

	(void)state;
	setenv("NOTIFY_SOCKET", path, 1);
	tcx_service_manager_find(&manager);
	while (told < 100000 && tcx_service_manager_tell(&manager, "WATCHDOG=1"))
		told++;
	assert_in_range(told, 1, 99999);
	close(fd);
	assert_false(tcx_service_manager_tell(&manager, "WATCHDOG=1"));
	tcx_service_manager_close(&manager);
}

static uint64_t watchdog_of(const char *pid)
{
	struct tcx_service_manager manager;

	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
	tcx_service_manager_find(&manager);
	tcx_service_manager_close(&manager);
	return manager.watchdog_ns;
}

/* The watchdog is of the process that WATCHDOG_PID names, or of any. */
static void watchdog(void **state)
{
	char pid[32];

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv("NOTIFY_SOCKET", path, 1);
	assert_int_equal(watchdog_of(pid), 0);
	setenv("WATCHDOG_USEC", "1500000", 1);
	assert_int_equal(watchdog_of(pid), 1500 * TCX_NS_PER_MS);
	assert_int_equal(watchdog_of("1"), 0);
	unsetenv("WATCHDOG_PID");
	assert_int_equal(watchdog_of(NULL), 1500 * TCX_NS_PER_MS);
	setenv("WATCHDOG_USEC", "no number", 1);
	assert_int_equal(watchdog_of(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(addresses, setup),
		cmocka_unit_test_setup(nobody, setup),
		cmocka_unit_test_setup(does_not_wait, setup),
		cmocka_unit_test_setup(watchdog, setup),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
