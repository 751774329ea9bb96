/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads all files of counters and makes a snapshot of them. */
#include "kernel/read_sources.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/netns.h"
#include "kernel/reader.h"
#include "procfile.h"
#include "sample/builder.h"
#include "sample/pace.h"

static tcx_reader *const readers[TCX_SOURCES] = {
#define SOURCE(index, id, path, format, prefix, per, set, title, absent) tcx_read_##format,
#include "mibs/sources.def"
};

struct source {
	struct tcx_procfile file;
	struct tcx_pace pace;
	bool is_paced;		   /* the core is read each time */
	uint64_t read_ns;	   /* when it was read last */
	bool skipped;		   /* by this read */
	bool has_text;		   /* it could be read */
	struct tcx_fault *fault;   /* of this read, while it goes on; empty: none */
	struct tcx_totals *totals; /* owned; NULL: the file has none, or is not there */
	struct tcx_source_status status;
};

struct tcx_sources {
	struct tcx_netns *netns; /* with a reference */
	struct tcx_sources_settings settings;
	struct source all[TCX_SOURCES];
	struct tcx_snapshot *last;   /* what was read last, or NULL */
	struct tcx_layouts *layouts; /* with a reference; NULL: none are shared */
};

/* Of a file that has lines for processors. */
static bool has_totals(size_t i)
{
	return readers[i] == tcx_read_per_cpu || readers[i] == tcx_read_softnet;
}

const char *tcx_sources_file(const struct tcx_sources *sources, size_t i)
{
	return sources->all[i].file.place.path;
}

const struct tcx_source_status *tcx_sources_status(const struct tcx_sources *sources, size_t i)
{
	return &sources->all[i].status;
}

struct tcx_sources *tcx_sources_new(struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct tcx_sources *sources = calloc(1, sizeof(*sources));
	bool done = sources != NULL;

	for (size_t i = 0; sources != NULL && i < TCX_SOURCES; i++) {
		const struct tcx_source_row *row = tcx_catalogue_source(i);
		struct tcx_place place = tcx_netns_place(netns, row->path);

		done = done && place.path != NULL;
		tcx_procfile_init(&sources->all[i].file, place, row->absent != NULL);
		sources->all[i].status.state = TCX_SOURCE_ABSENT;
		sources->all[i].is_paced = row->set != TCX_SET_core;
	}
	if (sources != NULL)
		sources->netns = tcx_netns_ref(netns);
	if (done)
		return sources;
	tcx_sources_free(sources);
	tcx_fault_set(fault, "out of memory");
	return NULL;
}

void tcx_sources_share(struct tcx_sources *sources, struct tcx_layouts *layouts)
{
	sources->layouts = tcx_layouts_ref(layouts);
}

static void drop_totals(struct source *source)
{
	if (source->totals != NULL)
		tcx_totals_clear(source->totals);
	free(source->totals);
	source->totals = NULL;
}

void tcx_sources_free(struct tcx_sources *sources)
{
	if (sources == NULL)
		return;
	for (size_t i = 0; i < TCX_SOURCES; i++) {
		tcx_procfile_close(&sources->all[i].file);
		drop_totals(&sources->all[i]);
		tcx_cause_unref(sources->all[i].status.cause);
	}
	tcx_snapshot_unref(sources->last);
	tcx_layouts_unref(sources->layouts);
	tcx_netns_unref(sources->netns);
	free(sources);
}

void tcx_sources_set(struct tcx_sources *sources, const struct tcx_sources_settings *settings)
{
	sources->settings = *settings;
}

bool tcx_sources_is_off(const struct tcx_sources *sources, size_t i)
{
	return (sources->settings.off & 1U << i) != 0;
}

static bool read_file(struct source *source, bool inside, uint64_t began)
{
	struct tcx_procfile *file = &source->file;

	file->present = false;
	return (inside || !file->place.inside) && tcx_procfile_read(file, began, source->fault) &&
	       file->present;
}

static void read_source(const struct tcx_sources *sources, struct source *source, bool inside,
			uint64_t *began)
{
	uint64_t usual_ns = sources->settings.interval_ns;

	source->skipped = source->file.present &&
			  !tcx_pace_is_due(&source->pace, *began - source->read_ns, usual_ns);
	if (source->skipped)
		return;
	source->has_text = read_file(source, inside, *began);
	source->read_ns = *began;
	*began = tcx_clock_now();
	source->status.cost_ns = *began - source->read_ns;
	if (source->has_text && source->is_paced)
		tcx_pace_note(&source->pace, source->status.cost_ns, usual_ns);
}

/* Reads all files before it parses any, as nearly at one instant. Returns how many exist. */
static size_t read_files(struct tcx_sources *sources, bool inside, uint64_t began)
{
	size_t found = 0;

	for (size_t i = 0; i < TCX_SOURCES; i++) {
		struct source *source = &sources->all[i];

		source->fault->text[0] = '\0';
		source->has_text = false;
		source->skipped = false;
		if (tcx_sources_is_off(sources, i))
			tcx_procfile_reset(&source->file);
		else
			read_source(sources, source, inside, &began);
		found += source->file.present;
	}
	return found;
}

/* Parses one source. False with a fault, where it was not read, or when the builder diverged. */
static bool parse_source(struct tcx_sources *sources, size_t i, struct tcx_builder *builder)
{
	struct source *source = &sources->all[i];

	builder->source = (uint8_t)i;
	builder->prefix = tcx_catalogue_source(i)->prefix;
	builder->totals = source->totals;
	builder->missing = false;
	if (source->has_text && has_totals(i) && source->totals == NULL)
		source->totals = builder->totals = calloc(1, sizeof(*source->totals));
	if (source->has_text)
		source->fault->text[0] = '\0'; /* of the first pass */
	if (source->has_text && has_totals(i) && source->totals == NULL)
		tcx_fault_set(source->fault, "out of memory");
	else if (source->has_text)
		readers[i](builder, source->file.text, source->file.len, source->fault);
	return source->fault->text[0] == '\0' && !source->skipped && !builder->diverged;
}

/* Makes a layout of the texts; a file with a fault keeps its old names. NULL: out of memory. */
static struct tcx_layout *make_layout(struct tcx_sources *sources)
{
	struct tcx_builder builder = {.layout = tcx_layout_new(), .collecting = true};
	bool done = builder.layout != NULL;

	for (size_t i = 0; done && i < TCX_SOURCES; i++) {
		size_t first = builder.layout->count;

		if (!parse_source(sources, i, &builder) && sources->last != NULL)
			done = tcx_layout_adopt(builder.layout, first, sources->last->layout,
						(uint8_t)i);
	}
	if (done && tcx_layout_finish(builder.layout))
		return builder.layout;
	tcx_layout_unref(builder.layout);
	return NULL;
}

/* Names that disappeared without a fault call for a new layout. */
static bool parse(struct tcx_sources *sources, struct tcx_builder *builder)
{
	for (size_t i = 0; i < TCX_SOURCES; i++) {
		bool good = parse_source(sources, i, builder);

		if (!builder->diverged) {
			tcx_builder_end_source(builder);
			builder->diverged = good && builder->missing;
		}
		if (builder->diverged)
			return false;
		builder->snapshot->faulty |= good || sources->all[i].skipped ? 0 : 1U << i;
		builder->snapshot->interval_ns[i] = sources->all[i].pace.interval_ns;
	}
	return !builder->no_memory;
}

/* What is not core tells of itself only. */
static void note_discontinuity(struct tcx_sources *sources, struct tcx_snapshot *snapshot,
			       const struct tcx_snapshot *before)
{
	uint32_t back = before != NULL ? tcx_snapshot_went_back(before, snapshot) : 0;
	bool all = before == NULL;

	for (size_t i = 0; i < TCX_SOURCES; i++) {
		struct source *source = &sources->all[i];

		bool anew = source->totals != NULL && source->totals->anew;

		if ((back & 1U << i) == 0 && !anew)
			continue;
		if (anew)
			source->totals->anew = false;
		source->status.discontinuity_ns = snapshot->taken_ns;
		snapshot->anew |= 1U << i;
		all = all || tcx_catalogue_source(i)->set == TCX_SET_core;
	}
	snapshot->discontinuity_ns = all ? snapshot->taken_ns : sources->last->discontinuity_ns;
}

/*
 * Makes a snapshot of the texts; where they have faults, with the values before, of the same
 * layout. NULL when memory is short, or with *diverged when a new layout is needed.
 */
static struct tcx_snapshot *fill_snapshot(struct tcx_sources *sources, struct tcx_layout *layout,
					  const struct tcx_snapshot *before, uint64_t taken_ns,
					  bool *diverged)
{
	struct tcx_builder builder = {.layout = layout, .before = before};

	*diverged = false;
	builder.snapshot = tcx_snapshot_new(layout);
	if (builder.snapshot == NULL)
		return NULL;
	builder.snapshot->taken_ns = taken_ns;
	if (parse(sources, &builder)) {
		note_discontinuity(sources, builder.snapshot, before);
		return builder.snapshot;
	}
	*diverged = builder.diverged;
	tcx_snapshot_unref(builder.snapshot);
	return NULL;
}

static struct tcx_snapshot *fill_new_layout(struct tcx_sources *sources, uint64_t taken_ns)
{
	struct tcx_layout *layout = make_layout(sources);
	struct tcx_snapshot *before = NULL;
	struct tcx_snapshot *snapshot = NULL;
	bool diverged;

	if (layout != NULL)
		layout = tcx_layouts_share(sources->layouts, layout);
	if (layout != NULL && sources->last != NULL)
		before = tcx_snapshot_under(sources->last, layout);
	if (layout != NULL && (before != NULL || sources->last == NULL))
		snapshot = fill_snapshot(sources, layout, before, taken_ns, &diverged);
	tcx_snapshot_unref(before);
	tcx_layout_unref(layout);
	return snapshot;
}

/* The sources that gave a value in this read, as bits; all bits when none had a fault. */
static uint32_t givers(const struct tcx_snapshot *snapshot)
{
	const struct tcx_layout *layout = snapshot->layout;
	uint32_t sources = 0;

	if (snapshot->faulty == 0)
		return UINT32_MAX;
	for (size_t i = 0; i < layout->count; i++)
		if (tcx_snapshot_taken(snapshot, i) == snapshot->taken_ns)
			sources |= 1U << layout->entries[i].source;
	return sources;
}

static void set_no_memory(struct tcx_sources *sources)
{
	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (sources->all[i].has_text)
			tcx_fault_set(sources->all[i].fault, "out of memory");
}

/* Makes a snapshot and says which sources gave values; NULL when none did. */
static struct tcx_snapshot *make_snapshot(struct tcx_sources *sources, uint64_t taken_ns,
					  uint32_t *given)
{
	struct tcx_snapshot *snapshot = NULL;
	struct tcx_layout *layout = sources->last != NULL ? tcx_layout_ref(sources->last->layout)
							  : tcx_layouts_likely(sources->layouts);
	bool diverged = layout == NULL;

	if (!diverged)
		snapshot = fill_snapshot(sources, layout, sources->last, taken_ns, &diverged);
	tcx_layout_unref(layout);
	if (snapshot == NULL && diverged)
		snapshot = fill_new_layout(sources, taken_ns);
	if (snapshot == NULL)
		set_no_memory(sources);
	*given = snapshot != NULL ? givers(snapshot) : 0;
	if (*given != 0)
		return snapshot;
	tcx_snapshot_unref(snapshot);
	return NULL;
}

static void note_status(struct source *source, bool gave, uint64_t taken_ns)
{
	struct tcx_source_status *status = &source->status;

	if (source->skipped)
		return;
	if (!source->file.present) {
		status->state = TCX_SOURCE_ABSENT;
		status->good_ns = 0;
		status->discontinuity_ns = 0;
		drop_totals(source);
		return;
	}
	if (source->fault->text[0] == '\0') {
		status->state = TCX_SOURCE_GOOD;
		status->good_ns = taken_ns;
	} else {
		status->state = gave ? TCX_SOURCE_PARTIAL : TCX_SOURCE_FAILED;
		status->failures++;
		tcx_cause_set(&status->cause, source->fault);
	}
	if (status->discontinuity_ns == 0 && status->state != TCX_SOURCE_FAILED)
		status->discontinuity_ns = taken_ns;
}

/* Reports the first fault of several. */
static void note_all(struct tcx_sources *sources, uint32_t given, uint64_t taken_ns,
		     struct tcx_fault *fault)
{
	for (size_t i = TCX_SOURCES; i-- > 0;) {
		struct source *source = &sources->all[i];

		note_status(source, (given & 1U << i) != 0, taken_ns);
		if (source->fault->text[0] == '\0')
			continue;
		tcx_fault_set(fault, "%s: %s", source->file.place.path, source->fault->text);
		tcx_procfile_reset(&source->file); /* the next read opens it anew */
	}
	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (sources->all[i].file.place.pins)
			tcx_procfile_drop_text(&sources->all[i].file);
}

/* With subset=pid a procfs has these files below the processes only. */
static void explain_absence(const char *path, struct tcx_fault *fault)
{
	const char *file = tcx_catalogue_source(TCX_SOURCE_SNMP)->path;
	int root_len = (int)(strlen(path) - strlen(file) - 1);
	char inside[PATH_MAX];

	snprintf(inside, sizeof(inside), "%.*s/self/%s", root_len, path, file);
	if (access(inside, F_OK) == 0)
		tcx_fault_set(fault,
			      "%s: neither this file nor its kin exist; this procfs shows "
			      "processes alone (subset=pid): give 'procRoot %.*s/self'",
			      path, root_len, path);
	else
		tcx_fault_set(fault, "%s: neither this file nor its kin exist; correct procRoot",
			      path);
}

/* Where the first of the files is to be opened inside, none is there for who cannot enter. */
static size_t read_there(struct tcx_sources *sources, uint64_t began, int *home,
			 struct tcx_fault *fault)
{
	const struct tcx_place *first = &sources->all[TCX_SOURCE_SNMP].file.place;
	struct tcx_fault refusal = {""};
	bool inside = tcx_netns_enter(sources->netns, home, &refusal);
	size_t found = read_files(sources, inside, began);

	if (found == 0 && first->inside && refusal.text[0] != '\0')
		tcx_fault_set(fault, "%s", refusal.text);
	else if (found == 0)
		explain_absence(first->path, fault);
	return found;
}

struct tcx_snapshot *tcx_sources_read(struct tcx_sources *sources, struct tcx_fault *fault)
{
	int home = -1;
	struct tcx_snapshot *snapshot = tcx_sources_read_from(sources, &home, fault);

	tcx_netns_return(&home);
	return snapshot;
}

struct tcx_snapshot *tcx_sources_read_from(struct tcx_sources *sources, int *home,
					   struct tcx_fault *fault)
{
	struct tcx_fault faults[TCX_SOURCES];
	struct tcx_snapshot *snapshot = NULL;
	uint64_t began = tcx_clock_now();
	uint32_t given = 0;
	struct timespec when;

	for (size_t i = 0; i < TCX_SOURCES; i++)
		sources->all[i].fault = &faults[i];

	clock_gettime(CLOCK_REALTIME, &when);
	if (read_there(sources, began, home, fault) > 0)
		snapshot = make_snapshot(sources, began, &given);
	note_all(sources, given, began, fault);
	if (snapshot == NULL)
		return NULL;
	snapshot->when = when;
	snapshot->cost_ns = tcx_clock_now() - began;
	tcx_snapshot_unref(sources->last);
	sources->last = tcx_snapshot_ref(snapshot);
	return snapshot;
}
