/*
 * Fuzzes the reading of all files together, and what happens when they change. The input is the
 * texts of one read and then those of the next, in the order of tcx_sources_path(), 0xff between
 * them. Where a text is empty there is no file, or the one of the first read stays.
 *
 * Beyond not crashing: what the second read gives does not depend on the first one.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/fixture.h"
#include "tests/unit/reading.h"

#include "tcx_sources.h"

#include "fuzz.h"

static struct fixture fixture;

/* Takes the next text off the input and makes it the file i. */
static void put_file(size_t i, const uint8_t **data, const uint8_t *end)
{
	const uint8_t *border = *data < end ? memchr(*data, 0xff, (size_t)(end - *data)) : NULL;
	size_t len = (size_t)((border != NULL ? border : end) - *data);

	if (len > 0)
		fixture_write(&fixture, tcx_sources_path(i), *data, len);
	*data = border != NULL ? border + 1 : end;
}

static void put_files(const uint8_t **data, const uint8_t *end)
{
	for (size_t i = 0; i < tcx_sources_count(); i++)
		put_file(i, data, end);
}

static void remove_files(const struct tcx_sources *sources)
{
	for (size_t i = 0; i < tcx_sources_count(); i++)
		if (tcx_sources_present(sources, i))
			fixture_remove(&fixture, tcx_sources_path(i));
}

/* The counters as text, to be freed; NULL after a fault. */
static char *read_text(struct tcx_sources *sources)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);
	char *text = snapshot != NULL ? reading_text(snapshot) : NULL;

	MUST(snapshot != NULL || fault.text[0] != '\0');
	tcx_snapshot_unref(snapshot);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	struct tcx_sources *used, *fresh;
	char *after_first, *expected;

	if (fixture.root[0] == '\0')
		fixture_open(&fixture);
	used = tcx_sources_new(fixture.root);
	fresh = tcx_sources_new(fixture.root);
	put_files(&data, end);
	free(read_text(used));
	put_files(&data, end);
	after_first = read_text(used);
	expected = read_text(fresh);
	MUST((after_first != NULL) == (expected != NULL));
	MUST(after_first == NULL || strcmp(after_first, expected) == 0);
	remove_files(fresh);
	free(after_first);
	free(expected);
	tcx_sources_free(used);
	tcx_sources_free(fresh);
	return 0;
}
