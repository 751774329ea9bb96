/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists sockets from /proc/net/tcp, tcp6, udp and udp6. The kernel gives a page of these files at a
 * time and goes on by counting lines: when sockets open and close meanwhile, one that stays can be
 * passed over, or come twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/octets.h"
#include "kernel/regular.h"
#include "sockets.h"

/* A line has at most 300 characters; procfs gives about a page per read (seq_read_iter()). */
#define LINE_SIZE   1024
#define BUFFER_SIZE 16384

/* Takes a hexadecimal number of exactly so many digits off the line. */
static bool take_hex(const char **line, unsigned int digits, uint32_t *number)
{
	*number = 0;
	for (; digits > 0; digits--, (*line)++) {
		char c = **line;

		if (c >= '0' && c <= '9')
			*number = *number << 4 | (uint32_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			*number = *number << 4 | (uint32_t)(c - 'A' + 10);
		else
			return false;
	}
	return true;
}

static bool take_char(const char **line, char c)
{
	return *(*line)++ == c;
}

/* "0100007F:1F90": the address in words of this machine's byte order, then the port. */
static bool take_end(const char **line, uint8_t family, uint8_t address[16], uint8_t port[2])
{
	size_t words = family == AF_INET ? 1 : 4;
	uint32_t number;

	memset(address, 0, 16);
	for (size_t i = 0; i < words; i++) {
		if (!take_hex(line, 8, &number))
			return false;
		memcpy(address + 4 * i, &number, sizeof(number));
	}
	if (!take_char(line, ':') || !take_hex(line, 4, &number))
		return false;
	tcx_octets_put16(port, (uint16_t)number);
	return true;
}

static const char *next_word(const char *line)
{
	line += strcspn(line, " \n");
	return line + strspn(line, " ");
}

/*
 * The rest of a line of UDP. Inode numbers are given again once the kernel has given 2^32, so that
 * the port belongs to what tells sockets apart. Older kernels print drops with a sign.
 *
 *   tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 *   00:00000000 00000000  1000        0 12345 2 0000000000000000 47
 */
static void take_drops(const char *word, struct tcx_socket *socket)
{
	enum { INODE = 4, DROPS = 7, INODE_BITS = 47 };
	const char *end = word + strlen(word);
	uint64_t inode = 0;
	struct tcx_number drops = {0};

	for (size_t i = 0; i < DROPS; i++, word = next_word(word))
		if (i == INODE)
			tcx_number_digits(word, end, &inode);
	word = tcx_number_parse(word, end, &drops);
	if (inode == 0 || word == NULL || (*word != '\n' && *word != ' '))
		return;
	socket->cookie = TCX_BY_INODE |
			 (uint64_t)tcx_octets_get16(socket->local_port) << INODE_BITS |
			 (inode & ((1ULL << INODE_BITS) - 1));
	socket->drops = (uint32_t)drops.value;
	socket->drops_known = true;
}

/*
 * Lines like these, after one of titles (tcp4_seq_show(), tcp6_seq_show(), udp4_seq_show()); IPv6
 * addresses have 32 digits:
 *
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt ...
 *    0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000 ...
 */
static bool parse_line(const char *line, enum tcx_protocol protocol, struct tcx_socket *socket)
{
	size_t digits;
	uint32_t state = 0;
	bool whole;

	line += strspn(line, " ");
	digits = strspn(line, "0123456789");
	line += digits;
	whole = digits > 0 && take_char(&line, ':') && take_char(&line, ' ') &&
		take_end(&line, socket->family, socket->local, socket->local_port) &&
		take_char(&line, ' ') &&
		take_end(&line, socket->family, socket->remote, socket->remote_port) &&
		take_char(&line, ' ') && take_hex(&line, 2, &state) && take_char(&line, ' ') &&
		take_hex(&line, 8, &socket->send_queue) && take_char(&line, ':') &&
		take_hex(&line, 8, &socket->receive_queue);
	socket->state = (uint8_t)state;
	if (whole && protocol == TCX_UDP)
		take_drops(line + strspn(line, " "), socket);
	return whole;
}

static bool take_lines(FILE *file, const char *path, const struct tcx_socket_query *query,
		       struct tcx_fault *fault)
{
	char line[LINE_SIZE];
	size_t lines = 0;

	for (; fgets(line, sizeof(line), file) != NULL; lines++) {
		struct tcx_socket socket = {.protocol = query->protocol, .family = query->family};

		if (strchr(line, '\n') == NULL)
			return tcx_fault_set(fault, "%s: %s", path,
					     feof(file) ? "it ends in the middle of a line"
							: "a line is too long");
		if (lines == 0)
			continue;
		if (!parse_line(line, query->protocol, &socket))
			return tcx_fault_set(fault, "%s: malformed socket line", path);
		if (!query->callback(query->context, &socket, fault))
			return false;
	}
	if (ferror(file))
		return tcx_fault_set(fault, "%s: cannot be read: %s", path, strerror(errno));
	return lines > 0 || tcx_fault_set(fault, "%s: it is empty", path);
}

bool tcx_sockets_list_proc(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault)
{
	static const char *const names[TCX_PROTOCOLS] = {[TCX_TCP] = "tcp", [TCX_UDP] = "udp"};
	struct tcx_fault why = {""};
	char path[PATH_MAX], buffer[BUFFER_SIZE];
	FILE *file;
	bool done;
	int fd;

	snprintf(path, sizeof(path), "%s/net/%s%s", reader->proc_root, names[query->protocol],
		 query->family == AF_INET6 ? "6" : "");
	fd = tcx_open_regular(AT_FDCWD, path, &why);
	if (fd < 0 && errno == ENOENT && query->family == AF_INET6)
		return true;
	if (fd < 0)
		return tcx_fault_set(fault, "%s: cannot be opened: %s", path, why.text);
	file = fdopen(fd, "r");
	if (file == NULL) {
		close(fd);
		return tcx_fault_set(fault, "out of memory");
	}
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	done = take_lines(file, path, query, fault);
	fclose(file);
	return done;
}
