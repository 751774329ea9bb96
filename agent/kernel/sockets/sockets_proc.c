/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists sockets from /proc/net/tcp, tcp6, udp and udp6. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/octets.h"
#include "kernel/line.h"
#include "kernel/regular.h"
#include "sockets.h"

/* procfs gives about a page per read (seq_read_iter()); a line has at most 300 characters. */
#define BUFFER_SIZE 16384

/*
 * Lines like these, after one of titles (tcp4_seq_show(), tcp6_seq_show(), udp4_seq_show()); IPv6
 * addresses have 32 digits:
 *
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt ...
 *    0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000 ...
 */
struct reading {
	const struct tcx_socket_query *query;
	const char *path;
	int fd;
	bool titles_seen;
	size_t len; /* characters in text */
	char text[BUFFER_SIZE];
};

/* Takes a hexadecimal number of exactly so many digits off the line. */
static bool take_hex(struct tcx_piece *line, unsigned int digits, uint32_t *number)
{
	*number = 0;
	if (tcx_piece_len(*line) < digits)
		return false;
	for (; digits > 0; digits--) {
		char c = *line->at++;

		if (c >= '0' && c <= '9')
			*number = *number << 4 | (uint32_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			*number = *number << 4 | (uint32_t)(c - 'A' + 10);
		else
			return false;
	}
	return true;
}

static bool take_char(struct tcx_piece *line, char c)
{
	return line->at < line->end && *line->at++ == c;
}

/* "0100007F:1F90": the address in words of this machine's byte order, then the port. */
static bool take_end(struct tcx_piece *line, uint8_t family, uint8_t address[16], uint8_t port[2])
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

static bool parse_line(struct tcx_piece line, struct tcx_socket *socket)
{
	struct tcx_number slot;
	uint32_t state = 0;
	bool whole;

	tcx_line_skip_blanks(&line);
	line.at = tcx_number_parse(line.at, line.end, &slot);
	whole = line.at != NULL && take_char(&line, ':') && take_char(&line, ' ') &&
		take_end(&line, socket->family, socket->local, socket->local_port) &&
		take_char(&line, ' ') &&
		take_end(&line, socket->family, socket->remote, socket->remote_port) &&
		take_char(&line, ' ') && take_hex(&line, 2, &state) && take_char(&line, ' ') &&
		take_hex(&line, 8, &socket->send_queue) && take_char(&line, ':') &&
		take_hex(&line, 8, &socket->receive_queue);
	socket->state = (uint8_t)state;
	return whole;
}

static bool take_line(struct reading *reading, struct tcx_piece line, struct tcx_fault *fault)
{
	const struct tcx_socket_query *query = reading->query;
	struct tcx_socket socket = {.family = query->family};

	if (!reading->titles_seen) {
		reading->titles_seen = true;
		return true;
	}
	if (!parse_line(line, &socket))
		return tcx_fault_set(fault, "%s: malformed socket line", reading->path);
	return query->callback(query->context, &socket, fault);
}

/* Parses the whole lines and keeps the beginning of the next one. */
static bool take_lines(struct reading *reading, struct tcx_fault *fault)
{
	struct tcx_piece rest = {reading->text, reading->text + reading->len};
	const char *newline;

	while ((newline = memchr(rest.at, '\n', tcx_piece_len(rest))) != NULL) {
		struct tcx_piece line = {rest.at, newline};

		if (!take_line(reading, line, fault))
			return false;
		rest.at = newline + 1;
	}
	reading->len = tcx_piece_len(rest);
	if (reading->len == sizeof(reading->text))
		return tcx_fault_set(fault, "%s: a line is too long", reading->path);
	memmove(reading->text, rest.at, reading->len);
	return true;
}

static ssize_t read_more(struct reading *reading)
{
	ssize_t len;

	do {
		len = read(reading->fd, reading->text + reading->len,
			   sizeof(reading->text) - reading->len);
	} while (len < 0 && errno == EINTR);
	if (len > 0)
		reading->len += (size_t)len;
	return len;
}

static bool take_file(struct reading *reading, struct tcx_fault *fault)
{
	ssize_t len;

	while ((len = read_more(reading)) > 0)
		if (!take_lines(reading, fault))
			return false;
	if (len < 0)
		return tcx_fault_set(fault, "%s: cannot be read: %s", reading->path,
				     strerror(errno));
	if (reading->len > 0 || !reading->titles_seen)
		return tcx_fault_set(fault, "%s: it ends in the middle of a line", reading->path);
	return true;
}

bool tcx_sockets_list_proc(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault)
{
	static const char *const names[TCX_PROTOCOLS] = {[TCX_TCP] = "tcp", [TCX_UDP] = "udp"};
	struct reading reading = {.query = query};
	struct tcx_fault why = {""};
	char path[PATH_MAX];
	bool done;

	snprintf(path, sizeof(path), "%s/net/%s%s", reader->proc_root, names[query->protocol],
		 query->family == AF_INET6 ? "6" : "");
	reading.path = path;
	reading.fd = tcx_open_regular(AT_FDCWD, path, &why);
	if (reading.fd < 0 && errno == ENOENT && query->family == AF_INET6)
		return true;
	if (reading.fd < 0)
		return tcx_fault_set(fault, "%s: cannot be opened: %s", path, why.text);
	done = take_file(&reading, fault);
	close(reading.fd);
	return done;
}
