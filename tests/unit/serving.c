/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers GET and GETNEXT from objects over a snapshot, as text. */
#include "tests/unit/serving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "kernel/read_sources.h"
#include "mib/objects.h"
#include "tests/unit/fixture.h"

bool serving_private(struct tcx_tree *tree)
{
	return tcx_add_module(tree, "tcpext");
}

bool serving_part(struct tcx_tree *tree, const char *word, const char *below)
{
	oid ids[MAX_OID_LEN];
	size_t len = serving_parse(below, ids);
	struct tcx_tree all = {0};
	bool added = tcx_add_module(&all, word);

	for (size_t i = 0; i < all.count; i++)
		if (all.objects[i].id_len == len + 1 &&
		    memcmp(all.objects[i].id, ids, len * sizeof(oid)) == 0)
			added = added && tcx_tree_add(tree, &all.objects[i]);
	tcx_tree_clear(&all);
	return added;
}

static struct tcx_snapshot *read_root(const char *root)
{
	struct tcx_fault fault = {""};
	struct tcx_sources *sources = fixture_sources(root);
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);

	tcx_sources_free(sources);
	if (snapshot != NULL)
		return snapshot;
	fprintf(stderr, "serving: %s\n", fault.text);
	exit(EXIT_FAILURE);
}

void serving_open(struct serving *serving, const char *root, bool (*add)(struct tcx_tree *tree))
{
	memset(serving, 0, sizeof(*serving));
	if (root != NULL)
		serving->request.latest = read_root(root);
	serving->request.fresh = serving->request.latest;
	serving->request.modules = ~0U;
	serving->request.now_ns = tcx_clock_now();
	if (!add(&serving->tree))
		abort();
	tcx_tree_sort(&serving->tree);
}

void serving_close(struct serving *serving)
{
	tcx_snapshot_unref(serving->request.latest);
	tcx_collector_status_clear(&serving->request.status);
	tcx_tree_clear(&serving->tree);
}

size_t serving_parse(const char *text, oid *name)
{
	size_t len = 0;
	char *end;

	for (; *text != '\0'; text = *end == '.' ? end + 1 : end)
		name[len++] = strtoul(text, &end, 10);
	return len;
}

static size_t print_oid(char *text, size_t size, const oid *name, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%lu", i > 0 ? "." : "",
					 (unsigned long)name[i]);
	return used;
}

static const char *type_name(u_char type)
{
	static const struct {
		u_char type;
		const char *name;
	} names[] = {
		{ASN_COUNTER64, "Counter64"}, {ASN_COUNTER, "Counter32"},   {ASN_GAUGE, "Gauge32"},
		{ASN_INTEGER, "INTEGER"},     {ASN_TIMETICKS, "TimeTicks"}, {ASN_OBJECT_ID, "OID"},
		{ASN_OCTET_STR, "STRING"},    {ASN_IPADDRESS, "IpAddress"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type)
			return names[i].name;
	return "?";
}

/* Reads what data and len say, as the library does when it sends the value. */
const char *serving_value(const struct tcx_value *value)
{
	static char text[2048];
	size_t used = (size_t)snprintf(text, sizeof(text), "%s ", type_name(value->type));
	const struct counter64 *wide = value->data;
	const uint8_t *octets = value->data;

	switch (value->type) {
	case ASN_COUNTER64:
		snprintf(text + used, sizeof(text) - used, "%llu",
			 (unsigned long long)wide->high << 32 | wide->low);
		break;
	case ASN_OBJECT_ID:
		print_oid(text + used, sizeof(text) - used, value->data, value->len / sizeof(oid));
		break;
	case ASN_OCTET_STR:
		snprintf(text + used, sizeof(text) - used, "%.*s", (int)value->len,
			 (const char *)value->data);
		break;
	case ASN_IPADDRESS:
		snprintf(text + used, sizeof(text) - used, "%u.%u.%u.%u", octets[0], octets[1],
			 octets[2], octets[3]);
		break;
	case ASN_INTEGER:
		snprintf(text + used, sizeof(text) - used, "%ld", *(const long *)value->data);
		break;
	default:
		snprintf(text + used, sizeof(text) - used, "%lu", *(const u_long *)value->data);
	}
	return text;
}

const char *serving_get(const struct serving *serving, const char *name)
{
	oid ids[MAX_OID_LEN];
	struct tcx_value value;

	switch (tcx_tree_get(&serving->tree, &serving->request, ids, serving_parse(name, ids),
			     &value)) {
	case TCX_FOUND:
		return serving_value(&value);
	case TCX_PENDING:
		return "pending";
	case TCX_NO_INSTANCE:
		return "no instance";
	default:
		return "no object";
	}
}

const char *serving_next(const struct serving *serving, const char *name)
{
	static char text[4096];
	oid ids[MAX_OID_LEN], next[MAX_OID_LEN];
	const struct tcx_range behind = {.begin = ids, .begin_len = serving_parse(name, ids)};
	size_t next_len, used;
	struct tcx_value value;

	switch (tcx_tree_next(&serving->tree, &serving->request, &behind, next, &next_len,
			      &value)) {
	case TCX_FOUND:
		break;
	case TCX_PENDING:
		return "pending";
	default:
		return "end";
	}
	used = print_oid(text, sizeof(text), next, next_len);
	snprintf(text + used, sizeof(text) - used, " %s", serving_value(&value));
	return text;
}
