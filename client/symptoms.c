/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks counters up in the rows of health and in what symptoms.awk has read from the manual. */
#include "symptoms.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "limits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { SIGN, MENTION };

static const struct {
	const char *object;
	int kind;
	const char *title;
} symptoms[] = {
#define SYMPTOM(object, kind, title) {#object, kind, title},
#include "client/symptoms.def"
};

/* Counters of which a symptom's threshold tells. */
static const enum tcx_counter watched[] = {
#define WATCHED(counter) TCX_##counter,
#include "client/symptoms.def"
};

enum { NUMERATOR, DENOMINATOR, PLUS, PLUS_IF, MINUS, MINUS_IF };

static const struct term {
	const char *object;
	int part, as;
	enum tcx_counter counter;
} terms[] = {
#define TERM(object, part, as, counter) {#object, part, as, TCX_##counter},
#include "mibs/health.def"
};

void tcx_object_of(char object[TCX_OBJECT_SIZE], const char *name)
{
	snprintf(object, TCX_OBJECT_SIZE, "%s", name);
	object[0] = (char)tolower((unsigned char)object[0]);
}

const char *tcx_symptom(const char *object, size_t number)
{
	for (size_t i = 0; i < COUNT(symptoms); i++)
		if (strcmp(symptoms[i].object, object) == 0 && number-- == 0)
			return symptoms[i].title;
	return NULL;
}

static void add_titles(char *text, size_t size, const char *object, int kind)
{
	for (size_t i = 0; i < COUNT(symptoms); i++) {
		size_t len = strlen(text);

		if (symptoms[i].kind == kind && strcmp(symptoms[i].object, object) == 0)
			snprintf(text + len, size - len, "%s%s", len > 0 ? "; " : "",
				 symptoms[i].title);
	}
}

void tcx_symptom_titles(char *text, size_t size, const char *object)
{
	text[0] = '\0';
	add_titles(text, size, object, SIGN);
	if (text[0] == '\0')
		add_titles(text, size, object, MENTION);
}

/* Whether a threshold wants the value to stay low, so that what is above its line is bad. */
static bool is_to_stay_low(const char *object)
{
	struct tcx_health_limit limit;

	for (size_t i = 0; tcx_health_limit(i, &limit); i++)
		if (strcmp(tcx_health_label(limit.row), object) == 0)
			return limit.side == '>';
	return false;
}

static bool is_alarm(enum tcx_counter counter)
{
	for (size_t i = 0; i < COUNT(watched); i++)
		if (watched[i] == counter)
			return true;
	for (size_t i = 0; i < COUNT(terms); i++)
		if (terms[i].counter == counter && terms[i].part == NUMERATOR &&
		    terms[i].as < MINUS && is_to_stay_low(terms[i].object))
			return true;
	return false;
}

static bool is_sign(const char *object)
{
	for (size_t i = 0; i < COUNT(symptoms); i++)
		if (symptoms[i].kind == SIGN && strcmp(symptoms[i].object, object) == 0)
			return true;
	return false;
}

/* What others are held against is load, though symptoms are about it. */
static bool is_divisor(enum tcx_counter counter)
{
	for (size_t i = 0; i < COUNT(terms); i++)
		if (terms[i].counter == counter && terms[i].part == DENOMINATOR)
			return true;
	return false;
}

enum tcx_concern tcx_concern_of(const char *name)
{
	char object[TCX_OBJECT_SIZE];
	uint8_t type;
	enum tcx_counter counter = tcx_catalogue_find(name, strlen(name), &type);

	if (counter == TCX_NONE)
		return TCX_LOAD;
	if (is_alarm(counter))
		return TCX_ALARM;
	tcx_object_of(object, name);
	return is_sign(object) && !is_divisor(counter) ? TCX_SIGN : TCX_LOAD;
}
