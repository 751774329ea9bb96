/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what was gathered of many hosts. */
#include "fleet.h"

#include <string.h>

/* Longer names push the rest of their lines aside. */
#define WIDTH_MAX 40

struct page {
	FILE *out;
	const struct tcx_hosts *hosts;
	bool contexts;
	int width; /* of the names */
};

/* HOST, or HOST@CONTEXT. Gives its width; out may be NULL. */
static int print_name(const struct page *page, const struct tcx_host *host, FILE *out)
{
	bool has_context = page->contexts && host->own != NULL;

	if (out != NULL)
		fprintf(out, has_context ? "%s@%s" : "%s", host->name, host->own);
	return (int)(strlen(host->name) + (has_context ? 1 + strlen(host->own) : 0));
}

static int width_of(const struct page *page)
{
	int width = 0;

	for (size_t i = 0; i < page->hosts->count; i++) {
		int one = print_name(page, &page->hosts->items[i], NULL);

		if (one > width && one <= WIDTH_MAX)
			width = one;
	}
	return width;
}

static void print_host(const struct page *page, const struct tcx_host *host)
{
	int left = page->width - print_name(page, host, page->out);
	const char *text = host->verdict.text;

	fprintf(page->out, text[0] != '\0' ? "%*s  %-8s  %s\n" : "%*s  %s\n", left > 0 ? left : 0,
		"", tcx_rank_word(host->verdict.rank), text);
}

/* Those of a rank, in the order of the file. */
static size_t print_rank(const struct page *page, enum tcx_rank rank)
{
	size_t count = 0;

	for (size_t i = 0; i < page->hosts->count; i++) {
		if (page->hosts->items[i].verdict.rank != rank)
			continue;
		print_host(page, &page->hosts->items[i]);
		count++;
	}
	return count;
}

void tcx_fleet_print(FILE *out, const struct tcx_hosts *hosts, bool contexts)
{
	struct page page = {out, hosts, contexts, 0};
	size_t counts[TCX_RANKS];

	page.width = width_of(&page);
	for (enum tcx_rank rank = 0; rank < TCX_RANKS; rank++)
		counts[rank] = print_rank(&page, rank);
	fprintf(out, "%zu hosts:", hosts->count);
	for (enum tcx_rank rank = 0; rank < TCX_RANKS; rank++)
		fprintf(out, " %zu %s%s", counts[rank], tcx_rank_word(rank),
			rank + 1 < TCX_RANKS ? "," : ".\n");
}

bool tcx_fleet_lacks(const struct tcx_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (hosts->items[i].verdict.rank == TCX_UNKNOWN)
			return true;
	return false;
}
