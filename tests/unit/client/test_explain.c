/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat --explain: what is said of counters and of health, and on which lines. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "client/explain.h"
#include "client/paragraph.h"

static char *said_of(const char *pattern, bool known)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(tcx_explain(out, pattern), known);
	fclose(out);
	return text;
}

static void has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fprintf(stderr, "'%s' is not in:\n%s", part, text);
	assert_non_null(strstr(text, part));
}

/* By nstat's name and by the object's; what health and the symptoms say of it is there. */
static void one(void **state)
{
	char *text = said_of("TcpExtListenDrops", true), *same = said_of("tcpExtListenDrops", true);

	(void)state;
	assert_string_equal(text, same);
	assert_ptr_equal(
		strstr(text, "TcpExtListenDrops\n    counter of events, /proc/net/netstat"), text);
	has(text, "\n    SYNs and handshake-completing ACKs dropped at a listener");
	has(text, "\n    Health: healthListenDrops\n");
	has(text, "\n    tcpextd-symptoms(7): A full accept queue\n");
	free(text);
	free(same);
}

/* Each counter of the catalogue once, with text; none twice, and none but it. */
static void all(void **state)
{
	char *text = said_of("*", true);
	const char *at = text;

	(void)state;
	for (int i = 0; i < TCX_COUNTERS; i++) {
		const char *name = tcx_catalogue_row(i)->name;
		size_t len = strlen(name);

		assert_memory_equal(at, name, len);
		assert_memory_equal(at + len, "\n    ", 5);
		while ((at = strchr(at, '\n')) != NULL && at[1] == ' ')
			at++;
		assert_non_null(at++);
	}
	assert_memory_equal(at, "health", 6);
	free(text);
}

static void others(void **state)
{
	char *text = said_of("IcmpMsgInType3", true);

	(void)state;
	assert_memory_equal(text, "IcmpMsgInType3\n", 15);
	free(text);
	text = said_of("TcpRtoM[a-i]*", true);
	has(text, "TcpRtoMin\n    setting of milliseconds");
	has(text, "TcpRtoMax\n");
	free(text);
	text = said_of("healthListenDrops", true);
	assert_memory_equal(text, "healthListenDrops\n    percent\n", 30);
	free(text);
	text = said_of("TcpExtNoSuch", false);
	assert_string_equal(text, "");
	free(text);
}

static const struct {
	const char *title, *text, *lines;
} paragraphs[] = {
	{NULL, "short", "    short\n"},
	{"Title", "a b", "    Title: a b\n"},
	{NULL, "", "    \n"},
	{NULL,
	 "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhh iiiiiiiii",
	 "    aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhh\n"
	 "    iiiiiiiii\n"},
	{NULL,
	 "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhh iiiiiiiii",
	 "    aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg\n"
	 "    hhhhhhh iiiiiiiii\n"},
};

static void lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(paragraphs); i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		tcx_paragraph(out, paragraphs[i].title, paragraphs[i].text);
		fclose(out);
		assert_string_equal(text, paragraphs[i].lines);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one),
		cmocka_unit_test(all),
		cmocka_unit_test(others),
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
