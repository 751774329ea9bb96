/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket files of procfs: what their lines say, and lines that are none. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/octets.h"
#include "kernel/socket_tables.h"
#include "tests/unit/fixture.h"
#include "tests/unit/use_procfs.h"

#define TITLES                                                                                     \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "      \
	"timeout inode\n"
#define REST " 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0\n"

/* What would wait for ever ends the test. */
#define TIMEOUT_S 30

static char root[] = "/tmp/tcx-sockets-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/net/%s", root, name);
	return path;
}

static void write_file(const char *name, const char *text, size_t len)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static struct tcx_table *read_files(const struct tcx_table_reader *reader, struct tcx_fault *fault)
{
	return fixture_table(root, reader, 1000, "chosen by the test", fault);
}

static struct tcx_table *read_text(const struct tcx_table_reader *reader, const char *name,
				   const char *text, struct tcx_fault *fault)
{
	write_file(name, text, strlen(text));
	return read_files(reader, fault);
}

/* The address as this machine prints it: its octets are those of the network. */
static const char *word(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	static char texts[8][9];
	static unsigned int next;
	const uint8_t octets[] = {a, b, c, d};
	uint32_t number;
	char *text = texts[next++ % 8];

	memcpy(&number, octets, sizeof(number));
	snprintf(text, sizeof(texts[0]), "%08X", number);
	return text;
}

static void connections(void **state)
{
	static const struct tcx_connection wanted[] = {
		{{0, 0, 0, 0}, {0, 22}, {0, 0, 0, 0}, {0, 0}, TCX_TCP_LISTEN},
		{{10, 1, 2, 3}, {0, 22}, {10, 9, 8, 7}, {0xab, 0xcd}, TCX_TCP_ESTABLISHED},
		{{10, 1, 2, 3}, {0, 22}, {10, 9, 8, 8}, {0, 1}, TCX_TCP_TIME_WAIT},
	};
	struct tcx_table *table;
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text),
		 TITLES "   0: %s:0016 %s:ABCD 01 00000010:00000020" REST
			"   1: 00000000:0016 00000000:0000 0A 00000000:00000003" REST
			"  10: 00000000:0016 00000000:0000 0A 00000000:00000004" REST
			"12345: %s:0016 %s:0001 06 00000000:00000000" REST,
		 word(10, 1, 2, 3), word(10, 9, 8, 7), word(10, 1, 2, 3), word(10, 9, 8, 8));
	table = read_text(&tcx_connections, "tcp", text, NULL);
	assert_non_null(table);
	assert_string_equal(table->source, "procfs");
	assert_string_equal(table->fallback.text, "chosen by the test");
	assert_int_equal(table->count, COUNT(wanted));
	assert_memory_equal(table->rows, wanted, sizeof(wanted));
	tcx_table_unref(table);
}

/* What IPv6 sockets do over IPv4 is here. Whether one on :: takes IPv4, these files do not tell. */
static void connections_of_ipv6(void **state)
{
	static const struct tcx_connection wanted[] = {
		{{0, 0, 0, 0}, {0, 80}, {0, 0, 0, 0}, {0, 0}, TCX_TCP_LISTEN},
		{{10, 1, 2, 3}, {0, 22}, {10, 9, 8, 7}, {0, 1}, TCX_TCP_ESTABLISHED},
		{{10, 1, 2, 3}, {0, 22}, {10, 9, 8, 7}, {0, 2}, TCX_TCP_TIME_WAIT},
	};
	static const char none[] = "00000000000000000000000000000000";
	const char *high = word(0, 0, 255, 255);
	struct tcx_table *table;
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text),
		 TITLES "   0: 0000000000000000%s%s:0016 0000000000000000%s%s:0001 01 "
			"00000000:00000000" REST
			"   1: 0000000000000000%s%s:0016 0000000000000000%s%s:0002 06 "
			"00000000:00000000" REST
			"   2: 0000000000000000%s00000000:0050 %s:0000 0A 00000000:00000000" REST
			"   3: %s:0051 %s:0000 0A 00000000:00000000" REST
			"   4: 000000000000000000000000%s:0052 %s:0000 0A 00000000:00000000" REST,
		 high, word(10, 1, 2, 3), high, word(10, 9, 8, 7), high, word(10, 1, 2, 3), high,
		 word(10, 9, 8, 7), high, none, none, none, word(0, 0, 0, 1), none);
	write_file("tcp", TITLES, sizeof(TITLES) - 1);
	table = read_text(&tcx_connections, "tcp6", text, NULL);
	write_file("tcp6", TITLES, sizeof(TITLES) - 1);
	assert_non_null(table);
	assert_int_equal(table->count, COUNT(wanted));
	assert_memory_equal(table->rows, wanted, sizeof(wanted));
	tcx_table_unref(table);
}

/* Each of the kernel's numbers is one of RFC1213's; what is none of them has no row. */
static void states(void **state)
{
	static const uint8_t wanted[] = {0, 5, 3, 4, 6, 7, 11, 1, 8, 9, 2, 10};
	char text[256 * 200] = TITLES;
	size_t len = strlen(text);
	struct tcx_table *table;

	(void)state;
	for (unsigned int i = 0; i < 256; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"%4u: 00000000:%04X 00000000:0000 %02X 00000000:00000000" REST, i, i, i);
	table = read_text(&tcx_connections, "tcp", text, NULL);
	assert_int_equal(table->count, COUNT(wanted) - 1);
	for (uint8_t i = 1; i < COUNT(wanted); i++) {
		const struct tcx_connection *row = tcx_table_row(table, i - 1);

		assert_int_equal(row->local_port[1], i);
		assert_int_equal(row->state, wanted[i]);
	}
	tcx_table_unref(table);
}

static void census(void **state)
{
	static const char text[] =
		TITLES "   0: 00000000:0016 00000000:0000 0A 00000007:00000009" REST
		       "   1: 0100007F:0016 0100007F:0001 01 00000010:00000020" REST
		       "   2: 0100007F:0016 0100007F:0002 01 FFFFFFFF:FFFFFFFF" REST
		       "   3: 0100007F:0016 0100007F:0003 08 00000001:00000000" REST
		       "   3: 0100007F:0016 0100007F:0004 0D 00000001:00000000" REST;
	static const uint8_t established[] = {TCX_IPV4, TCX_TCP_ESTABLISHED};
	static const uint8_t listen[] = {TCX_IPV4, TCX_TCP_LISTEN};
	static const uint8_t close_wait[] = {TCX_IPV4, TCX_TCP_CLOSE_WAIT};
	struct tcx_table *table = read_text(&tcx_tcp_states, "tcp", text, NULL);
	const struct tcx_tcp_state_row *row = tcx_table_find(table, established);

	(void)state;
	assert_int_equal(table->count, 22);
	assert_int_equal(row->sockets, 2);
	assert_int_equal(row->unread, 2);
	assert_int_equal(row->send_queue, 0x10000000fULL);
	assert_int_equal(row->receive_queue, 0x10000001fULL);
	row = tcx_table_find(table, listen);
	assert_int_equal(row->sockets, 1);
	assert_int_equal(row->receive_queue, 0);
	row = tcx_table_find(table, close_wait);
	assert_int_equal(row->sockets, 1);
	assert_int_equal(row->unread, 0);
	tcx_table_unref(table);
}

/* Sockets of one port added up; connections go to their own address's listener, else to any's. */
static void listeners(void **state)
{
	static const char text[] =
		TITLES "   0: 00000000:0050 00000000:0000 0A 00000000:00000003" REST
		       "   1: 0100007F:0050 00000000:0000 0A 00000000:00000001" REST
		       "   2: 00000000:0050 00000000:0000 0A 00000000:00000004" REST
		       "   3: 0100007F:0050 0200007F:0001 01 00000000:00000000" REST
		       "   4: 0200007F:0050 0200007F:0002 01 00000000:00000000" REST
		       "   5: 0200007F:0050 0200007F:0003 03 00000000:00000000" REST
		       "   6: 0200007F:0050 0200007F:0004 08 00000000:00000000" REST
		       "   7: 0200007F:0051 0200007F:0050 01 00000000:00000000" REST;
	struct tcx_table *table = read_text(&tcx_tcp_listeners, "tcp", text, NULL);
	const struct tcx_tcp_listener *any = tcx_table_row(table, 0);
	const struct tcx_tcp_listener *one = tcx_table_row(table, 1);

	(void)state;
	assert_int_equal(table->count, 2);
	assert_int_equal(tcx_octets_get16(any->at.port), 80);
	assert_int_equal(any->at.sockets, 2);
	assert_int_equal(any->queue, 7);
	assert_false(any->at.limit_known);
	assert_int_equal(any->established, 1);
	assert_int_equal(any->syn_received, 1);
	assert_int_equal(one->at.sockets, 1);
	assert_int_equal(one->queue, 1);
	assert_int_equal(one->established, 1);
	assert_int_equal(one->syn_received, 0);
	tcx_table_unref(table);
}

/* The rest of a line of UDP, and what it tells of drops. */
#define UDP_REST(inode, pointer, drops)                                                            \
	" 00:00000000 00000000  1000        0 " inode " 2 " pointer " " drops "\n"

static const struct {
	const char *rest;
	bool told;
	uint32_t drops;
} rests[] = {
	{UDP_REST("12345", "0000000000000000", "0"), true, 0},
	{UDP_REST("12345", "(____ptrval____)", "47"), true, 47},
	{UDP_REST("12345", "ffff88003b5e0000", "47          "), true, 47},
	{UDP_REST("12345", "00000000", "4294967295"), true, UINT32_MAX},
	{UDP_REST("12345", "00000000", "-2"), true, UINT32_MAX - 1},
	{UDP_REST("18446744073709551615", "00000000", "1"), true, 1},
	{UDP_REST("0", "00000000", "47"), false, 0},
	{UDP_REST("x", "00000000", "47"), false, 0},
	{UDP_REST("99999999999999999999", "00000000", "47"), false, 0},
	{UDP_REST("12345", "00000000", "99999999999999999999"), false, 0},
	{UDP_REST("12345", "00000000", "47x"), false, 0},
	{UDP_REST("12345", "00000000", ""), false, 0},
	{UDP_REST("12345", "", "47"), false, 0},
	{"\n", false, 0},
};

/* What is no line as kernels print it tells no drops, and loses nothing else. */
static void drops(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rests); i++) {
		const struct tcx_udp_socket *row;
		struct tcx_table *table;
		char text[512];

		snprintf(text, sizeof(text),
			 TITLES "   0: 00000000:0050 00000000:0000 07 00000000:00000003%s",
			 rests[i].rest);
		table = read_text(&tcx_udp_sockets, "udp", text, NULL);
		row = tcx_table_row(table, 0);
		if (table->count != 1 || row->receive_queue != 3 || row->at.limit_known ||
		    (row->at.drops.since_ns != 0) != rests[i].told ||
		    row->at.drops.count != rests[i].drops)
			fail_msg("row %zu", i);
		tcx_table_unref(table);
	}
}

/* A sum of which one part is not known is not known. */
static void drops_of_one(void **state)
{
	struct tcx_table *table = read_text(
		&tcx_udp_sockets, "udp",
		TITLES "   0: 00000000:0050 00000000:0000 07 00000000:00000000" UDP_REST(
			"1", "0", "47") "   1: 00000000:0050 00000000:0000 07 00000000:00000000\n",
		NULL);
	const struct tcx_udp_socket *row = tcx_table_row(table, 0);

	(void)state;
	assert_int_equal(row->at.sockets, 2);
	assert_int_equal(row->at.drops.since_ns, 0);
	tcx_table_unref(table);
}

/* Listeners have other columns there. */
static void no_drops_of_listeners(void **state)
{
	struct tcx_table *table = read_text(&tcx_tcp_listeners, "tcp",
					    TITLES "   0: 00000000:0050 00000000:0000 0A "
						   "00000000:00000000" UDP_REST("1", "0", "47"),
					    NULL);

	(void)state;
	assert_int_equal(
		((const struct tcx_tcp_listener *)tcx_table_row(table, 0))->at.drops.since_ns, 0);
	tcx_table_unref(table);
}

/* Sockets of UDP as a reading of procfs finds them, and what the row of 127.0.0.1 port 80 has. */
struct line {
	uint8_t host; /* 127.0.0.HOST; 0: any address */
	uint8_t port;
	unsigned int inode, drops;
};

static const struct {
	const char *what;
	struct line lines[4];
	uint32_t drops;
	uint32_t sockets;
} moments[] = {
	{"first", {{1, 80, 11, 7}, {1, 80, 12, 5}}, 12, 2},
	{"one comes twice and grows", {{1, 80, 12, 5}, {1, 80, 11, 7}, {1, 80, 12, 6}}, 12, 3},
	{"which is seen later", {{1, 80, 12, 6}, {1, 80, 11, 7}}, 13, 2},
	{"one is passed over", {{1, 80, 12, 8}}, 15, 1},
	{"and is there again", {{1, 80, 11, 9}, {1, 80, 12, 8}}, 17, 2},
	{"its inode is given again", {{1, 81, 11, 1}, {1, 80, 11, 9}, {1, 80, 12, 8}}, 17, 2},
	{"and is let go", {{1, 80, 11, 9}, {1, 80, 12, 8}}, 17, 2},
	{"another address has drops", {{0, 80, 13, 50}, {1, 80, 11, 9}}, 17, 1},
	{"and connects, so that it is here", {{1, 80, 13, 52}, {1, 80, 11, 9}}, 19, 2},
};

static struct tcx_table *read_lines(const struct line *lines, size_t count,
				    struct tcx_table *before)
{
	static const struct tcx_survey alone = {{&tcx_udp_sockets}};
	struct tcx_table *tables[TCX_TABLES] = {NULL}, *befores[TCX_TABLES] = {before};
	struct tcx_netns *netns = fixture_netns(root);
	struct tcx_netns_reader *reader = tcx_netns_begin(netns, NULL);
	char text[2048] = TITLES;
	size_t len = strlen(text);

	for (size_t i = 0; i < count && lines[i].inode != 0; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"   0: %s:%04X 00000000:0000 07 00000000:00000000 00:00000000 00000000  "
			"1000        0 %u 2 0000000000000000 %u\n",
			lines[i].host == 0 ? word(0, 0, 0, 0) : word(127, 0, 0, lines[i].host),
			lines[i].port, lines[i].inode, lines[i].drops);
	write_file("udp", text, len);
	assert_non_null(reader);
	use_procfs(reader, "chosen by the test");
	reader->before = befores;
	assert_true(tcx_survey_read(&alone, 1, tables, reader, 1000, NULL));
	tcx_netns_end(reader);
	tcx_netns_unref(netns);
	return tables[0];
}

static void growth(void **state)
{
	static const struct tcx_bound key = {
		.address_type = TCX_IPV4, .address = {127, 0, 0, 1}, .port = {0, 80}};
	struct tcx_table *before = NULL;
	uint64_t since_ns = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct tcx_table *table = read_lines(moments[i].lines, 4, before);
		const struct tcx_bound *row = tcx_table_find(table, &key);

		since_ns = i == 0 ? row->drops.since_ns : since_ns;
		if (row == NULL || row->drops.count != moments[i].drops ||
		    row->sockets != moments[i].sockets || row->drops.since_ns != since_ns)
			fail_msg("%s: %u", moments[i].what, row == NULL ? 0 : row->drops.count);
		tcx_table_unref(before);
		before = table;
	}
	assert_true(since_ns != 0);
	tcx_table_unref(before);
}

static void free_tables(struct tcx_table *tables[TCX_TABLES])
{
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(tables[id]);
}

/* A table that is full does not end the listing for others; alone it does. */
static void cut_each(void **state)
{
	static const char lines[] =
		TITLES "   0: 00000000:0050 00000000:0000 0A 00000000:00000000" REST
		       "   1: 00000000:0051 00000000:0000 0A 00000000:00000000" REST
		       "   2: 0100007F:0051 0200007F:0001 01 00000000:00000000" REST;
	static const struct tcx_survey *const survey = &tcx_surveys[TCX_SURVEY_SOCKETS];
	const unsigned int all = 1U << TCX_TABLE_TCP_CONNECTIONS | 1U << TCX_TABLE_TCP_STATES |
				 1U << TCX_TABLE_TCP_LISTENERS;
	struct tcx_table *tables[TCX_TABLES];

	(void)state;
	write_file("tcp", lines, sizeof(lines) - 1);
	assert_true(fixture_survey(root, survey, all, tables, 1, "chosen", NULL));
	assert_int_equal(tables[TCX_TABLE_TCP_CONNECTIONS]->count, 1);
	assert_true(tables[TCX_TABLE_TCP_CONNECTIONS]->cut);
	assert_int_equal(tables[TCX_TABLE_TCP_LISTENERS]->count, 1);
	assert_true(tables[TCX_TABLE_TCP_LISTENERS]->cut);
	assert_int_equal(tables[TCX_TABLE_TCP_STATES]->count, 22);
	assert_false(tables[TCX_TABLE_TCP_STATES]->cut);
	free_tables(tables);
	write_file("tcp", lines, sizeof(lines) - 4);
	assert_false(fixture_survey(root, survey, all, tables, 1, "chosen", NULL));
	free_tables(tables);
	assert_true(fixture_survey(root, survey, 1U << TCX_TABLE_TCP_CONNECTIONS, tables, 1,
				   "chosen", NULL));
	assert_true(tables[TCX_TABLE_TCP_CONNECTIONS]->cut);
	free_tables(tables);
}

/* A file larger than any buffer: lines that are cut by it come together again. */
static void many_lines(void **state)
{
	enum { LINES = 1000 };
	char *text = malloc(LINES * 200);
	struct tcx_table *table;
	size_t len = (size_t)sprintf(text, TITLES);

	(void)state;
	for (int i = 0; i < LINES; i++)
		len += (size_t)sprintf(text + len,
				       "%4d: 0100007F:%04X 00000000:0000 07 00000000:00000000%*s\n",
				       i, i, 1 + i % 90, "x");
	write_file("udp", text, len);
	table = read_files(&tcx_udp_endpoints, NULL);
	assert_int_equal(table->count, LINES);
	for (uint16_t i = 0; i < LINES; i++) {
		const struct tcx_udp_endpoint *row = tcx_table_row(table, i);

		assert_int_equal(tcx_octets_get16(row->local_port), i);
	}
	tcx_table_unref(table);
	free(text);
}

static const struct {
	const char *text;
	const char *fault;
} bad[] = {
	{"", "is empty"},
	{"  sl  local_address", "ends in the middle"},
	{TITLES "   0: 0100007F:0016 0100007F:0001 01 00000010:0000002", "ends in the middle"},
	{TITLES "   0: 0100007F:0016 0100007F:0001 01 00000010:0000002\n", "malformed socket line"},
	{TITLES "\n", "malformed socket line"},
	{TITLES "   0\n", "malformed socket line"},
	{TITLES "   0:\n", "malformed socket line"},
	{TITLES "    : 0100007F:0016 0100007F:0001 01 00000010:00000020" REST,
	 "malformed socket line"},
	{TITLES "   0: 0100007G:0016 0100007F:0001 01 00000010:00000020" REST,
	 "malformed socket line"},
	{TITLES "   0: 0100007f:0016 0100007F:0001 01 00000010:00000020" REST,
	 "malformed socket line"},
	{TITLES "   0: 0100007F 0016 0100007F:0001 01 00000010:00000020" REST,
	 "malformed socket line"},
	{TITLES "   0: 0100007F:16 0100007F:0001 01 00000010:00000020" REST,
	 "malformed socket line"},
	{TITLES "   0: 0100007F:0016 0100007F:0001 1 00000010:00000020" REST,
	 "malformed socket line"},
	{TITLES "   0: 0100007F:0016  0100007F:0001 01 00000010:00000020" REST,
	 "malformed socket line"},
	{TITLES "   0: 00000000000000000000000001000000:0016 0100007F:0001 01 0:0" REST,
	 "malformed socket line"},
};

static void bad_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct tcx_fault fault = {""};

		assert_null(read_text(&tcx_connections, "tcp", bad[i].text, &fault));
		if (strstr(fault.text, bad[i].fault) == NULL ||
		    strstr(fault.text, "/net/tcp: ") == NULL)
			fail_msg("row %zu: '%s'", i, fault.text);
	}
}

static void long_line(void **state)
{
	enum { LEN = 100000 };
	char *text = malloc(LEN);
	struct tcx_fault fault = {""};

	(void)state;
	memset(text, ' ', LEN);
	write_file("tcp", text, LEN);
	assert_null(read_files(&tcx_connections, &fault));
	assert_non_null(strstr(fault.text, "too long"));
	free(text);
}

/* A kernel without IPv6 has no tcp6; one without tcp is none. */
static void missing_files(void **state)
{
	struct tcx_fault fault = {""};
	struct tcx_table *table;

	(void)state;
	unlink(path_of("tcp6"));
	table = read_text(&tcx_tcp_listeners, "tcp", TITLES, &fault);
	assert_non_null(table);
	assert_int_equal(table->count, 0);
	tcx_table_unref(table);
	unlink(path_of("tcp"));
	assert_null(read_files(&tcx_tcp_listeners, &fault));
	assert_non_null(strstr(fault.text, "cannot be opened"));
}

/* Opening a FIFO waits for a writer, and so does reading it. */
static void fifo(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	unlink(path_of("tcp"));
	assert_int_equal(mkfifo(path_of("tcp"), 0600), 0);
	alarm(TIMEOUT_S);
	assert_null(read_files(&tcx_tcp_listeners, &fault));
	alarm(0);
	assert_non_null(strstr(fault.text, "/tcp: cannot be opened: it is no regular file"));
	unlink(path_of("tcp"));
}

static int setup(void **state)
{
	char path[128];

	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/net", root);
	if (mkdir(path, 0700) < 0)
		return -1;
	write_file("tcp6", TITLES, sizeof(TITLES) - 1);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"tcp", "tcp6", "udp", ""};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		remove(path_of(names[i]));
	return remove(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections),	 cmocka_unit_test(connections_of_ipv6),
		cmocka_unit_test(states),	 cmocka_unit_test(census),
		cmocka_unit_test(listeners),	 cmocka_unit_test(drops),
		cmocka_unit_test(growth),	 cmocka_unit_test(no_drops_of_listeners),
		cmocka_unit_test(drops_of_one),	 cmocka_unit_test(many_lines),
		cmocka_unit_test(cut_each),	 cmocka_unit_test(bad_lines),
		cmocka_unit_test(long_line),	 cmocka_unit_test(fifo),
		cmocka_unit_test(missing_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
