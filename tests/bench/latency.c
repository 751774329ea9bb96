/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long GETs of one object take, one after the other for so many seconds, at least one. Prints
 * a line for each: nanoseconds, and 1 when a thread of the process, other than its first, was
 * running meanwhile, else 0: its state was R as the GET began or as it ended.
 *
 * Usage: latency ADDRESS OID SECONDS [PID]
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "client.h"

#define SAMPLES_MAX ((size_t)4 * 1000 * 1000)

struct sample {
	uint64_t ns;
	bool running;
};

struct measuring {
	netsnmp_session *session;
	oid name[MAX_OID_LEN];
	size_t name_len;
	DIR *tasks; /* NULL: it is not asked for */
	const char *first;
	struct sample *samples;
	size_t count;
};

/* "1234 (tcpextd) S ..." */
static bool is_running(int tasks, const char *task)
{
	char path[64], text[128];
	const char *state;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%.32s/stat", task);
	fd = openat(tasks, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	state = strrchr(text, ')');
	return state != NULL && state[1] == ' ' && state[2] == 'R';
}

static bool any_is_running(const struct measuring *measuring)
{
	const struct dirent *task;

	if (measuring->tasks == NULL)
		return false;
	rewinddir(measuring->tasks);
	while ((task = readdir(measuring->tasks)) != NULL)
		if (task->d_name[0] != '.' && strcmp(task->d_name, measuring->first) != 0 &&
		    is_running(dirfd(measuring->tasks), task->d_name))
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

static DIR *open_tasks(const char *pid)
{
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%.32s/task", pid);
	tasks = opendir(path);
	if (tasks == NULL)
		client_fail("no such process");
	return tasks;
}

static void prepare(struct measuring *measuring, int argc, char **argv)
{
	measuring->session = client_open(argv[1], 10);
	measuring->name_len = MAX_OID_LEN;
	measuring->samples = calloc(SAMPLES_MAX, sizeof(measuring->samples[0]));
	if (!read_objid(argv[2], measuring->name, &measuring->name_len) ||
	    measuring->samples == NULL)
		client_fail("wrong arguments");
	if (argc == 4)
		return;
	measuring->first = argv[4];
	measuring->tasks = open_tasks(argv[4]);
}

int main(int argc, char **argv)
{
	static struct measuring measuring;
	uint64_t end_ns;

	if (argc < 4 || argc > 5)
		client_fail("usage: latency ADDRESS OID SECONDS [PID]");
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
