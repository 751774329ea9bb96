/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of a library that makes calls fail, and who calls. */
#include "failing.h"

#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of the program, and of libmnl, which it calls for what it could do itself. */
#define RANGES 2

static struct {
	uintptr_t begin, end;
} ranges[RANGES];
struct table *table;

static int find_ranges(struct dl_phdr_info *info, size_t size, void *arg)
{
	size_t *found = arg;

	(void)size;
	if (*found >= RANGES ||
	    (info->dlpi_name[0] != '\0' && strstr(info->dlpi_name, "libmnl") == NULL) ||
	    (info->dlpi_name[0] == '\0' && *found > 0))
		return 0;
	ranges[*found].begin = UINTPTR_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		uintptr_t end = begin + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		if (begin < ranges[*found].begin)
			ranges[*found].begin = begin;
		if (end > ranges[*found].end)
			ranges[*found].end = end;
	}
	++*found;
	return 0;
}

static int is_own(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;
	int own = 0;

	for (size_t i = 0; i < RANGES; i++)
		own |= ranges[i].begin <= at && at < ranges[i].end;
	return own;
}

/* Other programs of the same environment, such as env, have no business with it. */
void open_table(const char *const *names, size_t count)
{
	const char *path = getenv("TCX_FAILING");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	size_t found = 0;
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*table) + count * sizeof(struct row), PROT_READ | PROT_WRITE,
		  MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return;
	dl_iterate_phdr(find_ranges, &found);
	for (size_t i = 0; i < count; i++)
		strncpy(((struct table *)at)->rows[i].name, names[i],
			sizeof(table->rows[i].name) - 1);
	table = at;
}

static int is_hit(const struct row *row, uint32_t call)
{
	if (row->at == 0)
		return 0;
	if (row->how == EACH_SECOND)
		return call % 2 == 0;
	return row->how == FROM_THEN_ON ? call >= row->at : call == row->at;
}

int fails(size_t i, const void *caller, int *error)
{
	struct row *row;

	if (table == NULL || (table->own && !is_own(caller)))
		return 0;
	row = &table->rows[i];
	if (!is_hit(row, atomic_fetch_add(&row->calls, 1) + 1))
		return 0;
	*error = row->error;
	atomic_fetch_add(&row->failed, 1);
	return 1;
}
