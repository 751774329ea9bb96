/* The sources: all files of a proc root together, again and again. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "reading.h"
#include "tcx_sources.h"

struct scene {
	struct fixture fixture;
	struct tcx_sources *sources;
};

static int open_scene(void **state)
{
	static struct scene scene;

	fixture_open(&scene.fixture);
	scene.sources = tcx_sources_new(scene.fixture.root);
	*state = &scene;
	return scene.sources != NULL ? 0 : -1;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	tcx_sources_free(scene->sources);
	fixture_close(&scene->fixture);
	return 0;
}

static void put(struct scene *scene, const char *path, const char *text)
{
	fixture_puts(&scene->fixture, path, text);
}

/* What a read gives; NULL expects a fault with this cause in it. */
static void expect(struct scene *scene, const char *gives, const char *cause)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = tcx_sources_read(scene->sources, &fault);
	char *got = snapshot != NULL ? reading_text(snapshot) : NULL;

	if (gives == NULL) {
		assert_null(got);
		if (strstr(fault.text, cause) == NULL)
			fail_msg("'%s' is not in '%s'", cause, fault.text);
	} else {
		if (got == NULL)
			fail_msg("%s", fault.text);
		assert_string_equal(got, gives);
	}
	free(got);
	tcx_snapshot_unref(snapshot);
}

static void all_files(void **state)
{
	struct scene *scene = *state;

	put(scene, "sys/net/ipv4/ipfrag_time", "30\n");
	put(scene, "net/sockstat6", "TCP6: inuse 5\n");
	put(scene, "net/sockstat", "TCP: inuse 4\n");
	put(scene, "net/netstat", "TcpExt: TW\nTcpExt: 3\n");
	put(scene, "net/snmp6", "Ip6InReceives 2\n");
	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	expect(scene,
	       "IpInReceives=1 Ip6InReceives=2 TcpExtTW=3 SockstatTcpInuse=4 SockstatTcp6Inuse=5 "
	       "SysctlIpfragTime=30",
	       NULL);
	for (size_t i = 0; i < tcx_sources_count(); i++)
		assert_true(tcx_sources_present(scene->sources, i));
}

static void no_file(void **state)
{
	struct scene *scene = *state;

	expect(scene, NULL, "/net/snmp: neither this file nor its kin exist");
	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	expect(scene, "IpInReceives=1", NULL);
}

/* Whichever file is missing, the counters of the others stay. */
static void one_missing(void **state)
{
	static const char *const texts[] = {"Ip: A\nIp: 1\n", "Ip6A 1\n",  "Ext: A\nExt: 1\n",
					    "X: a 1\n",	      "X6: a 1\n", "30\n"};
	struct scene *scene = *state;

	assert_int_equal(tcx_sources_count(), COUNT(texts));
	for (size_t i = 0; i < COUNT(texts); i++)
		put(scene, tcx_sources_path(i), texts[i]);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct tcx_sources *sources = tcx_sources_new(scene->fixture.root);
		struct tcx_fault fault = {""};
		struct tcx_snapshot *snapshot;

		fixture_remove(&scene->fixture, tcx_sources_path(i));
		snapshot = tcx_sources_read(sources, &fault);
		assert_non_null(snapshot);
		assert_int_equal(snapshot->layout->count, COUNT(texts) - 1);
		for (size_t k = 0; k < COUNT(texts); k++)
			assert_int_equal(tcx_sources_present(sources, k), k != i);
		tcx_snapshot_unref(snapshot);
		tcx_sources_free(sources);
		put(scene, tcx_sources_path(i), texts[i]);
	}
}

static void a_file_comes(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	expect(scene, "IpA=1", NULL);
	put(scene, "net/snmp6", "Ip6A 2\n");
	expect(scene, "IpA=1 Ip6A=2", NULL);
}

/* Names that come, go, or change places between two reads. */
static void other_names(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/netstat", "TcpExt: TW\nTcpExt: 9\n");
	put(scene, "net/snmp", "Icmp: InMsgs\nIcmp: 1\nTcp: InSegs\nTcp: 2\n");
	expect(scene, "IcmpInMsgs=1 TcpInSegs=2 TcpExtTW=9", NULL);
	put(scene, "net/snmp",
	    "Icmp: InMsgs\nIcmp: 3\nIcmpMsg: InType8\nIcmpMsg: 4\nTcp: InSegs\nTcp: 5\n");
	expect(scene, "IcmpInMsgs=3 IcmpMsgInType8=4 TcpInSegs=5 TcpExtTW=9", NULL);
	put(scene, "net/snmp",
	    "Icmp: InMsgs\nIcmp: 3\nIcmpMsg: InType3 InType8\nIcmpMsg: 6 7\nTcp: InSegs\nTcp: 5\n");
	expect(scene, "IcmpInMsgs=3 IcmpMsgInType3=6 IcmpMsgInType8=7 TcpInSegs=5 TcpExtTW=9",
	       NULL);
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 8\nIcmp: InMsgs\nIcmp: 9\n");
	expect(scene, "TcpInSegs=8 IcmpInMsgs=9 TcpExtTW=9", NULL);
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 8\n");
	expect(scene, "TcpInSegs=8 TcpExtTW=9", NULL);
}

/* A snapshot keeps its names and values whatever is read after it. */
static void older_snapshots(void **state)
{
	struct scene *scene = *state;
	struct tcx_fault fault = {""};
	struct tcx_snapshot *first, *second;
	char *text;

	put(scene, "net/snmp", "Tcp: InSegs OutSegs\nTcp: 1 2\n");
	first = tcx_sources_read(scene->sources, &fault);
	put(scene, "net/snmp", "Tcp: InSegs OutSegs\nTcp: 3 4\n");
	second = tcx_sources_read(scene->sources, &fault);
	assert_ptr_equal(first->layout, second->layout); /* same names: shared */
	put(scene, "net/snmp", "Tcp: OutSegs\nTcp: 5\n");
	expect(scene, "TcpOutSegs=5", NULL);
	text = reading_text(first);
	assert_string_equal(text, "TcpInSegs=1 TcpOutSegs=2");
	free(text);
	tcx_snapshot_unref(first);
	tcx_snapshot_unref(second);
}

/* A failed read changes nothing for the next one. */
static void after_a_fault(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 1\n");
	expect(scene, "TcpInSegs=1", NULL);
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: x\n");
	expect(scene, NULL, "InSegs is no whole number");
	put(scene, "net/snmp", "Tcp: InSegs New\nTcp: 1 x\n");
	expect(scene, NULL, "New is no whole number");
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 2\n");
	expect(scene, "TcpInSegs=2", NULL);
}

/* The fault of the text is what counts, not that the names changed as well. */
static void fault_in_new_names(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 1\n");
	expect(scene, "TcpInSegs=1", NULL);
	put(scene, "net/snmp", "Tcp: OutSegs\nTcp: -1\n");
	expect(scene, NULL, "/net/snmp: Tcp: TcpOutSegs is negative");
	expect(scene, NULL, "/net/snmp: Tcp: TcpOutSegs is negative");
}

/* No name at all, then some. */
static void from_nothing(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Ip:\nIp:\n");
	expect(scene, "", NULL);
	expect(scene, "", NULL);
	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	expect(scene, "IpA=1", NULL);
}

static void times(void **state)
{
	struct scene *scene = *state;
	struct tcx_fault fault = {""};
	struct tcx_snapshot *first, *second;

	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	first = tcx_sources_read(scene->sources, &fault);
	second = tcx_sources_read(scene->sources, &fault);
	assert_true(first->taken_ns > 0);
	assert_true(second->taken_ns >= first->taken_ns + first->cost_ns);
	assert_true(first->when.tv_sec > 0);
	assert_int_equal(first->sequence, 0);
	assert_int_equal(first->discontinuity_ns, 0);
	tcx_snapshot_unref(first);
	tcx_snapshot_unref(second);
}

/* However reads end, no descriptor is left. */
static void descriptors(void **state)
{
	struct scene *scene = *state;
	size_t before = fixture_descriptors();

	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	fixture_mkdir(&scene->fixture, "net/netstat");
	for (int i = 0; i < 20; i++) {
		struct tcx_sources *sources = tcx_sources_new(scene->fixture.root);
		struct tcx_fault fault = {""};

		for (int k = 0; k < 3; k++)
			assert_null(tcx_sources_read(sources, &fault));
		assert_non_null(strstr(fault.text, "/net/netstat: cannot be read: Is a directory"));
		tcx_sources_free(sources);
	}
	assert_int_equal(fixture_descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
		TEST(all_files),     TEST(no_file),
		TEST(one_missing),   TEST(a_file_comes),
		TEST(other_names),   TEST(older_snapshots),
		TEST(after_a_fault), TEST(fault_in_new_names),
		TEST(from_nothing),  TEST(times),
		TEST(descriptors),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
