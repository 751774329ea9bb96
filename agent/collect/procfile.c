#include "procfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_CAPACITY ((size_t)16 * 1024)
#define LAST_CAPACITY  ((size_t)16 * 1024 * 1024)

void tcx_procfile_init(struct tcx_procfile *file, char *path)
{
	memset(file, 0, sizeof(*file));
	file->path = path;
	file->fd = -1;
}

static void close_fd(struct tcx_procfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

void tcx_procfile_close(struct tcx_procfile *file)
{
	close_fd(file);
	free(file->path);
	free(file->text);
}

static bool grow(struct tcx_procfile *file, struct tcx_fault *fault)
{
	size_t capacity = file->capacity > 0 ? file->capacity * 2 : FIRST_CAPACITY;
	char *text;

	if (capacity > LAST_CAPACITY)
		return tcx_fault_set(fault, "it is larger than 16 MiB");
	text = realloc(file->text, capacity);
	if (text == NULL)
		return tcx_fault_set(fault, "out of memory");
	file->text = text;
	file->capacity = capacity;
	return true;
}

static ssize_t read_once(struct tcx_procfile *file)
{
	ssize_t len;

	do {
		len = pread(file->fd, file->text, file->capacity, 0);
	} while (len < 0 && errno == EINTR);
	return len;
}

/* A text that fills the buffer may go on: it is read anew with a larger one. */
static bool read_whole(struct tcx_procfile *file, struct tcx_fault *fault)
{
	ssize_t len;

	do {
		if (file->len == file->capacity && !grow(file, fault))
			return false;
		len = read_once(file);
		if (len < 0)
			return tcx_fault_set(fault, "cannot be read: %s", strerror(errno));
		file->len = (size_t)len;
	} while (file->len == file->capacity);
	return true;
}

/* After a failed read the file is opened anew next time: it may have been replaced. */
bool tcx_procfile_read(struct tcx_procfile *file, bool *present, struct tcx_fault *fault)
{
	if (file->fd < 0)
		file->fd =
			open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO is no file */
	*present = file->fd >= 0 || errno != ENOENT;
	if (!*present)
		return true;
	if (file->fd < 0)
		return tcx_fault_set(fault, "cannot be opened: %s", strerror(errno));
	if (read_whole(file, fault))
		return true;
	close_fd(file);
	return false;
}
