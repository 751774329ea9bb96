/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a whole file. Its text is parsed in procfs/. */
#include "procfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/regular.h"

/* Small, since the kernel clears a buffer as large for each read of a sysctl. */
#define FIRST_CAPACITY ((size_t)1024)
#define ASK_CAPACITY   ((size_t)256 * 1024)
#define LAST_CAPACITY  ((size_t)16 * 1024 * 1024)

/*
 * Of a file that is written line by line a read gives as many lines as fit into a page. No line is
 * as long as this, so what is shorter is all of it.
 */
#define ALL_BELOW ((size_t)2048)

/* How often the path is checked for another file. */
#define LOOK_NS TCX_NS_PER_S

void tcx_procfile_init(struct tcx_procfile *file, struct tcx_place place, bool optional)
{
	*file = (struct tcx_procfile){.place = place, .optional = optional, .fd = -1};
}

static void let_go(struct tcx_procfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	file->looked_ns = 0;
}

void tcx_procfile_reset(struct tcx_procfile *file)
{
	let_go(file);
	free(file->text);
	tcx_procfile_init(file, file->place, file->optional);
}

void tcx_procfile_close(struct tcx_procfile *file)
{
	tcx_procfile_reset(file);
	free(file->place.path);
}

/* It is done with: where there are many such files, texts would be most of what they take. */
void tcx_procfile_drop_text(struct tcx_procfile *file)
{
	free(file->text);
	file->text = NULL;
	file->len = 0;
}

/* A file on a disk tells its size, so that it need not be read up to the limit; procfs says 0. */
static bool is_too_large(int fd, size_t capacity)
{
	struct stat status;

	return capacity > LAST_CAPACITY || (capacity > ASK_CAPACITY && fstat(fd, &status) == 0 &&
					    status.st_size > (off_t)LAST_CAPACITY);
}

static bool grow(struct tcx_procfile *file, struct tcx_fault *fault)
{
	size_t capacity = file->capacity > 0 ? file->capacity * 2 : FIRST_CAPACITY;
	char *text;

	if (is_too_large(file->fd, capacity)) {
		tcx_procfile_drop_text(file);
		file->capacity = 0;
		return tcx_fault_set(fault, "it is larger than 16 MiB");
	}
	text = realloc(file->text, capacity);
	if (text == NULL)
		return tcx_fault_set(fault, "out of memory");
	file->text = text;
	file->capacity = capacity;
	return true;
}

/* After it was dropped. */
static bool make_room(struct tcx_procfile *file, struct tcx_fault *fault)
{
	if (file->text == NULL && file->capacity > 0)
		file->text = malloc(file->capacity);
	return file->text != NULL || file->capacity == 0 || tcx_fault_set(fault, "out of memory");
}

static ssize_t read_on(struct tcx_procfile *file)
{
	ssize_t len;

	do {
		len = pread(file->fd, file->text + file->len, file->capacity - file->len,
			    (off_t)file->len);
	} while (len < 0 && errno == EINTR);
	return len;
}

/* What does not fit into the buffer the kernel keeps for the next read. */
static bool read_whole(struct tcx_procfile *file, struct tcx_fault *fault)
{
	ssize_t len;

	file->len = 0;
	if (!make_room(file, fault))
		return false;
	do {
		if (file->len == file->capacity && !grow(file, fault))
			return false;
		len = read_on(file);
		if (len < 0)
			return tcx_fault_set(fault, "cannot be read: %s", strerror(errno));
		file->len += (size_t)len;
	} while (len > 0 && (file->len == file->capacity || file->len >= ALL_BELOW));
	return true;
}

/* Closes the file if another one, or none, is at the path by now. */
static void look(struct tcx_procfile *file, uint64_t now_ns)
{
	struct stat status;
	struct stat opened;

	if (file->fd < 0 || now_ns - file->looked_ns < LOOK_NS)
		return;
	file->looked_ns = now_ns;
	if (fstatat(file->place.folder, file->place.below, &status, 0) != 0 ||
	    fstat(file->fd, &opened) != 0 || status.st_dev != opened.st_dev ||
	    status.st_ino != opened.st_ino)
		tcx_procfile_reset(file);
}

/* The second is of a process that has ended. */
static bool is_missing(int error)
{
	return error == ENOENT || error == ESRCH;
}

/* A missing file is no fault. */
static bool open_file(struct tcx_procfile *file, uint64_t now_ns, struct tcx_fault *fault)
{
	if (file->optional && file->looked_ns > 0 && now_ns - file->looked_ns < LOOK_NS)
		return true;
	file->looked_ns = now_ns;
	file->fd = tcx_open_regular(file->place.folder, file->place.below, fault);
	file->present = file->fd >= 0 || !is_missing(errno);
	if (file->present && file->fd < 0)
		return tcx_fault_prefix(fault, "cannot be opened");
	if (file->fd < 0)
		fault->text[0] = '\0';
	return true;
}

bool tcx_procfile_read(struct tcx_procfile *file, uint64_t now_ns, struct tcx_fault *fault)
{
	bool done;

	look(file, now_ns);
	file->present = file->fd >= 0;
	done = (file->present || open_file(file, now_ns, fault)) &&
	       (!file->present || read_whole(file, fault));
	if (file->place.pins && file->present)
		let_go(file);
	return done;
}
