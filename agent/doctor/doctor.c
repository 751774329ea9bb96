/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpextd --doctor and --notify-test: the order of their checks. */
#include "doctor/doctor.h"

#include <stdio.h>

#include "checks.h"

/* What a check is about: without it, it has nothing to say. */
enum { NEEDS_SNMPD_CONF = 1, NEEDS_MASTER };

/* Reads first what only root may: snmpd.conf, as a rule, and all processes. */
static const struct check {
	void (*run)(struct doctor *doctor);
	unsigned int needs;
} checks[] = {
	{tcx_doctor_find_config, 0},
	{tcx_doctor_find_contexts, 0},
	{tcx_doctor_read_snmpd_conf, 0},
	{tcx_doctor_find_agents, 0},
	{tcx_check_user, 0},
	{tcx_check_config, 0},
	{tcx_check_library, 0},
	{tcx_check_sources, 0},
	{tcx_check_interfaces, 0},
	{tcx_doctor_reach, 0},
	{tcx_check_snmpd_files, 0},
	{tcx_check_master, NEEDS_SNMPD_CONF},
	{tcx_check_same_socket, NEEDS_SNMPD_CONF},
	{tcx_check_socket, 0},
	{tcx_check_agent, NEEDS_MASTER},
	{tcx_check_addresses, 0},
	{tcx_check_views, NEEDS_SNMPD_CONF},
	{tcx_check_contexts, NEEDS_SNMPD_CONF},
	{tcx_check_sinks, NEEDS_SNMPD_CONF},
	{tcx_check_mibs, 0},
};

/* The same with --master. Ports below 1024 are tried as who started it, as the agent does. */
static const struct check master_checks[] = {
	{tcx_doctor_find_config, 0}, {tcx_doctor_find_contexts, 0}, {tcx_doctor_read_own_conf, 0},
	{tcx_doctor_find_agents, 0}, {tcx_check_listening, 0},	    {tcx_check_user, 0},
	{tcx_check_config, 0},	     {tcx_check_library, 0},	    {tcx_check_sources, 0},
	{tcx_check_interfaces, 0},   {tcx_check_state, 0},	    {tcx_check_answers, 0},
	{tcx_check_views, 0},	     {tcx_check_contexts, 0},	    {tcx_check_sinks, 0},
	{tcx_check_mibs, 0},
};

/* Those of --notify-test. */
static const struct check notification_checks[] = {
	{tcx_doctor_read_snmpd_conf, 0},
	{tcx_doctor_find_agents, 0},
	{tcx_check_user, 0},
	{tcx_doctor_reach, 0},
	{tcx_check_socket, 0},
	{tcx_check_notification, NEEDS_MASTER},
	{tcx_check_sinks, NEEDS_SNMPD_CONF},
};

static const struct check master_notification_checks[] = {
	{tcx_doctor_find_config, 0}, {tcx_doctor_read_own_conf, 0}, {tcx_doctor_find_agents, 0},
	{tcx_check_user, 0},	     {tcx_check_config, 0},	    {tcx_check_sending, 0},
	{tcx_check_sinks, 0},
};

#define LIST(array)                                                                                \
	{                                                                                          \
		array, sizeof(array) / sizeof((array)[0])                                          \
	}

/* By whether it is --notify-test, and whether there is a --master. */
static const struct list {
	const struct check *checks;
	size_t count;
} lists[2][2] = {
	{LIST(checks), LIST(master_checks)},
	{LIST(notification_checks), LIST(master_notification_checks)},
};

static const struct doctor_server servers[2] = {
	{"snmpd", "snmpd.conf", "restart snmpd"},
	{"the agent", "tcpextd.conf", "send the agent SIGHUP"},
};

static bool has(const struct doctor *doctor, unsigned int needs)
{
	return ((needs & NEEDS_SNMPD_CONF) == 0 || doctor->snmpd.file_count > 0) &&
	       ((needs & NEEDS_MASTER) == 0 || doctor->reached);
}

static void summarize(const struct doctor *doctor)
{
	if (doctor->said[DOCTOR_FAIL] + doctor->said[DOCTOR_WARN] == 0)
		puts("nothing to mend");
	else
		printf("%u to mend, %u to look at\n", doctor->said[DOCTOR_FAIL],
		       doctor->said[DOCTOR_WARN]);
}

bool tcx_doctor(const struct tcx_options *options, const struct tcx_config *config,
		const char *masters)
{
	struct doctor doctor = {.options = options,
				.config = config,
				.server = &servers[options->master],
				.masters = masters,
				.configured = config->interval_ns > 0,
				.served = config->interval_ns > 0 ? config->modules : ~0U};

	const struct list *list = &lists[options->task == TCX_NOTIFY_TEST][options->master];

	for (size_t i = 0; i < list->count; i++)
		if (has(&doctor, list->checks[i].needs))
			list->checks[i].run(&doctor);
	summarize(&doctor);
	tcx_snmpd_conf_clear(&doctor.snmpd);
	return doctor.said[DOCTOR_FAIL] == 0 && fflush(stdout) == 0;
}
