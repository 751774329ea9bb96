/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An agent that serves one collector in many contexts: what contexts cost, before namespaces use
 * them.
 *
 * many_contexts SOCKET COUNT
 *
 * Registers two subtrees, mib-2 and linuxTcpExtObjects, in the default context and in the contexts
 * context0 ... of which there are COUNT. Prints, when it has connected, "connected SECONDS OCTETS":
 * the time from the first registration on, and how much its own memory grew meanwhile. Serves
 * until it is ended.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "config/config.h"
#include "kernel/netns.h"
#include "mib/objects.h"
#include "session/agentx.h"
#include "snmp/netsnmp.h"
#include "snmp/registrations.h"

#define MIB2	    1, 3, 6, 1, 2, 1
#define OID(...)    {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)
#define INTERVAL_NS TCX_NS_PER_S
#define MAX_AGE_NS  (10 * INTERVAL_NS)
#define ALL_MODULES 3U
#define MEAN_NS	    (60 * TCX_NS_PER_S)
#define PRIORITY    100

/* On a busy machine. */
#define FIRST_READ_MS 30000

static bool add_mib2(struct tcx_tree *tree, const char *word)
{
	static const char *const words[] = {"ip", "icmp", "tcp", "udp"};
	bool added = true;

	(void)word;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		added = added && tcx_add_module(tree, words[i]);
	return added;
}

static const struct tcx_module modules[] = {
	{"mib-2", add_mib2, TCX_MODULE_WHOLE, OID(MIB2), OID(MIB2), OID(MIB2), "mib-2"},
	{"tcpext", tcx_add_module, TCX_MODULE_WHOLE, OID(TCX_OBJECTS_ROOT), OID(TCX_OBJECTS_ROOT),
	 OID(TCX_MIB_ROOT, 3, 1), "all counters"},
};

struct agent {
	struct tcx_collector *collector;
	struct tcx_agentx agentx;
};

static void need(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "many_contexts: %s\n", what);
	exit(EXIT_FAILURE);
}

static void serve(struct agent *agent, const char *name)
{
	const struct tcx_context_settings settings = {
		.collector = agent->collector,
		.interval_ns = INTERVAL_NS,
		.max_age_ns = MAX_AGE_NS,
		.table_timeout_ns = INTERVAL_NS,
	};
	struct tcx_context *context = tcx_dispatcher_set(agent->agentx.dispatcher, name, &settings);

	need(context != NULL && tcx_registrations_want(&agent->agentx.registrations, context,
						       ALL_MODULES, false, PRIORITY),
	     "out of memory");
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
		.ping_s = 15,
		.timeout_s = 5,
	};

	signal(SIGPIPE, SIG_IGN);
	snmp_enable_stderrlog();
	need(tcx_agentx_init(&agent->agentx), "out of memory");
	need(tcx_modules_build(&agent->agentx.modules, modules, 2), "out of memory");
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

int main(int argc, char **argv)
{
	static struct agent agent; /* with room for what is received */
	uint64_t begin;
	size_t before;

	need(argc == 3, "usage: many_contexts SOCKET COUNT");
	prepare(&agent, argv[1]);
	before = private_memory();
	begin = tcx_clock_now();
	serve_all(&agent, atoi(argv[2]));
	tcx_agentx_connect();
	need(agent.agentx.session != NULL, "not connected");
	printf("connected %.3f %zu\n", (double)(tcx_clock_now() - begin) / 1e9,
	       private_memory() - before);
	fflush(stdout);
	for (;;)
		agent_check_and_process(1);
}
