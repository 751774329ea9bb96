/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds the trees of modules. */
#include "snmp/module.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static int compare_roots(const void *a, const void *b)
{
	const struct tcx_tree *left = a;
	const struct tcx_tree *right = b;

	return snmp_oid_compare(left->root, left->root_len, right->root, right->root_len);
}

static struct tcx_tree *find_tree(const struct tcx_built_modules *built,
				  const struct tcx_module *module)
{
	const struct tcx_tree root = {.root = module->root, .root_len = module->root_len};

	for (size_t i = 0; i < built->tree_count; i++)
		if (compare_roots(&built->trees[i], &root) == 0)
			return &built->trees[i];
	return NULL;
}

static bool add_module(struct tcx_built_modules *built, const struct tcx_module *module)
{
	const struct tcx_tree none = {.root = module->root, .root_len = module->root_len};
	struct tcx_tree *tree = find_tree(built, module);
	size_t before;

	if (tree == NULL) {
		if (!tcx_array_append(&built->trees, &built->tree_count, &none, sizeof(none)))
			return false;
		tree = &built->trees[built->tree_count - 1];
	}
	before = tree->count;
	if (!module->add(tree, module->word))
		return false;
	for (size_t i = before; i < tree->count; i++)
		tree->objects[i].module = (uint8_t)(module - built->modules);
	return true;
}

bool tcx_modules_build(struct tcx_built_modules *built, const struct tcx_module *modules,
		       size_t count)
{
	*built = (struct tcx_built_modules){.modules = modules, .count = count};
	for (size_t i = 0; i < count; i++)
		if (!add_module(built, &modules[i]))
			return false;
	for (size_t i = 0; i < built->tree_count; i++)
		tcx_tree_sort(&built->trees[i]);
	qsort(built->trees, built->tree_count, sizeof(built->trees[0]), compare_roots);
	return true;
}

void tcx_modules_clear(struct tcx_built_modules *built)
{
	for (size_t i = 0; i < built->tree_count; i++)
		tcx_tree_clear(&built->trees[i]);
	free(built->trees);
	*built = (struct tcx_built_modules){.count = 0};
}
