/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads tables of the kernel by surveys: one reading makes several tables, all of one instant, and
 * is tried again when interrupted.
 */
#ifndef TCX_KERNEL_READ_TABLE_H
#define TCX_KERNEL_READ_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "catalogue/table_ids.h"
#include "sample/table.h"

struct nlattr;
struct tcx_netns_reader;
struct tcx_socket;

enum tcx_protocol { TCX_TCP, TCX_UDP, TCX_PROTOCOLS };

/* Gets each socket. False ends the listing. */
typedef bool tcx_socket_callback(void *context, const struct tcx_socket *socket,
				 struct tcx_fault *fault);

/* How a table is made of sockets; constant data. */
struct tcx_socket_table {
	unsigned int protocols; /* a set of bits 1 << TCX_TCP, 1 << TCX_UDP */
	uint32_t states;	/* of the sockets that it is made of */
	/*
	 * It is made of all that speaks IPv4, and gets that as AF_INET: IPv4 sockets, and IPv6 ones
	 * with IPv4 ends (::ffff:a.b.c.d), or, as 0.0.0.0, that accept both.
	 */
	bool only_ipv4;
	/* Before the first socket. NULL: nothing to do. */
	bool (*begin)(struct tcx_table *table, struct tcx_fault *fault);
	/* Each socket; context is the table. False, without a fault, when it is full. */
	tcx_socket_callback *take;
	/* Once the rows are sorted and merged. NULL: nothing to do. */
	bool (*end)(struct tcx_table *table, struct tcx_fault *fault);
	bool only_diag; /* procfs does not tell what it is made of */
	bool memory;	/* it is made of what sock_diag tells of a socket's memory, too */
	/* Of which cgroup a row is, 0: none; table->names has it. NULL: rows are of none. */
	uint64_t (*cgroup)(const void *row);
};

/* A dump of rtnetlink and what becomes of it; constant data. */
struct tcx_table_dump {
	uint16_t type;	     /* RTM_GETADDR ...; messages of RTM_NEWADDR or itself are taken */
	const void *request; /* struct ifaddrmsg ..., and attributes */
	size_t len;	     /* of the struct, with which messages begin, too */
	size_t more;	     /* octets of attributes behind the struct of the request */
	int nothing;	     /* errno of a kernel that has nothing to list; 0: it always has */
	/* Takes a message: its fixed part, and the attributes by type, NULL if missing. */
	bool (*take)(struct tcx_table *table, const void *message, const struct nlattr **attributes,
		     struct tcx_fault *fault);
};

/* How a table is made; constant data, one per table. */
struct tcx_table_reader {
	struct tcx_table_kind kind;
	/* One of these fills the table, or read() does: */
	struct tcx_table_dump dump;	 /* of rtnetlink; then read() completes it */
	struct tcx_socket_table sockets; /* all sockets of a survey are read at once */
	/* May append rows in any order until the table is full. False with a fault. */
	bool (*read)(struct tcx_table *table, struct tcx_netns_reader *reader,
		     struct tcx_fault *fault);
};

/* Those of mibs/tables.def: tcx_links ... */
#define KERNEL_TABLE(index, id, survey, reader, title)                                             \
	extern const struct tcx_table_reader tcx_##reader;
#include "mibs/tables.def"

/* Constant data. Several members are made of sockets. */
struct tcx_survey {
	const struct tcx_table_reader *members[TCX_TABLES]; /* by id; NULL: of another survey */
};

/* Those of mibs/tables.def. */
extern const struct tcx_survey tcx_surveys[TCX_SURVEYS];

/*
 * Makes the wanted members of a survey, a set of bits 1 << id, all of one instant: tables[id], with
 * a reference for the caller; NULL for all others. False with a fault and no table. Tries a few
 * times if the kernel changed what it lists meanwhile. Takes as long as the kernel needs to list
 * it, and up to three times the memory of the rows, for growth and the copy that sorting needs.
 */
bool tcx_survey_read(const struct tcx_survey *survey, unsigned int wanted,
		     struct tcx_table *tables[TCX_TABLES], struct tcx_netns_reader *netns,
		     size_t max_rows, struct tcx_fault *fault);

/* For a reader->read(), too: lists into the table until that is full. False with a fault. */
bool tcx_table_list(struct tcx_table *table, struct tcx_netns_reader *netns,
		    const struct tcx_table_dump *dump, struct tcx_fault *fault);

/*
 * For a reader->read() that needs another table as well: reads it once. If that is interrupted, so
 * is the whole read.
 */
struct tcx_table *tcx_table_read_beside(const struct tcx_table_reader *reader,
					struct tcx_netns_reader *netns, struct tcx_fault *fault);

#endif
