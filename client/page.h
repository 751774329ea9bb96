/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of text in blocks: as a screen, where each block has its share of the lines, or all of
 * them. */
#ifndef TCX_CLIENT_PAGE_H
#define TCX_CLIENT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TCX_PAGE_LINE 1024 /* a longer line is cut */
#define TCX_PAGE_MAX  8	   /* blocks */

enum tcx_tone { TCX_PLAIN, TCX_TITLE, TCX_WARN, TCX_BAD, TCX_FAINT };

struct tcx_page_line {
	enum tcx_tone tone;
	char text[TCX_PAGE_LINE];
};

/* The first line of a block is its title. The first block is shown whole, where it fits. */
struct tcx_page {
	struct tcx_block {
		struct tcx_page_line *lines; /* owned */
		size_t count;
	} blocks[TCX_PAGE_MAX];
};

/* Adds a line to a block. Where memory is short it is not there. */
void tcx_page_add(struct tcx_page *page, size_t block, enum tcx_tone tone, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Shows it on a terminal of this size, from its first place on. What a block lacks its title says.
 */
void tcx_page_draw(FILE *out, const struct tcx_page *page, size_t columns, size_t rows,
		   bool colours);

/* Prints all of it, and an empty line. */
void tcx_page_print(FILE *out, const struct tcx_page *page);

void tcx_page_clear(struct tcx_page *page);

#endif
