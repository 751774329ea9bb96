/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A module: objects that are registered together, constant data of the caller. The tree of all
 * their objects is built once, for all contexts.
 */
#ifndef TCX_SNMP_MODULE_H
#define TCX_SNMP_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#include "snmp/netsnmp.h"
#include "snmp/tree.h"

#define TCX_ROOT_MAX	32
#define TCX_MODULES_MAX 31 /* a set of them has a bit for each */

/*
 * A module is one subtree, which makes a walk twice as fast as one registration per object. But the
 * more specific registration wins: where snmpd has its own below (two settings of ip, the columns
 * of most tables), ours are by object, too. The subtree stays necessary. Where snmpd has a whole
 * table, the parts that we do not register are still asked, and answer with snmpd's rows behind our
 * last one, in our last column. A table is by object, too, and not registered while there are no
 * tables. snmpd has objects in the default context only: in others the root is registered, once for
 * all modules that have it. One that is our own is whole, and no other agent has such objects,
 * snmpd included. One of a master is whole, too, and is served where we are the master.
 */
enum tcx_module_how {
	TCX_MODULE_OWN,
	TCX_MODULE_MASTER,
	TCX_MODULE_WHOLE,
	TCX_MODULE_BY_OBJECT,
	TCX_MODULE_TABLE
};

struct tcx_module {
	const char *word; /* of the directive "register" */
	/* Adds the objects of this word; false when memory is short. */
	bool (*add)(struct tcx_tree *tree, const char *word);
	enum tcx_module_how how;
	oid root[TCX_ROOT_MAX]; /* of the objects */
	size_t root_len;
	oid subtree[TCX_ROOT_MAX]; /* that is registered in the default context, and has all */
	size_t subtree_len;
	/* Its row of sysORTable exists while all of it is registered in the default context. */
	oid sysORID[TCX_ROOT_MAX];
	size_t sysORID_len;
	const char *text; /* its sysORDescr */
};

/* All modules, and the tree of their objects. */
struct tcx_built_modules {
	const struct tcx_module *modules;
	size_t count;
	struct tcx_tree tree;
};

/*
 * The modules, TCX_MODULES_MAX at most, must outlive it. The caller clears the tree, also of what
 * is false, as memory is short.
 */
bool tcx_modules_build(struct tcx_built_modules *built, const struct tcx_module *modules,
		       size_t count);

#endif
