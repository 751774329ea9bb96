/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes tcpextd --master, which runs in a thread of this program, by its real transports: the
 * first byte says by which, the rest is sent. After each input it has to answer a good request. A
 * datagram that is a well-formed request of somebody who has access must be answered once, with
 * its number and as many varbinds as it must have.
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

#define LONGEST	    65507 /* of a datagram */
#define PATIENCE_MS 10000
#define START_TRIES 100
#define FOLDER_MAX  64
#define TEXT_MAX    128
#define REQUEST_ID  17 /* the place of its four octets in the good request */

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

/* --- Messages ----------------------------------------------------------------------------------*/

enum { GET = 0xa0, GETNEXT, RESPONSE, SET, GETBULK = 0xa5 };

#define COUNTER64 0x46
#define EXCEPTION 0x80 /* and the two behind it */

struct message {
	uint8_t type;
	uint64_t version, number, error, index; /* of GetBulk non-repeaters and repetitions */
	const uint8_t *community;
	size_t community_len;
	const uint8_t *names[LONGEST / 7], *values[LONGEST / 7]; /* elements */
	size_t count;
};

struct part {
	const uint8_t *at, *end;
};

/* Takes an element of this tag, 0: any, off the beginning; its length is of three octets at most.
 */
static bool take_element(struct part *from, uint8_t tag, struct part *content)
{
	size_t left = (size_t)(from->end - from->at), head = 2, len;

	if (left < 2 || (tag != 0 && from->at[0] != tag))
		return false;
	len = from->at[1];
	if (len == 0x81 && left >= 3) {
		head = 3;
		len = from->at[2];
	} else if (len == 0x82 && left >= 4) {
		head = 4;
		len = (size_t)from->at[2] << 8 | from->at[3];
	} else if (len > 0x7f) {
		return false;
	}
	if (len > left - head)
		return false;
	*content = (struct part){from->at + head, from->at + head + len};
	from->at = content->end;
	return true;
}

/* A number that is not negative, of four octets at most. */
static bool take_number(struct part *from, uint64_t *number)
{
	struct part content;

	if (!take_element(from, 0x02, &content) || content.at == content.end ||
	    content.end - content.at > 4 || content.at[0] > 0x7f)
		return false;
	*number = 0;
	while (content.at < content.end)
		*number = *number << 8 | *content.at++;
	return true;
}

/* Of 2 to 128 sub-ids, none longer than it must be. */
static bool is_name(struct part content)
{
	size_t count = 1, len = 0;

	if (content.at == content.end || content.at[0] > 119 || content.end[-1] > 0x7f)
		return false;
	for (; content.at < content.end; content.at++) {
		if ((len == 0 && *content.at == 0x80) || ++len > 4)
			return false;
		if (*content.at < 0x80) {
			count++;
			len = 0;
		}
	}
	return count <= 128;
}

static bool take_varbinds(struct part from, struct message *message)
{
	struct part varbind, name, value;

	for (message->count = 0; from.at < from.end; message->count++) {
		if (!take_element(&from, 0x30, &varbind))
			return false;
		message->names[message->count] = varbind.at;
		if (!take_element(&varbind, 0x06, &name) || !is_name(name))
			return false;
		message->values[message->count] = varbind.at;
		if (!take_element(&varbind, 0, &value) || varbind.at < varbind.end)
			return false;
	}
	return true;
}

/* Whether it is a whole message of version 1 or 2c, of a form that leaves no doubt. */
static bool read_message(const uint8_t *data, size_t size, struct message *message)
{
	struct part from = {data, data + size}, whole, community, pdu, varbinds;

	if (!take_element(&from, 0x30, &whole) || from.at < from.end ||
	    !take_number(&whole, &message->version) || message->version > 1 ||
	    !take_element(&whole, 0x04, &community) || whole.at == whole.end)
		return false;
	message->type = whole.at[0];
	message->community = community.at;
	message->community_len = (size_t)(community.end - community.at);
	return take_element(&whole, 0, &pdu) && whole.at == whole.end &&
	       take_number(&pdu, &message->number) && take_number(&pdu, &message->error) &&
	       take_number(&pdu, &message->index) && take_element(&pdu, 0x30, &varbinds) &&
	       pdu.at == pdu.end && take_varbinds(varbinds, message);
}

static bool is_of(const struct message *message, const char *community)
{
	return message->community_len == strlen(community) &&
	       memcmp(message->community, community, message->community_len) == 0;
}

/* Values of requests are not looked at, but there must be none where none is. */
static bool must_be_answered(const struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (message->values[i][0] != 0x05 || message->values[i][1] != 0)
			return false;
	if (message->type == SET)
		return is_of(message, "private");
	if (!is_of(message, "public") && !is_of(message, "private") && !is_of(message, "holes"))
		return false;
	return message->type == GET || message->type == GETNEXT ||
	       (message->type == GETBULK && message->version == 1);
}

static uint64_t most_of(const struct message *asked)
{
	uint64_t once = asked->error < asked->count ? asked->error : asked->count;

	return asked->type == GETBULK ? once + (asked->count - once) * asked->index : asked->count;
}

static void check_answer(const struct message *asked, const struct message *answer)
{
	MUST(answer->version == asked->version);
	MUST(answer->community_len == asked->community_len &&
	     memcmp(answer->community, asked->community, asked->community_len) == 0);
	if (asked->type == SET && asked->count > 0)
		MUST(answer->error != 0);
	if (answer->error != 0) {
		MUST(answer->index <= asked->count);
		return;
	}
	MUST(answer->count <= most_of(asked));
	MUST(asked->type == GETBULK || answer->count == asked->count);
	for (size_t i = 0; i < answer->count; i++) {
		size_t len = (size_t)(answer->values[i] - answer->names[i]);
		uint8_t type = answer->values[i][0];

		MUST(asked->version == 1 || (type != COUNTER64 && type < EXCEPTION));
		MUST(asked->type != GET || memcmp(answer->names[i], asked->names[i], len) == 0);
	}
}

static struct message asked, other;
static size_t answered;
static bool must; /* be answered */

/* One that is not the good request's. An earlier one of another form may have waited for a table.
 */
static void take_other(const uint8_t *data, size_t len)
{
	if (!must || !read_message(data, len, &other) || other.type != RESPONSE ||
	    other.number != asked.number)
		return;
	check_answer(&asked, &other);
	answered++;
}

/* Whether the good request is answered. */
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
		if (len > REQUEST_ID + 4 && answer[13] == RESPONSE &&
		    memcmp(answer + REQUEST_ID, &id, sizeof(id)) == 0)
			return true;
		take_other(answer, (size_t)len);
	}
	return false;
}

/* What waits for a table is answered later. */
static void wait_for_answer(void)
{
	for (int tries = 0; must && answered == 0; tries++) {
		MUST(tries < START_TRIES);
		MUST(answers(PATIENCE_MS));
		if (answered == 0)
			usleep(1000 * PATIENCE_MS / START_TRIES);
	}
	MUST(answered <= 1);
	must = false;
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

static void send_datagram(const uint8_t *data, size_t size)
{
	answered = 0;
	must = read_message(data, size, &asked) && must_be_answered(&asked);
	MUST(TEMP_FAILURE_RETRY(send(agent.plug, data, size, 0)) >= 0);
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
		send_datagram(data + 1, size - 1);
	MUST(answers(PATIENCE_MS));
	wait_for_answer();
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
