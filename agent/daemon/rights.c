/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gives up capabilities of the calling thread. By capset(2) itself, since libc has no function for
 * it, and each thread is to have its own.
 */
#include "daemon/rights.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct sets {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct halves[_LINUX_CAPABILITY_U32S_3]; /* the low bits first */
};

static bool get(struct sets *sets)
{
	memset(sets, 0, sizeof(*sets));
	sets->header.version = _LINUX_CAPABILITY_VERSION_3;
	return syscall(SYS_capget, &sets->header, sets->halves) == 0;
}

uint64_t tcx_rights_held(void)
{
	struct sets sets;

	if (!get(&sets))
		return 0;
	return ((uint64_t)sets.halves[1].permitted << 32 | sets.halves[0].permitted) & TCX_RIGHTS;
}

/* The ambient set, which no other one may fall short of, goes with the inheritable one. */
bool tcx_rights_reduce(uint64_t to, struct tcx_fault *fault)
{
	struct sets before, sets;
	bool got = get(&before);

	sets = before;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		sets.halves[i].permitted &= (uint32_t)(to >> (32 * i));
		sets.halves[i].effective = sets.halves[i].permitted;
		sets.halves[i].inheritable = 0;
	}
	if (got && (memcmp(&sets, &before, sizeof(sets)) == 0 ||
		    syscall(SYS_capset, &sets.header, sets.halves) == 0))
		return true;
	return tcx_fault_set(fault,
			     "capabilities cannot be given up: %s; allow capset(2), as "
			     "namespaces.conf does for the unit, or start without capabilities",
			     strerror(errno));
}
