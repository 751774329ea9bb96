/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a request must be answered with, found in a plain way: in a list of all instances. And the
 * names that are asked for, of a fuzzer's input.
 */
#ifndef TCX_FUZZ_MODEL_H
#define TCX_FUZZ_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snmp/dispatcher.h"

#define MODEL_NAME_MAX 260

struct model_name {
	oid ids[MODEL_NAME_MAX];
	size_t len;
};

struct model_instance {
	const struct tcx_object *object;
	size_t row;
	oid ids[MAX_OID_LEN];
	size_t len;
};

/* Of all modules, in the order of their names. */
struct model {
	struct model_instance *all;
	size_t count;
	struct model_instance *objects; /* themselves */
	size_t object_count;
};

/* False: a table is being read; try again. What the model had is kept then. */
bool model_make(struct model *model, const struct tcx_built_modules *modules,
		const struct tcx_request *request);

int model_compare(const oid *one, size_t one_len, const oid *other, size_t other_len);

/* Both see the modules of the request alone, and never TCX_PENDING. */
enum tcx_found model_get(const struct model *model, const struct tcx_request *request,
			 const struct model_name *name, struct tcx_value *value);

/* next may be begin. */
enum tcx_found model_next(const struct model *model, const struct tcx_request *request,
			  const struct model_name *begin, bool include,
			  const struct model_name *end, struct model_name *next,
			  struct tcx_value *value);

/* An input that is taken from its beginning; behind its end are zeros. */
struct script {
	const uint8_t *at, *end;
};

unsigned int script_byte(struct script *script);

/* One below limit. */
unsigned int script_below(struct script *script, unsigned int limit);

/* A name of at most so many sub-ids. *name is the last one that was taken, or empty. */
void script_name(struct script *script, const struct model *model, size_t longest,
		 struct model_name *name);

#endif
