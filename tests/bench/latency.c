/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long GETs of one object take, one after the other for so many seconds, at least one. Prints
 * a line for each: nanoseconds, and 1 when one of the given tasks was running meanwhile, else 0.
 * A task is running when its state is R as the GET begins or as it ends; a task that is gone does
 * not run.
 *
 * Usage: latency ADDRESS OID SECONDS [/proc/PID/task/TID/stat...]
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "client.h"

#define SAMPLES_MAX ((size_t)4 * 1000 * 1000)
#define TASKS_MAX   16

struct sample {
	uint64_t ns;
	bool running;
};

struct measuring {
	netsnmp_session *session;
	oid name[MAX_OID_LEN];
	size_t name_len;
	int tasks[TASKS_MAX];
	int task_count;
	struct sample *samples;
	size_t count;
};

/* "1234 (tcpextd) S ..." */
static bool is_running(int task)
{
	char text[128];
	ssize_t len = pread(task, text, sizeof(text) - 1, 0);
	const char *state;

	text[len > 0 ? len : 0] = '\0';
	state = strrchr(text, ')');
	return state != NULL && state[1] == ' ' && state[2] == 'R';
}

static bool any_is_running(const struct measuring *measuring)
{
	for (int i = 0; i < measuring->task_count; i++)
		if (is_running(measuring->tasks[i]))
			return true;
	return false;
}

static uint64_t time_get(const struct measuring *measuring)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);
	netsnmp_pdu *answer;
	uint64_t began;

	snmp_add_null_var(pdu, measuring->name, measuring->name_len);
	began = tcx_clock_now();
	answer = client_ask(measuring->session, pdu);
	if (answer == NULL)
		client_fail("no answer");
	if (answer->variables->type == SNMP_NOSUCHOBJECT ||
	    answer->variables->type == SNMP_NOSUCHINSTANCE)
		client_fail("no such object");
	snmp_free_pdu(answer);
	return tcx_clock_now() - began;
}

static void measure(struct measuring *measuring)
{
	struct sample *sample = &measuring->samples[measuring->count++];

	sample->running = any_is_running(measuring);
	sample->ns = time_get(measuring);
	sample->running = any_is_running(measuring) || sample->running;
}

static void prepare(struct measuring *measuring, int argc, char **argv)
{
	measuring->session = client_open(argv[1], 10);
	measuring->name_len = MAX_OID_LEN;
	measuring->samples = calloc(SAMPLES_MAX, sizeof(measuring->samples[0]));
	if (!read_objid(argv[2], measuring->name, &measuring->name_len) ||
	    measuring->samples == NULL || argc - 4 > TASKS_MAX)
		client_fail("wrong arguments");
	for (int i = 4; i < argc; i++)
		measuring->tasks[measuring->task_count++] = open(argv[i], O_RDONLY | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	static struct measuring measuring;
	uint64_t end_ns;

	if (argc < 4)
		client_fail("usage: latency ADDRESS OID SECONDS [STAT-FILE...]");
	prepare(&measuring, argc, argv);
	end_ns = tcx_clock_now() + (uint64_t)(atof(argv[3]) * (double)TCX_NS_PER_S);
	do {
		measure(&measuring);
	} while (tcx_clock_now() < end_ns && measuring.count < SAMPLES_MAX);
	for (size_t i = 0; i < measuring.count; i++)
		printf("%llu %d\n", (unsigned long long)measuring.samples[i].ns,
		       measuring.samples[i].running);
	return 0;
}
