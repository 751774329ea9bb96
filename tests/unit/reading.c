#include "reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcx_draft.h"

static struct tcx_layout *names_of(tcx_reader *reader, const char *text, size_t len,
				   struct tcx_fault *fault)
{
	struct tcx_draft draft = {.layout = tcx_layout_new(), .collecting = true};

	if (draft.layout != NULL && reader(&draft, text, len, fault) &&
	    tcx_layout_finish(draft.layout, fault))
		return draft.layout;
	tcx_layout_unref(draft.layout);
	return NULL;
}

struct tcx_snapshot *reading_again(tcx_reader *reader, struct tcx_layout *layout, const char *text,
				   size_t len, bool *diverged, struct tcx_fault *fault)
{
	struct tcx_snapshot *snapshot = tcx_snapshot_new(layout);
	struct tcx_draft draft = {.layout = layout};
	bool well;

	if (snapshot == NULL)
		return NULL;
	draft.values = snapshot->values;
	well = reader(&draft, text, len, fault);
	*diverged = draft.diverged || (well && draft.position < layout->count);
	if (well && !*diverged)
		return snapshot;
	tcx_snapshot_unref(snapshot);
	return NULL;
}

struct tcx_snapshot *reading_of(tcx_reader *reader, const char *text, size_t len,
				struct tcx_fault *fault)
{
	struct tcx_layout *layout = names_of(reader, text, len, fault);
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
	const struct tcx_layout *layout = snapshot->layout;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < layout->count; i++)
		if (!layout->entries[i].ambiguous)
			fprintf(out, "%s%s=%lld", ftell(out) > 0 ? " " : "",
				layout->entries[i].name, (long long)snapshot->values[i]);
	fclose(out);
	return text;
}
