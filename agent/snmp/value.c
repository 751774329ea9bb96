/* SPDX-License-Identifier: BSD-2-Clause */
/* Converts values to the types of SNMP. Counter64 becomes Counter32 here. */
#include "snmp/value.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void set(struct tcx_value *value, u_char type, const void *data, size_t len)
{
	value->type = type;
	value->data = data;
	value->len = len;
}

static void set_number(struct tcx_value *value, u_char type, u_long number)
{
	value->as.number = number;
	set(value, type, &value->as.number, sizeof(value->as.number));
}

void tcx_value_counter64(struct tcx_value *value, uint64_t number)
{
	value->as.counter64.high = (u_long)(number >> 32);
	value->as.counter64.low = (u_long)(number & UINT32_MAX);
	set(value, ASN_COUNTER64, &value->as.counter64, sizeof(value->as.counter64));
}

void tcx_value_counter32(struct tcx_value *value, uint64_t number)
{
	set_number(value, ASN_COUNTER, (u_long)(number & UINT32_MAX));
}

void tcx_value_gauge32(struct tcx_value *value, uint64_t number)
{
	set_number(value, ASN_GAUGE, (u_long)(number & UINT32_MAX));
}

void tcx_value_gauge32_latched(struct tcx_value *value, uint64_t number)
{
	set_number(value, ASN_GAUGE, (u_long)(number > UINT32_MAX ? UINT32_MAX : number));
}

void tcx_value_integer(struct tcx_value *value, uint64_t number)
{
	set_number(value, ASN_INTEGER, (u_long)(long)(int32_t)(uint32_t)number);
}

void tcx_value_ticks(struct tcx_value *value, uint64_t hundredths)
{
	set_number(value, ASN_TIMETICKS, (u_long)(hundredths & UINT32_MAX));
}

void tcx_value_oid(struct tcx_value *value, const oid *oids, size_t len)
{
	memcpy(value->as.oids, oids, len * sizeof(oid));
	set(value, ASN_OBJECT_ID, value->as.oids, len * sizeof(oid));
}

void tcx_value_text(struct tcx_value *value, const char *text)
{
	set(value, ASN_OCTET_STR, text, strlen(text));
}

void tcx_value_print(struct tcx_value *value, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(value->as.text, sizeof(value->as.text), format, arguments);
	va_end(arguments);
	tcx_value_text(value, value->as.text);
}

void tcx_value_escaped(struct tcx_value *value, const char *name)
{
	tcx_text_escape(value->as.text, sizeof(value->as.text), name);
	tcx_value_text(value, value->as.text);
}

void tcx_value_octets(struct tcx_value *value, const void *octets, size_t len)
{
	set(value, ASN_OCTET_STR, octets, len);
}

void tcx_value_address(struct tcx_value *value, const uint8_t *octets)
{
	memcpy(value->as.octets, octets, 4);
	set(value, ASN_IPADDRESS, value->as.octets, 4);
}

void tcx_value_date(struct tcx_value *value, const struct timespec *when)
{
	struct tm local;
	long offset;
	int year;

	localtime_r(&when->tv_sec, &local);
	offset = labs(local.tm_gmtoff);
	year = local.tm_year + 1900;
	memcpy(value->as.octets,
	       (const u_char[]){(u_char)(year >> 8), (u_char)year, (u_char)(local.tm_mon + 1),
				(u_char)local.tm_mday, (u_char)local.tm_hour, (u_char)local.tm_min,
				(u_char)local.tm_sec, (u_char)(when->tv_nsec / 100000000),
				local.tm_gmtoff < 0 ? '-' : '+', (u_char)(offset / 3600),
				(u_char)(offset / 60 % 60)},
	       sizeof(value->as.octets));
	set(value, ASN_OCTET_STR, value->as.octets, sizeof(value->as.octets));
}
