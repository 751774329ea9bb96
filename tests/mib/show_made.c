/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks what rows.sh has added, below linuxTcpExtObjects, as a manager would: a line for each
 * value, "22.1.0 7". The proc root is the argument.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/netns_reader.h"
#include "kernel/read_sources.h"
#include "kernel/read_table.h"
#include "mib/objects.h"

static void print(const oid *name, size_t len, const struct tcx_value *value)
{
	for (size_t i = 0; i < len; i++)
		printf("%s%lu", i > 0 ? "." : "", (unsigned long)name[i]);
	if (value->type == ASN_COUNTER64)
		printf(" %lu\n", (unsigned long)value->as.counter64.low);
	else if (value->type == ASN_OCTET_STR)
		printf(" %.*s\n", (int)value->len, (const char *)value->data);
	else
		printf(" %lu\n", value->as.number);
}

static void walk(const struct tcx_tree *tree, const struct tcx_request *request)
{
	oid name[MAX_OID_LEN], next[MAX_OID_LEN];
	struct tcx_range behind = {.begin = name};
	size_t next_len;
	struct tcx_value value;

	while (tcx_tree_next(tree, request, &behind, next, &next_len, &value) == TCX_FOUND) {
		print(next, next_len, &value);
		memcpy(name, next, next_len * sizeof(oid));
		behind.begin_len = next_len;
	}
}

int main(int argc, char **argv)
{
	struct tcx_fault fault = {""};
	struct tcx_netns *netns = argc > 1 ? tcx_netns_new(argv[1], &fault) : NULL;
	struct tcx_sources *sources = netns != NULL ? tcx_sources_new(netns, &fault) : NULL;
	struct tcx_netns_reader *reader = netns != NULL ? tcx_netns_begin(netns, &fault) : NULL;
	struct tcx_request request = {.modules = ~0U, .known[TCX_TABLE_MADE_ROWS] = true};
	struct tcx_tree tree = {0};

	if (sources == NULL || reader == NULL || !tcx_add_module(&tree, "tcpext"))
		return EXIT_FAILURE;
	tcx_tree_sort(&tree);
	request.latest = tcx_sources_read(sources, &fault);
	request.fresh = request.latest;
	tcx_survey_read(&tcx_surveys[TCX_SURVEY_MADE], 1U << TCX_TABLE_MADE_ROWS, request.held,
			reader, 10, &fault);
	walk(&tree, &request);
	tcx_netns_end(reader);
	tcx_request_release(&request);
	tcx_sources_free(sources);
	tcx_netns_unref(netns);
	tcx_tree_clear(&tree);
	if (fault.text[0] != '\0')
		fprintf(stderr, "%s\n", fault.text);
	return fault.text[0] == '\0' ? EXIT_SUCCESS : EXIT_FAILURE;
}
