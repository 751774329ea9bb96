/* SPDX-License-Identifier: BSD-2-Clause */
/* Splits a line of snmpd.conf into words, as copy_nword() of net-snmp does. */
#include "line.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void tcx_snmpd_copy(char *to, const char *from)
{
	snprintf(to, TCX_SNMPD_WORD_MAX, "%s", from);
}

char *tcx_snmpd_skip_space(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

char *tcx_snmpd_cut_word(char *text)
{
	char quote = *text == '"' || *text == '\'' ? *text : '\0';
	char *to = text;
	char *from = text + (quote != '\0');

	while (*from != '\0' && (quote != '\0' ? *from != quote : !isspace((unsigned char)*from))) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		*to++ = *from++;
	}
	if (*from != '\0')
		from++;
	*to = '\0';
	return tcx_snmpd_skip_space(from);
}

size_t tcx_snmpd_split(char *text, char *word[SNMPD_WORDS_MAX])
{
	size_t count = 0;

	text = tcx_snmpd_skip_space(text);
	while (*text != '\0' && *text != '#' && count < SNMPD_WORDS_MAX) {
		word[count++] = text;
		text = tcx_snmpd_cut_word(text);
	}
	for (size_t i = count; i < SNMPD_WORDS_MAX; i++)
		word[i] = text + strlen(text);
	return count;
}
