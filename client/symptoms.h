/* SPDX-License-Identifier: BSD-2-Clause */
/* What tcpextd-symptoms(7) and the thresholds of mibs/health.def tell of an object. */
#ifndef TCX_CLIENT_SYMPTOMS_H
#define TCX_CLIENT_SYMPTOMS_H

#include <stddef.h>

#include "catalogue/catalogue.h"

/* Room for a name with the number of an ICMP type. */
#define TCX_OBJECT_SIZE 128

/* The object of a counter has its name, with a small letter first. */
void tcx_object_of(char object[TCX_OBJECT_SIZE], const char *name);

/* The title of a symptom that speaks of an object, by its number from 0 on; NULL: no more. */
const char *tcx_symptom(const char *object, size_t number);

/* Titles of the symptoms that are about an object, or else of those that mention it. */
void tcx_symptom_titles(char *text, size_t size, const char *object);

/* What it means that a counter rises. */
enum tcx_concern {
	TCX_ALARM, /* a threshold is about this */
	TCX_SIGN,  /* a symptom is about it */
	TCX_LOAD   /* there is traffic */
};

/* The concern of a counter that nstat gives this name; one that is not known is load. */
enum tcx_concern tcx_concern_of(const char *name);

#endif
