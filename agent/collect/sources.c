#include "tcx_sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "procfile.h"
#include "tcx_clock.h"
#include "tcx_draft.h"
#include "tcx_reader.h"

/* In the order in which nstat prints them. */
static const struct source_row {
	const char *path; /* below the proc root */
	tcx_reader *read;
	bool expected; /* every Linux has it */
} rows[] = {
	{"net/snmp", tcx_read_columns, true},
	{"net/snmp6", tcx_read_pairs, false},
	{"net/netstat", tcx_read_columns, true},
	{"net/sockstat", tcx_read_labels, true},
	{"net/sockstat6", tcx_read_labels, false},
	{"sys/net/ipv4/ipfrag_time", tcx_read_ipfrag_time, true},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct tcx_sources {
	struct tcx_procfile files[ROWS];
	bool present[ROWS];
	struct tcx_layout *layout; /* of the last good read, or NULL */
};

size_t tcx_sources_count(void)
{
	return ROWS;
}

const char *tcx_sources_path(size_t i)
{
	return rows[i].path;
}

bool tcx_sources_expected(size_t i)
{
	return rows[i].expected;
}

bool tcx_sources_present(const struct tcx_sources *sources, size_t i)
{
	return sources->present[i];
}

struct tcx_sources *tcx_sources_new(const char *proc_root)
{
	struct tcx_sources *sources = calloc(1, sizeof(*sources));
	char *path;

	if (sources == NULL)
		return NULL;
	for (size_t i = 0; i < ROWS; i++)
		tcx_procfile_init(&sources->files[i], NULL);
	for (size_t i = 0; i < ROWS; i++) {
		if (asprintf(&path, "%s/%s", proc_root, rows[i].path) < 0) {
			tcx_sources_free(sources);
			return NULL;
		}
		tcx_procfile_init(&sources->files[i], path);
	}
	return sources;
}

void tcx_sources_free(struct tcx_sources *sources)
{
	if (sources == NULL)
		return;
	for (size_t i = 0; i < ROWS; i++)
		tcx_procfile_close(&sources->files[i]);
	tcx_layout_unref(sources->layout);
	free(sources);
}

/* All files back to back, before anything is parsed: one instant, as near as user space can get. */
static bool read_files(struct tcx_sources *sources, struct tcx_fault *fault)
{
	size_t found = 0;

	for (size_t i = 0; i < ROWS; i++) {
		struct tcx_procfile *file = &sources->files[i];

		if (!tcx_procfile_read(file, &sources->present[i], fault))
			return tcx_fault_prefix(fault, file->path);
		found += sources->present[i];
	}
	if (found == 0)
		return tcx_fault_set(fault, "%s: neither this file nor its kin exist",
				     sources->files[0].path);
	return true;
}

/*
 * Runs the readers over the texts, so that the values or, while collecting, the names go to the
 * draft.
 */
static bool parse(struct tcx_sources *sources, struct tcx_draft *draft, struct tcx_fault *fault)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct tcx_procfile *file = &sources->files[i];

		if (sources->present[i] && !rows[i].read(draft, file->text, file->len, fault))
			return draft->diverged ? false : tcx_fault_prefix(fault, file->path);
	}
	draft->diverged = draft->position < draft->layout->count;
	return draft->collecting || !draft->diverged;
}

/* The layout of the texts that were just read; NULL at a fault. */
static struct tcx_layout *find_layout(struct tcx_sources *sources, struct tcx_fault *fault)
{
	struct tcx_draft draft = {.layout = tcx_layout_new(), .collecting = true};

	if (draft.layout == NULL) {
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	if (parse(sources, &draft, fault) && tcx_layout_finish(draft.layout, fault))
		return draft.layout;
	tcx_layout_unref(draft.layout);
	return NULL;
}

/*
 * A snapshot with the values of the texts. NULL at a fault; *diverged tells whether a new layout
 * would help.
 */
static struct tcx_snapshot *fill(struct tcx_sources *sources, bool *diverged,
				 struct tcx_fault *fault)
{
	struct tcx_snapshot *snapshot = tcx_snapshot_new(sources->layout);
	struct tcx_draft draft = {.layout = sources->layout};

	*diverged = false;
	if (snapshot == NULL) {
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	draft.values = snapshot->values;
	if (parse(sources, &draft, fault))
		return snapshot;
	*diverged = draft.diverged;
	tcx_snapshot_unref(snapshot);
	return NULL;
}

static struct tcx_snapshot *fill_anew(struct tcx_sources *sources, struct tcx_fault *fault)
{
	struct tcx_layout *layout = find_layout(sources, fault);
	bool diverged;

	if (layout == NULL)
		return NULL;
	tcx_layout_unref(sources->layout);
	sources->layout = layout;
	return fill(sources, &diverged, fault);
}

struct tcx_snapshot *tcx_sources_read(struct tcx_sources *sources, struct tcx_fault *fault)
{
	struct tcx_snapshot *snapshot = NULL;
	uint64_t began = tcx_clock_now();
	bool diverged = true;
	struct timespec when;

	clock_gettime(CLOCK_REALTIME, &when);
	if (!read_files(sources, fault))
		return NULL;
	if (sources->layout != NULL)
		snapshot = fill(sources, &diverged, fault);
	if (snapshot == NULL && diverged)
		snapshot = fill_anew(sources, fault);
	if (snapshot == NULL)
		return NULL;
	snapshot->when = when;
	snapshot->taken_ns = began;
	snapshot->cost_ns = tcx_clock_now() - began;
	return snapshot;
}
