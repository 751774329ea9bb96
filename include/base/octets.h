/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as octets in network order. memcmp() orders rows that begin with such an index as SNMP
 * orders instances; an IPv4 address is its four sub-ids.
 */
#ifndef TCX_BASE_OCTETS_H
#define TCX_BASE_OCTETS_H

#include <stdint.h>

static inline uint16_t tcx_octets_get16(const uint8_t octets[2])
{
	return (uint16_t)(octets[0] << 8 | octets[1]);
}

static inline uint32_t tcx_octets_get32(const uint8_t octets[4])
{
	return (uint32_t)tcx_octets_get16(octets) << 16 | tcx_octets_get16(octets + 2);
}

static inline void tcx_octets_put16(uint8_t octets[2], uint16_t number)
{
	octets[0] = (uint8_t)(number >> 8);
	octets[1] = (uint8_t)number;
}

static inline void tcx_octets_put32(uint8_t octets[4], uint32_t number)
{
	tcx_octets_put16(octets, (uint16_t)(number >> 16));
	tcx_octets_put16(octets + 2, (uint16_t)number);
}

#endif
