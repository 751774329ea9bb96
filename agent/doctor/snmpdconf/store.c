/* SPDX-License-Identifier: BSD-2-Clause */
/* Appends to the lists of struct tcx_snmpd_conf, and frees them. */
#include "line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void tcx_snmpd_copy(char *to, const char *from)
{
	snprintf(to, TCX_SNMPD_WORD_MAX, "%s", from);
}

void tcx_snmpd_append(struct tcx_snmpd_conf *conf, void *list, size_t *count, const void *item,
		      size_t size)
{
	conf->short_of_memory |= !tcx_array_append(list, count, item, size);
}

void tcx_snmpd_note(const struct snmpd_place *at, const char *format, ...)
{
	char text[TCX_SNMPD_NOTE_MAX];
	int len = snprintf(text, sizeof(text), "%.300s:%u: ", at->path, at->line);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - (size_t)len, format, args);
	va_end(args);
	tcx_snmpd_append(at->conf, &at->conf->notes, &at->conf->note_count, text, sizeof(text));
}

static bool same_access(const struct tcx_snmpd_access *a, const struct tcx_snmpd_access *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->view, b->view) == 0 && strcmp(a->context, b->context) == 0 &&
	       strcmp(a->place, b->place) == 0;
}

/* The view "none" grants nothing, on purpose: no note. */
void tcx_snmpd_add_access(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_access *access)
{
	if (strcmp(access->view, "none") == 0 || strcmp(access->view, "_none_") == 0)
		return;
	for (size_t i = 0; i < conf->access_count; i++)
		if (same_access(&conf->accesses[i], access)) {
			conf->accesses[i].versions |= access->versions;
			return;
		}
	tcx_snmpd_append(conf, &conf->accesses, &conf->access_count, access, sizeof(*access));
}

void tcx_snmpd_conf_clear(struct tcx_snmpd_conf *conf)
{
	free(conf->files);
	free(conf->notes);
	free(conf->accesses);
	free(conf->rows);
	free(conf->users);
	vacm_destroyAllViewEntries();
	memset(conf, 0, sizeof(*conf));
}
