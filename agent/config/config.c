/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the configuration and checks that its values fit each other. */
#include "config/config.h"

#include <stddef.h>

#include "config_files.h"

/* The library's callbacks have no argument of ours. */
static struct tcx_config_reading *current; /* while files are being read */

/* init_snmp() reads the files again for the library's words; ours are known by then. */
static void parse(const char *word, char *text)
{
	if (current != NULL)
		tcx_directives_take(&current->config, word, text);
}

void tcx_config_register(void)
{
	tcx_directives_register(parse);
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

/* Counters must not become too old between two good reads. */
static void check_ages(struct tcx_config_reading *reading)
{
	struct tcx_config *config = &reading->config;

	if (config->max_age_ns == 0)
		config->max_age_ns = 10 * config->interval_ns;
	if (reading->faults == 0 && config->max_age_ns < config->interval_ns)
		tcx_config_complain(reading, "",
				    "maxAge is shorter than refreshInterval: give it at least as "
				    "many seconds, or leave it out");
}

/*
 * A ping with a timeout beyond the next ping would be followed by that at once, and the library
 * would do nothing else (run_alarms()).
 */
static void check_timeout(struct tcx_config_reading *reading)
{
	const struct tcx_config *config = &reading->config;
	int timeout = config->timeout_s * (config->retries + 1);

	if (reading->faults == 0 && timeout >= config->ping_s)
		tcx_config_complain(
			reading, "",
			"agentXTimeout %d and agentXRetries %d make %d s that the master has for "
			"an "
			"answer, which must be less than agentXPingInterval (%d s): lower them, or "
			"raise that",
			config->timeout_s, config->retries, timeout, config->ping_s);
}

unsigned int tcx_config_read(struct tcx_config *config, const struct tcx_options *options)
{
	struct tcx_config_reading reading = {.options = options};

	tcx_directives_default(&reading.config);
	current = &reading;
	tcx_config_read_files(&reading);
	current = NULL;
	check_ages(&reading);
	check_timeout(&reading);
	if (reading.faults == 0)
		*config = reading.config;
	return reading.faults;
}
