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
	return reader == tcx_read_number ? "SysctlIpfragTime" : "";
}

static struct tcx_layout *names_of(tcx_reader *reader, const char *text, size_t len)
{
	struct tcx_draft draft = {
		.layout = tcx_layout_new(), .collecting = true, .prefix = prefix_of(reader)};
	struct tcx_fault fault;

	if (draft.layout != NULL)
		reader(&draft, text, len, &fault);
	if (draft.layout != NULL && tcx_layout_finish(draft.layout))
		return draft.layout;
	tcx_layout_unref(draft.layout);
	return NULL;
}

struct tcx_snapshot *reading_again(tcx_reader *reader, struct tcx_layout *layout, const char *text,
				   size_t len, bool *diverged, struct tcx_fault *fault)
{
	struct tcx_draft draft = {.layout = layout,
				  .snapshot = tcx_snapshot_new(layout),
				  .prefix = prefix_of(reader)};
	bool well;

	if (draft.snapshot == NULL)
		return NULL;
	draft.snapshot->taken_ns = 1;
	well = reader(&draft, text, len, fault);
	tcx_draft_end_source(&draft);
	*diverged = draft.diverged || (well && draft.missing);
	if (well && !*diverged)
		return draft.snapshot;
	tcx_snapshot_unref(draft.snapshot);
	return NULL;
}

struct tcx_snapshot *reading_of(tcx_reader *reader, const char *text, size_t len,
				struct tcx_fault *fault)
{
	struct tcx_layout *layout = names_of(reader, text, len);
	struct tcx_snapshot *snapshot;
	bool diverged;

	if (layout == NULL)
		return NULL;
	snapshot = reading_again(reader, layout, text, len, &diverged, fault);
	tcx_layout_unref(layout);
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
