#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "config_files.h"
#include "snmp/mib.h"
#include "snmp/netsnmp.h"

#define APP "tcpextd"

/* Whole seconds that fit agentXPingInterval and the like; more is a slip of the pen. */
#define SECONDS_MAX 3600

/* Room for tcpStateTable, which makes no sense in part. */
#define ROWS_MIN 100

/* A table of that many sockets takes less than a gigabyte. */
#define ROWS_MAX 10000000

/* The library reads the files, and calls what is below without an argument of ours. */
static struct tcx_config_reading *current; /* while files are being read */

/* Digits and at most one point: neither sign, exponent, nor the words that strtod() knows. */
static bool is_plain_number(const char *text)
{
	size_t point = strcspn(text, ".");

	return text[0] != '\0' && strspn(text, "0123456789.") == strlen(text) &&
	       strchr(text + point + (text[point] == '.'), '.') == NULL && strcmp(text, ".") != 0;
}

static bool parse_number(const char *word, const char *text, double min, double max, double *number)
{
	*number = is_plain_number(text) ? strtod(text, NULL) : -1;
	if (*number >= min && *number <= max)
		return true;
	netsnmp_config_error("%s '%s' is wrong: give a number from %.10g to %.10g", word, text, min,
			     max);
	return false;
}

static void parse_seconds(const char *word, const char *text, double min, double max,
			  uint64_t *nanoseconds)
{
	double seconds;

	if (parse_number(word, text, min, max, &seconds))
		*nanoseconds = (uint64_t)(seconds * 1e9 + 0.5);
}

static void parse_whole(const char *word, const char *text, int min, int max, int *number)
{
	double value;

	if (strchr(text, '.') != NULL) {
		netsnmp_config_error("%s '%s' is wrong: give a whole number from %d to %d", word,
				     text, min, max);
		return;
	}
	if (parse_number(word, text, min, max, &value))
		*number = (int)value;
}

static void parse_table_interval(struct tcx_config *config, const char *word, char *text)
{
	parse_seconds(word, text, 1, SECONDS_MAX, &config->table_interval_ns);
}

static void parse_table_idle(struct tcx_config *config, const char *word, char *text)
{
	parse_seconds(word, text, 1, 24.0 * SECONDS_MAX, &config->table_idle_ns);
}

static void parse_table_timeout(struct tcx_config *config, const char *word, char *text)
{
	parse_seconds(word, text, 0.1, SECONDS_MAX, &config->table_timeout_ns);
}

static void parse_max_rows(struct tcx_config *config, const char *word, char *text)
{
	parse_whole(word, text, ROWS_MIN, ROWS_MAX, &config->max_rows);
}

static void parse_path(const char *word, const char *text, char *path)
{
	if (text[0] == '"' || text[0] == '\'')
		netsnmp_config_error("%s %s is wrong: give the path without quotes", word, text);
	else if (strlen(text) >= PATH_MAX)
		netsnmp_config_error("%s is wrong: the text is longer than %d characters", word,
				     PATH_MAX - 1);
	else
		strcpy(path, text);
}

static void parse_interval(struct tcx_config *config, const char *word, char *text)
{
	parse_seconds(word, text, 0.1, SECONDS_MAX, &config->interval_ns);
}

static void parse_max_age(struct tcx_config *config, const char *word, char *text)
{
	parse_seconds(word, text, 0.1, 24.0 * SECONDS_MAX, &config->max_age_ns);
}

static void parse_priority(struct tcx_config *config, const char *word, char *text)
{
	parse_whole(word, text, 1, 255, &config->priority);
}

static void parse_proc_root(struct tcx_config *config, const char *word, char *text)
{
	parse_path(word, text, config->proc_root);
}

static void parse_socket(struct tcx_config *config, const char *word, char *text)
{
	parse_path(word, text, config->socket);
}

static void parse_ping(struct tcx_config *config, const char *word, char *text)
{
	parse_whole(word, text, 1, SECONDS_MAX, &config->ping_s);
}

static void parse_timeout(struct tcx_config *config, const char *word, char *text)
{
	parse_whole(word, text, 1, SECONDS_MAX, &config->timeout_s);
}

static void parse_retries(struct tcx_config *config, const char *word, char *text)
{
	parse_whole(word, text, 0, 100, &config->retries);
}

/* "ip, icmp, ..., ": for complaints. */
static const char *group_words(char words[TCX_FAULT_SIZE])
{
	size_t used = 0;

	words[0] = '\0';
	for (size_t i = 0; tcx_mib_group_word(i) != NULL && used < TCX_FAULT_SIZE; i++)
		used += (size_t)snprintf(words + used, TCX_FAULT_SIZE - used, "%s, ",
					 tcx_mib_group_word(i));
	return words;
}

/* "ip tcp tcpext": the groups of all register lines together; "none" is for none. */
static void parse_groups(struct tcx_config *config, const char *word, char *text)
{
	char list[TCX_FAULT_SIZE];
	char *rest = NULL;
	size_t words = 0;

	if (!config->groups_given)
		config->groups = 0;
	config->groups_given = true;
	for (char *group = strtok_r(text, " \t,", &rest); group != NULL;
	     group = strtok_r(NULL, " \t,", &rest)) {
		unsigned int bit = tcx_mib_group_bit(group);

		words++;
		if (bit == 0 && strcasecmp(group, "none") != 0)
			netsnmp_config_error("%s '%s' is wrong: give any of %sor all, or none",
					     word, group, group_words(list));
		config->groups |= bit;
	}
	if (words == 0)
		netsnmp_config_error("%s names no group: give any of %sor all, or none", word,
				     group_words(list));
}

/* "veth* docker0": the patterns of all lines together. */
static void parse_ignored(struct tcx_config *config, const char *word, char *text)
{
	char *rest = NULL;

	for (char *pattern = strtok_r(text, " \t", &rest); pattern != NULL;
	     pattern = strtok_r(NULL, " \t", &rest))
		if (!tcx_link_patterns_add(&config->ignored, pattern))
			netsnmp_config_error("%s '%s' is wrong: all patterns together have room "
					     "for %d characters",
					     word, pattern, TCX_LINK_PATTERNS_SIZE - 1);
}

static const struct directive {
	const char *word;
	const char *library; /* how the library spells a word of its own; NULL: it is ours */
	void (*parse)(struct tcx_config *config, const char *word, char *text);
	const char *help;
} directives[] = {
	{"refreshInterval", NULL, parse_interval,
	 "SECONDS between two reads of the counters (0.1 to 3600)"},
	{"maxAge", NULL, parse_max_age, "SECONDS after which unrenewed counters go away"},
	{"register", NULL, parse_groups, "GROUP... as in tcpextd.conf(5); or all, or none"},
	{"tableInterval", NULL, parse_table_interval,
	 "SECONDS between two reads of a table in use"},
	{"tableIdle", NULL, parse_table_idle,
	 "SECONDS after the last request when a table is let go"},
	{"tableTimeout", NULL, parse_table_timeout,
	 "SECONDS that a request waits for a table that is being read"},
	{"maxRows", NULL, parse_max_rows, "NUMBER of rows that a table has at most"},
	{"ignoreInterface", NULL, parse_ignored,
	 "PATTERN... of interfaces to leave out of ifTable, ifNumber and atTable"},
	{"registerPriority", NULL, parse_priority,
	 "NUMBER from 1 to 255; the lowest hides the others"},
	{"procRoot", NULL, parse_proc_root, "DIRECTORY that is read in place of /proc"},
	{"agentXSocket", "agentxsocket", parse_socket, "ADDRESS of the master agent"},
	{"agentXPingInterval", "agentxPingInterval", parse_ping,
	 "SECONDS between pings and between tries to connect"},
	{"agentXTimeout", "agentxTimeout", parse_timeout,
	 "SECONDS to wait for an answer of the master"},
	{"agentXRetries", "agentxRetries", parse_retries,
	 "NUMBER of times to ask the master again"},
};

#define DIRECTIVES (sizeof(directives) / sizeof(directives[0]))

/* init_snmp() reads the files once more, for the library's own words: ours are known by then. */
static void parse(const char *word, char *text)
{
	for (size_t i = 0; i < DIRECTIVES && current != NULL; i++)
		if (strcasecmp(word, directives[i].word) == 0)
			directives[i].parse(&current->config, directives[i].word, text);
}

/*
 * The library's own words are registered as it spells them, so that our parser takes the place of
 * its: that one takes much for a number that is none.
 */
void tcx_config_register(void)
{
	for (size_t i = 0; i < DIRECTIVES; i++) {
		const struct directive *directive = &directives[i];

		if (directive->library != NULL)
			register_config_handler(APP ":agentx", directive->library, parse, NULL,
						directive->help);
		else
			register_config_handler(APP, directive->word, parse, NULL, directive->help);
	}
}

bool tcx_config_note(const char *line)
{
	if (current == NULL || !current->in_library)
		return false;
	current->in_library = false; /* our own lines go to the log */
	tcx_config_translate(current, line);
	current->in_library = true;
	return true;
}

static const struct tcx_config defaults = {
	.interval_ns = TCX_NS_PER_S,
	.groups = ~0U,
	.table_interval_ns = 15 * TCX_NS_PER_S,
	.table_idle_ns = 600 * TCX_NS_PER_S,
	.table_timeout_ns = 3 * TCX_NS_PER_S,
	.max_rows = 1000000,
	.priority = 100,
	.proc_root = "/proc",
	.ping_s = 5,
	.timeout_s = 1,
	.retries = 2,
};

/* Counters that go away between two good reads are of no use. */
static void check_ages(struct tcx_config_reading *reading)
{
	const struct tcx_config *config = &reading->config;

	if (reading->faults == 0 && config->max_age_ns > 0 &&
	    config->max_age_ns < config->interval_ns)
		tcx_config_complain(reading, "",
				    "maxAge is shorter than refreshInterval: give it at least as "
				    "many seconds, or leave it out");
}

/*
 * A ping that waits longer than until the next one is due would be followed by that at once, again
 * and again, and the library would do nothing else (run_alarms()).
 */
static void check_patience(struct tcx_config_reading *reading)
{
	const struct tcx_config *config = &reading->config;
	int patience = config->timeout_s * (config->retries + 1);
	char text[TCX_FAULT_SIZE];

	if (reading->faults > 0 || patience < config->ping_s)
		return;
	snprintf(text, sizeof(text),
		 "agentXTimeout %d and agentXRetries %d make %d s that the master has for an "
		 "answer, which must be less than agentXPingInterval (%d s): lower them, or raise "
		 "that",
		 config->timeout_s, config->retries, patience, config->ping_s);
	tcx_config_complain(reading, "", text);
}

unsigned int tcx_config_read(struct tcx_config *config, const struct tcx_options *options)
{
	struct tcx_config_reading reading = {.config = defaults, .options = options};

	current = &reading;
	tcx_config_read_files(&reading);
	current = NULL;
	check_ages(&reading);
	check_patience(&reading);
	if (reading.faults == 0)
		*config = reading.config;
	return reading.faults;
}

uint64_t tcx_config_max_age(const struct tcx_config *config)
{
	return config->max_age_ns > 0 ? config->max_age_ns : 10 * config->interval_ns;
}
