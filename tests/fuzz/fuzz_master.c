/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes tcpextd --master, which runs in a thread of this program, by its real transports: the
 * first byte says by which, the rest is sent. After each input it has to answer a good request.
 *
 * Most changes are those of elements of BER, around which all lengths are made right again: others
 * come no further than the decoder.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fuzz.h"

/* Of libFuzzer, where there is one. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

int agent_main(int argc, char **argv);

#define LONGEST	     65507 /* of a datagram */
#define PATIENCE_MS  10000
#define START_TRIES  100
#define FOLDER_MAX   64
#define TEXT_MAX     128
#define REQUEST_ID   17 /* the place of its four octets in the good request */
#define RESPONSE_PDU 0xa2

/* GET sysUpTime.0 of the community public. */
static uint8_t good[] = {0x30, 0x29, 0x02, 0x01, 0x01, 0x04, 0x06, 'p',	 'u',  'b',  'l',
			 'i',  'c',  0xa0, 0x1c, 0x02, 0x04, 0x00, 0x00, 0x00, 0x00, 0x02,
			 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x0e, 0x30, 0x0c, 0x06, 0x08,
			 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x03, 0x00, 0x05, 0x00};

static const char conf[] =
	"exactEngineID 0x80001f880466757a7a\n"
	"createUser open\nrouser open noauth\n"
	"view holes included .1\nview holes excluded .1.3.6.1.2.1.6.13\n"
	"view holes excluded .1.3.6.1.2.1.4.1\n"
	"rocommunity public\nrwcommunity private\nrocommunity holes default -V holes\n";

/* --- The agent ---------------------------------------------------------------------------------*/

static struct {
	char folder[FOLDER_MAX], conf[TEXT_MAX], udp[TEXT_MAX], tcp[TEXT_MAX], local[TEXT_MAX];
	struct sockaddr_in host; /* of UDP and TCP */
	struct sockaddr_un path;
	int plug; /* a socket of UDP, connected with it */
} agent;

static void *run_agent(void *arg)
{
	char *argv[] = {"tcpextd",   "-f",	 "-C",	    "-c",      agent.conf,  "-Lf",
			"/dev/null", "--master", agent.udp, agent.tcp, agent.local, NULL};

	(void)arg;
	agent_main(sizeof(argv) / sizeof(argv[0]) - 1, argv);
	MUST(!"the agent has ended");
	return NULL;
}

static void find_port(void)
{
	socklen_t len = sizeof(agent.host);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	agent.host = (struct sockaddr_in){.sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	MUST(bind(fd, (struct sockaddr *)&agent.host, len) == 0);
	MUST(getsockname(fd, (struct sockaddr *)&agent.host, &len) == 0);
	close(fd);
}

static void name_all(void)
{
	const char *within = getenv("TMPDIR");
	unsigned int port = ntohs(agent.host.sin_port);

	snprintf(agent.folder, sizeof(agent.folder), "%s/master-XXXXXX",
		 within != NULL ? within : "/tmp");
	MUST(mkdtemp(agent.folder) != NULL);
	snprintf(agent.conf, sizeof(agent.conf), "%s/conf", agent.folder);
	snprintf(agent.udp, sizeof(agent.udp), "udp:127.0.0.1:%u", port);
	snprintf(agent.tcp, sizeof(agent.tcp), "tcp:127.0.0.1:%u", port);
	snprintf(agent.local, sizeof(agent.local), "unix:%s/local", agent.folder);
	agent.path.sun_family = AF_UNIX;
	snprintf(agent.path.sun_path, sizeof(agent.path.sun_path), "%s/local", agent.folder);
}

static void write_conf(void)
{
	FILE *file = fopen(agent.conf, "w");

	MUST(file != NULL && fputs(conf, file) >= 0 && fclose(file) == 0);
	setenv("SNMP_PERSISTENT_DIR", agent.folder, 1);
}

static void remove_all(void)
{
	char path[TEXT_MAX + 32];

	unlink(agent.conf);
	unlink(agent.path.sun_path);
	snprintf(path, sizeof(path), "%s/tcpextd-master.conf", agent.folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/cert_indexes", agent.folder);
	rmdir(path);
	rmdir(agent.folder);
}

/* Whether the good request is answered; answers to other ones are passed over. */
static bool answers(int patience_ms)
{
	static uint32_t number;
	uint32_t id = htonl(0x10000000 | (++number & 0xfffffff)); /* four octets anyway */
	struct pollfd fd = {.fd = agent.plug, .events = POLLIN};
	uint8_t answer[LONGEST];

	memcpy(good + REQUEST_ID, &id, sizeof(id));
	if (send(agent.plug, good, sizeof(good), 0) < 0)
		return false;					    /* nobody is there yet */
	while (TEMP_FAILURE_RETRY(poll(&fd, 1, patience_ms)) > 0) { /* libFuzzer has an alarm */
		ssize_t len = TEMP_FAILURE_RETRY(recv(agent.plug, answer, sizeof(answer), 0));

		if (len < 0)
			return false;
		if (len > REQUEST_ID + 4 && answer[13] == RESPONSE_PDU &&
		    memcmp(answer + REQUEST_ID, &id, sizeof(id)) == 0)
			return true;
	}
	return false;
}

static void start_agent(void)
{
	pthread_t thread;
	int tries = 0;

	find_port();
	name_all();
	write_conf();
	atexit(remove_all);
	agent.plug = socket(AF_INET, SOCK_DGRAM, 0);
	MUST(connect(agent.plug, (struct sockaddr *)&agent.host, sizeof(agent.host)) == 0);
	MUST(pthread_create(&thread, NULL, run_agent, NULL) == 0);
	while (!answers(PATIENCE_MS / START_TRIES)) {
		MUST(tries++ < START_TRIES);
		usleep(1000 * PATIENCE_MS / START_TRIES);
	}
}

/* --- What is sent ------------------------------------------------------------------------------*/

/* Leaves without a word, so that no port of TCP stays in use. */
static void send_stream(int family, const void *to, socklen_t len, const uint8_t *data, size_t size)
{
	const struct linger at_once = {1, 0};
	int fd = socket(family, SOCK_STREAM, 0);

	MUST(TEMP_FAILURE_RETRY(connect(fd, to, len)) == 0);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	for (ssize_t sent = 0; size > 0; data += sent, size -= (size_t)sent) {
		sent = TEMP_FAILURE_RETRY(send(fd, data, size, MSG_NOSIGNAL));
		if (sent < 0)
			break; /* it has heard enough */
	}
	MUST(answers(PATIENCE_MS));
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;

	if (!started)
		start_agent();
	started = true;
	if (size == 0 || size > LONGEST)
		return 0;
	if (data[0] % 4 == 1)
		send_stream(AF_INET, &agent.host, sizeof(agent.host), data + 1, size - 1);
	else if (data[0] % 4 == 2)
		send_stream(AF_UNIX, &agent.path, sizeof(agent.path), data + 1, size - 1);
	else
		MUST(TEMP_FAILURE_RETRY(send(agent.plug, data + 1, size - 1, 0)) >= 0);
	MUST(answers(PATIENCE_MS));
	return 0;
}

/* --- Changes -----------------------------------------------------------------------------------*/

#define DEPTH_MAX    12
#define CONSTRUCTED  0x20
#define OCTET_STRING 0x04
#define SEQUENCE     0x30

enum change { CHANGE_TAG, CHANGE_CONTENT, DROP, REPEAT, CHANGES };

/* A message that is written anew, with a change of the element of this number. */
struct rewriting {
	unsigned int number; /* of the next element */
	unsigned int chosen;
	enum change change;
	unsigned int times; /* that it is repeated */
	size_t max;
};

/* The length of an element's head and of its content; false: this is none. */
static bool measure(const uint8_t *data, size_t size, size_t *head, size_t *len)
{
	size_t more = 0;

	if (size < 2)
		return false;
	*len = data[1];
	if ((data[1] & 0x80) != 0) {
		more = data[1] & 0x7f;
		if (more > 3 || size < 2 + more)
			return false;
		*len = 0;
		for (size_t i = 0; i < more; i++)
			*len = *len << 8 | data[2 + i];
	}
	*head = 2 + more;
	return *len <= size - *head;
}

static size_t put_element(uint8_t *to, size_t max, uint8_t tag, const uint8_t *content, size_t len)
{
	size_t head = len < 0x80 ? 2 : 4;

	if (head + len > max)
		return 0;
	to[0] = tag;
	to[1] = len < 0x80 ? (uint8_t)len : 0x82;
	if (len >= 0x80) {
		to[2] = (uint8_t)(len >> 8);
		to[3] = (uint8_t)len;
	}
	memcpy(to + head, content, len);
	return head + len;
}

/* What of SNMPv3 is in a string of octets is elements as well. */
static bool has_elements(uint8_t tag, const uint8_t *content, size_t len)
{
	return (tag & CONSTRUCTED) != 0 ||
	       (tag == OCTET_STRING && len > 2 && content[0] == SEQUENCE);
}

static size_t put_changed(struct rewriting *work, uint8_t *to, size_t max, uint8_t tag,
			  uint8_t *content, size_t len)
{
	size_t size = 0;

	if (work->change == CHANGE_TAG)
		LLVMFuzzerMutate(&tag, 1, 1);
	else if (work->change == CHANGE_CONTENT)
		len = LLVMFuzzerMutate(content, len, work->max);
	for (unsigned int i = 0; i < work->times; i++)
		size += put_element(to + size, max - size, tag, content, len);
	return size;
}

static size_t rewrite(struct rewriting *work, const uint8_t *from, size_t from_len, uint8_t *to,
		      size_t max, int depth)
{
	uint8_t *content = malloc(work->max + 1);
	size_t size = 0, head, len;

	MUST(content != NULL);
	while (measure(from, from_len, &head, &len)) {
		bool is_chosen = work->number++ == work->chosen;
		size_t put = len < work->max ? len : work->max;

		memcpy(content, from + head, put);
		if (depth < DEPTH_MAX && has_elements(from[0], from + head, len))
			put = rewrite(work, from + head, len, content, work->max, depth + 1);
		size += is_chosen ? put_changed(work, to + size, max - size, from[0], content, put)
				  : put_element(to + size, max - size, from[0], content, put);
		from += head + len;
		from_len -= head + len;
	}
	if (from_len <= max - size) {
		memcpy(to + size, from, from_len); /* what is no element */
		size += from_len;
	}
	free(content);
	return size;
}

static unsigned int count_elements(const uint8_t *data, size_t size, size_t max)
{
	struct rewriting work = {.chosen = ~0U, .max = max};
	uint8_t *to = malloc(max + 1);

	MUST(to != NULL);
	rewrite(&work, data, size, to, max, 0);
	free(to);
	return work.number;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct rewriting work = {.change = seed / 8 % CHANGES, .times = 1, .max = max_size};
	unsigned int count = size > 1 ? count_elements(data + 1, size - 1, max_size) : 0;
	uint8_t *to;

	if (count == 0 || seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	work.chosen = seed / 64 % count;
	if (work.change == DROP)
		work.times = 0;
	else if (work.change == REPEAT)
		work.times = seed % 3 == 0 ? 500 : 2;
	to = malloc(max_size + 1);
	MUST(to != NULL);
	to[0] = data[0];
	size = 1 + rewrite(&work, data + 1, size - 1, to + 1, max_size - 1, 0);
	memcpy(data, to, size);
	free(to);
	return size;
}
