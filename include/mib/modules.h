/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules that `register' can choose. */
#ifndef TCX_MIB_MODULES_H
#define TCX_MIB_MODULES_H

#include "snmp/registrations.h"

extern const struct tcx_module tcx_modules[];
extern const size_t tcx_modules_count;

/*
 * The bit 1 << i of a module's word, in any case; all bits for "all"; 0 for an unknown word, and
 * those of a master, which are served without being asked for.
 */
unsigned int tcx_modules_bit(const char *word);
unsigned int tcx_modules_of_master(void);

#endif
