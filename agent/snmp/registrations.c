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

static size_t place_of(const struct tcx_registration *one)
{
	return (size_t)(one->module - one->built->modules);
}

static bool is_default(const struct tcx_registration *one)
{
	return tcx_context_is_default(one->context);
}

unsigned int tcx_registration_bit(const struct tcx_registration *one)
{
	return is_default(one) ? 1U << place_of(one) : TCX_ELSEWHERE;
}

/* Without the name it would be registered in the default context. */
static bool name_context(const struct tcx_registration *one, netsnmp_handler_registration *made)
{
	if (is_default(one))
		return true;
	made->contextName = strdup(one->context->name);
	return made->contextName != NULL;
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
	/* A refusal is reported before netsnmp_register_handler() returns. */
	if (!name_context(one, subtree.made) ||
	    !tcx_array_append(&one->subtrees, &one->count, &subtree, sizeof(subtree))) {
		netsnmp_handler_registration_free(subtree.made);
		return false;
	}
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

static void list(struct tcx_registrations *registrations, const struct tcx_module *module,
		 bool listed)
{
	oid *name = (oid *)module->sysORID;

	if (listed)
		register_sysORTable(name, module->sysORID_len, module->text);
	else
		unregister_sysORTable(name, module->sysORID_len);
	registrations->changed = netsnmp_get_agent_uptime();
}

static bool register_module(struct tcx_registrations *registrations, struct tcx_registration *one)
{
	const struct tcx_module *module = one->module;

	one->priority = one->wanted;
	if (!is_default(one))
		return register_subtree(one, module->root, module->root_len);
	one->context->modules |= 1U << place_of(one);
	if (!register_subtree(one, module->subtree, module->subtree_len))
		return false;
	if (module->how > TCX_MODULE_WHOLE && !registrations->alone && !register_objects(one))
		return false;
	list(registrations, module, true);
	return true;
}

static void unregister_module(struct tcx_registrations *registrations, struct tcx_registration *one)
{
	const struct tcx_module *module = one->module;

	for (; one->count > 0; one->count--) {
		registrations->is_moot = one->subtrees[one->count - 1].refused;
		tcx_quirk_unregister(one->subtrees[one->count - 1].made);
	}
	registrations->is_moot = false;
	one->unlisted = false;
	one->priority = 0;
	if (!is_default(one))
		return;
	list(registrations, module, false);
	one->context->modules &= ~(1U << place_of(one));
}

static bool register_or_fail(struct tcx_registrations *registrations, struct tcx_registration *one,
			     struct tcx_fault *fault)
{
	return register_module(registrations, one) ||
	       tcx_fault_set(fault,
			     "the group '%s' cannot be registered: memory is short; start the "
			     "agent with more",
			     one->module->word);
}

/* The priority, or 0. */
static int wanted_now(const struct tcx_registration *one)
{
	return tcx_context_is_served(one->context) ? one->wanted : 0;
}

/* Whether it stays as it is. What is not wanted in another context goes with the session. */
static bool is_settled(const struct tcx_registration *one)
{
	return one->priority == wanted_now(one) || (wanted_now(one) == 0 && !is_default(one));
}

/* between: there is no session, so that what has nothing to serve any more can go, too. */
static bool reconcile(struct tcx_registrations *registrations, struct tcx_registration *one,
		      bool between, struct tcx_fault *fault)
{
	bool is_over = between && wanted_now(one) == 0;

	if (is_settled(one) && !is_over)
		return true;
	if (one->priority > 0)
		unregister_module(registrations, one);
	return wanted_now(one) == 0 || register_or_fail(registrations, one, fault);
}

bool tcx_registrations_apply(struct tcx_registrations *registrations, struct tcx_fault *fault)
{
	bool between = tcx_registrations_change(registrations) == TCX_REGISTRATIONS_TAKE_BACK;

	for (size_t i = 0; i < registrations->count; i++)
		if (!reconcile(registrations, &registrations->all[i], between, fault))
			return false;
	return true;
}

static bool has_root(const struct tcx_module *module, const struct tcx_module *of)
{
	return netsnmp_oid_equals(module->root, module->root_len, of->root, of->root_len) == 0;
}

/* Whether a module is registered by itself in a context: in another one the first of each root. */
static bool is_registered_in(const struct tcx_context *context,
			     const struct tcx_built_modules *built, size_t place)
{
	for (size_t i = 0; i < place && !tcx_context_is_default(context); i++)
		if (has_root(&built->modules[i], &built->modules[place]))
			return false;
	return true;
}

/* The place of the first of a context's registrations, or the count of all. */
static size_t find_first(const struct tcx_registrations *registrations,
			 const struct tcx_context *context)
{
	size_t i = 0;

	while (i < registrations->count && registrations->all[i].context != context)
		i++;
	return i;
}

static bool add_all(struct tcx_registrations *registrations, struct tcx_context *context)
{
	const struct tcx_built_modules *built = registrations->modules;

	for (size_t i = 0; i < built->count; i++) {
		const struct tcx_registration one = {
			.built = built, .module = &built->modules[i], .context = context};

		if (is_registered_in(context, built, i) &&
		    !tcx_array_append(&registrations->all, &registrations->count, &one,
				      sizeof(one)))
			return false;
	}
	return true;
}

/* Of these modules those that one stands for. */
static unsigned int modules_of(const struct tcx_registration *one, unsigned int modules)
{
	unsigned int found = 0;

	for (size_t i = 0; i < one->built->count; i++)
		if (is_default(one) ? i == place_of(one)
				    : has_root(&one->built->modules[i], one->module))
			found |= modules & 1U << i;
	return found;
}

/* Of these modules those that can be registered. */
static unsigned int possible_of(const struct tcx_built_modules *built, unsigned int modules,
				bool tables)
{
	for (size_t i = 0; i < built->count; i++)
		if (!tables && built->modules[i].how == TCX_MODULE_TABLE)
			modules &= ~(1U << i);
	return modules;
}

bool tcx_registrations_want(struct tcx_registrations *registrations, struct tcx_context *context,
			    unsigned int modules, bool tables, int priority)
{
	unsigned int possible = possible_of(registrations->modules, modules, tables);
	size_t first = find_first(registrations, context);

	if (first == registrations->count && !add_all(registrations, context))
		return false;
	for (size_t i = first; i < registrations->count && registrations->all[i].context == context;
	     i++) {
		struct tcx_registration *one = &registrations->all[i];

		one->wanted = modules_of(one, possible) != 0 ? priority : 0;
	}
	if (!tcx_context_is_default(context))
		context->modules = possible;
	return true;
}

enum tcx_registrations_change
tcx_registrations_change(const struct tcx_registrations *registrations)
{
	enum tcx_registrations_change change = TCX_REGISTRATIONS_STAY;

	for (size_t i = 0; i < registrations->count; i++) {
		const struct tcx_registration *one = &registrations->all[i];

		if (is_settled(one))
			continue;
		if (one->priority > 0)
			return TCX_REGISTRATIONS_TAKE_BACK;
		change = TCX_REGISTRATIONS_ADD;
	}
	return change;
}

const struct tcx_registration *tcx_registrations_refused(struct tcx_registrations *registrations,
							 const netsnmp_handler_registration *made)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct tcx_registration *one = &registrations->all[i];

		for (size_t k = 0; k < one->count; k++)
			if (one->subtrees[k].made == made) {
				one->subtrees[k].refused = true;
				return one;
			}
	}
	return NULL;
}

static void set_refused(struct tcx_registration *one, bool refused)
{
	for (size_t i = 0; i < one->count; i++)
		one->subtrees[i].refused = refused;
}

void tcx_registrations_left(struct tcx_registrations *registrations, size_t module)
{
	set_refused(&registrations->all[module], true);
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
		unsigned int bit = tcx_registration_bit(one);

		if ((modules & bit) == 0 || !has_refusals(one) || wanted_now(one) == 0)
			continue;
		ask_again(one);
		asked |= bit;
		refused |= has_refusals(one) ? bit : 0;
	}
	return asked & ~refused;
}

bool tcx_registrations_add(struct tcx_registrations *registrations, struct tcx_context *context,
			   struct tcx_fault *fault)
{
	for (size_t i = find_first(registrations, context);
	     i < registrations->count && registrations->all[i].context == context; i++) {
		struct tcx_registration *one = &registrations->all[i];

		if (one->wanted == 0)
			continue;
		if (one->priority > 0)
			ask_again(one);
		else if (!register_or_fail(registrations, one, fault))
			return false;
	}
	return true;
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

/* Whether the library shall leave it out. Its own handlers are before ours. */
static bool is_over(const netsnmp_handler_registration *made)
{
	const netsnmp_mib_handler *handler = made->handler;

	while (handler != NULL && handler->access_method != tcx_library_face_answer)
		handler = handler->next;
	return handler != NULL && !tcx_context_is_served(handler->myvoid);
}

/* A new session asks anew for what was refused. */
void tcx_registrations_connected(struct tcx_registrations *registrations)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct tcx_registration *one = &registrations->all[i];

		one->unlisted = false;
		set_refused(one, !tcx_context_is_served(one->context));
	}
	tcx_quirk_register_once(is_over);
}

void tcx_registrations_clear(struct tcx_registrations *registrations)
{
	for (size_t i = 0; i < registrations->count; i++)
		free(registrations->all[i].subtrees);
	free(registrations->all);
}
