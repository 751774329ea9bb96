/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the libraries, with LD_PRELOAD, by an agent whose memory is to be short while it
 * registers: the copy of an OID number TCX_SHORT_AT cannot be made, nor any behind it.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

typedef unsigned long oid;
typedef oid *duplicator(const oid *from, size_t len);

duplicator snmp_duplicate_objid;

oid *snmp_duplicate_objid(const oid *from, size_t len)
{
	static long count;
	const char *at = getenv("TCX_SHORT_AT");
	duplicator *real;

	if (at != NULL && ++count >= atol(at))
		return NULL;
	*(void **)&real = dlsym(RTLD_NEXT, "snmp_duplicate_objid");
	return real(from, len);
}
