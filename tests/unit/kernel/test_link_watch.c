/* SPDX-License-Identifier: BSD-2-Clause */
/* The watch over links, in a network namespace of this process alone. */
#include "tests/unit/test.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/octets.h"
#include "kernel/links.h"
#include "kernel/netns_reader.h"
#include "tests/unit/fixture.h"

static struct tcx_netns *here;
static struct tcx_link_watch *watch;
static uint64_t due_ns;

static void run(const char *command)
{
	if (system(command) != 0)
		fail_msg("'%s' fails", command);
}

/* What the watch itself has seen of a link: it learns nothing from a reading without a beginning.
 */
static uint64_t changed(const char *name)
{
	const struct tcx_link *link;
	struct tcx_table *table;
	uint64_t changed_ns;
	uint8_t key[4];

	tcx_octets_put32(key, if_nametoindex(name));
	table = fixture_table("/proc", &tcx_links, SIZE_MAX, NULL, NULL);
	assert_non_null(table);
	link = tcx_table_find(table, key);
	assert_non_null(link);
	changed_ns = tcx_link_watch_changed(watch, link, 0);
	tcx_table_unref(table);
	return changed_ns;
}

/* What the watch says of a link as a reading has it that began then. */
static uint64_t changed_to(uint32_t index, enum tcx_link_status status, uint64_t began_ns)
{
	struct tcx_link link = {.status = (uint8_t)status, .admin_up = status != TCX_LINK_DOWN};

	tcx_octets_put32(link.index, index);
	return tcx_link_watch_changed(watch, &link, began_ns);
}

/* The kernel tells of a change before the command that made it has ended, or soon after. */
static void drain(void)
{
	struct pollfd fd = {.fd = tcx_netns_fd(here), .events = POLLIN};
	struct tcx_fault fault = {""};

	while (poll(&fd, 1, 300) > 0)
		if (!tcx_netns_drain(here, &due_ns, &fault))
			fail_msg("%s", fault.text);
}

static void watch_here(void)
{
	struct tcx_netns_reader *reader;

	here = fixture_netns("/proc");
	reader = tcx_netns_begin(here, NULL);
	assert_non_null(reader);
	watch = reader->link_watch;
	tcx_netns_end(reader);
}

static int setup(void **state)
{
	(void)state;
	run("ip link set lo up && ip link add name old type veth peer name peer && ip link set "
	    "peer up");
	watch_here();
	assert_int_equal(tcx_netns_fd(here), -1);
	return tcx_netns_drain(here, &due_ns, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	tcx_netns_unref(here);
	return system("ip link del old");
}

static void unchanged_since_start(void **state)
{
	(void)state;
	drain();
	assert_int_equal(changed("lo"), 0);
	assert_int_equal(changed("old"), 0);
	assert_int_equal(changed("peer"), 0);
}

static void goes_up_and_down(void **state)
{
	uint64_t before = tcx_clock_now();
	uint64_t up;

	(void)state;
	run("ip link set old up");
	drain();
	up = changed("old");
	assert_in_range(up, before, tcx_clock_now());
	/* Now the other end has a carrier. */
	assert_in_range(changed("peer"), before, tcx_clock_now());
	assert_int_equal(changed("lo"), 0);
	run("ip link set old down");
	drain();
	assert_true(changed("old") > up);
}

/* What is neither status nor IFF_UP does not count. */
static void other_changes(void **state)
{
	(void)state;
	run("ip link set old mtu 1300 && ip link set old address 02:00:00:00:00:05 &&"
	    "ip link set old promisc on && ip link set lo mtu 60000");
	drain();
	assert_int_equal(changed("old"), 0);
	assert_int_equal(changed("lo"), 0);
}

/* A port that leaves its bridge is told of as if a link was deleted. */
static void ports_of_a_bridge(void **state)
{
	(void)state;
	run("ip link set old up");
	drain();
	assert_int_not_equal(changed("old"), 0);
	run("ip link add name bridge0 type bridge && ip link set old master bridge0 && ip link set "
	    "old nomaster");
	drain();
	assert_int_not_equal(changed("old"), 0);
	run("ip link del bridge0");
}

static void come_and_go(void **state)
{
	uint64_t before = tcx_clock_now();
	uint32_t index;

	(void)state;
	run("ip link add name new type veth peer name newer");
	drain();
	index = if_nametoindex("new");
	assert_in_range(changed("new"), before, tcx_clock_now());
	run("ip link del new");
	drain();
	/* Unknown, and so just gone. */
	before = tcx_clock_now();
	assert_true(changed_to(index, TCX_LINK_DOWN, before) >= before);
}

/* Links are kept by their numbers: one that comes or goes between others leaves these as they are.
 */
static void between_others(void **state)
{
	uint64_t low, high;

	(void)state;
	run("ip link add name low index 500 type veth peer name lower index 400");
	drain();
	run("ip link add name high index 900 type veth peer name higher index 1000");
	drain();
	low = changed("low");
	high = changed("high");
	assert_true(high > low && low > 0);
	run("ip link add name mid index 700 type veth peer name middle index 600");
	drain();
	assert_true(changed("mid") > high);
	assert_true(changed("middle") > high);
	assert_int_equal(changed("low"), low);
	assert_int_equal(changed("high"), high);
	run("ip link del mid");
	drain();
	assert_int_equal(changed("low"), low);
	assert_int_equal(changed("high"), high);
	run("ip link del low && ip link del high");
}

/* What was lost is not claimed where nothing was. */
static void nothing_lost(void **state)
{
	struct tcx_link_watch *own = tcx_link_watch_new();

	(void)state;
	assert_non_null(own);
	assert_false(tcx_link_watch_drain(own));
	assert_true(tcx_link_watch_list(own, NULL));
	assert_true(tcx_link_watch_drain(own));
	run("ip link set old up && ip link set old down");
	assert_true(tcx_link_watch_drain(own));
	assert_true(tcx_link_watch_close(own));
	tcx_link_watch_free(own);
}

/* A reading that began before the change, and may have the link as it was, or as it is. */
static void reading_is_behind(void **state)
{
	uint32_t index = if_nametoindex("lo");
	uint64_t first, second;

	(void)state;
	first = tcx_clock_now();
	run("ip link set lo down");
	drain();
	assert_int_equal(changed_to(index, TCX_LINK_UP, first), 0);
	assert_true(changed_to(index, TCX_LINK_DOWN, first) > first);
	second = tcx_clock_now();
	run("ip link set lo up");
	drain();
	assert_in_range(changed_to(index, TCX_LINK_DOWN, second), first, second);
	assert_true(changed_to(index, TCX_LINK_UP, second) > second);
	/* What is past does not come again. */
	assert_true(changed("lo") > second);
}

/* To come up takes two changes; a reading from before both has the time that belongs to it. */
static void reading_is_far_behind(void **state)
{
	uint32_t index = if_nametoindex("old");
	uint64_t began;

	(void)state;
	run("ip link set peer down");
	drain();
	began = tcx_clock_now();
	run("ip link set old up");
	drain();
	run("ip link set peer up");
	/* The kernel takes its time to see a carrier (net/core/link_watch.c). */
	for (int i = 0; i < 20 && changed_to(index, TCX_LINK_UP, began) < began; i++)
		drain();
	assert_true(changed_to(index, TCX_LINK_UP, began) > began);
	assert_int_equal(changed_to(index, TCX_LINK_DOWN, began), 0);
}

/* A reading sees the change first: the watch has it from there, and has it once. */
static void reading_is_ahead(void **state)
{
	uint32_t index = if_nametoindex("old");
	uint64_t began, seen;

	(void)state;
	run("ip link set old up");
	drain();
	run("ip link set old down");
	began = tcx_clock_now();
	seen = changed_to(index, TCX_LINK_DOWN, began);
	assert_true(seen >= began);
	drain();
	assert_int_equal(changed("old"), seen);
}

/* What is shown of a link that has counted so many packets, and so many multicasts. */
static uint64_t unicast(const char *name, uint64_t received, uint64_t multicast)
{
	struct tcx_link link = {.counters = {.rx_packets = received, .multicast = multicast}};

	tcx_octets_put32(link.index, if_nametoindex(name));
	return tcx_link_watch_unicast(watch, &link);
}

/* Multicasts that are counted late take nothing back that was shown. */
static void late_multicasts(void **state)
{
	(void)state;
	assert_int_equal(unicast("old", 1000, 900), 100);
	assert_int_equal(unicast("old", 1000, 1000), 100);
	assert_int_equal(unicast("peer", 1000, 1000), 0);
	assert_int_equal(unicast("old", 1050, 1000), 100);
	assert_int_equal(unicast("old", 1200, 1000), 200);
	assert_int_equal(unicast("old", 1200, 1300), 200);
	/* The driver's counters began anew. */
	assert_int_equal(unicast("old", 7, 3), 4);
	assert_int_equal(unicast("old", 7, 7), 4);
}

/* Before the watch has begun nothing is known of readings before. */
static void multicasts_unwatched(void **state)
{
	(void)state;
	tcx_netns_unref(here);
	watch_here();
	assert_int_equal(unicast("lo", 10, 3), 7);
	assert_int_equal(unicast("lo", 10, 11), 0);
}

/* A link of the same number is another one when the first has gone, however much it has counted. */
static void multicasts_of_another(void **state)
{
	(void)state;
	run("ip link add name new index 4711 type veth peer name newer");
	drain();
	assert_int_equal(unicast("new", 1000, 900), 100);
	run("ip link del new && ip link add name new index 4711 type veth peer name newer");
	drain();
	assert_int_equal(unicast("new", 2000, 2000), 0);
	run("ip link del new");
}

/* More changes than the kernel keeps for us: what is lost is found by comparing. */
static void flood(void **state)
{
	struct tcx_fault fault = {""};
	struct pollfd fd = {.fd = tcx_netns_fd(here), .events = POLLIN};
	uint64_t drained;

	(void)state;
	run("ip link add name gone type veth peer name goner && ip link set gone up");
	drain();
	/* One command line for all, as a process for each would take long. */
	run("for i in $(seq 1500); do echo link set old mtu $((1000 + i)); done | ip -batch -");
	run("ip link del gone && ip link set old up && ip link add name late type veth peer name "
	    "later");
	while (poll(&fd, 1, 300) > 0)
		assert_true(tcx_netns_drain(here, &due_ns, &fault));
	assert_int_not_equal(changed("old"), 0);
	drained = tcx_clock_now();
	assert_in_range(changed("late"), 1, drained);
	assert_int_equal(changed("lo"), 0);
	run("ip link del late");
}

/* Of a link that goes down and up again the kernel drops only the last change, which undid the
 * first. */
static void back_again(void **state)
{
	uint64_t before;

	(void)state;
	run("ip link set old up");
	drain();
	run("(echo link set old down; for i in $(seq 1500); do echo link set lo mtu $((60000 + "
	    "i)); "
	    "done; echo link set old up) | ip -batch -");
	drain();
	before = changed("old");
	run("ip link set old down");
	drain();
	assert_true(changed("old") > before);
}

/* So many names that a message of this link is larger than those of other links ever are. */
static void name_often(const char *name)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "for i in $(seq 300); do echo link property add dev %s altname $(printf "
		 "'%%0120d' $i); done | ip -batch -",
		 name);
	if (system(command) != 0) {
		print_message("skipped: ip cannot give alternative names\n");
		skip();
	}
}

static void large_messages(void **state)
{
	(void)state;
	name_often("old");
	drain();
	assert_int_equal(changed("old"), 0);
	run("ip link set old up");
	drain();
	assert_int_not_equal(changed("old"), 0);
	assert_int_equal(changed("lo"), 0);
}

/* Changes are lost, and the links cannot be listed either: the watch asks to be called again. */
static void listed_later(void **state)
{
	struct pollfd fd = {.fd = tcx_netns_fd(here), .events = POLLIN};
	struct rlimit limit;
	struct rlimit none;

	(void)state;
	run("for i in $(seq 1500); do echo link set old mtu $((1000 + i)); done | ip -batch -");
	run("ip link set peer down");
	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	assert_false(tcx_netns_drain(here, &due_ns, NULL));
	assert_false(tcx_netns_drain(here, &due_ns, NULL));
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(poll(&fd, 1, 0), 0);
	assert_true(due_ns < TCX_NEVER);
	assert_true(tcx_netns_drain(here, &due_ns, NULL));
	assert_true(due_ns == TCX_NEVER);
	assert_int_not_equal(changed("peer"), 0);
}

/* A watch that cannot begin is tried again, and claims no change before it has. */
static void begun_later(void **state)
{
	struct tcx_fault fault = {""};
	struct rlimit limit;
	struct rlimit none;
	uint64_t begun;

	(void)state;
	tcx_netns_unref(here);
	watch_here();
	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	assert_false(tcx_netns_drain(here, &due_ns, &fault));
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_string_equal(fault.text, "netlink: no socket: Too many open files");
	assert_int_equal(changed("old"), 0);
	assert_int_equal(tcx_netns_fd(here), -1);
	assert_true(due_ns < TCX_NEVER);
	assert_true(tcx_netns_drain(here, &due_ns, NULL));
	assert_int_equal(changed("old"), 0);
	begun = tcx_clock_now();
	run("ip link set old up");
	drain();
	assert_in_range(changed("old"), begun, tcx_clock_now());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unchanged_since_start, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_up_and_down, setup, teardown),
		cmocka_unit_test_setup_teardown(other_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(ports_of_a_bridge, setup, teardown),
		cmocka_unit_test_setup_teardown(come_and_go, setup, teardown),
		cmocka_unit_test_setup_teardown(between_others, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(reading_is_behind, setup, teardown),
		cmocka_unit_test_setup_teardown(reading_is_far_behind, setup, teardown),
		cmocka_unit_test_setup_teardown(reading_is_ahead, setup, teardown),
		cmocka_unit_test_setup_teardown(late_multicasts, setup, teardown),
		cmocka_unit_test_setup_teardown(multicasts_unwatched, setup, teardown),
		cmocka_unit_test_setup_teardown(multicasts_of_another, setup, teardown),
		cmocka_unit_test_setup_teardown(flood, setup, teardown),
		cmocka_unit_test_setup_teardown(back_again, setup, teardown),
		cmocka_unit_test_setup_teardown(large_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(listed_later, setup, teardown),
		cmocka_unit_test_setup_teardown(begun_later, setup, teardown),
	};

	if (unshare(CLONE_NEWNET) < 0) {
		printf("skipped: no network namespace: %s\n", strerror(errno));
		return 77;
	}
	if (system("ip link add name tcx0 type veth peer name tcx1 && ip link del tcx0") != 0) {
		printf("skipped: ip (iproute2) and veth links are needed\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
