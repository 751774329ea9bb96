/* SPDX-License-Identifier: BSD-2-Clause */
/* Escapes what is not UTF-8. */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Characters that can be shown, by their first octets (RFC 3629, 4): all but control characters. */
static const struct {
	uint8_t first, last;	  /* of the first octet */
	uint8_t len;		  /* octets of the character */
	uint8_t lowest, greatest; /* of the second one; of the rest they are 0x80 to 0xbf */
} characters[] = {
	{0x20, '\\' - 1, 1, 0, 0},   {'\\' + 1, 0x7e, 1, 0, 0},	  {0xc2, 0xc2, 2, 0xa0, 0xbf},
	{0xc3, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
	{0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
	{0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static bool continues(const uint8_t *at, size_t len, uint8_t lowest, uint8_t greatest)
{
	for (size_t i = 1; i < len; i++) {
		if (at[i] < lowest || at[i] > greatest)
			return false;
		lowest = 0x80;
		greatest = 0xbf;
	}
	return true;
}

/* The octets of the character that begins there; 0: none does. */
static size_t character_len(const uint8_t *at)
{
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++)
		if (*at >= characters[i].first && *at <= characters[i].last &&
		    continues(at, characters[i].len, characters[i].lowest, characters[i].greatest))
			return characters[i].len;
	return 0;
}

void tcx_text_escape(char *out, size_t size, const char *name)
{
	const uint8_t *at = (const uint8_t *)name;
	const char *end = out + size;

	while (*at != '\0') {
		size_t len = character_len(at);
		size_t written = len > 0 ? len : 4;

		if (written >= (size_t)(end - out))
			break;
		if (len > 0)
			memcpy(out, at, len);
		else
			snprintf(out, 5, "\\x%02x", *at);
		out += written;
		at += len > 0 ? len : 1;
	}
	*out = '\0';
}
