/* SPDX-License-Identifier: BSD-2-Clause */
/* What snmpnstat prints of namespaceTable: the worst first, in lines and as JSON. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/ids.h"
#include "client/namespaces.h"

static struct tcx_walked walked;

static struct tcx_cell *cell(oid column)
{
	size_t i = 0;

	while (tcx_namespace_columns.columns[i] != column)
		i++;
	assert_true(i < tcx_namespace_columns.count);
	return &walked.rows[walked.count - 1].cells[i];
}

static void set_text(oid column, const char *text)
{
	netsnmp_variable_list variable = {
		.type = ASN_OCTET_STR, .val.string = (u_char *)text, .val_len = strlen(text)};

	tcx_cell_take(cell(column), &variable, 0);
}

/* Less than 0: it is not there. */
static void set_number(oid column, u_char type, long number)
{
	netsnmp_variable_list variable = {.type = type, .val.integer = &number};

	if (number >= 0)
		tcx_cell_take(cell(column), &variable, 0);
}

static const struct row {
	const char *context, *name;
	long kind, active;
	const char *worst; /* NULL: there is none */
	long severity, drops, buffers, again, age;
} rows[] = {
	{"blue", "blue", 1, 0, NULL, -1, 0, 0, 17, 12},
	{"c1", "4f0a\"b\\", 3, 1, "ports", 1, 0, 0, 0, 1034},
	{"", "nginx", 2, -1, NULL, -1, -1, -1, -1, -1},
	{"c2", "web", 6, 2, "listen-drops", 3, 9, 0, 0, 3},
	{"c3", "new\x1b", 99, 1, "listen-drops", 3, 10, 0, 0, 3},
	{"c4", "db", 4, 0, NULL, -1, 0, 5, 0, 0},
};

static void add(const struct row *row, oid index)
{
	assert_true(tcx_walked_add(&walked, &index, 1));
	set_text(TCX_ID_namespaceContext, row->context);
	set_text(TCX_ID_namespaceName, row->name);
	set_number(TCX_ID_namespaceKind, ASN_INTEGER, row->kind);
	set_number(TCX_ID_namespaceActive, ASN_GAUGE, row->active);
	if (row->worst != NULL)
		set_text(TCX_ID_namespaceWorst, row->worst);
	set_number(TCX_ID_namespaceWorstSeverity, ASN_INTEGER, row->severity);
	set_number(TCX_ID_namespaceListenDrops, ASN_GAUGE, row->drops);
	set_number(TCX_ID_namespaceRcvbufErrors, ASN_GAUGE, row->buffers);
	set_number(TCX_ID_namespaceRetransSegs, ASN_GAUGE, row->again);
	set_number(TCX_ID_namespaceAge, ASN_GAUGE, row->age);
}

static int fill(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		add(&rows[i], i + 1);
	tcx_namespaces_sort(&walked);
	return 0;
}

static int clear(void **state)
{
	(void)state;
	tcx_walked_clear(&walked);
	return 0;
}

static void assert_shown(const char *pattern, bool json, bool pretty, const char *wanted)
{
	const struct tcx_output_style style = {.json = json, .pretty = pretty};
	char *patterns[] = {(char *)pattern, NULL};
	const struct tcx_selection selection = {patterns, pattern != NULL};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	tcx_namespaces_show(out, &walked, &selection, &style);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void lines(void **state)
{
	(void)state;
	assert_shown(
		NULL, false, false,
		"Context  Name        Kind     Health    Crossed  Worst         ListenDrops  "
		"RcvbufErrors  RetransSegs    Age\n"
		"c2       web         cri      critical        2  listen-drops            9  "
		"           0            0  0.003\n"
		"c3       new\\x1b     99       critical        1  listen-drops           10  "
		"           0            0  0.003\n"
		"c1       4f0a\"b\\x5c  docker   info            1  ports                   0  "
		"           0            0  1.034\n"
		"c4       db          podman   well            0  -                       0  "
		"           5            0  0.000\n"
		"blue     blue        named    well            0  -                       0  "
		"           0           17  0.012\n"
		"-        nginx       process  -               -  -                       -  "
		"           -            -      -\n");
}

static void patterns(void **state)
{
	(void)state;
	assert_shown("db", false, false,
		     "Context  Name  Kind    Health  Crossed  Worst  ListenDrops  RcvbufErrors  "
		     "RetransSegs    Age\n"
		     "c4       db    podman  well          0  -                0             5  "
		     "          0  0.000\n");
	assert_shown("none", false, false,
		     "Context  Name  Kind  Health  Crossed  Worst  ListenDrops  RcvbufErrors  "
		     "RetransSegs  Age\n");
}

#define C1                                                                                         \
	"{\"context\":\"c1\",\"name\":\"4f0a\\\"b\\\\x5c\",\"kind\":\"docker\",\"health\":"        \
	"\"info\",\"crossed\":1,\"worst\":\"ports\",\"listenDrops\":0,\"rcvbufErrors\":0,"         \
	"\"retransSegs\":0,\"age\":1.034}"
#define NGINX                                                                                      \
	"{\"context\":null,\"name\":\"nginx\",\"kind\":\"process\",\"health\":null,"               \
	"\"crossed\":null,\"worst\":null,\"listenDrops\":null,\"rcvbufErrors\":null,"              \
	"\"retransSegs\":null,\"age\":null}"

static void json(void **state)
{
	(void)state;
	assert_shown("c1", true, false, "{\"namespaces\":[" C1 "]}\n");
	assert_shown("[cn]*[1x]", true, true,
		     "{\n    \"namespaces\": [\n        " C1 ",\n        " NGINX "\n    ]\n}\n");
	assert_shown("none", true, false, "{\"namespaces\":[]}\n");
	assert_shown("none", true, true, "{\n    \"namespaces\": []\n}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(patterns),
		cmocka_unit_test(json),
	};

	return cmocka_run_group_tests(tests, fill, clear);
}
