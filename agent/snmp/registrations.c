/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers modules in contexts with the library, and tracks what the master refuses and its
 * sysORTable.
 */
#include "snmp/registrations.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "snmp/library_face.h"
#include "snmp/quirks.h"

struct subtree {
	netsnmp_handler_registration *made; /* the library's, which frees it */
	bool refused;			    /* by the master of this session */
};

/* A module in a context. */
struct tcx_registration {
	const struct tcx_built_modules *built;
	const struct tcx_module *module; /* of these */
	struct tcx_context *context;
	int wanted;		  /* priority; 0: it is not to be registered */
	int priority;		  /* of the subtrees; 0 while there are none */
	struct subtree *subtrees; /* owned: the whole and its objects */
	size_t count;
	bool unlisted; /* the master's sysORTable lacks its row: some are refused */
};

static size_t place_of(const struct tcx_registration *one)
{
	return (size_t)(one->module - one->built->modules);
}

static bool is_default(const struct tcx_registration *one)
{
	return strcmp(one->context->name, TCX_CONTEXT_DEFAULT) == 0;
}

static bool register_subtree(struct tcx_registration *one, const oid *root, size_t len)
{
	struct subtree subtree = {
		.made = netsnmp_create_handler_registration(
			one->module->word, tcx_library_face_answer, root, len, HANDLER_CAN_RONLY),
	};

	if (subtree.made == NULL)
		return false;
	subtree.made->handler->myvoid = one->context;
	subtree.made->priority = one->priority;
	if (!is_default(one))
		subtree.made->contextName = strdup(one->context->name);
	/* A refusal is reported before the function returns. */
	if (!tcx_array_append(&one->subtrees, &one->count, &subtree, sizeof(subtree)))
		return false;
	if (netsnmp_register_handler(subtree.made) == MIB_REGISTERED_OK)
		return true;
	one->count--; /* the library has freed it */
	return false;
}

static bool register_objects(struct tcx_registration *one)
{
	const struct tcx_tree *tree = &one->built->tree;
	oid name[TCX_ROOT_MAX + TCX_OBJECT_ID_MAX];

	for (size_t i = 0; i < tree->count; i++)
		if (tree->objects[i].module == place_of(one) &&
		    !register_subtree(one, name, tcx_object_name(&tree->objects[i], name)))
			return false;
	return true;
}

static bool register_module(struct tcx_registration *one)
{
	const struct tcx_module *module = one->module;

	one->priority = one->wanted;
	one->context->modules |= 1U << place_of(one);
	if (!register_subtree(one, module->subtree, module->subtree_len))
		return false;
	if (!is_default(one))
		return true;
	if (module->how > TCX_MODULE_WHOLE && !register_objects(one))
		return false;
	register_sysORTable((oid *)module->sysORID, module->sysORID_len, module->text);
	return true;
}

static void unregister_module(struct tcx_registrations *registrations, struct tcx_registration *one)
{
	const struct tcx_module *module = one->module;

	for (; one->count > 0; one->count--) {
		registrations->is_moot = one->subtrees[one->count - 1].refused;
		netsnmp_unregister_handler(one->subtrees[one->count - 1].made);
	}
	registrations->is_moot = false;
	if (is_default(one))
		unregister_sysORTable((oid *)module->sysORID, module->sysORID_len);
	one->context->modules &= ~(1U << place_of(one));
	one->unlisted = false;
	one->priority = 0;
}

static bool reconcile(struct tcx_registrations *registrations, struct tcx_registration *one,
		      struct tcx_fault *fault)
{
	if (one->priority == one->wanted)
		return true;
	if (one->priority > 0)
		unregister_module(registrations, one);
	if (one->wanted == 0 || register_module(one))
		return true;
	return tcx_fault_set(
		fault,
		"the group '%s' cannot be registered: memory is short; start the agent with more",
		one->module->word);
}

bool tcx_registrations_apply(struct tcx_registrations *registrations, struct tcx_fault *fault)
{
	for (size_t i = 0; i < registrations->count; i++)
		if (!reconcile(registrations, &registrations->all[i], fault))
			return false;
	return true;
}

/* The first of a context's registrations; made if there are none. */
static struct tcx_registration *find_or_add(struct tcx_registrations *registrations,
					    struct tcx_context *context)
{
	const struct tcx_built_modules *built = registrations->modules;
	size_t before = registrations->count;

	for (size_t i = 0; i < before; i += built->count)
		if (registrations->all[i].context == context)
			return &registrations->all[i];
	for (size_t i = 0; i < built->count; i++) {
		const struct tcx_registration one = {
			.built = built, .module = &built->modules[i], .context = context};

		if (!tcx_array_append(&registrations->all, &registrations->count, &one,
				      sizeof(one)))
			return NULL;
	}
	return &registrations->all[before];
}

bool tcx_registrations_want(struct tcx_registrations *registrations, struct tcx_context *context,
			    unsigned int modules, bool tables, int priority)
{
	struct tcx_registration *all = find_or_add(registrations, context);

	for (size_t i = 0; all != NULL && i < registrations->modules->count; i++) {
		bool possible = tables || all[i].module->how != TCX_MODULE_TABLE;

		all[i].wanted = possible && (modules & 1U << i) != 0 ? priority : 0;
	}
	return all != NULL;
}

enum tcx_registrations_change
tcx_registrations_change(const struct tcx_registrations *registrations)
{
	enum tcx_registrations_change change = TCX_REGISTRATIONS_STAY;

	for (size_t i = 0; i < registrations->count; i++) {
		const struct tcx_registration *one = &registrations->all[i];

		if (one->priority == one->wanted)
			continue;
		if (one->priority > 0)
			return TCX_REGISTRATIONS_TAKE_BACK;
		change = TCX_REGISTRATIONS_ADD;
	}
	return change;
}

const struct tcx_module *tcx_registrations_refused(struct tcx_registrations *registrations,
						   const netsnmp_handler_registration *made)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct tcx_registration *one = &registrations->all[i];

		for (size_t k = 0; k < one->count; k++)
			if (one->subtrees[k].made == made) {
				one->subtrees[k].refused = true;
				return one->module;
			}
	}
	return NULL;
}

void tcx_registrations_left(struct tcx_registrations *registrations, size_t module)
{
	struct tcx_registration *one = &registrations->all[module];

	for (size_t i = 0; i < one->count; i++)
		one->subtrees[i].refused = true;
}

static bool has_refusals(const struct tcx_registration *one)
{
	for (size_t i = 0; i < one->count; i++)
		if (one->subtrees[i].refused)
			return true;
	return false;
}

static void ask_again(const struct tcx_registration *one)
{
	for (size_t i = 0; i < one->count; i++) {
		if (!one->subtrees[i].refused)
			continue;
		one->subtrees[i].refused = false;
		tcx_quirk_ask_master(one->subtrees[i].made);
	}
}

unsigned int tcx_registrations_ask_again(struct tcx_registrations *registrations,
					 unsigned int modules)
{
	unsigned int asked = 0, refused = 0;

	for (size_t i = 0; i < registrations->count; i++) {
		const struct tcx_registration *one = &registrations->all[i];
		unsigned int bit = 1U << place_of(one);

		if ((modules & bit) == 0 || !has_refusals(one))
			continue;
		ask_again(one);
		asked |= bit;
		refused |= has_refusals(one) ? bit : 0;
	}
	return asked & ~refused;
}

void tcx_registrations_update_sysORTable(struct tcx_registrations *registrations)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct tcx_registration *one = &registrations->all[i];
		const struct tcx_module *module = one->module;

		if (one->priority == 0 || !is_default(one) || has_refusals(one) == one->unlisted)
			continue;
		one->unlisted = !one->unlisted;
		tcx_quirk_update_sysORTable(module->sysORID, module->sysORID_len, module->text,
					    !one->unlisted);
	}
}

/* A new session asks anew for what was refused. */
void tcx_registrations_connected(struct tcx_registrations *registrations)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct tcx_registration *one = &registrations->all[i];

		one->unlisted = false;
		for (size_t k = 0; k < one->count; k++)
			one->subtrees[k].refused = false;
	}
	tcx_quirk_register_once();
}

void tcx_registrations_clear(struct tcx_registrations *registrations)
{
	for (size_t i = 0; i < registrations->count; i++)
		free(registrations->all[i].subtrees);
	free(registrations->all);
}
