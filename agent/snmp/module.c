/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds the trees of modules, and searches one with whole names. */
#include "snmp/module.h"

#include <stdlib.h>
#include <string.h>

struct tcx_built_modules *tcx_modules_build(const struct tcx_module *modules, size_t count)
{
	struct tcx_built_modules *built = calloc(1, sizeof(*built) + count * sizeof(built->all[0]));

	for (size_t i = 0; built != NULL && i < count; i++) {
		struct tcx_built_module *one = &built->all[built->count++];

		one->module = &modules[i];
		if (!modules[i].add(&one->tree, modules[i].word)) {
			tcx_modules_free(built);
			return NULL;
		}
		tcx_tree_sort(&one->tree);
	}
	return built;
}

void tcx_modules_free(struct tcx_built_modules *modules)
{
	for (size_t i = 0; modules != NULL && i < modules->count; i++)
		tcx_tree_clear(&modules->all[i].tree);
	free(modules);
}

/* Before the root -1, below it 0, behind it 1. */
static int place(const struct tcx_module *module, const oid *name, size_t len)
{
	size_t shared = len < module->root_len ? len : module->root_len;

	return snmp_oid_compare(name, shared, module->root, module->root_len);
}

enum tcx_found tcx_module_get(const struct tcx_built_module *built,
			      const struct tcx_request *request, const oid *name, size_t len,
			      struct tcx_value *value)
{
	const struct tcx_module *module = built->module;

	if (place(module, name, len) != 0)
		return TCX_NO_OBJECT;
	return tcx_tree_get(&built->tree, request, name + module->root_len, len - module->root_len,
			    value);
}

enum tcx_found tcx_module_next(const struct tcx_built_module *built,
			       const struct tcx_request *request, const oid *name, size_t len,
			       oid *next, size_t *next_len, struct tcx_value *value)
{
	const struct tcx_module *module = built->module;
	size_t root_len = module->root_len;
	int order = place(module, name, len);
	size_t skip = order == 0 ? root_len : len; /* nothing is left of a name before the root */
	enum tcx_found found;

	if (order > 0)
		return TCX_NO_OBJECT;
	memcpy(next, module->root, root_len * sizeof(oid));
	found = tcx_tree_next(&built->tree, request, name + skip, len - skip, next + root_len,
			      next_len, value);
	*next_len += root_len;
	return found;
}
