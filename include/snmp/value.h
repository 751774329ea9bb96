/* SPDX-License-Identifier: BSD-2-Clause */
/* A value in the syntax of SNMP. */
#ifndef TCX_SNMP_VALUE_H
#define TCX_SNMP_VALUE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "snmp/netsnmp.h"

struct tcx_value {
	u_char type;	  /* ASN_COUNTER64 ... */
	const void *data; /* for snmp_set_var_typed_value(): points to as, or to borrowed text */
	size_t len;	  /* octets at data */
	union {
		struct counter64 counter64;
		u_long number; /* all 32-bit types; net-snmp wants them in a long */
		oid oids[MAX_OID_LEN];
		u_char octets[11];
		char text[256]; /* as SnmpAdminString has at most 255 */
	} as;
};

/* Counter64 */
void tcx_value_counter64(struct tcx_value *value, uint64_t number);

/* Counter32: the low 32 bits (RFC 2578, 7.1.6). Nothing else cuts a counter. */
void tcx_value_counter32(struct tcx_value *value, uint64_t number);

/* Gauge32 of RFC1213: the low 32 bits of the kernel's value. */
void tcx_value_gauge32(struct tcx_value *value, uint64_t number);

/* Gauge32 or Unsigned32, at its maximum if the number is larger (RFC 2578, 7.1.7). */
void tcx_value_gauge32_latched(struct tcx_value *value, uint64_t number);

/* Integer32; number is in two's complement. */
void tcx_value_integer(struct tcx_value *value, uint64_t number);

/* TimeTicks, in hundredths of a second. */
void tcx_value_ticks(struct tcx_value *value, uint64_t hundredths);

/* OBJECT IDENTIFIER; copied. len is at most MAX_OID_LEN. */
void tcx_value_oid(struct tcx_value *value, const oid *oids, size_t len);

/* OCTET STRING; borrowed: text must outlive the value. */
void tcx_value_text(struct tcx_value *value, const char *text);

/* OCTET STRING, made as by printf(); cut to 255 octets. */
void tcx_value_print(struct tcx_value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* OCTET STRING: a name of any octets, escaped (base/text.h) and cut to 255. */
void tcx_value_escaped(struct tcx_value *value, const char *name);

/* OCTET STRING of any octets, borrowed as well. */
void tcx_value_octets(struct tcx_value *value, const void *octets, size_t len);

/* IpAddress; four octets, copied. */
void tcx_value_address(struct tcx_value *value, const uint8_t *octets);

/* DateAndTime of RFC 2579, eleven octets, local time with its offset from UTC. */
void tcx_value_date(struct tcx_value *value, const struct timespec *when);

#endif
