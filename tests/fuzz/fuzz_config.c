/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes tcpextd.conf, as the library reads it and hands on its lines. The first octet says whether
 * it is a master's; the rest is the file. Lines of sections are for the library itself: no input
 * has one.
 *
 * Beyond not crashing: a file with a fault changes nothing; one that is good is so again with the
 * same values; numbers are within their bounds, and are those of the last line of their word; each
 * threshold, written as a line, is read as the same again; no line for the library is lost.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "config/config.h"
#include "mib/modules.h"
#include "session/agentx.h"
#include "session/log.h"
#include "snmp/netsnmp.h"
#include "tests/unit/fixture.h"

#include "fuzz.h"

#define FILE_NAME "given.conf"
#define LINE_SIZE 1024 /* more than a line of a threshold has */

static struct fixture fixture;
static struct tcx_agentx agentx;

/* As tcpextd.conf(5) has them. */
static const struct {
	const char *word;
	double least, greatest, times;
	size_t field;
	bool is_long; /* nanoseconds; otherwise an int */
} numbers[] = {
	{"refreshInterval", 0.1, 3600, 1e9, offsetof(struct tcx_config, interval_ns), true},
	{"maxAge", 0.1, 86400, 1e9, offsetof(struct tcx_config, max_age_ns), true},
	{"rateTime", 1, 3600, 1e9, offsetof(struct tcx_config, rate_ns), true},
	{"healthWindow", 1, 3600, 1e9, offsetof(struct tcx_config, window_ns), true},
	{"tableInterval", 1, 3600, 1e9, offsetof(struct tcx_config, table_interval_ns), true},
	{"tableIdle", 1, 86400, 1e9, offsetof(struct tcx_config, table_idle_ns), true},
	{"tableTimeout", 0.1, 3600, 1e9, offsetof(struct tcx_config, table_timeout_ns), true},
	{"maxRows", 100, 10000000, 1, offsetof(struct tcx_config, max_rows), false},
	{"namespaceLimit", 1, 100000, 1, offsetof(struct tcx_config, namespace_limit), false},
	{"registerPriority", 1, 255, 1, offsetof(struct tcx_config, priority), false},
	{"notificationLimit", 0, 1000, 1, offsetof(struct tcx_config, notification_limit), false},
	{"agentXPingInterval", 1, 3600, 1, offsetof(struct tcx_config, ping_s), false},
	{"agentXTimeout", 1, 3600, 1, offsetof(struct tcx_config, timeout_s), false},
	{"agentXRetries", 0, 100, 1, offsetof(struct tcx_config, retries), false},
};

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static unsigned int read_file(struct tcx_config *config, bool master)
{
	static char path[PATH_MAX];
	const struct tcx_options options = {.config_file = path,
					    .no_default_config = true,
					    .foreground = true,
					    .master = master};

	snprintf(path, sizeof(path), "%s/%s", fixture.root, FILE_NAME);
	return tcx_config_read(config, &options);
}

/* Kernels without any file may print what they like: all names of counters are good. */
static unsigned int read_text(struct tcx_config *config, const char *text, size_t len, bool master)
{
	char *whole = malloc(len + 1024);
	int before = snprintf(whole, 1024, "procRoot %s\n", fixture.root);

	MUST(whole != NULL);
	memcpy(whole + before, text, len);
	fixture_write(&fixture, FILE_NAME, whole, (size_t)before + len);
	free(whole);
	return read_file(config, master);
}

/* --- Numbers -----------------------------------------------------------------------------------*/

static double number_of(const struct tcx_config *config, size_t i)
{
	const char *field = (const char *)config + numbers[i].field;

	return numbers[i].is_long ? (double)*(const uint64_t *)(const void *)field
				  : *(const int *)(const void *)field;
}

static void check_bounds(const struct tcx_config *config)
{
	for (size_t i = 0; i < NUMBERS; i++)
		MUST((number_of(config, i) >= numbers[i].least * numbers[i].times - 0.5 &&
		      number_of(config, i) <= numbers[i].greatest * numbers[i].times + 0.5) ||
		     strcmp(numbers[i].word, "maxAge") == 0);
	MUST(config->max_age_ns >= config->interval_ns);
	MUST(config->timeout_s * (config->retries + 1) < config->ping_s);
}

/* Of lines "WORD NUMBER" without anything that the library's reader could take otherwise. */
static void check_numbers(const struct tcx_config *config, char *text)
{
	double last[NUMBERS];
	char *rest = NULL;

	for (size_t i = 0; i < NUMBERS; i++)
		last[i] = -1;
	if (strpbrk(text, "\\\"'#\r\v\f") != NULL || strcasestr(text, "include") != NULL)
		return;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *words = NULL;
		const char *word = strtok_r(line, " \t", &words);
		const char *value = strtok_r(NULL, " \t", &words);

		for (size_t i = 0; i < NUMBERS && value != NULL; i++)
			if (strcasecmp(word, numbers[i].word) == 0)
				last[i] = strtod(value, NULL) * numbers[i].times;
	}
	for (size_t i = 0; i < NUMBERS; i++)
		MUST(last[i] < 0 ||
		     (number_of(config, i) >= last[i] - 1 && number_of(config, i) <= last[i] + 1));
}

/* --- Thresholds --------------------------------------------------------------------------------*/

/* A time in seconds, with all of its decimals; none is not written. */
static int write_time(char *line, const char *word, uint64_t time_ns)
{
	if (time_ns == 0)
		return sprintf(line, "%s", "");
	return sprintf(line, " %s %llu.%09llus", word, (unsigned long long)(time_ns / 1000000000),
		       (unsigned long long)(time_ns % 1000000000));
}

/* So many parts of one. */
static int write_amount(char *line, uint64_t amount, unsigned int scale)
{
	return sprintf(line, "%llu.%03llu", (unsigned long long)(amount / scale),
		       (unsigned long long)(amount % scale * 1000 / scale));
}

static int write_line(char *text, const struct tcx_threshold *threshold)
{
	static const char *const kinds[] = {"", "value", "rate", "growth", "percent"};
	static const char *const severities[] = {"", "info", "warning", "critical"};
	char *line = text;

	line += sprintf(line, "threshold %s %s %s %c ", threshold->name, threshold->object,
			kinds[threshold->kind], threshold->below ? '<' : '>');
	line += sprintf(line, "%s", threshold->limit_text);
	line += write_time(line, "for", threshold->for_ns);
	line += sprintf(line, " clear ");
	line += write_amount(line, threshold->clear, threshold->scale);
	line += write_time(line, "for", threshold->clear_for_ns);
	line += write_time(line, "every", threshold->every_ns);
	line += sprintf(line, " severity %s\n", severities[threshold->severity]);
	MUST(line - text < LINE_SIZE);
	return (int)(line - text);
}

static void check_same_threshold(const struct tcx_threshold *one, const struct tcx_threshold *two)
{
	MUST(tcx_threshold_is_same(one, two) && strcmp(one->name, two->name) == 0);
	MUST(strcmp(one->limit_text, two->limit_text) == 0 && one->severity == two->severity);
	MUST(one->limit == two->limit && one->clear == two->clear);
	MUST(one->for_ns == two->for_ns && one->clear_for_ns == two->clear_for_ns);
	MUST(one->every_ns == two->every_ns && one->scale == two->scale);
}

/* No time is shorter than the shortest interval. */
static void check_thresholds(const struct tcx_thresholds *thresholds)
{
	char *text = malloc((thresholds->count + 1) * LINE_SIZE);
	int len = sprintf(text, "refreshInterval 0.1\ntableInterval 1\n");
	struct tcx_config again = {0};

	for (size_t i = 0; i < thresholds->count; i++) {
		const struct tcx_threshold *threshold = &thresholds->items[i];

		MUST(tcx_thresholds_find(thresholds, threshold->name) == threshold);
		MUST(!tcx_threshold_passes(threshold, threshold->clear, threshold->limit));
		len += write_line(text + len, threshold);
	}
	MUST(read_text(&again, text, (size_t)len, false) == 0);
	MUST(again.thresholds != NULL && again.thresholds->count == thresholds->count);
	for (size_t i = 0; i < thresholds->count; i++)
		check_same_threshold(&thresholds->items[i], &again.thresholds->items[i]);
	tcx_config_release(&again);
	free(text);
}

/* --- The whole ---------------------------------------------------------------------------------*/

static void check_same(const struct tcx_config *one, const struct tcx_config *two)
{
	for (size_t i = 0; i < NUMBERS; i++)
		MUST(number_of(one, i) == number_of(two, i));
	MUST(one->modules == two->modules && one->sources_off == two->sources_off);
	MUST(strcmp(one->ignored.text, two->ignored.text) == 0);
	MUST(strcmp(one->namespaces.text, two->namespaces.text) == 0);
	MUST(strcmp(one->namespace_pids.text, two->namespace_pids.text) == 0);
	MUST(strcmp(one->proc_root, two->proc_root) == 0 && strcmp(one->socket, two->socket) == 0);
	MUST(memcmp(one->sys_descr, two->sys_descr, 4 * sizeof(one->sys_descr)) == 0);
	MUST((one->thresholds == NULL) == (two->thresholds == NULL));
	MUST(one->thresholds == NULL || one->thresholds->count == two->thresholds->count);
	for (size_t i = 0; one->thresholds != NULL && i < one->thresholds->count; i++)
		MUST(tcx_threshold_is_same(&one->thresholds->items[i], &two->thresholds->items[i]));
	MUST(one->access.count == two->access.count);
	for (size_t i = 0; i < one->access.count; i++)
		MUST(one->access.lines[i].word == two->access.lines[i].word &&
		     strcmp(one->access.lines[i].text, two->access.lines[i].text) == 0);
}

static void try_text(const char *text, size_t len, bool master)
{
	struct tcx_config config = {0}, again, untouched;
	char *copy;

	memset(&again, 0xaa, sizeof(again));
	memset(&again.access, 0, sizeof(again.access));
	untouched = again;
	if (read_text(&config, text, len, master) > 0) {
		MUST(read_text(&again, text, len, master) > 0);
		MUST(memcmp(&again, &untouched, sizeof(again)) == 0);
		return;
	}
	MUST(read_text(&again, text, len, master) == 0);
	check_same(&config, &again);
	check_bounds(&config);
	copy = strndup(text, len);
	MUST(copy != NULL);
	if (strlen(copy) == len)
		check_numbers(&config, copy);
	free(copy);
	tcx_config_release(&again);
	if (config.thresholds != NULL)
		check_thresholds(config.thresholds);
	tcx_config_release(&config);
}

static int drop(netsnmp_log_handler *handler, int priority, const char *line)
{
	(void)handler;
	(void)priority;
	(void)line;
	return 1;
}

/* The library as in the agent. Nothing of the host is read, and the log is dropped. */
static void open_library(void)
{
	netsnmp_log_handler *handler;

	fixture_open(&fixture);
	setenv("SNMPCONFPATH", fixture.root, 1);
	setenv("SNMP_PERSISTENT_DIR", fixture.root, 1);
	handler = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
	MUST(handler != NULL);
	handler->handler = drop;
	tcx_log_start(true, true, NULL);
	tcx_agentx_init(&agentx, NULL);
	tcx_config_register();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (fixture.root[0] == '\0')
		open_library();
	if (size == 0 || memchr(data, '[', size) != NULL)
		return 0;
	try_text((const char *)data + 1, size - 1, data[0] % 2 == 1);
	return 0;
}
