#include "line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one item more. The room doubles, so it is full whenever the count is a power of two. */
void *tcx_snmpd_room(struct tcx_snmpd_conf *conf, void *items, size_t count, size_t size)
{
	void *more;

	if ((count & (count - 1)) != 0)
		return items;
	more = reallocarray(items, count > 0 ? 2 * count : 1, size);
	conf->short_of_memory |= more == NULL;
	return more;
}

void tcx_snmpd_add_note(struct tcx_snmpd_conf *conf, const char *text)
{
	char **notes = tcx_snmpd_room(conf, conf->notes, conf->note_count, sizeof(*notes));
	char *copy = strdup(text);

	if (notes != NULL)
		conf->notes = notes;
	if (notes == NULL || copy == NULL) {
		conf->short_of_memory = true;
		free(copy);
		return;
	}
	notes[conf->note_count++] = copy;
}

void tcx_snmpd_note(const struct snmpd_place *at, const char *format, ...)
{
	char text[SNMPD_NOTE_MAX];
	int len = snprintf(text, sizeof(text), "%.300s:%u: ", at->path, at->line);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - (size_t)len, format, args);
	va_end(args);
	tcx_snmpd_add_note(at->conf, text);
}

void tcx_snmpd_add_subtree(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_subtree *subtree)
{
	struct tcx_snmpd_subtree *items =
		tcx_snmpd_room(conf, conf->subtrees, conf->subtree_count, sizeof(*items));

	if (items == NULL)
		return;
	conf->subtrees = items;
	items[conf->subtree_count++] = *subtree;
}

void tcx_snmpd_add_row(const struct snmpd_place *at, struct tcx_snmpd_row *row)
{
	struct tcx_snmpd_conf *conf = at->conf;
	struct tcx_snmpd_row *items =
		tcx_snmpd_room(conf, conf->rows, conf->row_count, sizeof(*items));

	if (items == NULL)
		return;
	snprintf(row->place, sizeof(row->place), "%.300s:%u", at->path, at->line);
	conf->rows = items;
	items[conf->row_count++] = *row;
}

void tcx_snmpd_add_user(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_user *user)
{
	struct tcx_snmpd_user *items =
		tcx_snmpd_room(conf, conf->users, conf->user_count, sizeof(*items));

	if (items == NULL)
		return;
	conf->users = items;
	items[conf->user_count++] = *user;
}

static bool same_access(const struct tcx_snmpd_access *a, const struct tcx_snmpd_access *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->view, b->view) == 0 && strcmp(a->context, b->context) == 0 &&
	       strcmp(a->place, b->place) == 0;
}

/* The view "none" is how one writes that nothing is granted; that is on purpose and no news. */
void tcx_snmpd_add_access(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_access *access)
{
	struct tcx_snmpd_access *items;

	if (strcmp(access->view, "none") == 0 || strcmp(access->view, "_none_") == 0)
		return;
	for (size_t i = 0; i < conf->access_count; i++)
		if (same_access(&conf->accesses[i], access)) {
			conf->accesses[i].versions |= access->versions;
			return;
		}
	items = tcx_snmpd_room(conf, conf->accesses, conf->access_count, sizeof(*items));
	if (items == NULL)
		return;
	conf->accesses = items;
	items[conf->access_count++] = *access;
}

void tcx_snmpd_conf_clear(struct tcx_snmpd_conf *conf)
{
	for (size_t i = 0; i < conf->file_count; i++)
		free(conf->files[i].path);
	for (size_t i = 0; i < conf->note_count; i++)
		free(conf->notes[i]);
	free(conf->files);
	free(conf->notes);
	free(conf->subtrees);
	free(conf->accesses);
	free(conf->rows);
	free(conf->users);
	memset(conf, 0, sizeof(*conf));
}
