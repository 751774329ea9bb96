/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the formats of procfs one by one. The first octet picks one; the rest is the text.
 *
 * Beyond not crashing: what is accepted, and each name with its value, is what a second reader has,
 * which splits a copy of the text into lines and those into words. Names are none of a row: what
 * the kernel may not print of those is for other tests.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/octets.h"
#include "kernel/netns_reader.h"
#include "kernel/softnet_cpus.h"
#include "sample/limits.h"
#include "tests/unit/fixture.h"
#include "tests/unit/reading.h"

#include "fuzz.h"

#define BLANKS " \t"

/* --- What a text holds, by the second reader ---------------------------------------------------*/

struct found {
	bool good;
	size_t count;
	struct {
		char name[TCX_NAME_MAX + 1];
		uint64_t value;
	} items[16384];
};

static struct found found;

static bool is_name(const char *word)
{
	if (!isalpha((unsigned char)word[0]))
		return false;
	for (; *word != '\0'; word++)
		if (!isalnum((unsigned char)*word) && strchr("_-.", *word) == NULL)
			return false;
	return true;
}

/* Digits, with a sign in front if wanted, that fit. */
static bool read_number(const char *word, uint64_t *value)
{
	const char *digits = word + (*word == '-');
	char *end;

	if (!isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*value = *word == '-' ? (uint64_t)strtoll(word, &end, 10) : strtoull(word, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool read_hex(const char *word, uint64_t *value)
{
	char *end;

	if (!isxdigit((unsigned char)word[0]) || tolower((unsigned char)word[1]) == 'x')
		return false;
	errno = 0;
	*value = strtoull(word, &end, 16);
	return errno == 0 && *end == '\0';
}

static bool keep(const char *section, const char *name, uint64_t value)
{
	if (strlen(section) + strlen(name) > TCX_NAME_MAX)
		return false;
	MUST(found.count < sizeof(found.items) / sizeof(found.items[0]));
	strcpy(found.items[found.count].name, section);
	strcat(found.items[found.count].name, name);
	found.items[found.count++].value = value;
	return true;
}

/* A line of names and one of numbers behind one section. */
static bool take_columns(char *names, char *values)
{
	char *colon = strchr(names, ':'), *other = values != NULL ? strchr(values, ':') : NULL;
	char *left = NULL, *right = NULL, *name, *word;
	uint64_t value;

	if (colon == NULL || other == NULL)
		return false;
	*colon = *other = '\0';
	if (!is_name(names) || strcmp(names, values) != 0)
		return false;
	name = strtok_r(colon + 1, BLANKS, &left);
	word = strtok_r(other + 1, BLANKS, &right);
	for (; name != NULL && word != NULL;
	     name = strtok_r(NULL, BLANKS, &left), word = strtok_r(NULL, BLANKS, &right))
		if (!is_name(name) || !read_number(word, &value) || !keep(names, name, value))
			return false;
	return name == NULL && word == NULL;
}

static bool take_pair(char *line)
{
	char *rest = NULL;
	const char *name = strtok_r(line, BLANKS, &rest);
	const char *word = name == line ? strtok_r(NULL, BLANKS, &rest) : NULL;
	uint64_t value;

	return word != NULL && strtok_r(NULL, BLANKS, &rest) == NULL && is_name(name) &&
	       read_number(word, &value) && keep("", name, value);
}

/* "inuse" becomes "Inuse", "TCP" becomes "Tcp". */
static void capitalize(char *word)
{
	for (size_t i = 0; word[i] != '\0'; i++)
		word[i] = (char)(i == 0 ? toupper((unsigned char)word[i])
					: tolower((unsigned char)word[i]));
}

static bool take_labels(char *line)
{
	char *colon = strchr(line, ':'), *rest = NULL, *key;
	char section[TCX_NAME_MAX + 16];

	if (colon == NULL)
		return false;
	*colon = '\0';
	if (!is_name(line))
		return false;
	capitalize(line);
	for (key = strtok_r(colon + 1, BLANKS, &rest); key != NULL;
	     key = strtok_r(NULL, BLANKS, &rest)) {
		const char *word = strtok_r(NULL, BLANKS, &rest);
		uint64_t value;

		capitalize(key);
		if (word == NULL || !is_name(key) || !read_number(word, &value) ||
		    strlen(line) > TCX_NAME_MAX)
			return false;
		sprintf(section, "Sockstat%s", line);
		if (!keep(section, key, value))
			return false;
	}
	return true;
}

/* The lines of a text that is whole; false: it is not. */
struct lines {
	size_t count;
	char *at[16384];
};

static struct lines lines;

static bool split(char *text, size_t len)
{
	bool ended = len > 0 && text[len - 1] == '\n';
	bool zero = len >= 2 && text[len - 1] == '0' && strchr(BLANKS, text[len - 2]) != NULL;

	lines.count = 0;
	for (char *at = text; at < text + len; at += strlen(at) + 1) {
		MUST(lines.count < sizeof(lines.at) / sizeof(lines.at[0]));
		lines.at[lines.count++] = at;
		*strchrnul(at, '\n') = '\0';
	}
	return ended || (zero && text[len - 2] != '\0');
}

static bool read_columns(char *text, size_t len)
{
	if (!split(text, len))
		return false;
	for (size_t i = 0; i < lines.count; i += 2)
		if (!take_columns(lines.at[i], i + 1 < lines.count ? lines.at[i + 1] : NULL))
			return false;
	return true;
}

static bool read_pairs(char *text, size_t len)
{
	bool good = split(text, len);

	for (size_t i = 0; i < lines.count; i++)
		good = good && take_pair(lines.at[i]);
	return good;
}

static bool read_labels(char *text, size_t len)
{
	bool good = split(text, len);

	for (size_t i = 0; i < lines.count; i++)
		good = good && take_labels(lines.at[i]);
	return good;
}

static bool read_one(char *text, size_t len)
{
	char *rest = NULL;
	const char *word;
	uint64_t value;

	if (len == 0 || text[len - 1] != '\n' || strchr(BLANKS "\n", text[0]) != NULL)
		return false;
	text[len - 1] = '\0';
	word = strtok_r(text, BLANKS, &rest);
	return word != NULL && strtok_r(NULL, BLANKS, &rest) == NULL && read_number(word, &value) &&
	       keep("", "SysctlIpfragTime", value);
}

/* --- Rows of two files -------------------------------------------------------------------------*/

static struct fixture fixture;

static struct tcx_table *read_table(const struct tcx_table_reader *reader, const char *path,
				    const char *text, size_t len)
{
	const struct tcx_survey alone = {{reader}};
	static struct tcx_netns_reader *there;
	struct tcx_table *tables[TCX_TABLES];
	struct tcx_fault fault = {""};

	if (fixture.root[0] == '\0')
		fixture_open(&fixture);
	if (there == NULL)
		there = tcx_netns_begin(fixture_netns(fixture.root), NULL);
	MUST(there != NULL);
	fixture_write(&fixture, path, text, len);
	MUST(tcx_survey_read(&alone, 1, tables, there, SIZE_MAX, &fault));
	fixture_remove(&fixture, path);
	return tables[0];
}

/* The numbers of a line; SIZE_MAX: one of its words is none. */
static size_t read_hexes(char *line, uint64_t numbers[13])
{
	char *rest = NULL;
	size_t count = 0;
	uint64_t value;

	for (const char *word = strtok_r(line, BLANKS, &rest); word != NULL;
	     word = strtok_r(NULL, BLANKS, &rest), count++) {
		if (!read_hex(word, &value))
			return SIZE_MAX;
		if (count < 13)
			numbers[count] = value;
	}
	return count;
}

/* Each line has the number of its processor, which grows from line to line; or there is no row. */
static void try_cpus(const char *text, size_t len)
{
	struct tcx_table *table = read_table(&tcx_softnet_cpus, "net/softnet_stat", text, len);
	char *copy = strndup(text, len);
	uint64_t numbers[13], next = 0;
	bool good = true;

	split(copy, len);
	for (size_t i = 0; i < lines.count && good; i++) {
		size_t count = read_hexes(lines.at[i], numbers);
		const struct tcx_softnet_cpu *row;

		good = count != SIZE_MAX && (count == 13 || count > 14) && numbers[12] >= next &&
		       numbers[12] < INT32_MAX;
		next = numbers[12] + 1;
		if (!good || table->count == 0)
			continue;
		row = tcx_table_find_number(table, (uint32_t)next);
		MUST(row != NULL && row->processed == (uint32_t)numbers[0]);
		MUST(row->dropped == (uint32_t)numbers[1] &&
		     row->time_squeeze == (uint32_t)numbers[2]);
		MUST(row->received_rps == (uint32_t)numbers[9] &&
		     row->flow_limit_count == (uint32_t)numbers[10] &&
		     row->backlog_length == (uint32_t)numbers[11]);
	}
	MUST(table->count == (good ? lines.count : 0));
	tcx_table_unref(table);
	free(copy);
}

/* Three numbers that are not negative, and nothing else. */
static void try_limits(const char *text, size_t len)
{
	struct tcx_table *table = read_table(&tcx_kernel_limits, "sys/net/ipv4/udp_mem", text, len);
	const struct tcx_limits *row = tcx_table_row(table, 0);
	char *copy = strndup(text, len), *rest = NULL;
	size_t count = 0;
	uint64_t numbers[4];

	split(copy, len);
	for (const char *word = lines.count > 0 ? strtok_r(copy, BLANKS, &rest) : NULL;
	     word != NULL && count < 4; word = strtok_r(NULL, BLANKS, &rest))
		if (word[0] == '-' || !read_number(word, &numbers[count++]))
			count = 4;
	MUST(table->count == 1);
	MUST(row->known[TCX_LIMIT_UDP_MEM_MIN] == (count == 3 && lines.count == 1));
	MUST((table->lacking.text[0] == '\0') == row->known[TCX_LIMIT_UDP_MEM_MIN]);
	if (row->known[TCX_LIMIT_UDP_MEM_MIN])
		MUST(row->numbers[TCX_LIMIT_UDP_MEM_MIN] == numbers[0] &&
		     row->numbers[TCX_LIMIT_UDP_MEM_PRESSURE] == numbers[1] &&
		     row->numbers[TCX_LIMIT_UDP_MEM_MAX] == numbers[2]);
	tcx_table_unref(table);
	free(copy);
}

/* --- Counters ----------------------------------------------------------------------------------*/

static const struct {
	tcx_reader *reader;
	bool (*read)(char *text, size_t len);
} formats[] = {
	{tcx_read_columns, read_columns},
	{tcx_read_pairs, read_pairs},
	{tcx_read_labels, read_labels},
	{tcx_read_number, read_one},
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* The catalogue's rows have rules of their own about values below 0. */
static bool is_odd(void)
{
	uint8_t type;

	for (size_t i = 0; i < found.count; i++)
		if ((int64_t)found.items[i].value < 0 &&
		    tcx_catalogue_find(found.items[i].name, strlen(found.items[i].name), &type) !=
			    TCX_NONE)
			return true;
	return false;
}

static void try_counters(size_t format, const char *text, size_t len)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = reading_of(formats[format].reader, text, len, &fault);
	char *copy = strndup(text, len);

	found.count = 0;
	found.good = formats[format].read(copy, len);
	free(copy);
	if (!is_odd()) {
		MUST((snapshot != NULL) == found.good);
		MUST(snapshot == NULL || snapshot->layout->count == found.count);
		for (size_t i = 0; snapshot != NULL && i < found.count; i++)
			MUST(strcmp(snapshot->layout->entries[i].name, found.items[i].name) == 0 &&
			     snapshot->values[i] == found.items[i].value);
	}
	tcx_snapshot_unref(snapshot);
}

static void try_text(size_t which, const char *text, size_t len)
{
	if (which < FORMATS)
		try_counters(which, text, len);
	else if (which == FORMATS)
		try_cpus(text, len);
	else
		try_limits(text, len);
}

/* A zero octet would end a line for the second reader alone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0 || memchr(data + 1, '\0', size - 1) != NULL)
		return 0;
	text = malloc(size > 1 ? size - 1 : 1); /* just so long, for sanitizers */
	MUST(text != NULL);
	memcpy(text, data + 1, size - 1);
	try_text(data[0] % (FORMATS + 2), text, size - 1);
	free(text);
	return 0;
}
