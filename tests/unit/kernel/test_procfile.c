/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a file of procfs as a whole, of which the kernel gives a page at a time. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/kernel/procfile.h"
#include "base/clock.h"

#define MAPS  "/proc/self/maps"
#define PAGES 400

/* Each page is a mapping of its own, and a line, as its neighbours have other rights. */
static void *make_lines(size_t page)
{
	char *pages = mmap(NULL, PAGES * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	for (size_t i = 0; i < PAGES; i += 2)
		assert_int_equal(mprotect(pages + i * page, page, PROT_NONE), 0);
	return pages;
}

/* Which of these pages a line of the text begins with the address of; the others have no line. */
static size_t count_lines(const char *text, const char *pages, size_t page)
{
	size_t count = 0;
	char line[64];

	for (size_t i = 0; i < PAGES; i++) {
		snprintf(line, sizeof(line), "%lx-", (unsigned long)(pages + i * page));
		count += strstr(text, line) != NULL;
	}
	return count;
}

/* Of a file of lines each read gives a page at most: what is read is all of them, each time. */
static void many_lines(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = make_lines(page);
	struct tcx_procfile file;
	struct tcx_place place = {.below = MAPS, .folder = -1};
	struct tcx_fault fault = {""};

	(void)state;
	place.path = strdup(MAPS);
	tcx_procfile_init(&file, place, false);
	for (int i = 0; i < 3; i++) {
		char *text;

		assert_true(tcx_procfile_read(&file, tcx_clock_now(), &fault));
		assert_true(file.len > page);
		text = strndup(file.text, file.len);
		assert_int_equal(count_lines(text, pages, page), PAGES);
		free(text);
	}
	tcx_procfile_close(&file);
	munmap(pages, PAGES * page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(many_lines)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
