/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of any octets as text. */
#ifndef TCX_BASE_TEXT_H
#define TCX_BASE_TEXT_H

#include <stddef.h>

/* The octets that text of so many octets and its zero byte can take. */
#define TCX_ESCAPED_SIZE(len) (4 * (len) + 1)

/*
 * Writes a name as UTF-8 that can be shown. An octet that is not of such a character, and a
 * backslash, becomes "\xNN". TCX_ESCAPED_SIZE(strlen(name)) is room enough; in less, no character
 * is cut in half.
 */
void tcx_text_escape(char *out, size_t size, const char *name);

#endif
