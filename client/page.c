/* SPDX-License-Identifier: BSD-2-Clause */
/* Lays blocks of lines out. Sequences are those of ECMA-48, which all terminals have. */
#include "page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define HOME	    "\033[H"
#define END_OF_LINE "\033[K"
#define REST	    "\033[J"
#define USUAL	    "\033[0m"
#define BLOCK_LEAST 2 /* a title alone tells nothing */

static const char *const tones[] = {
	[TCX_PLAIN] = "",	  [TCX_TITLE] = "\033[1m", [TCX_WARN] = "\033[33m",
	[TCX_BAD] = "\033[1;31m", [TCX_FAINT] = "\033[2m",
};

void tcx_page_add(struct tcx_page *page, size_t block, enum tcx_tone tone, const char *format, ...)
{
	struct tcx_page_line line = {.tone = tone};
	struct tcx_block *to = &page->blocks[block];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line.text, sizeof(line.text), format, arguments);
	va_end(arguments);
	tcx_array_append(&to->lines, &to->count, &line, sizeof(line));
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The first block whole, the beginnings of the others, then a line more for each in turn. */
static void allot(const struct tcx_page *page, size_t rows, size_t shown[TCX_PAGE_MAX])
{
	bool any = true;

	for (size_t i = 0; i < TCX_PAGE_MAX; i++) {
		size_t count = page->blocks[i].count;

		shown[i] = least(rows, i == 0 ? count : least(count, BLOCK_LEAST));
		rows -= shown[i];
	}
	while (any) {
		any = false;
		for (size_t i = 0; i < TCX_PAGE_MAX && rows > 0; i++) {
			if (shown[i] == page->blocks[i].count)
				continue;
			shown[i]++;
			rows--;
			any = true;
		}
	}
}

/* One column for each character: whatever may be wider, or is none on some terminal, is a ?. */
static void print_text(FILE *out, const char *text, size_t columns)
{
	for (; *text != '\0' && columns > 0; text++) {
		if ((*text & 0xc0) == 0x80)
			continue;
		fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
		columns--;
	}
}

static void draw_line(FILE *out, const struct tcx_page_line *line, size_t columns, bool colours)
{
	fputs(colours ? tones[line->tone] : "", out);
	print_text(out, line->text, columns);
	fputs(colours ? USUAL END_OF_LINE : END_OF_LINE, out);
}

/* A title that says how many of the lines behind it there are. */
static struct tcx_page_line title_of(const struct tcx_block *block, size_t shown)
{
	struct tcx_page_line title = block->lines[0];
	size_t len = strlen(title.text);

	snprintf(title.text + len, sizeof(title.text) - len, " (%zu of %zu)", shown - 1,
		 block->count - 1);
	return title;
}

static void draw_block(FILE *out, const struct tcx_block *block, size_t shown, size_t columns,
		       bool colours, bool first)
{
	for (size_t i = 0; i < shown; i++) {
		struct tcx_page_line line = block->lines[i];

		if (i == 0 && !first && shown < block->count)
			line = title_of(block, shown);
		fputs(first && i == 0 ? "" : "\r\n", out);
		draw_line(out, &line, columns, colours);
	}
}

void tcx_page_draw(FILE *out, const struct tcx_page *page, size_t columns, size_t rows,
		   bool colours)
{
	size_t shown[TCX_PAGE_MAX];

	allot(page, rows, shown);
	fputs(HOME, out);
	for (size_t i = 0; i < TCX_PAGE_MAX; i++)
		draw_block(out, &page->blocks[i], shown[i], columns, colours, i == 0);
	fputs(REST, out);
}

void tcx_page_print(FILE *out, const struct tcx_page *page)
{
	for (size_t i = 0; i < TCX_PAGE_MAX; i++)
		for (size_t k = 0; k < page->blocks[i].count; k++)
			fprintf(out, "%s\n", page->blocks[i].lines[k].text);
	fputs("\n", out);
}

void tcx_page_clear(struct tcx_page *page)
{
	for (size_t i = 0; i < TCX_PAGE_MAX; i++)
		free(page->blocks[i].lines);
	*page = (struct tcx_page){.blocks = {{.lines = NULL}}};
}
