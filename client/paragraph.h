/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts on lines that fit a terminal. */
#ifndef TCX_CLIENT_PARAGRAPH_H
#define TCX_CLIENT_PARAGRAPH_H

#include <stdio.h>

/* Prints "    title: text" on lines of 80 columns, indented; title may be NULL. */
void tcx_paragraph(FILE *out, const char *title, const char *text);

#endif
