/* SPDX-License-Identifier: BSD-2-Clause */
/* Follows the lists of namespaces: what differs from one to the next are contexts to add or remove.
 */
#include "session/contexts.h"

#include <string.h>

/* False when memory is short. Registers nothing yet. */
static bool set_one(const struct tcx_contexts *contexts, struct tcx_agentx *agentx,
		    const struct tcx_namespace *namespace, struct tcx_context **context)
{
	struct tcx_context_settings settings = contexts->settings.answers;

	settings.collector = namespace->collector;
	settings.tables = namespace->tables;
	settings.namespaces = NULL;
	*context = tcx_dispatcher_set(agentx->dispatcher, namespace->context, &settings);
	return *context != NULL &&
	       tcx_registrations_want(&agentx->registrations, *context, contexts->settings.modules,
				      namespace->tables != NULL, contexts->settings.priority);
}

static void remove_one(struct tcx_agentx *agentx, const struct tcx_namespace *namespace)
{
	struct tcx_context *context = tcx_dispatcher_find(agentx->dispatcher, namespace->context);

	if (context != NULL)
		tcx_dispatcher_remove(context);
}

/* The first of a list, from *at on, that does not come before another; NULL: there is none. */
static const struct tcx_namespace *reach(const struct tcx_namespace_list *list, size_t *at,
					 const struct tcx_namespace *other)
{
	while (*at < list->count && tcx_namespace_compare(list->all[*at], other) < 0)
		++*at;
	return *at < list->count ? list->all[*at] : NULL;
}

/* Calls for each with a context that one list has and the other one lacks. */
static bool for_difference(const struct tcx_namespace_list *list,
			   const struct tcx_namespace_list *other,
			   bool (*call)(void *arg, const struct tcx_namespace *namespace),
			   void *arg)
{
	size_t at = 0;

	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct tcx_namespace *namespace = list->all[i];

		if (namespace->context[0] == '\0' ||
		    (other != NULL && reach(other, &at, namespace) == namespace))
			continue;
		if (!call(arg, namespace))
			return false;
	}
	return true;
}

struct following {
	const struct tcx_contexts *contexts;
	struct tcx_agentx *agentx;
	struct tcx_fault *fault;
};

static bool add(void *arg, const struct tcx_namespace *namespace)
{
	const struct following *following = arg;
	struct tcx_context *context;

	if (!set_one(following->contexts, following->agentx, namespace, &context))
		return tcx_fault_set(
			following->fault,
			"the context '%s' cannot be served: memory is short; start the "
			"agent with more",
			namespace->context);
	return tcx_registrations_add(&following->agentx->registrations, context, following->fault);
}

static bool end(void *arg, const struct tcx_namespace *namespace)
{
	const struct following *following = arg;

	remove_one(following->agentx, namespace);
	return true;
}

bool tcx_contexts_follow(struct tcx_contexts *contexts, struct tcx_agentx *agentx,
			 struct tcx_namespace_list *list, struct tcx_fault *fault)
{
	struct following following = {contexts, agentx, fault};
	struct tcx_namespace_list *before = contexts->list;
	bool done = true;

	if (list == before)
		return true;
	contexts->list = tcx_namespace_list_ref(list);
	for_difference(before, list, end, &following);
	done = for_difference(list, before, add, &following);
	tcx_namespace_list_unref(before);
	return done;
}

bool tcx_contexts_set(struct tcx_contexts *contexts, struct tcx_agentx *agentx,
		      const struct tcx_contexts_settings *settings)
{
	struct tcx_context *context;
	bool done = true;

	contexts->settings = *settings;
	for (size_t i = 0; contexts->list != NULL && i < contexts->list->count; i++)
		if (contexts->list->all[i]->context[0] != '\0')
			done = set_one(contexts, agentx, contexts->list->all[i], &context) && done;
	return done;
}

void tcx_contexts_clear(struct tcx_contexts *contexts)
{
	tcx_namespace_list_unref(contexts->list);
	contexts->list = NULL;
}
