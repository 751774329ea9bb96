/* SPDX-License-Identifier: BSD-2-Clause */
/* Breaks a text at its blanks. */
#include "paragraph.h"

#include <string.h>

#define INDENT 4
#define WIDTH  80

void tcx_paragraph(FILE *out, const char *title, const char *text)
{
	int column = fprintf(out, "%*s", INDENT, "");

	if (title != NULL)
		column += fprintf(out, "%s:", title);
	while (*text != '\0') {
		int len = (int)strcspn(text, " ");

		if (column > INDENT && column + 1 + len > WIDTH)
			column = fprintf(out, "\n%*s", INDENT, "") - 1;
		column += fprintf(out, "%s%.*s", column > INDENT ? " " : "", len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputs("\n", out);
}
