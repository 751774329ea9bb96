/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads texts without files, and prints snapshots. */
#include "tests/unit/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample/builder.h"

/* As the rows of sources.def have it. */
static const char *prefix_of(tcx_reader *reader)
{
	if (reader == tcx_read_labels)
		return "Sockstat";
	if (reader == tcx_read_per_cpu)
		return "NfConntrack";
	if (reader == tcx_read_softnet)
		return "Softnet";
	return reader == tcx_read_number ? "SysctlIpfragTime" : "";
}

static struct tcx_layout *names_of(tcx_reader *reader, const char *text, size_t len)
{
	struct tcx_builder builder = {
		.layout = tcx_layout_new(), .collecting = true, .prefix = prefix_of(reader)};
	struct tcx_fault fault;

	if (builder.layout != NULL)
		reader(&builder, text, len, &fault);
	if (builder.layout != NULL && tcx_layout_finish(builder.layout))
		return builder.layout;
	tcx_layout_unref(builder.layout);
	return NULL;
}

/* The snapshot of a layout; NULL with a fault, or when the names are others. */
static struct tcx_snapshot *fill(tcx_reader *reader, struct tcx_layout *layout,
				 struct tcx_totals *totals, const char *text, size_t len,
				 bool *diverged, struct tcx_fault *fault)
{
	struct tcx_builder builder = {.layout = layout,
				      .snapshot = tcx_snapshot_new(layout),
				      .totals = totals,
				      .prefix = prefix_of(reader)};
	bool well;

	if (builder.snapshot == NULL)
		return NULL;
	builder.snapshot->taken_ns = 1;
	well = reader(&builder, text, len, fault);
	tcx_builder_end_source(&builder);
	*diverged = builder.diverged || (well && builder.missing);
	if (well && !*diverged)
		return builder.snapshot;
	tcx_snapshot_unref(builder.snapshot);
	return NULL;
}

struct tcx_snapshot *reading_again(tcx_reader *reader, struct tcx_layout *layout, const char *text,
				   size_t len, bool *diverged, struct tcx_fault *fault)
{
	struct tcx_totals totals = {0};
	struct tcx_snapshot *snapshot = fill(reader, layout, &totals, text, len, diverged, fault);

	tcx_totals_clear(&totals);
	return snapshot;
}

struct tcx_snapshot *reading_on(tcx_reader *reader, struct tcx_totals *totals, const char *text,
				size_t len, struct tcx_fault *fault)
{
	struct tcx_layout *layout = names_of(reader, text, len);
	struct tcx_snapshot *snapshot;
	bool diverged;

	if (layout == NULL)
		return NULL;
	snapshot = fill(reader, layout, totals, text, len, &diverged, fault);
	tcx_layout_unref(layout);
	return snapshot;
}

struct tcx_snapshot *reading_of(tcx_reader *reader, const char *text, size_t len,
				struct tcx_fault *fault)
{
	struct tcx_totals totals = {0};
	struct tcx_snapshot *snapshot = reading_on(reader, &totals, text, len, fault);

	tcx_totals_clear(&totals);
	return snapshot;
}

char *reading_text(const struct tcx_snapshot *snapshot)
{
	return reading_text_since(snapshot, 0);
}

char *reading_text_since(const struct tcx_snapshot *snapshot, uint64_t oldest_ns)
{
	const struct tcx_layout *layout = snapshot->layout;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < layout->count; i++)
		if (!layout->entries[i].ambiguous && tcx_snapshot_has(snapshot, i, oldest_ns))
			fprintf(out, "%s%s=%lld", ftell(out) > 0 ? " " : "",
				layout->entries[i].name, (long long)snapshot->values[i]);
	fclose(out);
	return text;
}
