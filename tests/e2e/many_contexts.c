/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An agent that serves one collector in many contexts, which come and go as a test says.
 *
 * many_contexts SOCKET COUNT [FIFO]
 *
 * Serves all modules without tables in the default context and in the contexts context0 ... of
 * which there are COUNT. Prints, when it has connected, "connected SECONDS OCTETS": the time from
 * the first registration on, and how much its own memory grew meanwhile. Then obeys the lines of
 * the FIFO: "+NAME" adds a context, "-NAME" removes one. Serves until SIGTERM.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "config/config.h"
#include "kernel/netns.h"
#include "mib/modules.h"
#include "session/agentx.h"
#include "session/log.h"
#include "snmp/netsnmp.h"
#include "snmp/registrations.h"

#define INTERVAL_NS TCX_NS_PER_S
#define MAX_AGE_NS  (10 * INTERVAL_NS)
#define MEAN_NS	    (60 * TCX_NS_PER_S)
#define PRIORITY    100

/* On a busy machine. */
#define FIRST_READ_MS 30000

struct agent {
	struct tcx_collector *collector;
	struct tcx_agentx agentx;
	char line[TCX_CONTEXT_MAX + 2]; /* of the FIFO, as far as it has come */
	size_t line_len;
	bool stop;
};

static void need(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "many_contexts: %s\n", what);
	exit(EXIT_FAILURE);
}

static struct tcx_context *serve(struct agent *agent, const char *name)
{
	const struct tcx_context_settings settings = {
		.collector = agent->collector,
		.interval_ns = INTERVAL_NS,
		.max_age_ns = MAX_AGE_NS,
		.table_timeout_ns = INTERVAL_NS,
	};
	struct tcx_context *context = tcx_dispatcher_set(agent->agentx.dispatcher, name, &settings);

	need(context != NULL && tcx_registrations_want(&agent->agentx.registrations, context,
						       tcx_modules_bit("all"), false, PRIORITY),
	     "out of memory");
	return context;
}

static void obey(struct agent *agent, const char *line)
{
	struct tcx_fault fault = {""};
	const char *name = line + 1;

	if (line[0] == '-')
		tcx_dispatcher_remove(tcx_dispatcher_find(agent->agentx.dispatcher, name));
	else
		need(tcx_registrations_add(&agent->agentx.registrations, serve(agent, name),
					   &fault),
		     fault.text);
}

static void on_order(int fd, void *arg)
{
	struct agent *agent = arg;
	char c;

	while (read(fd, &c, 1) == 1) {
		if (c != '\n') {
			need(agent->line_len < sizeof(agent->line) - 1, "the line is too long");
			agent->line[agent->line_len++] = c;
			continue;
		}
		agent->line[agent->line_len] = '\0';
		agent->line_len = 0;
		obey(agent, agent->line);
	}
}

static void on_stop(int fd, void *arg)
{
	struct agent *agent = arg;

	(void)fd;
	agent->stop = true;
}

static void serve_all(struct agent *agent, int count)
{
	char name[TCX_CONTEXT_MAX];
	struct tcx_fault fault = {""};

	serve(agent, TCX_CONTEXT_DEFAULT);
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "context%d", i);
		serve(agent, name);
	}
	need(tcx_registrations_apply(&agent->agentx.registrations, &fault), fault.text);
}

static void start_reading(struct agent *agent)
{
	const struct tcx_collector_settings settings = {
		.sources = {.interval_ns = INTERVAL_NS},
		.derive = {.interval_ns = INTERVAL_NS, .rate_ns = MEAN_NS, .window_ns = MEAN_NS},
	};
	struct tcx_fault fault = {""};
	struct tcx_netns *netns = tcx_netns_new("/proc", &fault);
	struct tcx_pool *pool = tcx_pool_new(1, &fault);
	struct tcx_events *events = tcx_events_new(&fault);

	need(netns != NULL && pool != NULL && events != NULL, fault.text);
	agent->collector = tcx_collector_start(pool, events, netns, &settings, &fault);
	need(agent->collector != NULL, fault.text);
	tcx_collector_wait_first(agent->collector, FIRST_READ_MS);
}

static void prepare(struct agent *agent, const char *socket)
{
	const struct tcx_config config = {
		.interval_ns = INTERVAL_NS,
		.max_age_ns = MAX_AGE_NS,
		.ping_s = 1,
		.timeout_s = 5,
	};
	struct tcx_fault fault = {""};

	signal(SIGPIPE, SIG_IGN);
	need(tcx_log_start(false, true, &fault), fault.text);
	need(tcx_agentx_init(&agent->agentx, &fault), fault.text);
	need(tcx_modules_build(&agent->agentx.modules, tcx_modules, tcx_modules_count),
	     "out of memory");
	agent->agentx.dispatcher = tcx_dispatcher_new(&agent->agentx.modules);
	need(agent->agentx.dispatcher != NULL, "out of memory");
	agent->agentx.registrations.modules = &agent->agentx.modules;
	tcx_agentx_configure(&config, socket);
	start_reading(agent);
}

/* Of this process alone, in octets. */
static size_t private_memory(void)
{
	size_t resident = 0, shared = 0;
	FILE *statm = fopen("/proc/self/statm", "r");

	need(statm != NULL && fscanf(statm, "%*s %zu %zu", &resident, &shared) == 2,
	     "/proc/self/statm cannot be read");
	fclose(statm);
	return (resident - shared) * (size_t)sysconf(_SC_PAGESIZE);
}

/* The signal is read as data, so that every wait sees it. */
static void watch_stop(struct agent *agent)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	agent->agentx.wire.stop_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	need(agent->agentx.wire.stop_fd >= 0, "signals cannot be watched");
	register_readfd(agent->agentx.wire.stop_fd, on_stop, agent);
}

static void watch_orders(struct agent *agent, const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	need(fd >= 0, "the FIFO cannot be opened");
	register_readfd(fd, on_order, agent);
}

int main(int argc, char **argv)
{
	static struct agent agent; /* with room for what is received */
	uint64_t begin;
	size_t before;

	need(argc == 3 || argc == 4, "usage: many_contexts SOCKET COUNT [FIFO]");
	prepare(&agent, argv[1]);
	watch_stop(&agent);
	before = private_memory();
	begin = tcx_clock_now();
	serve_all(&agent, atoi(argv[2]));
	tcx_agentx_connect();
	need(agent.agentx.session != NULL, "not connected");
	printf("connected %.3f %zu\n", (double)(tcx_clock_now() - begin) / 1e9,
	       private_memory() - before);
	fflush(stdout);
	if (argc == 4)
		watch_orders(&agent, argv[3]);
	while (!agent.stop)
		agent_check_and_process(1);
	tcx_agentx_shutdown();
	tcx_registrations_clear(&agent.agentx.registrations);
	tcx_dispatcher_free(agent.agentx.dispatcher);
	tcx_tree_clear(&agent.agentx.modules.tree);
	return EXIT_SUCCESS;
}
