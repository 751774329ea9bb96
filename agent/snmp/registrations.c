/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers modules with the library, and tracks what the master refuses and its sysORTable. */
#include "snmp/registrations.h"

#include <stdlib.h>
#include <string.h>

#include "quirks.h"

struct subtree {
	netsnmp_handler_registration *made; /* the library's, which frees it */
	bool refused;			    /* by the master of this session */
};

/* A module that can be registered. */
struct registration {
	const struct tcx_module *module;
	struct tcx_served served;
	int wanted;		  /* priority; 0: it is not to be registered */
	int priority;		  /* of the subtrees; 0 while there are none */
	struct subtree *subtrees; /* owned: the whole and its objects */
	size_t count;
	bool unlisted; /* the master's sysORTable lacks its row: some are refused */
};

struct tcx_registrations {
	size_t count;
	struct registration all[]; /* in the order of the modules */
};

static bool register_subtree(struct registration *registration, const oid *root, size_t len)
{
	netsnmp_handler_registration *made = netsnmp_create_handler_registration(
		registration->module->word, tcx_dispatcher_answer, root, len, HANDLER_CAN_RONLY);

	if (made == NULL)
		return false;
	made->handler->myvoid = &registration->served;
	made->priority = registration->priority;
	/* A refusal is reported before the function returns. */
	registration->subtrees[registration->count++] =
		(struct subtree){.made = made, .refused = false};
	if (netsnmp_register_handler(made) == MIB_REGISTERED_OK)
		return true;
	registration->count--; /* the library has freed it */
	return false;
}

static bool register_by_object(struct registration *registration)
{
	oid name[TCX_ROOT_MAX + TCX_OBJECT_ID_MAX];
	size_t root_len = registration->module->root_len;

	memcpy(name, registration->module->root, root_len * sizeof(oid));
	for (size_t i = 0; i < registration->served.tree.count; i++) {
		const struct tcx_object *object = &registration->served.tree.objects[i];

		memcpy(name + root_len, object->id, object->id_len * sizeof(oid));
		if (!register_subtree(registration, name, root_len + object->id_len))
			return false;
	}
	return true;
}

static bool register_module(struct registration *registration)
{
	const struct tcx_module *module = registration->module;

	registration->priority = registration->wanted;
	if (!register_subtree(registration, module->subtree, module->subtree_len))
		return false;
	if (module->how != TCX_MODULE_WHOLE && !register_by_object(registration))
		return false;
	register_sysORTable((oid *)module->sysORID, module->sysORID_len, module->text);
	return true;
}

static void unregister_module(struct registration *registration)
{
	const struct tcx_module *module = registration->module;

	for (; registration->count > 0; registration->count--)
		netsnmp_unregister_handler(registration->subtrees[registration->count - 1].made);
	unregister_sysORTable((oid *)module->sysORID, module->sysORID_len);
	registration->unlisted = false;
	registration->priority = 0;
}

static bool reconcile(struct registration *registration, struct tcx_fault *fault)
{
	if (registration->priority == registration->wanted)
		return true;
	if (registration->priority > 0)
		unregister_module(registration);
	if (registration->wanted == 0 || register_module(registration))
		return true;
	return tcx_fault_set(
		fault,
		"the group '%s' cannot be registered: memory is short; start the agent with more",
		registration->module->word);
}

static bool build(struct registration *registration, const struct tcx_module *module,
		  struct tcx_dispatcher *dispatcher)
{
	registration->module = module;
	registration->served = (struct tcx_served){
		.dispatcher = dispatcher, .root = module->root, .root_len = module->root_len};
	if (!module->add(&registration->served.tree, module->word))
		return false;
	tcx_tree_sort(&registration->served.tree);
	registration->subtrees =
		calloc(registration->served.tree.count + 1, sizeof(registration->subtrees[0]));
	return registration->subtrees != NULL;
}

struct tcx_registrations *tcx_registrations_new(const struct tcx_module *modules, size_t count,
						struct tcx_dispatcher *dispatcher)
{
	struct tcx_registrations *registrations =
		calloc(1, sizeof(*registrations) + count * sizeof(registrations->all[0]));

	if (registrations == NULL)
		return NULL;
	registrations->count = count;
	for (size_t i = 0; i < count; i++) {
		if (!build(&registrations->all[i], &modules[i], dispatcher)) {
			tcx_registrations_free(registrations);
			return NULL;
		}
	}
	return registrations;
}

void tcx_registrations_want(struct tcx_registrations *registrations, unsigned int modules,
			    bool tables, int priority)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct registration *one = &registrations->all[i];
		bool possible = tables || one->module->how != TCX_MODULE_TABLE;

		one->wanted = possible && (modules & 1U << i) != 0 ? priority : 0;
	}
}

enum tcx_registrations_change
tcx_registrations_change(const struct tcx_registrations *registrations)
{
	enum tcx_registrations_change change = TCX_REGISTRATIONS_STAY;

	for (size_t i = 0; i < registrations->count; i++) {
		const struct registration *one = &registrations->all[i];

		if (one->priority == one->wanted)
			continue;
		if (one->priority > 0)
			return TCX_REGISTRATIONS_TAKE_BACK;
		change = TCX_REGISTRATIONS_ADD;
	}
	return change;
}

bool tcx_registrations_apply(struct tcx_registrations *registrations, struct tcx_fault *fault)
{
	for (size_t i = 0; i < registrations->count; i++)
		if (!reconcile(&registrations->all[i], fault))
			return false;
	return true;
}

static struct subtree *find_subtree(struct tcx_registrations *registrations, const oid *name,
				    size_t len, int priority)
{
	for (size_t i = 0; i < registrations->count; i++) {
		const struct registration *one = &registrations->all[i];

		for (size_t k = 0; one->priority == priority && k < one->count; k++) {
			const netsnmp_handler_registration *made = one->subtrees[k].made;

			if (snmp_oid_compare(made->rootoid, made->rootoid_len, name, len) == 0)
				return &one->subtrees[k];
		}
	}
	return NULL;
}

const char *tcx_registrations_refused(struct tcx_registrations *registrations, const oid *name,
				      size_t len, int priority)
{
	struct subtree *subtree = find_subtree(registrations, name, len, priority);

	if (subtree == NULL)
		return "?";
	subtree->refused = true;
	return subtree->made->handlerName;
}

bool tcx_registrations_is_refused(struct tcx_registrations *registrations, const oid *name,
				  size_t len, int priority)
{
	const struct subtree *subtree = find_subtree(registrations, name, len, priority);

	return subtree != NULL && subtree->refused;
}

unsigned int tcx_registrations_ask_again(struct tcx_registrations *registrations)
{
	unsigned int asked = 0;

	for (size_t i = 0; i < registrations->count; i++) {
		struct registration *registration = &registrations->all[i];

		for (size_t k = 0; k < registration->count; k++) {
			if (!registration->subtrees[k].refused)
				continue;
			registration->subtrees[k].refused = false;
			tcx_quirk_ask_master(registration->subtrees[k].made);
			asked |= 1U << i;
		}
	}
	return asked;
}

static bool has_refusals(const struct registration *registration)
{
	for (size_t i = 0; i < registration->count; i++)
		if (registration->subtrees[i].refused)
			return true;
	return false;
}

void tcx_registrations_update_sysORTable(struct tcx_registrations *registrations)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct registration *registration = &registrations->all[i];
		const struct tcx_module *module = registration->module;

		if (registration->priority == 0 ||
		    has_refusals(registration) == registration->unlisted)
			continue;
		registration->unlisted = !registration->unlisted;
		tcx_quirk_update_sysORTable(module->sysORID, module->sysORID_len, module->text,
					    !registration->unlisted);
	}
}

/* A new session asks anew for what was refused. */
void tcx_registrations_connected(struct tcx_registrations *registrations)
{
	for (size_t i = 0; i < registrations->count; i++) {
		struct registration *registration = &registrations->all[i];

		registration->unlisted = false;
		for (size_t k = 0; k < registration->count; k++)
			registration->subtrees[k].refused = false;
	}
	tcx_quirk_register_once();
}

void tcx_registrations_free(struct tcx_registrations *registrations)
{
	if (registrations == NULL)
		return;
	for (size_t i = 0; i < registrations->count; i++) {
		free(registrations->all[i].subtrees);
		tcx_tree_clear(&registrations->all[i].served.tree);
	}
	free(registrations);
}
