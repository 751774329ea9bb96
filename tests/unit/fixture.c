/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes and removes proc roots, and finds those of tests/fixtures. */
#include "tests/unit/fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogue/catalogue.h"
#include "kernel/netns_reader.h"
#include "tests/unit/use_procfs.h"

/*
 * What was made and is to be removed. It is not the caller's, whose fixture may be gone after a
 * test that failed.
 */
static char made[64][PATH_MAX];
static size_t made_count;

static void must(bool well, const char *what)
{
	if (well)
		return;
	fprintf(stderr, "fixture: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Last made, first removed. Nothing here is forbidden in a signal handler. */
static void remove_all(void)
{
	while (made_count > 0) {
		const char *path = made[--made_count];

		if (unlink(path) != 0)
			rmdir(path);
	}
}

static void on_signal(int signal)
{
	remove_all();
	_exit(128 + signal);
}

/* Who handles or ignores a signal already, as a fuzzer does, goes on to do so. */
static void handle(int number)
{
	void (*before)(int) = signal(number, on_signal);

	if (before != SIG_DFL)
		signal(number, before);
}

static void remove_at_any_end(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGABRT};
	static bool done;

	if (done)
		return;
	done = true;
	atexit(remove_all);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		handle(signals[i]);
}

static void remember(const char *path)
{
	errno = ENOSPC;
	must(made_count < sizeof(made) / sizeof(made[0]), path);
	snprintf(made[made_count], sizeof(made[0]), "%s", path);
	made_count++;
}

static void forget(const char *path)
{
	for (size_t i = made_count; i > 0; i--) {
		if (strcmp(made[i - 1], path) != 0)
			continue;
		memmove(made + i - 1, made + i, (made_count - i) * sizeof(made[0]));
		made_count--;
	}
}

void fixture_open(struct fixture *fixture)
{
	const char *tmp = getenv("TMPDIR");

	remove_all(); /* of a test that failed */
	snprintf(fixture->root, sizeof(fixture->root), "%s/tcpextd-test-XXXXXX",
		 tmp != NULL ? tmp : "/tmp");
	remove_at_any_end();
	must(mkdtemp(fixture->root) != NULL, fixture->root);
	remember(fixture->root);
}

void fixture_close(struct fixture *fixture)
{
	remove_all();
	errno = ENOTEMPTY; /* a test has made something by itself */
	must(access(fixture->root, F_OK) != 0, fixture->root);
	fixture->root[0] = '\0';
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0700) == 0)
		remember(path);
	else
		must(errno == EEXIST, path);
}

/* The full path of a file, whose folders exist from now on. */
static const char *place(const struct fixture *fixture, const char *path)
{
	static char full[PATH_MAX];
	size_t root_len = strlen(fixture->root);

	snprintf(full, sizeof(full), "%s/%s", fixture->root, path);
	for (char *slash = full + root_len; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		make_folder(full);
		*slash = '/';
	}
	return full;
}

void fixture_write(struct fixture *fixture, const char *path, const void *text, size_t len)
{
	const char *full = place(fixture, path);
	int fd;

	if (access(full, F_OK) != 0)
		remember(full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, text, len) == (ssize_t)len && close(fd) == 0, full);
}

void fixture_puts(struct fixture *fixture, const char *path, const char *text)
{
	fixture_write(fixture, path, text, strlen(text));
}

void fixture_mkdir(struct fixture *fixture, const char *path)
{
	make_folder(place(fixture, path));
}

void fixture_remove(struct fixture *fixture, const char *path)
{
	const char *full = place(fixture, path);

	must(unlink(full) == 0, full);
	forget(full);
}

char *fixture_text(const char *root, const char *path)
{
	char full[PATH_MAX];
	char *text = NULL;
	size_t capacity = 0;
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	file = fopen(full, "r");
	if (file == NULL)
		return NULL;
	/* A zero byte never comes in these files: one "line" is the whole text. */
	if (getdelim(&text, &capacity, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

size_t fixture_copy_flat(struct fixture *fixture, const char *folder)
{
	size_t copied = 0;

	for (size_t i = 0; i < TCX_SOURCES; i++) {
		const char *path = tcx_catalogue_source(i)->path;
		bool below_net = strncmp(path, "net/", 4) == 0;
		char *text = fixture_text(folder, below_net ? path + 4 : strrchr(path, '/') + 1);

		if (text == NULL)
			continue;
		fixture_puts(fixture, path, text);
		free(text);
		copied++;
	}
	return copied;
}

const char *fixture_source(const char *path)
{
	static char full[PATH_MAX];
	const char *srcdir = getenv("srcdir"); /* automake's */

	snprintf(full, sizeof(full), "%s/%s", srcdir != NULL ? srcdir : ".", path);
	return full;
}

size_t fixture_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	must(folder != NULL, "/proc/self/fd");
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

struct tcx_netns *fixture_netns(const char *root)
{
	struct tcx_netns *netns = tcx_netns_new(root, NULL);

	must(netns != NULL, root);
	return netns;
}

struct tcx_sources *fixture_sources(const char *root)
{
	struct tcx_netns *netns = fixture_netns(root);
	struct tcx_sources *sources = tcx_sources_new(netns, NULL);

	tcx_netns_unref(netns);
	must(sources != NULL, root);
	return sources;
}

bool fixture_survey(const char *root, const struct tcx_survey *survey, unsigned int wanted,
		    struct tcx_table *tables[TCX_TABLES], size_t max_rows, const char *procfs,
		    struct tcx_fault *fault)
{
	struct tcx_netns *netns = fixture_netns(root);
	struct tcx_netns_reader *there = tcx_netns_begin(netns, NULL);
	bool done;

	must(there != NULL, root);
	if (procfs != NULL)
		use_procfs(there, procfs);
	done = tcx_survey_read(survey, wanted, tables, there, max_rows, fault);
	tcx_netns_end(there);
	tcx_netns_unref(netns);
	return done;
}

struct tcx_table *fixture_table(const char *root, const struct tcx_table_reader *reader,
				size_t max_rows, const char *procfs, struct tcx_fault *fault)
{
	const struct tcx_survey alone = {{reader}};
	struct tcx_table *tables[TCX_TABLES];

	fixture_survey(root, &alone, 1, tables, max_rows, procfs, fault);
	return tables[0];
}
