/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has the namespaces of processes looked for while there are patterns, and hands on which there
 * are. What they are called and of which kind they are is what their first process tells.
 */
#include "collect/processes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/clock.h"
#include "collect/namespaces.h"
#include "events.h"
#include "kernel/processes.h"
#include "pool.h"

#define PATH_SIZE 64

/* Until a procfs that cannot be opened is tried again. */
#define RETRY_NS (10 * TCX_NS_PER_S)

struct tcx_finder {
	atomic_uint references; /* the job has one */
	struct tcx_job job;
	struct tcx_events *events;	   /* with a reference */
	struct tcx_namespaces *namespaces; /* likewise */
	char *proc_root;		   /* owned */
	/* The job's own: */
	struct tcx_processes *processes; /* owned; NULL: there are no patterns, or no procfs */
	struct tcx_condition hidden;

	pthread_mutex_t lock; /* guards what follows */
	struct tcx_list patterns;
	bool changed;
};

static const struct tcx_condition_kind hidden_kind = {
	LOG_WARNING, "%s: not all processes can be seen: %s\n", "%s: all processes can be seen\n"};

static enum tcx_namespace_kind kind_of(enum tcx_cgroup_kind kind)
{
	static const enum tcx_namespace_kind kinds[] = {
		[TCX_CGROUP_ROOT] = TCX_NAMESPACE_PROCESS,
		[TCX_CGROUP_OTHER] = TCX_NAMESPACE_PROCESS,
		[TCX_CGROUP_UNIT] = TCX_NAMESPACE_PROCESS,
		[TCX_CGROUP_DOCKER] = TCX_NAMESPACE_DOCKER,
		[TCX_CGROUP_PODMAN] = TCX_NAMESPACE_PODMAN,
		[TCX_CGROUP_CONTAINERD] = TCX_NAMESPACE_CONTAINERD,
		[TCX_CGROUP_CRI] = TCX_NAMESPACE_CRI,
		[TCX_CGROUP_NSPAWN] = TCX_NAMESPACE_NSPAWN,
		[TCX_CGROUP_LXC] = TCX_NAMESPACE_LXC,
	};

	return kinds[kind];
}

/* The path belongs to the caller. */
static struct tcx_namespace_found found_of(const struct tcx_finder *finder,
					   const struct tcx_process_netns *netns, char *path,
					   size_t size)
{
	snprintf(path, size, "%s/%u", tcx_processes_root(finder->processes),
		 (unsigned int)netns->pid);
	return (struct tcx_namespace_found){
		.kind = kind_of(netns->names.kind),
		.id = {.inode = netns->inode != 0 ? netns->inode : (uint32_t)netns->number,
		       .hidden = netns->inode == 0},
		.name = tcx_process_name(&netns->names),
		.path = path,
		.processes = netns->processes,
	};
}

/* Those that were found before a moment. */
static void hand_on(const struct tcx_finder *finder, uint64_t before_ns)
{
	const size_t size = strlen(tcx_processes_root(finder->processes)) + PATH_SIZE;
	const struct tcx_process_netns *netns;
	struct tcx_namespace_found *all;
	size_t count, taken = 0;
	char *paths;

	netns = tcx_processes_found(finder->processes, &count);
	all = calloc(count + 1, sizeof(*all));
	paths = calloc(count + 1, size);
	for (size_t i = 0; all != NULL && paths != NULL && i < count; i++) {
		char *path = paths + taken * size;

		if (netns[i].found_ns < before_ns)
			all[taken++] = found_of(finder, &netns[i], path, size);
	}
	if (all != NULL && paths != NULL)
		tcx_namespaces_found(finder->namespaces, TCX_DISCOVERY_PROCESSES, all, taken);
	free(all);
	free(paths);
}

/* One that is new may have the number of one that is gone, which has to go first. */
static bool look(struct tcx_finder *finder, uint64_t *due_ns, struct tcx_fault *fault)
{
	const uint64_t now = tcx_clock_now();
	bool done = tcx_processes_look(finder->processes, due_ns, fault);

	hand_on(finder, now);
	hand_on(finder, TCX_NEVER);
	return done;
}

static bool take_patterns(struct tcx_finder *finder, struct tcx_list *patterns)
{
	bool changed;

	pthread_mutex_lock(&finder->lock);
	changed = finder->changed;
	finder->changed = false;
	*patterns = finder->patterns;
	pthread_mutex_unlock(&finder->lock);
	return changed;
}

static void stop_looking(struct tcx_finder *finder)
{
	tcx_processes_free(finder->processes);
	finder->processes = NULL;
	tcx_namespaces_found(finder->namespaces, TCX_DISCOVERY_PROCESSES, NULL, 0);
}

static uint64_t run(void *owner)
{
	struct tcx_finder *finder = owner;
	struct tcx_fault fault = {""};
	struct tcx_list patterns;
	uint64_t due_ns = tcx_clock_now() + RETRY_NS;
	bool changed = take_patterns(finder, &patterns), done = true;

	if (patterns.text[0] == '\0') {
		stop_looking(finder);
		due_ns = TCX_NEVER;
	} else {
		changed = changed || finder->processes == NULL;
		if (finder->processes == NULL)
			finder->processes = tcx_processes_new(finder->proc_root, &fault);
		if (changed && finder->processes != NULL)
			tcx_processes_set(finder->processes, &patterns);
		done = finder->processes != NULL && look(finder, &due_ns, &fault);
	}
	finder->job.fd = finder->processes != NULL ? tcx_processes_fd(finder->processes) : -1;
	tcx_events_report(finder->events, &finder->hidden, &hidden_kind, "namespacePid",
			  done ? NULL : &fault);
	return due_ns;
}

static void free_finder(struct tcx_finder *finder)
{
	tcx_processes_free(finder->processes);
	tcx_events_unref(finder->events);
	tcx_namespaces_unref(finder->namespaces);
	pthread_mutex_destroy(&finder->lock);
	free(finder->proc_root);
	free(finder);
}

static void unref(void *owner)
{
	struct tcx_finder *finder = owner;

	if (tcx_reference_give(&finder->references))
		free_finder(finder);
}

static const struct tcx_job_kind kind = {.run = run, .unref = unref};

struct tcx_finder *tcx_finder_start(struct tcx_pool *pool, struct tcx_events *events,
				    struct tcx_namespaces *namespaces, const char *proc_root,
				    const struct tcx_list *patterns, struct tcx_fault *fault)
{
	struct tcx_finder *finder = tcx_reference_new(sizeof(*finder), fault);

	if (finder == NULL)
		return NULL;
	finder->proc_root = strdup(proc_root);
	if (finder->proc_root == NULL) {
		free(finder);
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&finder->lock, NULL);
	finder->events = tcx_events_ref(events);
	finder->namespaces = tcx_namespaces_ref(namespaces);
	finder->patterns = *patterns;
	finder->changed = true;
	tcx_reference_take(&finder->references);
	tcx_job_init(&finder->job, pool, &kind, finder);
	tcx_job_ask(&finder->job);
	return finder;
}

void tcx_finder_set(struct tcx_finder *finder, const struct tcx_list *patterns)
{
	pthread_mutex_lock(&finder->lock);
	finder->changed = true;
	finder->patterns = *patterns;
	pthread_mutex_unlock(&finder->lock);
	tcx_job_ask(&finder->job);
}

void tcx_finder_stop(struct tcx_finder *finder)
{
	if (finder == NULL)
		return;
	tcx_events_mute(finder->events, &finder->hidden, 1);
	tcx_job_stop(&finder->job);
	unref(finder);
}
