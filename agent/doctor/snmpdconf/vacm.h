/* SPDX-License-Identifier: BSD-2-Clause */
/* The views of snmpd.conf: which subtrees they show. Knows no net-snmp. */
#ifndef TCX_DOCTOR_SNMPDCONF_VACM_H
#define TCX_DOCTOR_SNMPDCONF_VACM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCX_SNMPD_WORD_MAX 128 /* room for a name; longer ones are cut */
#define TCX_SNMPD_OID_MAX  128
#define TCX_SNMPD_MASK_MAX (TCX_SNMPD_OID_MAX / 8)

/* One line of a view. */
struct tcx_snmpd_subtree {
	char view[TCX_SNMPD_WORD_MAX];
	bool included;
	uint32_t oid[TCX_SNMPD_OID_MAX];
	size_t len;
	uint8_t mask[TCX_SNMPD_MASK_MAX]; /* one bit per sub-id, high bits first; 0: any number
					     matches */
	size_t mask_len;		  /* bytes of it; ones behind them */
};

enum tcx_snmpd_sight { TCX_SNMPD_HIDDEN, TCX_SNMPD_IN_PART, TCX_SNMPD_SHOWN };

/*
 * Parses an OID: ".1.3.6", "1.3.6.", "enterprises.8072", "SNMPv2-SMI::mib-2", ".iso.org.dod". oid
 * has room for TCX_SNMPD_OID_MAX. False when it is malformed or has an unknown name.
 */
bool tcx_snmpd_view_oid(const char *text, uint32_t *oid, size_t *count);

/* Appends the bytes of "ff:a0" or "ff.a0" to a mask. False when malformed. */
bool tcx_snmpd_view_mask(const char *text, struct tcx_snmpd_subtree *subtree);

/*
 * Whether a view shows the subtree of this OID by its lines, among those of other views. A view
 * without lines shows nothing; _all_ is built in.
 */
enum tcx_snmpd_sight tcx_snmpd_view_sight(const struct tcx_snmpd_subtree *lines, size_t count,
					  const char *view, const uint32_t *oid, size_t len);

#endif
