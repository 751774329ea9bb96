/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directives threshold and no. Their lines are kept, and taken once all others are: whether a
 * time is too short depends on the intervals, and a name that the rows do not know is looked up in
 * what this kernel prints.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "amount.h"
#include "base/array.h"
#include "base/distance.h"
#include "base/list.h"
#include "config_files.h"
#include "kernel/read_sources.h"
#include "mib/measures.h"
#include "snmp/netsnmp.h"

/* What is behind OBJECT. */
#define SHAPE "value|rate|growth|percent >|< LIMIT"

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

static const char *const kinds[TCX_THRESHOLD_KINDS + 1] = {
	[TCX_THRESHOLD_VALUE] = "value",
	[TCX_THRESHOLD_RATE] = "rate",
	[TCX_THRESHOLD_GROWTH] = "growth",
	[TCX_THRESHOLD_PERCENT] = "percent",
};

static const char *const severities[TCX_SEVERITIES + 1] = {
	[TCX_SEVERITY_INFO] = "info",
	[TCX_SEVERITY_WARNING] = "warning",
	[TCX_SEVERITY_CRITICAL] = "critical",
};

/* What `threshold defaults' turns on. */
static const char *const defaults[] = {
#define THRESHOLD(object, name, words, reason) name " " #object " " words,
#include "mibs/health.def"
};

/* --- The lines ---------------------------------------------------------------------------------*/

void tcx_config_keep_line(struct tcx_config_reading *reading, const char *word, const char *text)
{
	char place[TCX_CONFIG_LINE_SIZE];
	struct tcx_config_line line = {.no = strcasecmp(word, "no") == 0};

	tcx_config_find_place(reading, place);
	line.place = strdup(place);
	line.text = strdup(text);
	if (line.place != NULL && line.text != NULL &&
	    tcx_array_append(&reading->lines, &reading->line_count, &line, sizeof(line)))
		return;
	free(line.place);
	free(line.text);
	tcx_config_complain(reading, place, "%s: out of memory", word);
}

void tcx_config_drop_lines(struct tcx_config_reading *reading)
{
	for (size_t i = 0; i < reading->line_count; i++) {
		free(reading->lines[i].place);
		free(reading->lines[i].text);
	}
	free(reading->lines);
	tcx_layout_unref(reading->layout);
}

/* --- One of them, word by word -----------------------------------------------------------------*/

struct parser {
	struct tcx_config_reading *reading;
	const struct tcx_config_line *line;
	const char *rest;    /* of the line */
	char word[PATH_MAX]; /* the last one taken; empty at the end */
	bool is_default;     /* it is not of the operator's making */
	struct tcx_threshold threshold;
	enum tcx_kind nature; /* of the object */
	struct tcx_amount limit;
};

/* Returns false. */
__attribute__((format(printf, 2, 3))) static bool refuse(const struct parser *parser,
							 const char *format, ...)
{
	char why[TCX_CONFIG_LINE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	tcx_config_complain(parser->reading, parser->line->place, "%sthreshold %s%s%s",
			    parser->line->no ? "no " : "", parser->threshold.name,
			    parser->threshold.name[0] != '\0' ? ": " : "", why);
	return false;
}

static void next(struct parser *parser)
{
	tcx_list_next(&parser->rest, " \t", parser->word);
}

/* The place of a word among others, in any case; 0: it is none of them. */
static unsigned int find_word(const char *const *words, unsigned int last, const char *word)
{
	while (last > 0 && strcasecmp(words[last], word) != 0)
		last--;
	return last;
}

static bool take_name(struct parser *parser)
{
	size_t len;

	next(parser);
	len = strlen(parser->word);
	if (len == 0 || len > TCX_THRESHOLD_NAME_MAX || strspn(parser->word, NAME_CHARACTERS) < len)
		return refuse(parser,
			      "'%s' is wrong: give a name of up to %d letters, digits and '-'",
			      parser->word, TCX_THRESHOLD_NAME_MAX);
	memcpy(parser->threshold.name, parser->word, len + 1);
	return true;
}

/* --- Its object --------------------------------------------------------------------------------*/

/* Reads the kernel once, whatever comes of it. */
static void read_kernel(struct tcx_config_reading *reading)
{
	const struct tcx_sources_settings settings = {.off = reading->config.sources_off};
	struct tcx_netns *netns = NULL;
	struct tcx_sources *sources = NULL;
	struct tcx_snapshot *snapshot = NULL;

	if (reading->kernel_read)
		return;
	reading->kernel_read = true;
	netns = tcx_netns_new(reading->config.proc_root, NULL);
	if (netns != NULL)
		sources = tcx_sources_new(netns, NULL);
	if (sources != NULL) {
		tcx_sources_set(sources, &settings);
		snapshot = tcx_sources_read(sources, NULL);
	}
	if (snapshot != NULL)
		reading->layout = tcx_layout_ref(snapshot->layout);
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
	tcx_netns_unref(netns);
}

struct guess {
	const char *word;
	const char *best;
	size_t distance;
};

static void consider(void *arg, const char *name)
{
	struct guess *guess = arg;
	size_t distance = tcx_distance(guess->word, name);

	if (guess->best != NULL && distance >= guess->distance)
		return;
	guess->best = name;
	guess->distance = distance;
}

/* The name that is most like a word, of the rows' and of what this kernel prints. */
static const char *nearest(const struct parser *parser)
{
	const struct tcx_layout *layout = parser->reading->layout;
	struct guess guess = {.word = parser->word};

	/* What has a column is one for each type, by another name. */
	for (int i = 0; i < TCX_COUNTERS; i++)
		if (tcx_catalogue_row((enum tcx_counter)i)->column < 0)
			consider(&guess, tcx_catalogue_row((enum tcx_counter)i)->name);
	for (size_t i = 0; layout != NULL && i < layout->count; i++)
		consider(&guess, layout->entries[i].name);
	tcx_measures_visit(consider, &guess);
	return guess.best;
}

/* A kernel that cannot be read yet may print anything. */
static bool may_be_printed(struct parser *parser)
{
	const char *name = parser->word;

	if (strlen(name) > TCX_NAME_MAX)
		return false;
	read_kernel(parser->reading);
	return parser->reading->layout == NULL ||
	       tcx_layout_find(parser->reading->layout, name, strlen(name)) >= 0;
}

/* What kinds are of use depends on whether it only grows. */
static bool take_counter(struct parser *parser)
{
	uint8_t type;
	enum tcx_counter counter = tcx_catalogue_find(parser->word, strlen(parser->word), &type);

	if (counter == TCX_NONE && !may_be_printed(parser))
		return refuse(parser,
			      "neither the agent nor this kernel knows '%s': the nearest name is "
			      "%s; see tcpextd-counters(7)",
			      parser->word, nearest(parser));
	parser->nature = counter != TCX_NONE ? tcx_catalogue_row(counter)->kind : TCX_unknown;
	return true;
}

static bool take_object(struct parser *parser)
{
	struct tcx_threshold *threshold = &parser->threshold;

	next(parser);
	if (parser->word[0] == '\0')
		return refuse(parser, "it watches nothing: give OBJECT %s", SHAPE);
	if (tcx_measure_find(parser->word, &threshold->measure))
		parser->nature = threshold->measure.bits > 0 ? TCX_counter : TCX_gauge;
	else if (!take_counter(parser))
		return false;
	snprintf(threshold->object, sizeof(threshold->object), "%.*s", TCX_NAME_MAX, parser->word);
	return true;
}

/* --- What of it is watched ---------------------------------------------------------------------*/

static bool take_percent(struct parser *parser)
{
	struct tcx_threshold *threshold = &parser->threshold;

	return tcx_measure_find_share(threshold->object, &threshold->measure) ||
	       refuse(parser, "%s has no limit that it could be a percentage of: give value%s",
		      threshold->object, parser->nature == TCX_counter ? ", rate or growth" : "");
}

static bool must_grow(struct parser *parser)
{
	return parser->nature == TCX_counter || parser->nature == TCX_unknown ||
	       refuse(parser,
		      "%s goes both ways, so it has no %s: give value or, if it has a "
		      "limit, percent",
		      parser->threshold.object, kinds[parser->threshold.kind]);
}

/* The parts of one that values have. */
static unsigned int scale_of(const struct tcx_threshold *threshold)
{
	if (threshold->kind == TCX_THRESHOLD_RATE)
		return TCX_RATE_SCALE;
	return threshold->measure.name != NULL ? threshold->measure.scale : 1;
}

static bool take_kind(struct parser *parser)
{
	struct tcx_threshold *threshold = &parser->threshold;
	bool fits = true;

	next(parser);
	threshold->kind = find_word(kinds, TCX_THRESHOLD_KINDS, parser->word);
	if (threshold->kind == 0)
		return refuse(parser, "'%s' is wrong: give %s behind %s", parser->word, SHAPE,
			      threshold->object);
	if (threshold->kind == TCX_THRESHOLD_PERCENT)
		fits = take_percent(parser);
	else if (threshold->kind != TCX_THRESHOLD_VALUE)
		fits = must_grow(parser);
	threshold->scale = scale_of(threshold);
	return fits;
}

/* --- Limits ------------------------------------------------------------------------------------*/

/* ">" and "<" may stand in front of their limit without a blank. */
static bool take_direction(struct parser *parser)
{
	char sign;

	next(parser);
	sign = parser->word[0];
	if ((sign != '>' && sign != '<') || parser->word[1] == '=')
		return refuse(parser, "'%s' is wrong: give > or <, then LIMIT", parser->word);
	parser->threshold.below = sign == '<';
	if (parser->word[1] == '\0')
		next(parser);
	else
		memmove(parser->word, parser->word + 1, strlen(parser->word));
	return true;
}

static bool take_amount(struct parser *parser, struct tcx_amount *amount)
{
	if (strlen(parser->word) <= TCX_LIMIT_MAX && tcx_amount_read(parser->word, amount)) {
		*amount = tcx_amount_times(*amount, parser->threshold.scale, 1);
		return true;
	}
	return refuse(
		parser,
		"'%s' is wrong: give a number as the limit, with decimals if wanted, and K, M "
		"or G for thousands, millions or thousands of millions",
		parser->word);
}

/* The whole number that a value passes if and only if it passes the limit. */
static uint64_t rounded(const struct tcx_threshold *threshold, struct tcx_amount limit)
{
	return threshold->below ? tcx_amount_ceiling(limit) : tcx_amount_floor(limit);
}

/* No value is greater. */
static uint64_t greatest(const struct tcx_threshold *threshold)
{
	if (threshold->kind == TCX_THRESHOLD_RATE || threshold->measure.name == NULL)
		return UINT64_MAX;
	return threshold->measure.max;
}

static bool take_limit(struct parser *parser)
{
	struct tcx_threshold *threshold = &parser->threshold;

	if (!take_amount(parser, &parser->limit))
		return false;
	threshold->limit = rounded(threshold, parser->limit);
	strcpy(threshold->limit_text, parser->word);
	if (threshold->below && threshold->limit == 0)
		return refuse(parser, "it can never be crossed: nothing is less than %s; give more",
			      parser->word);
	if (!threshold->below && threshold->limit >= greatest(threshold))
		return refuse(parser,
			      "it can never be crossed: nothing is greater than %s; give less",
			      parser->word);
	return true;
}

/* What is back at 90 % of the limit, or 110 % of one below, is so unless told otherwise. */
static void default_clear(struct parser *parser)
{
	struct tcx_threshold *threshold = &parser->threshold;

	threshold->clear =
		rounded(threshold, tcx_amount_times(parser->limit, threshold->below ? 11 : 9, 10));
}

static bool take_clear(struct parser *parser)
{
	struct tcx_threshold *threshold = &parser->threshold;
	struct tcx_amount clear;

	next(parser);
	if (!take_amount(parser, &clear))
		return false;
	threshold->clear = rounded(threshold, clear);
	if (tcx_threshold_passes(threshold, threshold->clear, threshold->limit))
		return refuse(parser, "clear %s is on the wrong side of the limit: give %s or %s",
			      parser->word, threshold->limit_text,
			      threshold->below ? "more" : "less");
	next(parser);
	return true;
}

static bool clear_must_be_possible(struct parser *parser)
{
	const struct tcx_threshold *threshold = &parser->threshold;

	if (!threshold->below || threshold->clear <= greatest(threshold))
		return true;
	return refuse(parser,
		      "it can never be cleared, as nothing is so much more than %s: give "
		      "clear with a limit that can be reached",
		      threshold->limit_text);
}

/* --- Times and severity ------------------------------------------------------------------------*/

static bool is(const struct parser *parser, const char *word)
{
	return strcasecmp(parser->word, word) == 0;
}

/* What is read as often as tables are; limits, which hardly change, do not matter there. */
static bool is_of_table(const struct tcx_measure *measure)
{
	return measure->name != NULL && (measure->tables & ~(1U << TCX_TABLE_LIMITS)) != 0;
}

/* One that is the default is as long as it must be. */
static bool must_be_long(struct parser *parser, const char *what, uint64_t *time_ns)
{
	const struct tcx_config *config = &parser->reading->config;
	bool of_table = is_of_table(&parser->threshold.measure);
	uint64_t interval_ns = of_table ? config->table_interval_ns : config->interval_ns;

	if (parser->is_default && *time_ns < interval_ns)
		*time_ns = interval_ns;
	if (*time_ns >= interval_ns)
		return true;
	return refuse(parser,
		      "%s %s is shorter than %s, %g s from one reading of %s to the next: give at "
		      "least as much, or leave it out",
		      what, parser->word, of_table ? "tableInterval" : "refreshInterval",
		      (double)interval_ns / 1e9, parser->threshold.object);
}

/* "for TIME", if it is there. */
static bool take_time(struct parser *parser, const char *what, uint64_t *time_ns)
{
	if (!is(parser, what))
		return true;
	next(parser);
	if (!tcx_amount_time(parser->word, time_ns))
		return refuse(
			parser,
			"%s '%s' is wrong: give seconds, or a number with s, m or h; 365 days "
			"at most",
			what, parser->word);
	if (!must_be_long(parser, what, time_ns))
		return false;
	next(parser);
	return true;
}

static bool take_severity(struct parser *parser)
{
	next(parser);
	parser->threshold.severity = find_word(severities, TCX_SEVERITIES, parser->word);
	if (parser->threshold.severity == 0)
		return refuse(parser, "severity '%s' is wrong: give info, warning or critical",
			      parser->word);
	next(parser);
	return true;
}

static bool must_end(struct parser *parser)
{
	return parser->word[0] == '\0' ||
	       refuse(parser,
		      "'%s' is wrong there: behind the limit come, in this order and each if "
		      "wanted, "
		      "for TIME, clear LIMIT, for TIME, every TIME, severity "
		      "info|warning|critical",
		      parser->word);
}

/* All behind the limit. */
static bool take_rest(struct parser *parser)
{
	struct tcx_threshold *threshold = &parser->threshold;

	next(parser);
	threshold->severity = TCX_SEVERITY_WARNING;
	default_clear(parser);
	return take_time(parser, "for", &threshold->for_ns) &&
	       (!is(parser, "clear") ||
		(take_clear(parser) && take_time(parser, "for", &threshold->clear_for_ns))) &&
	       take_time(parser, "every", &threshold->every_ns) &&
	       (!is(parser, "severity") || take_severity(parser)) && must_end(parser) &&
	       clear_must_be_possible(parser);
}

/* --- Whole lines -------------------------------------------------------------------------------*/

static void put(struct parser *parser)
{
	struct tcx_config *config = &parser->reading->config;

	if (config->thresholds == NULL)
		config->thresholds = tcx_thresholds_new();
	if (config->thresholds == NULL ||
	    !tcx_thresholds_put(config->thresholds, &parser->threshold))
		refuse(parser, "out of memory");
	else if (parser->threshold.measure.name != NULL)
		config->thresholds->measuring = &tcx_measuring;
}

static bool take_whole(struct parser *parser)
{
	return take_name(parser) && take_object(parser) && take_kind(parser) &&
	       take_direction(parser) && take_limit(parser) && take_rest(parser);
}

/* One of the operator's own goes before a default of its name. */
static void take_defaults(const struct parser *line)
{
	const struct tcx_config *config = &line->reading->config;

	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		struct parser parser = *line;

		parser.is_default = true;
		parser.rest = defaults[i];
		if (take_whole(&parser) &&
		    (config->thresholds == NULL ||
		     tcx_thresholds_find(config->thresholds, parser.threshold.name) == NULL))
			put(&parser);
	}
}

static void take_threshold(struct parser *parser)
{
	char word[PATH_MAX];
	const char *text = parser->rest;

	if (tcx_list_next(&text, " \t", word) && strcasecmp(word, "defaults") == 0 &&
	    !tcx_list_next(&text, " \t", word))
		take_defaults(parser);
	else if (take_whole(parser))
		put(parser);
}

/* "no threshold NAME" */
static void take_no(struct parser *parser)
{
	struct tcx_thresholds *thresholds = parser->reading->config.thresholds;

	next(parser);
	if (!is(parser, "threshold")) {
		tcx_config_complain(parser->reading, parser->line->place,
				    "no '%s' is wrong: give threshold NAME", parser->word);
		return;
	}
	if (!take_name(parser))
		return;
	next(parser);
	if (parser->word[0] != '\0')
		refuse(parser, "'%s' is wrong there: give one name", parser->word);
	else if (thresholds == NULL || !tcx_thresholds_remove(thresholds, parser->threshold.name))
		refuse(parser, "there is none of this name so far: give one of a line before");
}

void tcx_config_take_lines(struct tcx_config_reading *reading)
{
	for (size_t i = 0; i < reading->line_count; i++) {
		struct parser parser = {
			.reading = reading,
			.line = &reading->lines[i],
			.rest = reading->lines[i].text,
		};

		if (parser.line->no)
			take_no(&parser);
		else
			take_threshold(&parser);
	}
	if (reading->config.thresholds != NULL && reading->config.thresholds->count == 0) {
		tcx_thresholds_unref(reading->config.thresholds);
		reading->config.thresholds = NULL;
	}
}
