/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every fixture gives exactly its own counters: a simple parser of its own, in this file, says
 * which they are. The captured ones are no part of the project; where they are found they are read
 * too.
 */
#include "tests/unit/test.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/read_sources.h"
#include "tests/unit/fixture.h"

#define COUNTERS 1024

struct counter {
	char name[80];
	char value[32];
};

struct expected {
	size_t count;
	struct counter counters[COUNTERS];
};

static void add(struct expected *expected, const char *prefix, const char *name, const char *value)
{
	struct counter *counter = &expected->counters[expected->count++];

	assert_true(expected->count < COUNTERS);
	snprintf(counter->name, sizeof(counter->name), "%s%s", prefix, name);
	snprintf(counter->value, sizeof(counter->value), "%s", value);
}

static char *first_line(char **text)
{
	return strsep(text, "\n");
}

/* "Ip: A B", "Ip: 1 2" */
static void expect_columns(struct expected *expected, char *text)
{
	char *names, *values, *name, *section;

	while ((names = first_line(&text)) != NULL && names[0] != '\0') {
		values = first_line(&text);
		section = strsep(&names, ":");
		strsep(&values, " ");
		strsep(&names, " ");
		while ((name = strsep(&names, " ")) != NULL)
			add(expected, section, name, strsep(&values, " "));
		assert_null(values);
	}
}

/* "Ip6InReceives   1" */
static void expect_pairs(struct expected *expected, char *text)
{
	for (char *line; (line = first_line(&text)) != NULL && line[0] != '\0';) {
		char name[80], value[32];

		assert_int_equal(sscanf(line, "%79s %31s", name, value), 2);
		add(expected, "", name, value);
	}
}

static void capitalize(char *part, const char *word)
{
	size_t i = 0;

	for (; word[i] != '\0'; i++)
		part[i] = (char)(i == 0 ? toupper(word[i]) : tolower(word[i]));
	part[i] = '\0';
}

/* "TCP: inuse 1 orphan 2" */
static void expect_labels(struct expected *expected, char *text)
{
	for (char *line; (line = first_line(&text)) != NULL && line[0] != '\0';) {
		char label[32], word[32], prefix[48];

		capitalize(label, strsep(&line, ":"));
		snprintf(prefix, sizeof(prefix), "Sockstat%s", label);
		strsep(&line, " ");
		for (char *key; (key = strsep(&line, " ")) != NULL;) {
			capitalize(word, key);
			add(expected, prefix, word, strsep(&line, " "));
		}
	}
}

static void expect_number(struct expected *expected, char *text, const char *name)
{
	add(expected, "", name, strsep(&text, "\n"));
}

static void expect_ipfrag_time(struct expected *expected, char *text)
{
	expect_number(expected, text, "SysctlIpfragTime");
}

static void expect_count(struct expected *expected, char *text)
{
	expect_number(expected, text, "NfConntrackCount");
}

static void expect_max(struct expected *expected, char *text)
{
	expect_number(expected, text, "NfConntrackMax");
}

/* The next word of a line; NULL at its end. */
static char *next_word(char **line)
{
	char *word;

	do {
		word = strsep(line, " \t");
	} while (word != NULL && word[0] == '\0');
	return word;
}

/* Adds up the columns of all lines of a text; returns how many all of them have. */
static size_t add_up(char *text, uint64_t sums[64], uint64_t first[64])
{
	size_t count = 64;

	memset(sums, 0, 64 * sizeof(sums[0]));
	for (char *line; (line = first_line(&text)) != NULL && line[0] != '\0'; first = NULL) {
		size_t i = 0;

		for (char *word; i < 64 && (word = next_word(&line)) != NULL; i++) {
			uint64_t number = strtoull(word, NULL, 16);

			sums[i] += number;
			if (first != NULL)
				first[i] = number;
		}
		count = i < count ? i : count;
	}
	return count;
}

static void add_number(struct expected *expected, const char *prefix, const char *name,
		       uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	add(expected, prefix, name, text);
}

/* "entries  insert_failed", "00000001  0000000a" */
static void expect_per_cpu(struct expected *expected, char *text, const char *prefix)
{
	char *names = first_line(&text);
	uint64_t sums[64], first[64];
	size_t count = add_up(text, sums, first);
	char *name;

	for (size_t i = 0; i < count && (name = next_word(&names)) != NULL; i++) {
		char camel[80] = "", part[80];

		for (char *word; (word = strsep(&name, "_")) != NULL;) {
			capitalize(part, word);
			strcat(camel, part);
		}
		add_number(expected, prefix, camel, strcmp(camel, "Entries") ? sums[i] : first[i]);
	}
}

static void expect_nf_conntrack(struct expected *expected, char *text)
{
	expect_per_cpu(expected, text, "NfConntrack");
}

static void expect_arp_cache(struct expected *expected, char *text)
{
	expect_per_cpu(expected, text, "ArpCache");
}

static void expect_ndisc_cache(struct expected *expected, char *text)
{
	expect_per_cpu(expected, text, "NdiscCache");
}

static void expect_rt_cache(struct expected *expected, char *text)
{
	expect_per_cpu(expected, text, "RtCache");
}

static void expect_synproxy(struct expected *expected, char *text)
{
	expect_per_cpu(expected, text, "Synproxy");
}

/* "00000001 0000000a", by place; the thirteenth is the processor. */
static void expect_softnet(struct expected *expected, char *text)
{
	static const char *const names[] = {
		"Processed",	"Dropped",	    "TimeSqueeze",	 "Column4",
		"Column5",	"Column6",	    "Column7",		 "Column8",
		"CpuCollision", "ReceivedRps",	    "FlowLimitCount",	 "BacklogLength",
		"Column13",	"InputQueueLength", "ProcessQueueLength"};
	uint64_t sums[64];
	size_t count = add_up(text, sums, NULL);

	for (size_t i = 0; i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "Column%zu", i + 1);
		if (i != 12)
			add_number(expected, "Softnet", i < COUNT(names) ? names[i] : name,
				   sums[i]);
	}
}

static void expect_all(struct expected *expected, const char *root)
{
	static const struct {
		const char *path;
		void (*expect)(struct expected *expected, char *text);
	} files[] = {
		{"net/snmp", expect_columns},
		{"net/netstat", expect_columns},
		{"net/snmp6", expect_pairs},
		{"net/sockstat", expect_labels},
		{"net/sockstat6", expect_labels},
		{"sys/net/ipv4/ipfrag_time", expect_ipfrag_time},
		{"net/sctp/snmp", expect_pairs},
		{"net/xfrm_stat", expect_pairs},
		{"net/tls_stat", expect_pairs},
		{"net/softnet_stat", expect_softnet},
		{"net/stat/nf_conntrack", expect_nf_conntrack},
		{"net/stat/arp_cache", expect_arp_cache},
		{"net/stat/ndisc_cache", expect_ndisc_cache},
		{"net/stat/rt_cache", expect_rt_cache},
		{"net/stat/synproxy", expect_synproxy},
		{"sys/net/netfilter/nf_conntrack_count", expect_count},
		{"sys/net/netfilter/nf_conntrack_max", expect_max},
	};

	expected->count = 0;
	for (size_t i = 0; i < COUNT(files); i++) {
		char *text = fixture_text(root, files[i].path);

		if (text != NULL)
			files[i].expect(expected, text);
		free(text);
	}
}

static const struct counter *find(const struct expected *expected, const char *name)
{
	for (size_t i = 0; i < expected->count; i++)
		if (strcmp(expected->counters[i].name, name) == 0)
			return &expected->counters[i];
	return NULL;
}

static bool same(const char *text, uint64_t value)
{
	char printed[32];

	if (text[0] == '-')
		snprintf(printed, sizeof(printed), "%lld", (long long)value);
	else
		snprintf(printed, sizeof(printed), "%llu", (unsigned long long)value);
	return strcmp(text, printed) == 0;
}

/* Nothing that is not there, and everything that is. */
static void compare_names(const struct expected *expected, const struct tcx_snapshot *snapshot)
{
	const struct tcx_layout *layout = snapshot->layout;

	assert_int_equal(layout->count, expected->count);
	for (size_t i = 0; i < layout->count; i++) {
		const struct counter *counter = find(expected, layout->entries[i].name);

		if (counter == NULL)
			fail_msg("%s is not in the files", layout->entries[i].name);
		if (!same(counter->value, snapshot->values[i]))
			fail_msg("%s is %s in the file", counter->name, counter->value);
		assert_false(layout->entries[i].ambiguous);
	}
}

/*
 * The row of the catalogue has the value under its name, and none where the file has no such name.
 *
 */
static void compare_row(const struct expected *expected, const struct tcx_snapshot *snapshot, int i)
{
	const char *name = tcx_catalogue_row((enum tcx_counter)i)->name;
	const struct counter *counter = find(expected, name);
	uint64_t value;
	bool got = tcx_snapshot_get(snapshot, (enum tcx_counter)i, 0, &value);

	if (got != (counter != NULL))
		fail_msg("%s: %s in the file, %s", name, counter != NULL ? counter->value : "not",
			 got ? "served" : "not served");
	if (got && !same(counter->value, value))
		fail_msg("%s is %s in the file", name, counter->value);
}

static void compare_column(const struct expected *expected, const struct tcx_snapshot *snapshot,
			   const struct tcx_counter_row *row)
{
	for (int type = 0; type < TCX_ICMP_TYPES; type++) {
		const struct counter *counter;
		char name[80];
		uint64_t value;

		snprintf(name, sizeof(name), "%s%d", row->name, type);
		counter = find(expected, name);
		assert_int_equal(tcx_snapshot_get_type(snapshot, (enum tcx_icmp_column)row->column,
						       (uint8_t)type, 0, &value),
				 counter != NULL);
		assert_true(counter == NULL || same(counter->value, value));
	}
}

static size_t compare(const char *root)
{
	static struct expected expected;
	struct tcx_fault fault = {""};
	struct tcx_sources *sources = fixture_sources(root);
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);
	size_t unknown;

	if (snapshot == NULL || fault.text[0] != '\0')
		fail_msg("%s", fault.text);
	expect_all(&expected, root);
	compare_names(&expected, snapshot);
	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)i);

		if (row->column < 0)
			compare_row(&expected, snapshot, i);
		else
			compare_column(&expected, snapshot, row);
	}
	unknown = tcx_snapshot_count(snapshot, false, 0);
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
	return unknown;
}

/* Names of a future kernel are all that the catalogue may not know. */
static void made(void **state)
{
	DIR *folder = opendir(fixture_source("tests/fixtures"));
	size_t kernels = 0;

	(void)state;
	assert_non_null(folder);
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char path[300];

		snprintf(path, sizeof(path), "tests/fixtures/%s", entry->d_name);
		if (strchr(entry->d_name, '.') == entry->d_name ||
		    (strchr("0123456789", entry->d_name[0]) == NULL &&
		     strncmp(entry->d_name, "quirk-", 6) != 0))
			continue;
		print_message("%s\n", entry->d_name);
		kernels++;
		assert_int_equal(compare(fixture_source(path)) > 0,
				 strcmp(entry->d_name, "quirk-future") == 0);
	}
	closedir(folder);
	assert_true(kernels >= 11);
}

/* Unknown names are told apart from known ones, and are all there. */
static void future(void **state)
{
	struct tcx_fault fault = {""};
	struct tcx_sources *sources =
		fixture_sources(fixture_source("tests/fixtures/quirk-future"));
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);
	size_t unknown = 0;

	(void)state;
	assert_non_null(snapshot);
	for (size_t i = 0; i < snapshot->layout->count; i++) {
		const struct tcx_entry *entry = &snapshot->layout->entries[i];
		bool is_new = strstr(entry->name, "Future") != NULL ||
			      strcmp(entry->name, "SoftnetColumn16") == 0 ||
			      strcmp(entry->name, "SoftnetColumn17") == 0;

		assert_int_equal(entry->counter == TCX_NONE, is_new);
		unknown += is_new;
	}
	assert_int_equal(tcx_snapshot_count(snapshot, false, 0), unknown);
	assert_true(unknown >= 20);
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
}

static void compare_captured(const char *captures, const char *name)
{
	struct fixture fixture;
	char folder[PATH_MAX];

	fixture_open(&fixture);
	snprintf(folder, sizeof(folder), "%s/%s", captures, name);
	if (fixture_copy_flat(&fixture, folder) > 0) {
		size_t unknown = compare(fixture.root);

		print_message("%s: %zu unknown\n", name, unknown);
	}
	fixture_close(&fixture);
}

static void captured(void **state)
{
	const char *given = getenv("TCX_CAPTURES");
	char captures[PATH_MAX / 2];
	DIR *folder;

	(void)state;
	snprintf(captures, sizeof(captures), "%s",
		 given != NULL ? given : fixture_source("../shared/data/fixtures"));
	folder = opendir(captures);
	if (folder == NULL) {
		print_message("no captured procfs in %s: set TCX_CAPTURES to the folder that has "
			      "them\n",
			      captures);
		skip();
	}
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
		if (entry->d_name[0] != '.')
			compare_captured(captures, entry->d_name);
	closedir(folder);
}

/* One file alone, with the newline that some lost on their way here. False: there is none. */
static bool compare_one(const char *folder, const char *path)
{
	struct fixture fixture;
	char *text = fixture_text(folder, path);
	char *whole;
	size_t len;

	if (text == NULL)
		return false;
	len = strlen(text);
	whole = malloc(len + 2);
	assert_non_null(whole);
	snprintf(whole, len + 2, "%s%s", text, text[len - 1] == '\n' ? "" : "\n");
	fixture_open(&fixture);
	fixture_puts(&fixture, path, whole);
	compare(fixture.root);
	fixture_close(&fixture);
	free(whole);
	free(text);
	return true;
}

/* Captures of single files, each below its path. One was made by hand, of lines that do not fit. */
static void captured_files(void **state)
{
	const char *given = getenv("TCX_CAPTURED_FILES");
	char captures[PATH_MAX / 2], folder[PATH_MAX];
	DIR *all;
	size_t files = 0;

	(void)state;
	snprintf(captures, sizeof(captures), "%s",
		 given != NULL ? given : fixture_source("../shared/data/sources"));
	all = opendir(captures);
	if (all == NULL) {
		print_message("no captured files in %s: set TCX_CAPTURED_FILES\n", captures);
		skip();
	}
	for (const struct dirent *entry; (entry = readdir(all)) != NULL;) {
		bool made_up = strcmp(entry->d_name, "procfs-edited") == 0;

		snprintf(folder, sizeof(folder), "%s/%s", captures, entry->d_name);
		for (size_t i = 0; entry->d_name[0] != '.' && i < TCX_SOURCES; i++)
			if (!made_up || i != TCX_SOURCE_SOFTNET)
				files += compare_one(folder, tcx_catalogue_source(i)->path);
	}
	closedir(all);
	assert_true(files > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made),
		cmocka_unit_test(future),
		cmocka_unit_test(captured),
		cmocka_unit_test(captured_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
