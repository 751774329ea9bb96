/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel whose answers by netlink are a part of the input: what libmnl does with sockets, and
 * recvmsg(), is replaced. And a second reader of such answers, written as plainly as can be.
 *
 * The part is records, each a kind, a length of two octets (little end first) and so many octets:
 * a datagram of the kernel, one of a stranger, an error that recvmsg() gives, or a datagram that is
 * said to be 32 KiB longer than the length, and lost. Behind the last one nothing comes any more.
 */
#ifndef TCX_FUZZ_ANSWERS_H
#define TCX_FUZZ_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum answer { ANSWER_KERNEL, ANSWER_STRANGER, ANSWER_ERROR, ANSWER_LONG, ANSWERS };

/* Where one is in the records. */
struct records {
	const uint8_t *at, *end;
};

/* recvmsg() begins with the first record. */
void answers_begin(const uint8_t *data, size_t size);

/* What recvmsg() has not given yet. */
struct records answers_left(void);

/* --- The second reader ------------------------------------------------------------------------*/

uint16_t plain_get16(const uint8_t *at);
uint32_t plain_get32(const uint8_t *at);

struct plain_message {
	uint16_t type;
	const uint8_t *body;
	size_t len;
};

/* False ends the dump. */
typedef bool plain_take(void *context, const struct plain_message *message);

enum plain_outcome { PLAIN_WHOLE, PLAIN_FAILED, PLAIN_INTERRUPTED };

struct plain_netlink {
	struct records records;
	uint32_t sequence; /* of the last request */
	size_t capacity;
	int error; /* of the last dump */
};

void plain_begin(struct plain_netlink *netlink, const uint8_t *data, size_t size);
enum plain_outcome plain_dump(struct plain_netlink *netlink, plain_take *take, void *context);

/* One datagram of notifications. *empty: there is none. */
enum plain_outcome plain_notification(struct plain_netlink *netlink, plain_take *take,
				      void *context, bool *empty);

struct plain_attribute {
	const uint8_t *at; /* NULL: there is none */
	size_t len;
};

/* Whether attributes fill [at, at + len) without a rest. */
bool plain_is_whole(const uint8_t *at, size_t len);

/* The last one of this type. */
struct plain_attribute plain_find(const uint8_t *at, size_t len, uint16_t type);

/* A number of so many octets; 0 where the attribute is absent or shorter. */
bool plain_copy(struct plain_attribute attribute, void *to, size_t len);

#endif
