/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the reading of all files together, and what happens when they change. The input is the
 * texts of one read and then those of the next, in the order of enum tcx_source, 0xff between
 * them. Where a text is empty there is no file, or the one of the first read stays.
 *
 * Files with lines of processors are left to fuzz_totals.
 *
 * Beyond not crashing: what the second read reads does not depend on the first one. Where it finds
 * a fault, names of the first one are still known, and one that is printed again may be ambiguous
 * by that: so it may give less, but nothing else.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/fixture.h"
#include "tests/unit/reading.h"

#include "kernel/read_sources.h"

#include "fuzz.h"

static struct fixture fixture;

static bool is_present(const struct tcx_sources *sources, size_t i)
{
	return tcx_sources_status(sources, i)->state != TCX_SOURCE_ABSENT;
}

/* What is served of a file with lines of processors depends on what was read before, as it must. */
static bool adds_up(size_t i)
{
	const char *path = tcx_catalogue_source(i)->path;

	return strcmp(path, "net/softnet_stat") == 0 || strncmp(path, "net/stat/", 9) == 0;
}

/* Takes the next text off the input and makes it the file i, if that is wanted. */
static void put_file(size_t i, bool wanted, const uint8_t **data, const uint8_t *end)
{
	const uint8_t *border = *data < end ? memchr(*data, 0xff, (size_t)(end - *data)) : NULL;
	size_t len = (size_t)((border != NULL ? border : end) - *data);

	if (len > 0 && wanted && !adds_up(i))
		fixture_write(&fixture, tcx_catalogue_source(i)->path, *data, len);
	*data = border != NULL ? border + 1 : end;
}

/* An optional file that comes is not looked for at once: none comes. used has read before, or not.
 */
static void put_files(const struct tcx_sources *used, const uint8_t **data, const uint8_t *end)
{
	for (size_t i = 0; i < TCX_SOURCES; i++) {
		bool wanted = used == NULL || tcx_catalogue_source(i)->absent == NULL ||
			      is_present(used, i);

		put_file(i, wanted, data, end);
	}
}

static void remove_files(const struct tcx_sources *sources)
{
	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (is_present(sources, i))
			fixture_remove(&fixture, tcx_catalogue_source(i)->path);
}

/* The counters of this read as text, to be freed; NULL when there is none. */
static char *read_text(struct tcx_sources *sources, bool *whole)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);
	char *text = snapshot != NULL ? reading_text_since(snapshot, snapshot->taken_ns) : NULL;

	MUST(snapshot != NULL || fault.text[0] != '\0');
	*whole = fault.text[0] == '\0';
	tcx_snapshot_unref(snapshot);
	return text;
}

/* Passes the words of a text up to this one and over it. False when there is none. */
static bool pass_word(const char **text, const char *word)
{
	while (**text != '\0') {
		const char *at = *text;
		size_t len = strcspn(at, " ");

		*text += at[len] == ' ' ? len + 1 : len;
		if (len == strlen(word) && strncmp(at, word, len) == 0)
			return true;
	}
	return false;
}

/* Whether all words of part are in whole, in their order; both may be NULL. */
static bool is_part(char *part, const char *whole)
{
	const char *rest = whole != NULL ? whole : "";

	for (char *word = part != NULL ? strtok(part, " ") : NULL; word != NULL;
	     word = strtok(NULL, " "))
		if (!pass_word(&rest, word))
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	struct tcx_sources *used, *fresh;
	char *after_first, *expected;
	bool whole;

	if (fixture.root[0] == '\0')
		fixture_open(&fixture);
	used = fixture_sources(fixture.root);
	fresh = fixture_sources(fixture.root);
	put_files(NULL, &data, end);
	free(read_text(used, &whole));
	put_files(used, &data, end);
	after_first = read_text(used, &whole);
	expected = read_text(fresh, &whole);
	if (whole)
		MUST(after_first != NULL && strcmp(after_first, expected) == 0);
	else
		MUST(is_part(after_first, expected));
	remove_files(fresh);
	free(after_first);
	free(expected);
	tcx_sources_free(used);
	tcx_sources_free(fresh);
	return 0;
}
