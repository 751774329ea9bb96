/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What thresholds can watch beside counters: numbers in tables of sockets, row by row, and how much
 * of a limit is in use. They are the objects that managers see, by their descriptors.
 */
#ifndef TCX_MIB_MEASURES_H
#define TCX_MIB_MEASURES_H

#include "sample/measure.h"

/* Finds the one of this descriptor. False: there is none. */
bool tcx_measure_find(const char *name, struct tcx_measure *measure);

/*
 * Finds what an object, of nstatTable or one of these, is of its limit; that is itself, if it is
 * a percentage. False: it has none.
 */
bool tcx_measure_find_share(const char *object, struct tcx_measure *measure);

/* Visits the descriptors of all. */
void tcx_measures_visit(void (*visit)(void *arg, const char *name), void *arg);

/* Reads them. */
extern const struct tcx_measuring tcx_measuring;

#endif
