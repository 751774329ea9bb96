/* SPDX-License-Identifier: BSD-2-Clause */
/* Escaping: what is UTF-8 and can be shown stays, each octet of the rest becomes \xNN. */
#include "tests/unit/test.h"

#include <string.h>

#include "base/text.h"

static const struct {
	const char *name, *text;
} rows[] = {
	{"", ""},
	{"eth0", "eth0"},
	{" ~[%]", " ~[%]"},
	/* Two, three and four octets: the first and the last of each. */
	{"\xc2\xa0\xdf\xbf", "\xc2\xa0\xdf\xbf"},
	{"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf",
	 "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"},
	{"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
	/* Control characters, and what escapes. */
	{"a\tb\x1f\x7f", "a\\x09b\\x1f\\x7f"},
	{"\xc2\x80\xc2\x9f", "\\xc2\\x80\\xc2\\x9f"},
	{"a\\xff", "a\\x5cxff"},
	/* Latin 1, a lone second octet, and characters that are cut off. */
	{"caf\xe9", "caf\\xe9"},
	{"\x80z\xbf", "\\x80z\\xbf"},
	{"\xe2\x82", "\\xe2\\x82"},
	{"\xf0\x90\x80x", "\\xf0\\x90\\x80x"},
	{"\xc3\xc3\xa4", "\\xc3\xc3\xa4"},
	/* Longer than need be, halves of UTF-16, and beyond Unicode. */
	{"\xc0\x80\xc1\xbf", "\\xc0\\x80\\xc1\\xbf"},
	{"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
	{"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"},
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	{"\xf5\xff", "\\xf5\\xff"},
};

static void escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64];

		assert_true(TCX_ESCAPED_SIZE(strlen(rows[i].name)) <= sizeof(text));
		tcx_text_escape(text, sizeof(text), rows[i].name);
		assert_string_equal(text, rows[i].text);
	}
}

/* The longest text just fits. */
static void room(void **state)
{
	char text[TCX_ESCAPED_SIZE(15) + 1];

	(void)state;
	memset(text, '.', sizeof(text));
	tcx_text_escape(text, TCX_ESCAPED_SIZE(15),
			"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
	assert_int_equal(strlen(text), 60);
	assert_int_equal(text[61], '.');
}

static const struct {
	const char *name;
	size_t size;
	const char *text;
} cuts[] = {
	{"abc", 4, "abc"},
	{"abc", 3, "ab"},
	{"abc", 1, ""},
	{"ab\xe2\x82\xac", 5, "ab"},
	{"ab\xe2\x82\xac", 6, "ab\xe2\x82\xac"},
	{"ab\xff", 6, "ab"},
	{"ab\xff", 7, "ab\\xff"},
	{"a\xff"
	 "b",
	 3, "a"},
};

/* Neither a character nor an escape is cut in half, and nothing follows what has no room. */
static void cut(void **state)
{
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++) {
		memset(text, '.', sizeof(text));
		tcx_text_escape(text, cuts[i].size, cuts[i].name);
		assert_string_equal(text, cuts[i].text);
		assert_int_equal(text[cuts[i].size], '.');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escape),
		cmocka_unit_test(room),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
