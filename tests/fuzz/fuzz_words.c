/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes small parsers of texts that people or the kernel give. The first octet picks one, the
 * rest is the text, up to its first zero octet.
 *
 * Beyond not crashing: limits and times are what decimal arithmetic on their digits makes of them;
 * what is escaped can be shown, and gives the text back; addresses are words without space around
 * them; an OID in numbers is the same OID again.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "agent/config/amount.h"
#include "agent/doctor/snmpdconf/line.h"
#include "base/text.h"
#include "session/address.h"

#include "fuzz.h"

#define DECIMALS_MAX 9

/* --- Limits and times --------------------------------------------------------------------------*/

/* Digits before the point and behind it; false: there are none, or others, or too many. */
static bool split_digits(const char *text, size_t len, char *whole, char *decimals)
{
	const char *point = memchr(text, '.', len);
	size_t before = point != NULL ? (size_t)(point - text) : len;
	size_t behind = point != NULL ? len - before - 1 : 0;

	memcpy(whole, text, before);
	whole[before] = '\0';
	memcpy(decimals, point != NULL ? point + 1 : "", behind);
	decimals[behind] = '\0';
	return before + behind > 0 && behind <= DECIMALS_MAX &&
	       strspn(whole, "0123456789") == before && strspn(decimals, "0123456789") == behind;
}

/* The number that digits are; false: it has more than 64 bits. */
static bool number_of(const char *digits, uint64_t *number)
{
	errno = 0;
	*number = strtoull(digits, NULL, 10);
	return errno == 0;
}

static void check_size(const char *text, size_t len, const char *whole, const char *decimals)
{
	static const char units[] = "KMG";
	const char *unit = len > 0 ? strchr(units, toupper((unsigned char)text[len - 1])) : NULL;
	size_t shift = unit != NULL ? 3 * (size_t)(unit - units + 1) : 0;
	char *digits = malloc(2 * len + 20);
	uint64_t all, expected = UINT64_MAX;
	struct tcx_amount amount;
	bool more = false;

	/* Without the point the digits are a number, too. */
	sprintf(digits, "%s%s", whole, decimals);
	MUST(tcx_amount_read(text, &amount) == number_of(digits, &all));
	if (!number_of(digits, &all)) {
		free(digits);
		return;
	}
	for (size_t i = strlen(decimals); i < shift; i++)
		strcat(digits, "0");
	for (size_t i = strlen(whole) + shift; i < strlen(digits); i++)
		more = more || digits[i] != '0';
	digits[strlen(whole) + shift] = '\0';
	if (!number_of(digits, &expected))
		more = false;
	MUST(tcx_amount_floor(amount) == expected);
	MUST(tcx_amount_ceiling(amount) == expected + more);
	free(digits);
}

/* Seconds of all digits, in parts of one that decimals make. */
static void check_time(const char *text, size_t len, const char *whole, const char *decimals)
{
	const uint64_t year = 365ULL * 24 * 3600 * 1000000000;
	uint64_t all, times = 1, taken;
	char *digits = malloc(len + 2);
	bool fits;

	sprintf(digits, "%s%s", whole, decimals);
	if (toupper((unsigned char)text[len - 1]) == 'M')
		times = 60;
	if (toupper((unsigned char)text[len - 1]) == 'H')
		times = 3600;
	for (size_t i = strlen(decimals); i < DECIMALS_MAX; i++)
		times *= 10;
	fits = number_of(digits, &all) && all <= year / times;
	MUST(tcx_amount_time(text, &taken) == fits && (!fits || taken == all * times));
	free(digits);
}

static void try_amount(const char *text)
{
	const size_t len = strlen(text);
	char *whole = malloc(len + 1), *decimals = malloc(len + 1);
	const size_t unit = len > 0 && strchr("kKmMgG", text[len - 1]) != NULL ? 1 : 0;
	const size_t unit_of_time = len > 0 && strchr("sSmMhH", text[len - 1]) != NULL ? 1 : 0;
	struct tcx_amount amount;
	uint64_t time;

	if (split_digits(text, len - unit, whole, decimals))
		check_size(text, len, whole, decimals);
	else
		MUST(!tcx_amount_read(text, &amount));
	if (split_digits(text, len - unit_of_time, whole, decimals))
		check_time(text, len, whole, decimals);
	else
		MUST(!tcx_amount_time(text, &time));
	free(whole);
	free(decimals);
}

/* --- Texts that can be shown -------------------------------------------------------------------*/

/* The octets of the character there, by its number (RFC 3629); 0: none that can be shown. */
static size_t character_at(const uint8_t *at)
{
	static const uint32_t least[] = {0, 0x20, 0x80, 0x800, 0x10000};
	size_t len = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
	uint32_t number = len == 1 ? *at : *at & (0x7fU >> len);

	if (*at >= 0xf8 || (*at >= 0x80 && *at < 0xc0))
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		number = number << 6 | (at[i] & 0x3f);
	}
	if (number < least[len] || (number >= 0x7f && number < 0xa0) || number > 0x10ffff ||
	    (number >= 0xd800 && number < 0xe000) || number == '\\')
		return 0;
	return len;
}

static void try_escape(const char *text)
{
	const size_t size = 8 + (unsigned char)text[0];
	const uint8_t *from = (const uint8_t *)text;
	char *shown = malloc(size), octet[5];
	const char *at = shown;

	tcx_text_escape(shown, size, text);
	while (*at != '\0') {
		size_t len = character_at(from);

		snprintf(octet, sizeof(octet), "\\x%02x", *from);
		MUST(memcmp(at, len > 0 ? (const char *)from : octet, len > 0 ? len : 4) == 0);
		at += len > 0 ? len : 4;
		from += len > 0 ? len : 1;
	}
	if (*from != '\0')
		MUST((size_t)(at - shown) + (character_at(from) > 0 ? character_at(from) : 4) >=
		     size);
	free(shown);
}

/* --- Addresses, OIDs, names that are much alike ------------------------------------------------*/

static void try_addresses(const char *text)
{
	char address[PATH_MAX];
	const char *rest = text, *before = text;

	while (tcx_address_next(&rest, address)) {
		const char *path = tcx_address_path(address);
		size_t len = strlen(address);

		MUST(len > 0 && strchr(" \t", address[0]) == NULL);
		MUST(strchr(" \t", address[len - 1]) == NULL && strchr(address, ',') == NULL);
		MUST(rest > before &&
		     memmem(before, (size_t)(rest - before), address, len) != NULL);
		MUST(path == NULL || (path >= address && path <= address + len));
		before = rest;
	}
	MUST(strspn(before, ", \t") == strlen(before));
}

static void try_oid(const char *text)
{
	oid name[MAX_OID_LEN], again[MAX_OID_LEN];
	size_t len, again_len, at = 0;
	char numbers[MAX_OID_LEN * 12];

	if (!tcx_snmpd_oid(text, name, &len))
		return;
	MUST(len > 0 && len <= MAX_OID_LEN);
	for (size_t i = 0; i < len; i++)
		at += (size_t)sprintf(numbers + at, ".%lu", (unsigned long)name[i]);
	MUST(tcx_snmpd_oid(numbers, again, &again_len) && again_len == len);
	MUST(memcmp(name, again, len * sizeof(name[0])) == 0);
}

static void (*const tries[])(const char *text) = {try_amount, try_escape, try_addresses, try_oid};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	text = strndup((const char *)data + 1, size - 1); /* of just this length */
	MUST(text != NULL);
	tries[data[0] % (sizeof(tries) / sizeof(tries[0]))](text);
	free(text);
	return 0;
}
