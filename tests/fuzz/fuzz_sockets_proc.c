/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the tables of sockets as procfs tells of them. The input is the texts of net/tcp, tcp6,
 * udp and udp6, with 0xff between them; one of IPv6 that is empty is not there.
 *
 * Beyond not crashing: what is accepted, and the tables, are those of a second reader, which knows
 * lines by regular expressions.
 */
#include <errno.h>
#include <regex.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/fixture.h"
#include "tests/unit/use_procfs.h"

#include "fuzz.h"
#include "plain_sockets.h"

#define FILES	4
#define LONGEST 1023 /* octets of a line, with that of its end */

static struct fixture fixture;

static const struct {
	const char *path;
	enum tcx_protocol protocol;
	uint8_t family;
} files[FILES] = {
	{"net/tcp", TCX_TCP, AF_INET},
	{"net/tcp6", TCX_TCP, AF_INET6},
	{"net/udp", TCX_UDP, AF_INET},
	{"net/udp6", TCX_UDP, AF_INET6},
};

/* --- The second reader -------------------------------------------------------------------------*/

#define HEX(digits) "([0-9A-F]{" #digits "})"
#define ENDS(digits)                                                                               \
	"^ *[0-9]+: " HEX(digits) ":" HEX(4) " " HEX(digits) ":" HEX(4) " " HEX(2) " " HEX(        \
		8) ":" HEX(8)

enum { WHOLE, LOCAL, LOCAL_PORT, REMOTE, REMOTE_PORT, STATE, SEND, RECEIVE, PARTS };

static const regex_t *line_of(uint8_t family)
{
	static regex_t lines[2];
	static bool compiled;

	if (!compiled)
		MUST(regcomp(&lines[0], ENDS(8), REG_EXTENDED) == 0 &&
		     regcomp(&lines[1], ENDS(32), REG_EXTENDED) == 0);
	compiled = true;
	return &lines[family == AF_INET ? 0 : 1];
}

static uint32_t number_at(const char *line, const regmatch_t *part)
{
	char digits[9] = "";

	memcpy(digits, line + part->rm_so, (size_t)(part->rm_eo - part->rm_so));
	return (uint32_t)strtoul(digits, NULL, 16);
}

/* Words of 8 digits in this machine's order. */
static void read_address(uint8_t address[16], const char *line, regmatch_t part)
{
	for (; part.rm_so < part.rm_eo; part.rm_so += 8, address += 4) {
		const regmatch_t word = {part.rm_so, part.rm_so + 8};
		uint32_t number = number_at(line, &word);

		memcpy(address, &number, sizeof(number));
	}
}

static void read_port(uint8_t port[2], const char *line, const regmatch_t *part)
{
	port[0] = (uint8_t)(number_at(line, part) >> 8);
	port[1] = (uint8_t)number_at(line, part);
}

/* Digits, with a sign in front where it may be, fit into 64 bits, or 63. */
static bool read_number(const char *word, bool may_be_negative, uint64_t *number)
{
	const bool negative = may_be_negative && word[0] == '-';

	if (strspn(word + negative, "0123456789") == 0)
		return false;
	errno = 0;
	*number = negative ? (uint64_t)strtoll(word, NULL, 10) : strtoull(word, NULL, 10);
	return errno == 0;
}

/* The fifth word of the rest is the inode, the eighth the drops, and is whole. */
static void read_drops(struct tcx_socket *socket, char *rest)
{
	uint64_t inode = 0, drops;
	char *word = strtok(rest, " ");

	for (int i = 0; i < 7 && word != NULL; i++, word = strtok(NULL, " "))
		if (i == 4 && !read_number(word, false, &inode))
			inode = 0;
	if (word == NULL || inode == 0 ||
	    word[strspn(word + (*word == '-'), "0123456789") + (*word == '-')] != '\0' ||
	    !read_number(word, true, &drops))
		return;
	socket->drops = (uint32_t)drops;
	socket->drops_known = true;
	socket->cookie = inode % (1ULL << 47) +
			 (socket->local_port[0] * 256ULL + socket->local_port[1]) * (1ULL << 47) +
			 TCX_BY_INODE;
}

static bool read_line(struct plain_sockets *sockets, char *line, size_t file)
{
	struct tcx_socket socket = {.protocol = files[file].protocol, .family = files[file].family};
	regmatch_t parts[PARTS];

	if (regexec(line_of(socket.family), line, PARTS, parts, 0) != 0)
		return false;
	read_address(socket.local, line, parts[LOCAL]);
	read_port(socket.local_port, line, &parts[LOCAL_PORT]);
	read_address(socket.remote, line, parts[REMOTE]);
	read_port(socket.remote_port, line, &parts[REMOTE_PORT]);
	socket.state = (uint8_t)number_at(line, &parts[STATE]);
	socket.send_queue = number_at(line, &parts[SEND]);
	socket.receive_queue = number_at(line, &parts[RECEIVE]);
	if (socket.protocol == TCX_UDP)
		read_drops(&socket, line + parts[WHOLE].rm_eo);
	plain_sockets_add(sockets, &socket);
	return true;
}

/* All lines have an end and none is too long; a zero octet hides the end. */
static bool read_text(struct plain_sockets *sockets, const uint8_t *text, size_t len, size_t file)
{
	size_t lines = 0;

	for (size_t at = 0, end; at < len; at = end + 1, lines++) {
		char line[LONGEST + 1];

		for (end = at; end < len && text[end] != '\n'; end++)
			if (text[end] == '\0')
				return false;
		if (end == len || end - at >= LONGEST)
			return false;
		memcpy(line, text + at, end - at);
		line[end - at] = '\0';
		if (lines > 0 && !read_line(sockets, line, file))
			return false;
	}
	return lines > 0 || (len == 0 && files[file].family == AF_INET6);
}

/* --- Both --------------------------------------------------------------------------------------*/

/* Takes the next text off the input. */
static const uint8_t *next_text(const uint8_t **data, const uint8_t *end, size_t *len)
{
	const uint8_t *text = *data;
	const uint8_t *border = text < end ? memchr(text, 0xff, (size_t)(end - text)) : NULL;

	*len = (size_t)((border != NULL ? border : end) - text);
	*data = border != NULL ? border + 1 : end;
	return text;
}

static bool read_tables(struct tcx_table *tables[TCX_TABLES], struct tcx_fault *fault)
{
	const struct tcx_survey *survey = &tcx_surveys[TCX_SURVEY_SOCKETS];
	static struct tcx_netns_reader *reader;
	unsigned int all = 0;

	if (reader == NULL)
		reader = tcx_netns_begin(fixture_netns(fixture.root), NULL);
	MUST(reader != NULL);
	use_procfs(reader, "so that files are read");
	for (size_t id = 0; id < TCX_TABLES; id++)
		all |= survey->members[id] != NULL ? 1U << id : 0;
	return tcx_survey_read(survey, all, tables, reader, SIZE_MAX, fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	struct plain_sockets sockets = {0};
	struct tcx_table *tables[TCX_TABLES];
	struct tcx_fault fault = {""};
	bool there[FILES], expected = true, done;

	if (fixture.root[0] == '\0')
		fixture_open(&fixture);
	for (size_t i = 0; i < FILES; i++) {
		size_t len;
		const uint8_t *text = next_text(&data, end, &len);

		there[i] = len > 0 || files[i].family == AF_INET;
		if (there[i])
			fixture_write(&fixture, files[i].path, text, len);
		expected = expected && read_text(&sockets, text, len, i);
	}
	done = read_tables(tables, &fault);
	MUST(done == expected && done == (fault.text[0] == '\0'));
	if (done)
		plain_sockets_check(&sockets, tables);
	for (size_t i = 0; i < FILES; i++)
		if (there[i])
			fixture_remove(&fixture, files[i].path);
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(tables[id]);
	plain_sockets_clear(&sockets);
	return 0;
}
