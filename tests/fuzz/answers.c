/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel whose answers by netlink are a part of the input, and a second reader of them. */
#include "answers.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <mntent.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#if defined(__has_include)
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(at, len)   ((void)(at), (void)(len))
#define ASAN_UNPOISON_MEMORY_REGION(at, len) ((void)(at), (void)(len))
#endif

#define HEADER	    3
#define LONG_ANSWER (32 * 1024)

struct record {
	enum answer kind;
	size_t len;
	const uint8_t *octets;
};

static const int errors[] = {EINTR, ENOBUFS, ENOMEM, EOPNOTSUPP};

static bool take_record(struct records *records, struct record *record)
{
	size_t left = (size_t)(records->end - records->at);

	if (left < HEADER)
		return false;
	record->kind = records->at[0] % ANSWERS;
	record->len = plain_get16(records->at + 1) % (LONG_ANSWER + 1);
	record->octets = records->at + HEADER;
	left -= HEADER;
	if (record->kind == ANSWER_LONG || record->kind == ANSWER_ERROR)
		left = 0;
	else if (record->len < left)
		left = record->len;
	else
		record->len = left;
	records->at += HEADER + left;
	return true;
}

static int error_of(const struct record *record)
{
	return errors[record->len % (sizeof(errors) / sizeof(errors[0]))];
}

/* One that is long, and finds no room. Where it would there is an empty one. */
static bool is_lost(struct record *record, size_t capacity)
{
	if (record->kind != ANSWER_LONG)
		return false;
	if (record->len + LONG_ANSWER > capacity)
		return true;
	record->len = 0;
	return false;
}

/* --- In place of the kernel ------------------------------------------------------------------ */

static struct records answers;

/* What lies behind a datagram is not to be read. */
static struct {
	void *at;
	size_t capacity;
} received;

void answers_begin(const uint8_t *data, size_t size)
{
	answers = (struct records){data, data + size};
}

struct records answers_left(void)
{
	return answers;
}

struct mnl_socket {
	int fd;
};

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	static struct mnl_socket only = {-1};

	(void)bus;
	(void)flags;
	return &only;
}

int mnl_socket_bind(struct mnl_socket *socket, unsigned int groups, pid_t port)
{
	(void)socket;
	(void)groups;
	(void)port;
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *socket)
{
	return socket->fd;
}

int mnl_socket_close(struct mnl_socket *socket)
{
	(void)socket;
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *socket, const void *request, size_t len)
{
	(void)socket;
	(void)request;
	return (ssize_t)len;
}

struct nlmsghdr *mnl_nlmsg_put_header(void *buffer)
{
	struct nlmsghdr *header = buffer;

	if (buffer == received.at)
		ASAN_UNPOISON_MEMORY_REGION(buffer, received.capacity);
	memset(header, 0, sizeof(*header));
	header->nlmsg_len = sizeof(*header);
	return header;
}

ssize_t recvmsg(int fd, struct msghdr *header, int flags)
{
	struct sockaddr_nl *from = header->msg_name;
	const struct iovec *iov = header->msg_iov;
	struct record record;

	(void)fd;
	(void)flags;
	errno = EAGAIN;
	if (!take_record(&answers, &record))
		return -1;
	errno = error_of(&record);
	if (record.kind == ANSWER_ERROR)
		return -1;
	from->nl_pid = record.kind == ANSWER_STRANGER;
	if (is_lost(&record, iov->iov_len))
		return (ssize_t)record.len + LONG_ANSWER;
	received.at = iov->iov_base;
	received.capacity = iov->iov_len;
	ASAN_UNPOISON_MEMORY_REGION(received.at, received.capacity);
	memcpy(received.at, record.octets, record.len);
	ASAN_POISON_MEMORY_REGION((char *)received.at + record.len, received.capacity - record.len);
	return (ssize_t)record.len;
}

/* No interface has a name or a speed. */
int ioctl(int fd, unsigned long request, ...)
{
	(void)fd;
	(void)request;
	errno = ENODEV;
	return -1;
}

/* No tree of cgroups is mounted. */
struct mntent *getmntent_r(FILE *file, struct mntent *mount, char *line, int size)
{
	(void)file;
	(void)mount;
	(void)line;
	(void)size;
	return NULL;
}

/* Another try comes at once. */
int nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time;
	(void)left;
	return 0;
}

/* --- The second reader ------------------------------------------------------------------------*/

uint16_t plain_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

/* Of this machine's order, as all of netlink is. */
static uint16_t number16(const uint8_t *at)
{
	uint16_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

uint32_t plain_get32(const uint8_t *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

static size_t aligned(size_t len)
{
	return (len + 3) / 4 * 4;
}

void plain_begin(struct plain_netlink *netlink, const uint8_t *data, size_t size)
{
	*netlink = (struct plain_netlink){{data, data + size}, 0, LONG_ANSWER, 0};
}

/* PLAIN_WHOLE: the datagram is to be read. */
static enum plain_outcome receive(struct plain_netlink *netlink, struct record *record)
{
	do {
		if (!take_record(&netlink->records, record)) {
			netlink->error = EAGAIN;
			return PLAIN_FAILED;
		}
	} while (record->kind == ANSWER_STRANGER ||
		 (record->kind == ANSWER_ERROR && error_of(record) == EINTR));
	if (record->kind == ANSWER_ERROR && error_of(record) == ENOBUFS)
		return PLAIN_INTERRUPTED;
	if (record->kind == ANSWER_ERROR) {
		netlink->error = error_of(record);
		return PLAIN_FAILED;
	}
	if (!is_lost(record, netlink->capacity))
		return PLAIN_WHOLE;
	netlink->capacity = 2 * (record->len + LONG_ANSWER);
	return PLAIN_INTERRUPTED;
}

static enum plain_outcome end(struct plain_netlink *netlink, const uint8_t *body, size_t len)
{
	int32_t code = 0;

	if (len >= sizeof(code))
		memcpy(&code, body, sizeof(code));
	if (code >= 0)
		return PLAIN_WHOLE;
	netlink->error = code == INT32_MIN ? EPROTO : -code;
	return PLAIN_FAILED;
}

/* *done: the answer is complete. */
static enum plain_outcome read_datagram(struct plain_netlink *netlink, uint32_t sequence,
					const struct record *record, plain_take *take,
					void *context, bool *done)
{
	const uint8_t *octets = record->octets;
	size_t at = 0;

	*done = false;
	while (at + 16 <= record->len) {
		const uint32_t len = plain_get32(octets + at);
		const uint16_t type = number16(octets + at + 4), flags = number16(octets + at + 6);
		const struct plain_message message = {type, octets + at + 16, (size_t)len - 16};

		if (len < 16 || len > record->len - at)
			return PLAIN_FAILED;
		if (plain_get32(octets + at + 8) == sequence) {
			if ((flags & NLM_F_DUMP_INTR) != 0 || type == NLMSG_OVERRUN)
				return PLAIN_INTERRUPTED;
			*done = type == NLMSG_DONE || type == NLMSG_ERROR;
			if (*done)
				return end(netlink, message.body, message.len);
			if (type >= 16 && !take(context, &message))
				return PLAIN_FAILED;
		}
		at += aligned(len);
	}
	return at < record->len ? PLAIN_FAILED : PLAIN_WHOLE;
}

enum plain_outcome plain_dump(struct plain_netlink *netlink, plain_take *take, void *context)
{
	enum plain_outcome outcome;
	struct record record;
	bool done = false;

	netlink->error = 0;
	netlink->sequence++;
	do {
		outcome = receive(netlink, &record);
		if (outcome == PLAIN_WHOLE)
			outcome = read_datagram(netlink, netlink->sequence, &record, take, context,
						&done);
	} while (outcome == PLAIN_WHOLE && !done);
	return outcome;
}

enum plain_outcome plain_notification(struct plain_netlink *netlink, plain_take *take,
				      void *context, bool *empty)
{
	struct record record;
	enum plain_outcome outcome;
	bool done;

	netlink->error = 0;
	outcome = receive(netlink, &record);
	*empty = outcome == PLAIN_FAILED && netlink->error == EAGAIN;
	if (outcome != PLAIN_WHOLE)
		return outcome;
	return read_datagram(netlink, 0, &record, take, context, &done);
}

bool plain_is_whole(const uint8_t *at, size_t len)
{
	size_t next = 0;

	while (next < len) {
		size_t long_as = len - next >= 4 ? number16(at + next) : 0;

		if (long_as < 4 || long_as > len - next)
			return false;
		next += aligned(long_as);
	}
	return true;
}

struct plain_attribute plain_find(const uint8_t *at, size_t len, uint16_t type)
{
	struct plain_attribute found = {NULL, 0};

	for (size_t next = 0; next + 4 <= len; next += aligned(number16(at + next)))
		if ((number16(at + next + 2) & NLA_TYPE_MASK) == type)
			found = (struct plain_attribute){at + next + 4,
							 (size_t)number16(at + next) - 4};
	return found;
}

bool plain_copy(struct plain_attribute attribute, void *to, size_t len)
{
	if (attribute.at == NULL || attribute.len < len)
		return false;
	memcpy(to, attribute.at, len);
	return true;
}
