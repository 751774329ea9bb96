/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes names of contexts, and keeps those that have been. */
#include "collect/context_names.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* What is left of a name in front of "-01234567". */
#define LEFT_MAX (TCX_CONTEXT_MAX - 9)

static bool is_before(const void *all, size_t i, const void *text)
{
	return strcmp(((const struct tcx_context_name *)all)[i].text, text) < 0;
}

static size_t place_of(const struct tcx_context_names *names, const char *text)
{
	return tcx_search(names->all, names->count, text, is_before);
}

/* NULL: it has never been. */
static struct tcx_context_name *find(const struct tcx_context_names *names, const char *text)
{
	size_t place = place_of(names, text);

	return place < names->count && strcmp(names->all[place].text, text) == 0
		       ? &names->all[place]
		       : NULL;
}

static bool insert(struct tcx_context_names *names, const char *text)
{
	struct tcx_context_name name = {.taken = true};
	size_t place = place_of(names, text);
	struct tcx_context_name *at;

	strcpy(name.text, text);
	if (!tcx_array_append(&names->all, &names->count, &name, sizeof(name)))
		return false;
	at = &names->all[place];
	memmove(at + 1, at, (names->count - 1 - place) * sizeof(*at));
	*at = name;
	return true;
}

/* Whether it was free, and is taken now. *full: it is new, and there is no room for it. */
static bool take(struct tcx_context_names *names, const char *text, size_t limit, bool *full)
{
	struct tcx_context_name *known = find(names, text);
	bool was_free = known == NULL ? names->count < limit : !known->taken;

	*full = known == NULL && !was_free;
	if (known != NULL)
		known->taken = true;
	if (known != NULL || !was_free)
		return was_free;
	*full = !insert(names, text);
	return !*full;
}

/* What needs no quotes in snmpd.conf, in a shell, and in a manager's configuration. */
static bool is_plain(unsigned char octet)
{
	return octet < 0x80 && (isalnum(octet) || strchr("._-", octet) != NULL);
}

static bool is_whole(const char *name)
{
	size_t plain = 0;

	while (name[plain] != '\0' && is_plain((unsigned char)name[plain]))
		plain++;
	return name[plain] == '\0' && plain > 0 && plain <= TCX_CONTEXT_MAX;
}

/* FNV-1a of 32 bits; another one for each turn. */
static uint32_t number_of(const char *name, unsigned int turn)
{
	uint32_t number = 2166136261U + turn;

	for (; *name != '\0'; name++)
		number = (number ^ (unsigned char)*name) * 16777619U;
	return number;
}

static void make(const char *name, unsigned int turn, char text[TCX_CONTEXT_MAX + 1])
{
	size_t len = 0;

	for (; len < LEFT_MAX && name[len] != '\0'; len++)
		text[len] = is_plain((unsigned char)name[len]) ? name[len] : '_';
	snprintf(text + len, TCX_CONTEXT_MAX + 1 - len, "-%08x", number_of(name, turn));
}

bool tcx_context_names_take(struct tcx_context_names *names, const char *name, size_t limit,
			    char text[TCX_CONTEXT_MAX + 1])
{
	bool full = false;
	bool done = false;

	if (is_whole(name)) {
		strcpy(text, name);
		done = take(names, text, limit, &full);
	}
	for (unsigned int turn = 0; !done && !full; turn++) {
		make(name, turn, text);
		done = take(names, text, limit, &full);
	}
	return done;
}

bool tcx_context_names_take_number(struct tcx_context_names *names, size_t limit,
				   char text[TCX_CONTEXT_MAX + 1])
{
	bool full = false;
	bool done = false;

	for (size_t number = 1; !done && !full; number++) {
		snprintf(text, TCX_CONTEXT_MAX + 1, "c%zu", number);
		done = take(names, text, limit, &full);
	}
	return done;
}

void tcx_context_names_give(struct tcx_context_names *names, const char *text)
{
	struct tcx_context_name *known = find(names, text);

	if (known != NULL)
		known->taken = false;
}

void tcx_context_names_forget(struct tcx_context_names *names)
{
	size_t kept = 0;

	for (size_t i = 0; i < names->count; i++)
		if (names->all[i].taken)
			names->all[kept++] = names->all[i];
	names->count = kept;
}

void tcx_context_names_clear(struct tcx_context_names *names)
{
	free(names->all);
	*names = (struct tcx_context_names){.all = NULL};
}
