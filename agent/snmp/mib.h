/* What registrations.c (groups) and dispatcher.c (requests) share. */
#ifndef TCX_MIB_PRIVATE_H
#define TCX_MIB_PRIVATE_H

#include "snmp/netsnmp.h"
#include "snmp/registrations.h"
#include "snmp/tree.h"
#include "snmp/view.h"

#define TCX_ROOT_MAX 32

struct group_row;
struct waiting;

struct registration {
	netsnmp_handler_registration *made; /* the library's, which frees it */
	bool refused;			    /* by the master of this session */
};

/* A group that can be registered: its objects and where they are. */
struct group {
	const struct group_row *row;
	struct tcx_mib *mib;
	const oid *root;
	size_t root_len;
	struct tcx_tree tree;
	int priority;			    /* of the registrations; 0 while there are none */
	struct registration *registrations; /* owned: room for the whole and its leaves */
	size_t registered;
	bool unlisted; /* sysORTable of the master lacks its row, for it has refused some */
};

/* The requests that are being answered. */
struct answering {
	struct tcx_mib_settings settings; /* collector and tables with a reference */
	struct tcx_view view;		  /* of the request that is being answered */
	struct tcx_held_tables held;
	long transaction;	 /* its number, given by the master */
	const void *session;	 /* which it came by */
	struct waiting *waiting; /* requests for tables that are being read */
	unsigned int alarm;	 /* that looks after them; 0: none */
	uint64_t closing_ns;	 /* since when registrations are to be changed; 0: they are not */
	bool closed;		 /* none waits, and none is to begin */
	bool complained;	 /* that a table takes too long; until one comes again */
};

/* The handler of every registration. myvoid is the struct group. */
Netsnmp_Node_Handler tcx_answer;

/* The answering state of the program. */
struct answering *tcx_answering(struct tcx_mib *mib);

/* Frees the requests that wait, and gives up what is held. */
void tcx_answer_free(struct answering *answering);

#endif
