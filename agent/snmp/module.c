/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds the tree of all modules. */
#include "snmp/module.h"

bool tcx_modules_build(struct tcx_built_modules *built, const struct tcx_module *modules,
		       size_t count)
{
	*built = (struct tcx_built_modules){.modules = modules, .count = count};
	for (size_t i = 0; i < count; i++) {
		built->tree.module = (uint8_t)i;
		built->tree.root = modules[i].root;
		built->tree.root_len = modules[i].root_len;
		if (!modules[i].add(&built->tree, modules[i].word))
			return false;
	}
	tcx_tree_sort(&built->tree);
	return true;
}
