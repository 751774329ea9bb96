/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules of objects that a configuration can choose. */
#ifndef TCX_MIB_MODULES_H
#define TCX_MIB_MODULES_H

#include "snmp/registrations.h"

extern const struct tcx_module tcx_modules[];
extern const size_t tcx_modules_count;

/*
 * 1 << i for the word of the module at i, in any case of letters; all bits for "all"; 0 for what is
 * no word of ours.
 */
unsigned int tcx_modules_bit(const char *word);

#endif
