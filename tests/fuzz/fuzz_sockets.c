/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the tables that are made of sockets, which sock_diag lists in dumps of TCP and UDP, of
 * IPv4 and IPv6: the input is its answers (answers.h). There is no procfs to fall back to.
 *
 * Beyond not crashing: the tables are those of a second reader (plain_sockets.h).
 */
#include <errno.h>
#include <linux/inet_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/fixture.h"

#include "answers.h"
#include "fuzz.h"
#include "plain_sockets.h"

#define TRIES 10

struct dump {
	struct plain_sockets *sockets;
	enum tcx_protocol protocol;
	uint8_t family;
};

static void read_memory(struct tcx_socket *socket, struct plain_attribute memory)
{
	size_t numbers = memory.len / 4 < SK_MEMINFO_VARS ? memory.len / 4 : SK_MEMINFO_VARS;

	for (size_t i = 0; i < numbers; i++)
		socket->memory[i] = plain_get32(memory.at + 4 * i);
	socket->memory_count = numbers;
	socket->drops_known = numbers == SK_MEMINFO_VARS;
	socket->drops = socket->memory[SK_MEMINFO_VARS - 1];
}

/* Octets as inet_diag(7) has them: struct inet_diag_msg, whose numbers of 32 bits are aligned. */
static bool take(void *context, const struct plain_message *message)
{
	const struct dump *dump = context;
	struct tcx_socket socket = {.protocol = dump->protocol, .family = dump->family};
	static const uint8_t zeros[16];
	const uint8_t *body = message->body;
	uint8_t only = 1;

	if (message->len < 72 || !plain_is_whole(body + 72, message->len - 72))
		return false;
	if (message->type != 20 || body[0] != dump->family)
		return true;
	socket.state = body[1];
	memcpy(socket.local_port, body + 4, 2);
	memcpy(socket.remote_port, body + 6, 2);
	memcpy(socket.local, body + 8, 16);
	memcpy(socket.remote, body + 24, 16);
	socket.link = plain_get32(body + 40);
	memcpy(&socket.cookie, body + 44, 8);
	socket.receive_queue = plain_get32(body + 56);
	socket.send_queue = plain_get32(body + 60);
	plain_copy(plain_find(body + 72, message->len - 72, INET_DIAG_SKV6ONLY), &only, 1);
	socket.takes_ipv4 =
		body[0] == AF_INET6 && only == 0 && memcmp(socket.local, zeros, 16) == 0;
	plain_copy(plain_find(body + 72, message->len - 72, INET_DIAG_CGROUP_ID), &socket.cgroup,
		   8);
	read_memory(&socket, plain_find(body + 72, message->len - 72, INET_DIAG_SKMEMINFO));
	plain_sockets_add(dump->sockets, &socket);
	return true;
}

static bool means_missing(int error)
{
	return error == EPERM || error == EACCES || error == ENOENT || error == EINVAL ||
	       error == EOPNOTSUPP || error == EPROTONOSUPPORT || error == EAFNOSUPPORT;
}

/* A protocol that sock_diag is known to lack is looked for in files: of IPv6 there need be none. */
static enum plain_outcome read_once(struct plain_sockets *sockets, struct plain_netlink *netlink,
				    bool lacks[TCX_PROTOCOLS])
{
	plain_sockets_clear(sockets);
	sockets->by_diag = true;
	for (enum tcx_protocol protocol = TCX_TCP; protocol <= TCX_UDP; protocol++)
		for (int ipv6 = 0; ipv6 < 2; ipv6++) {
			struct dump dump = {sockets, protocol, ipv6 ? AF_INET6 : AF_INET};
			enum plain_outcome outcome = PLAIN_FAILED;

			if (!lacks[protocol])
				outcome = plain_dump(netlink, take, &dump);
			else
				netlink->error = ENOENT;
			if (outcome == PLAIN_WHOLE)
				continue;
			if (outcome == PLAIN_INTERRUPTED || !means_missing(netlink->error))
				return outcome;
			lacks[protocol] = true;
			if (!ipv6)
				return PLAIN_FAILED;
		}
	return PLAIN_WHOLE;
}

static bool read_plainly(struct plain_sockets *sockets, struct plain_netlink *netlink)
{
	bool lacks[TCX_PROTOCOLS] = {false};
	enum plain_outcome outcome;
	int tries = 0;

	do {
		outcome = read_once(sockets, netlink, lacks);
	} while (outcome == PLAIN_INTERRUPTED && ++tries < TRIES);
	return outcome == PLAIN_WHOLE;
}

static struct tcx_netns_reader *begin_reader(void)
{
	static struct tcx_netns_reader *reader;

	if (reader == NULL)
		reader = tcx_netns_begin(fixture_netns("/"), NULL);
	MUST(reader != NULL);
	tcx_netlink_close(&reader->diag);
	tcx_netlink_init(&reader->diag, NETLINK_SOCK_DIAG);
	memset(reader->no_diag, 0, sizeof(reader->no_diag));
	return reader;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tcx_survey *survey = &tcx_surveys[TCX_SURVEY_SOCKETS];
	unsigned int all = 0;
	struct tcx_table *tables[TCX_TABLES];
	struct plain_sockets sockets = {0};
	struct plain_netlink plain;
	struct tcx_fault fault = {""};
	bool done;

	for (size_t id = 0; id < TCX_TABLES; id++)
		all |= survey->members[id] != NULL ? 1U << id : 0;
	answers_begin(data, size);
	plain_begin(&plain, data, size);
	done = tcx_survey_read(survey, all, tables, begin_reader(), SIZE_MAX, &fault);
	MUST(done == read_plainly(&sockets, &plain));
	MUST(answers_left().at == plain.records.at);
	if (done)
		plain_sockets_check(&sockets, tables);
	else
		MUST(fault.text[0] != '\0');
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(tables[id]);
	plain_sockets_clear(&sockets);
	return 0;
}
