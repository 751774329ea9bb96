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
struct registration {
	struct tcx_library_face face;
	int wanted;		  /* priority; 0: it is not to be registered */
	int priority;		  /* of the subtrees; 0 while there are none */
	struct subtree *subtrees; /* owned: the whole and its objects */
	size_t count;
	bool unlisted; /* the master's sysORTable lacks its row: some are refused */
};

struct place {
	struct tcx_context *context;
	struct registration all[]; /* in the order of the modules */
};

struct tcx_registrations {
	const struct tcx_built_modules *modules;
	struct tcx_dispatcher *dispatcher;
	size_t count;
	struct place **places; /* owned */
};

struct tcx_registrations *tcx_registrations_new(const struct tcx_built_modules *modules,
						struct tcx_dispatcher *dispatcher)
{
	struct tcx_registrations *registrations = calloc(1, sizeof(*registrations));

	if (registrations == NULL)
		return NULL;
	registrations->modules = modules;
	registrations->dispatcher = dispatcher;
	return registrations;
}

/* Calls use with each registration; false ends that. */
static bool for_each(const struct tcx_registrations *registrations,
		     bool (*use)(struct registration *one, void *arg), void *arg)
{
	for (size_t i = 0; i < registrations->count; i++)
		for (size_t k = 0; k < registrations->modules->count; k++)
			if (!use(&registrations->places[i]->all[k], arg))
				return false;
	return true;
}

/* --- Registering -------------------------------------------------------------------------------*/

static bool is_default(const struct registration *registration)
{
	return tcx_context_name(registration->face.context)[0] == '\0';
}

static bool register_subtree(struct registration *registration, const oid *root, size_t len)
{
	const struct tcx_library_face *face = &registration->face;
	netsnmp_handler_registration *made = netsnmp_create_handler_registration(
		face->built->module->word, tcx_library_face_answer, root, len, HANDLER_CAN_RONLY);

	if (made == NULL)
		return false;
	made->handler->myvoid = &registration->face;
	made->priority = registration->priority;
	if (!is_default(registration))
		made->contextName = strdup(tcx_context_name(face->context));
	/* A refusal is reported before the function returns. */
	registration->subtrees[registration->count++] =
		(struct subtree){.made = made, .refused = false};
	if (netsnmp_register_handler(made) == MIB_REGISTERED_OK)
		return true;
	registration->count--; /* the library has freed it */
	return false;
}

static bool is_by_object(const struct registration *registration)
{
	return is_default(registration) &&
	       registration->face.built->module->how != TCX_MODULE_WHOLE;
}

static bool register_objects(struct registration *registration)
{
	const struct tcx_built_module *built = registration->face.built;
	oid name[TCX_ROOT_MAX + TCX_OBJECT_ID_MAX];
	size_t root_len = built->module->root_len;

	memcpy(name, built->module->root, root_len * sizeof(oid));
	for (size_t i = 0; i < built->tree.count; i++) {
		const struct tcx_object *object = &built->tree.objects[i];

		memcpy(name + root_len, object->id, object->id_len * sizeof(oid));
		if (!register_subtree(registration, name, root_len + object->id_len))
			return false;
	}
	return true;
}

static bool register_module(struct registration *registration)
{
	const struct tcx_built_module *built = registration->face.built;
	const struct tcx_module *module = built->module;
	bool by_object = is_by_object(registration);

	registration->subtrees =
		calloc(by_object ? built->tree.count + 1 : 1, sizeof(registration->subtrees[0]));
	if (registration->subtrees == NULL)
		return false;
	registration->priority = registration->wanted;
	if (!register_subtree(registration, module->subtree, module->subtree_len) ||
	    (by_object && !register_objects(registration)))
		return false;
	if (is_default(registration))
		register_sysORTable((oid *)module->sysORID, module->sysORID_len, module->text);
	return true;
}

static void unregister_module(struct registration *registration)
{
	const struct tcx_module *module = registration->face.built->module;

	for (; registration->count > 0; registration->count--)
		netsnmp_unregister_handler(registration->subtrees[registration->count - 1].made);
	free(registration->subtrees);
	registration->subtrees = NULL;
	if (is_default(registration))
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
		registration->face.built->module->word);
}

/* The dispatcher serves what is registered. */
static bool serve(const struct place *place, size_t count, struct tcx_fault *fault)
{
	const struct tcx_built_module *served[TCX_MODULES_MAX];
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (place->all[i].priority > 0)
			served[used++] = place->all[i].face.built;
	return tcx_context_serve(place->context, served, used) ||
	       tcx_fault_set(fault, "out of memory");
}

bool tcx_registrations_apply(struct tcx_registrations *registrations, struct tcx_fault *fault)
{
	size_t modules = registrations->modules->count;

	for (size_t i = 0; i < registrations->count; i++) {
		struct place *place = registrations->places[i];

		for (size_t k = 0; k < modules; k++)
			if (!reconcile(&place->all[k], fault))
				return false;
		if (!serve(place, modules, fault))
			return false;
	}
	return true;
}

static struct place *find_place(const struct tcx_registrations *registrations,
				const struct tcx_context *context)
{
	for (size_t i = 0; i < registrations->count; i++)
		if (registrations->places[i]->context == context)
			return registrations->places[i];
	return NULL;
}

static struct place *add_place(struct tcx_registrations *registrations, struct tcx_context *context)
{
	size_t count = registrations->modules->count;
	struct place *place = calloc(1, sizeof(*place) + count * sizeof(place->all[0]));

	if (place == NULL || !tcx_array_append(&registrations->places, &registrations->count,
					       &place, sizeof(place))) {
		free(place);
		return NULL;
	}
	place->context = context;
	for (size_t i = 0; i < count; i++)
		place->all[i].face = (struct tcx_library_face){registrations->dispatcher, context,
							       &registrations->modules->all[i]};
	return place;
}

bool tcx_registrations_want(struct tcx_registrations *registrations, struct tcx_context *context,
			    unsigned int modules, bool tables, int priority)
{
	struct place *place = find_place(registrations, context);

	if (place == NULL)
		place = add_place(registrations, context);
	for (size_t i = 0; place != NULL && i < registrations->modules->count; i++) {
		struct registration *one = &place->all[i];
		bool possible = tables || one->face.built->module->how != TCX_MODULE_TABLE;

		one->wanted = possible && (modules & 1U << i) != 0 ? priority : 0;
	}
	return place != NULL;
}

static bool note_change(struct registration *one, void *change)
{
	enum tcx_registrations_change *worst = change;

	if (one->priority != one->wanted)
		*worst = one->priority > 0 ? TCX_REGISTRATIONS_TAKE_BACK : TCX_REGISTRATIONS_ADD;
	return *worst != TCX_REGISTRATIONS_TAKE_BACK;
}

enum tcx_registrations_change
tcx_registrations_change(const struct tcx_registrations *registrations)
{
	enum tcx_registrations_change change = TCX_REGISTRATIONS_STAY;

	for_each(registrations, note_change, &change);
	return change;
}

/* --- Refusals ----------------------------------------------------------------------------------*/

static struct subtree *find_in(const struct registration *one, const struct tcx_subtree_name *name)
{
	for (size_t k = 0; one->priority == name->priority && k < one->count; k++) {
		const netsnmp_handler_registration *made = one->subtrees[k].made;

		if (snmp_oid_compare(made->rootoid, made->rootoid_len, name->ids, name->len) == 0)
			return &one->subtrees[k];
	}
	return NULL;
}

static struct subtree *find_subtree(const struct tcx_registrations *registrations,
				    const struct tcx_subtree_name *name)
{
	const char *context = name->context != NULL ? name->context : TCX_CONTEXT_DEFAULT;
	struct subtree *found = NULL;

	for (size_t i = 0; found == NULL && i < registrations->count; i++) {
		const struct place *place = registrations->places[i];

		if (strcmp(tcx_context_name(place->context), context) != 0)
			continue;
		for (size_t k = 0; found == NULL && k < registrations->modules->count; k++)
			found = find_in(&place->all[k], name);
	}
	return found;
}

const char *tcx_registrations_refused(struct tcx_registrations *registrations,
				      const struct tcx_subtree_name *name)
{
	struct subtree *subtree = find_subtree(registrations, name);

	if (subtree == NULL)
		return NULL;
	subtree->refused = true;
	return subtree->made->handlerName;
}

bool tcx_registrations_is_refused(const struct tcx_registrations *registrations,
				  const struct tcx_subtree_name *name)
{
	const struct subtree *subtree = find_subtree(registrations, name);

	return subtree != NULL && subtree->refused;
}

/* The bits of modules that are asked for, by their places among the modules. */
struct asked {
	const struct tcx_built_modules *modules;
	unsigned int bits;
};

static bool ask_again(struct registration *one, void *arg)
{
	struct asked *asked = arg;

	for (size_t k = 0; k < one->count; k++) {
		if (!one->subtrees[k].refused)
			continue;
		one->subtrees[k].refused = false;
		tcx_quirk_ask_master(one->subtrees[k].made);
		asked->bits |= 1U << (one->face.built - asked->modules->all);
	}
	return true;
}

unsigned int tcx_registrations_ask_again(struct tcx_registrations *registrations)
{
	struct asked asked = {registrations->modules, 0};

	for_each(registrations, ask_again, &asked);
	return asked.bits;
}

static bool has_refusals(const struct registration *registration)
{
	for (size_t i = 0; i < registration->count; i++)
		if (registration->subtrees[i].refused)
			return true;
	return false;
}

static bool update_sysORTable(struct registration *one, void *arg)
{
	const struct tcx_module *module = one->face.built->module;

	(void)arg;
	if (one->priority == 0 || !is_default(one) || has_refusals(one) == one->unlisted)
		return true;
	one->unlisted = !one->unlisted;
	tcx_quirk_update_sysORTable(module->sysORID, module->sysORID_len, module->text,
				    !one->unlisted);
	return true;
}

void tcx_registrations_update_sysORTable(struct tcx_registrations *registrations)
{
	for_each(registrations, update_sysORTable, NULL);
}

/* A new session asks anew for what was refused. */
static bool forget_refusals(struct registration *one, void *arg)
{
	(void)arg;
	one->unlisted = false;
	for (size_t k = 0; k < one->count; k++)
		one->subtrees[k].refused = false;
	return true;
}

void tcx_registrations_connected(struct tcx_registrations *registrations)
{
	for_each(registrations, forget_refusals, NULL);
	tcx_quirk_register_once();
}

static bool free_subtrees(struct registration *one, void *arg)
{
	(void)arg;
	free(one->subtrees);
	return true;
}

void tcx_registrations_free(struct tcx_registrations *registrations)
{
	if (registrations == NULL)
		return;
	for_each(registrations, free_subtrees, NULL);
	for (size_t i = 0; i < registrations->count; i++)
		free(registrations->places[i]);
	free(registrations->places);
	free(registrations);
}
