/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A row for each file of dev_snmp6: what the files say, files that say something else, and when the
 * counters of a row began.
 */
#include "tests/unit/test.h"

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/octets.h"
#include "kernel/ip6_interfaces.h"
#include "kernel/netns_reader.h"
#include "tests/unit/fixture.h"

#define FOLDER	  "net/dev_snmp6/"
#define RECEIVES  TCX_COUNTED_ifIp6InReceives
#define REPORTS	  TCX_COUNTED_ifIcmp6OutMLDv2Reports
#define NO_FAULT  ""
#define SOME_ROWS 1000

static struct fixture fixture;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

/* Reads once more, after the table before, or anew: NULL. */
static struct tcx_table *read_after(struct tcx_table *before, const char *ignored, size_t max_rows,
				    struct tcx_fault *fault)
{
	const struct tcx_survey alone = {{&tcx_ip6_interfaces}};
	struct tcx_table *tables[TCX_TABLES], *befores[TCX_TABLES] = {before};
	struct tcx_netns *netns = fixture_netns(fixture.root);
	struct tcx_netns_reader *reader = tcx_netns_begin(netns, NULL);

	assert_non_null(reader);
	reader->ignored = ignored;
	reader->before = befores;
	tcx_survey_read(&alone, 1, tables, reader, max_rows, fault);
	tcx_netns_end(reader);
	tcx_netns_unref(netns);
	tcx_table_unref(before);
	return tables[0];
}

/* That must go well. */
static struct tcx_table *read_on(struct tcx_table *before)
{
	struct tcx_fault fault = {""};
	struct tcx_table *table = read_after(before, "", SOME_ROWS, &fault);

	if (table == NULL)
		fail_msg("%s", fault.text);
	return table;
}

static const struct tcx_ip6_interface *row_of(const struct tcx_table *table, uint32_t index)
{
	const struct tcx_ip6_interface *row = tcx_table_find_number(table, index);

	assert_non_null(row);
	return row;
}

static const struct text {
	const char *what, *text;
	uint32_t index; /* 0: there is no row */
	uint64_t receives;
	bool known;
	const char *lacking; /* behind the name of the file */
} texts[] = {
	{"as the kernel prints it",
	 "ifIndex                         \t7\nIp6InReceives                   \t42\n", 7, 42, true,
	 NO_FAULT},
	{"the largest numbers", "ifIndex 2147483647\nIp6InReceives 18446744073709551615\n",
	 INT32_MAX, UINT64_MAX, true, NO_FAULT},
	{"no such counter", "ifIndex 7\n", 7, 0, false, NO_FAULT},
	{"unknown names", "ifIndex 7\nIp6Future x\nIcmp6InType134 5\nIp6InReceives 1\n", 7, 1, true,
	 NO_FAULT},
	{"another order", "Ip6InReceives 3\nifIndex 7\n", 7, 3, true, NO_FAULT},
	{"a last line that ends in 0", "ifIndex 7\nIp6InReceives 0", 7, 0, true, NO_FAULT},
	{"a last line that may be cut", "ifIndex 7\nIp6InReceives 4", 7, 0, false,
	 "it ends in the middle of a line"},
	{"a number of 65 bits", "ifIndex 7\nIp6InReceives 18446744073709551616\n", 7, 0, false,
	 "the value of Ip6InReceives is no whole number of at most 64 bits"},
	{"a negative number", "ifIndex 7\nIp6InReceives -1\n", 7, 0, false,
	 "the value of Ip6InReceives is no whole number of at most 64 bits"},
	{"a hexadecimal number", "ifIndex 7\nIp6InReceives 0x1\n", 7, 0, false,
	 "the value of Ip6InReceives is no whole number of at most 64 bits"},
	{"no number", "ifIndex 7\nIp6InReceives\n", 7, 0, false,
	 "the value of Ip6InReceives is no whole number of at most 64 bits"},
	{"two numbers", "ifIndex 7\nIp6InReceives 1 2\n", 7, 0, false,
	 "the value of Ip6InReceives is no whole number of at most 64 bits"},
	{"a name twice", "ifIndex 7\nIp6InReceives 1\nIp6InReceives 1\n", 7, 0, false,
	 "it has Ip6InReceives twice"},
	{"a name thrice", "Ip6InReceives 1\nIp6InReceives 1\nIp6InReceives 1\nifIndex 7\n", 7, 0,
	 false, "it has Ip6InReceives twice"},
	{"no name", "ifIndex 7\n: 1\nIp6InReceives 1\n", 7, 1, true,
	 "a name is expected where none begins"},
	{"a blank line", "ifIndex 7\n\nIp6InReceives 1\n", 7, 1, true,
	 "a name is expected where none begins"},
	{"nothing", "", 0, 0, false, "it is empty"},
	{"no index", "Ip6InReceives 1\n", 0, 0, false, "it has no ifIndex"},
	{"index 0", "ifIndex 0\nIp6InReceives 1\n", 0, 0, false, "it has no ifIndex"},
	{"too large an index", "ifIndex 2147483648\nIp6InReceives 1\n", 0, 0, false,
	 "it has no ifIndex"},
	{"a negative index", "ifIndex -1\nIp6InReceives 1\n", 0, 0, false,
	 "the value of ifIndex is no whole number of at most 64 bits"},
	{"two indices", "ifIndex 7\nifIndex 8\nIp6InReceives 1\n", 0, 0, false,
	 "it has ifIndex twice"},
};

static void check_text(const struct text *text)
{
	struct tcx_table *table;
	const struct tcx_ip6_interface *row;
	char lacking[sizeof(struct tcx_fault)];

	fixture_puts(&fixture, FOLDER "eth0", text->text);
	table = read_on(NULL);
	row = text->index != 0 ? tcx_table_find_number(table, text->index) : NULL;
	snprintf(lacking, sizeof(lacking), "%s%s", text->lacking[0] != '\0' ? FOLDER "eth0: " : "",
		 text->lacking);
	if (table->count != (text->index != 0) || strcmp(table->lacking.text, lacking) != 0)
		fail_msg("%s: %zu rows; \"%s\"", text->what, table->count, table->lacking.text);
	if (text->index != 0 && (row == NULL || row->known[RECEIVES] != text->known ||
				 (text->known && row->numbers[RECEIVES] != text->receives)))
		fail_msg("%s: another row", text->what);
	if (row != NULL)
		assert_false(row->known[REPORTS]);
	tcx_table_unref(table);
}

static void contents(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		check_text(&texts[i]);
}

/* Each counter is found under its name, whatever the order. */
static void all_counters(void **state)
{
	static const char *const names[] = {
#define COUNTED(table, sub_id, object, counter, text) #counter,
#include "mibs/tables.def"
	};
	char text[COUNT(names) * 64] = "";
	size_t len = 0;
	struct tcx_table *table;
	const struct tcx_ip6_interface *row;

	(void)state;
	for (size_t i = COUNT(names); i > 0; i--)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%-32s\t%zu\n",
					names[i - 1], i);
	snprintf(text + len, sizeof(text) - len, "ifIndex 1\n");
	fixture_puts(&fixture, FOLDER "lo", text);
	table = read_on(NULL);
	row = row_of(table, 1);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_true(row->known[i]);
		assert_int_equal(row->numbers[i], i + 1);
	}
	tcx_table_unref(table);
}

/* Rows are in the order of the index, with the names that the files have. */
static void rows(void **state)
{
	static const char odd[] = "\xff\x01 \\\n";
	struct tcx_table *table;

	(void)state;
	fixture_puts(&fixture, FOLDER "zz", "ifIndex 2\nIp6InReceives 2\n");
	fixture_puts(&fixture, FOLDER "aa", "ifIndex 300\nIp6InReceives 3\n");
	fixture_puts(&fixture, FOLDER "lo", "ifIndex 1\nIp6InReceives 1\n");
	fixture_puts(&fixture, FOLDER "\xff\x01 \\\n", "ifIndex 9\nIp6InReceives 9\n");
	fixture_puts(&fixture, FOLDER ".hidden", "ifIndex 10\n");
	fixture_puts(&fixture, FOLDER "fifteen-octets0", "ifIndex 11\n");
	fixture_puts(&fixture, FOLDER "sixteen-octets01", "ifIndex 12\n");
	table = read_on(NULL);
	assert_int_equal(table->count, 6);
	assert_string_equal(table->source, "procfs");
	assert_string_equal(((const struct tcx_ip6_interface *)tcx_table_row(table, 0))->name,
			    "lo");
	assert_string_equal(row_of(table, 2)->name, "zz");
	assert_string_equal(row_of(table, 9)->name, odd);
	assert_string_equal(row_of(table, 10)->name, ".hidden");
	assert_string_equal(row_of(table, 11)->name, "fifteen-octets0");
	assert_int_equal(row_of(table, 300)->numbers[RECEIVES], 3);
	tcx_table_unref(table);
	table = read_after(NULL, "[az]* fif*", SOME_ROWS, NULL);
	assert_int_equal(table->count, 3);
	assert_null(tcx_table_find_number(table, 300));
	tcx_table_unref(table);
	table = read_after(NULL, "", 2, NULL);
	assert_int_equal(table->count, 2);
	assert_true(table->cut);
	tcx_table_unref(table);
}

/* Two files of one index are one row. */
static void same_index(void **state)
{
	struct tcx_table *table;

	(void)state;
	fixture_puts(&fixture, FOLDER "eth0", "ifIndex 2\nIp6InReceives 5\n");
	fixture_puts(&fixture, FOLDER "eth1", "ifIndex 2\nIp6InReceives 5\n");
	table = read_on(NULL);
	assert_int_equal(table->count, 1);
	assert_int_equal(row_of(table, 2)->numbers[RECEIVES], 5);
	tcx_table_unref(table);
}

/* What is listed and cannot be read takes no other row away. What is just gone is not told of. */
static void unreadable(void **state)
{
	char path[PATH_MAX];
	struct tcx_table *table;

	(void)state;
	fixture_puts(&fixture, FOLDER "eth0", "ifIndex 2\n");
	fixture_puts(&fixture, FOLDER "gone",
		     ""); /* so that the fixture removes what comes there */
	snprintf(path, sizeof(path), "%s/" FOLDER "gone", fixture.root);
	unlink(path);
	assert_int_equal(symlink("nowhere", path), 0);
	table = read_on(NULL);
	assert_int_equal(table->count, 1);
	assert_string_equal(table->lacking.text, "");
	tcx_table_unref(table);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	table = read_on(NULL);
	assert_int_equal(table->count, 1);
	assert_string_equal(table->lacking.text,
			    FOLDER "gone: cannot be opened: it is no regular file");
	tcx_table_unref(table);
	unlink(path);
	fixture_mkdir(&fixture, FOLDER "folder");
	table = read_on(NULL);
	assert_int_equal(table->count, 1);
	assert_non_null(strstr(table->lacking.text, FOLDER "folder: cannot be "));
	tcx_table_unref(table);
}

/* A kernel without IPv6 has no folder: no row and no fault. What is no folder is a fault. */
static void no_folder(void **state)
{
	struct tcx_fault fault = {""};
	struct tcx_table *table;

	(void)state;
	table = read_on(NULL);
	assert_int_equal(table->count, 0);
	assert_string_equal(table->source, "procfs");
	assert_string_equal(table->lacking.text, "");
	tcx_table_unref(table);
	fixture_puts(&fixture, "net/dev_snmp6", "ifIndex 1\n");
	assert_null(read_after(NULL, "", SOME_ROWS, &fault));
	assert_non_null(strstr(fault.text, "/net/dev_snmp6: cannot be opened"));
}

/* However many files there are, no descriptor stays. */
static void descriptors(void **state)
{
	size_t before = fixture_descriptors();
	struct tcx_table *table;

	(void)state;
	for (int i = 1; i <= 40; i++) {
		char path[64], text[64];

		snprintf(path, sizeof(path), FOLDER "v%d", i);
		snprintf(text, sizeof(text), "ifIndex %d\nIp6InReceives %d\n", i, 2 * i);
		fixture_puts(&fixture, path, text);
	}
	table = read_on(read_on(NULL));
	assert_int_equal(table->count, 40);
	for (uint32_t i = 1; i <= 40; i++)
		assert_int_equal(row_of(table, i)->numbers[RECEIVES], 2 * i);
	assert_int_equal(fixture_descriptors(), before);
	tcx_table_unref(table);
}

/* The next reading, of this text. Whether the counters of index 2 began with it. */
static bool begins(struct tcx_table **table, const char *text)
{
	fixture_puts(&fixture, FOLDER "eth0", text);
	*table = read_on(*table);
	return row_of(*table, 2)->since_ns == (*table)->taken_ns;
}

/* A row goes on while no counter falls; what was not known before is no fall. */
static void since(void **state)
{
	struct tcx_table *table = NULL;
	uint64_t first;

	(void)state;
	fixture_puts(&fixture, FOLDER "lo", "ifIndex 1\nIp6InReceives 8\n");
	assert_true(begins(&table, "ifIndex 2\nIp6InReceives 5\nIp6OutRequests 7\n"));
	first = table->taken_ns;
	assert_false(begins(&table, "ifIndex 2\nIp6InReceives 5\nIp6OutRequests 7\n"));
	assert_false(begins(&table, "ifIndex 2\nIp6InReceives 9\nIp6OutRequests 7\n"));
	assert_false(begins(&table, "ifIndex 2\nIp6InReceives 9\nIcmp6InMsgs 0\n"));
	assert_false(begins(&table, "ifIndex 2\nIp6InReceives 9\nIp6OutRequests 1\n"));
	assert_int_equal(row_of(table, 2)->since_ns, first);
	assert_true(begins(&table, "ifIndex 2\nIp6InReceives 8\nIp6OutRequests 9\n"));
	assert_int_equal(row_of(table, 1)->since_ns, first);
	assert_false(begins(&table, "ifIndex 2\nIp6InReceives 8\nIp6OutRequests 9\n"));
	tcx_table_unref(table);
}

/* A row that was away is a new one, and so is each that nobody has watched. */
static void away(void **state)
{
	struct tcx_table *table = NULL;

	(void)state;
	fixture_puts(&fixture, FOLDER "lo", "ifIndex 1\nIp6InReceives 8\n");
	assert_true(begins(&table, "ifIndex 2\nIp6InReceives 5\n"));
	fixture_remove(&fixture, FOLDER "eth0");
	table = read_on(table);
	assert_int_equal(table->count, 1);
	assert_true(begins(&table, "ifIndex 2\nIp6InReceives 6\n"));
	assert_true(row_of(table, 1)->since_ns < table->taken_ns);
	tcx_table_unref(table);
	table = NULL;
	assert_true(begins(&table, "ifIndex 2\nIp6InReceives 6\n"));
	assert_int_equal(row_of(table, 1)->since_ns, table->taken_ns);
	tcx_table_unref(table);
}

static bool run(const char *command)
{
	return system(command) == 0;
}

static ino_t inode_of_v0(void)
{
	struct stat status;

	assert_int_equal(stat("/proc/" FOLDER "v0", &status), 0);
	return status.st_ino;
}

/*
 * Takes IPv6 from v0 and gives it back, until its file has the number that it had: once nothing
 * keeps the old file, the kernel gives it again, unless others are faster. Before that the kernel's
 * clock goes on, which has hundredths of a second.
 */
static void begin_anew(void)
{
	const struct timespec hundredths = {.tv_nsec = 30 * TCX_NS_PER_MS};
	ino_t before = inode_of_v0();

	nanosleep(&hundredths, NULL);
	for (int i = 0; i == 0 || (i < 100 && inode_of_v0() != before); i++) {
		run("{ echo 2 > /proc/sys/vm/drop_caches; } 2>&-");
		assert_true(run("ip link set v0 mtu 1000 && ip link set v0 mtu 1500"));
	}
}

/*
 * Of links that are down no counter moves: only the kernel's time tells that IPv6 began anew. A
 * link goes on that comes up, goes down, and gets another name.
 */
static void links(void **state)
{
	struct tcx_table *table;
	uint32_t index, peer;
	uint64_t first;

	(void)state;
	strcpy(fixture.root, "/proc");
	if (access("/proc/net/dev_snmp6", F_OK) != 0 || unshare(CLONE_NEWNET) != 0 ||
	    !run("ip link add name v0 type veth peer name v1"))
		skip();
	index = if_nametoindex("v0");
	peer = if_nametoindex("v1");
	table = read_on(NULL);
	first = table->taken_ns;
	begin_anew();
	table = read_on(table);
	assert_int_equal(row_of(table, index)->since_ns, table->taken_ns);
	assert_int_equal(row_of(table, peer)->since_ns, first);
	begin_anew();
	table = read_on(table);
	assert_int_equal(row_of(table, index)->since_ns, table->taken_ns);
	assert_true(run("ip link set v0 up && ip link set v1 up"));
	table = read_on(table);
	assert_true(run("ip link set v1 down && ip link set v1 name w1 && ip link set w1 up"));
	table = read_on(table);
	assert_string_equal(row_of(table, peer)->name, "w1");
	assert_int_equal(row_of(table, peer)->since_ns, first);
	assert_true(row_of(table, index)->since_ns < table->taken_ns);
	tcx_table_unref(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(contents, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(all_counters, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(rows, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(same_index, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(unreadable, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(no_folder, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(descriptors, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(since, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(away, open_fixture, close_fixture),
		cmocka_unit_test(links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
