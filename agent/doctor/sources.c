/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks which files of procfs can be read, and whether the catalogue knows their names. */
#include "checks.h"

#include <unistd.h>

#include "kernel/netns.h"
#include "kernel/read_sources.h"

static void check_source(struct doctor *doctor, const char *root, const struct tcx_sources *sources,
			 size_t i)
{
	const char *path = tcx_catalogue_source(i)->path;
	const struct tcx_source_status *status = tcx_sources_status(sources, i);

	if (tcx_sources_is_off(sources, i)) {
		OK("%s/%s is left out, as tcpextd.conf says: source %s off", root, path, path);
		return;
	}
	if (status->state == TCX_SOURCE_PARTIAL || status->state == TCX_SOURCE_FAILED) {
		FAIL("%s/%s: %s; of this file, %s is served", root, path,
		     tcx_cause_text(status->cause),
		     status->state == TCX_SOURCE_FAILED ? "nothing" : "only what is whole");
		MORE("see that user %s may read it, and that nothing is mounted over it; if it is "
		     "as the kernel has it, report it with the file",
		     doctor->user);
	} else if (status->state == TCX_SOURCE_GOOD)
		OK("%s/%s is there", root, path);
	else if (tcx_catalogue_source(i)->absent == NULL)
		WARN("%s/%s is not there, though every Linux has it: its counters are absent; see "
		     "procRoot in tcpextd.conf, and what a container or a sandbox hides",
		     root, path);
	else
		OK("%s/%s is not there: %s, and has no counters of it", root, path,
		   tcx_catalogue_source(i)->absent);
}

/* Prints whose counters these are, and whether the tables can be of the same namespace. */
static void check_namespace(struct doctor *doctor, const struct tcx_netns *netns)
{
	const char *root = tcx_netns_name(netns);
	enum tcx_where where = tcx_netns_where(netns);
	struct tcx_fault fault = {""};

	if (where == TCX_WHERE_OWN_NOT_INIT) {
		FAIL("procRoot %s: its counters are those of the agent's own network namespace, "
		     "not of the host: `net' in there leads to who reads it",
		     root);
		MORE("write 'procRoot %s/1' to tcpextd.conf for the host's, or leave it out for "
		     "the agent's own",
		     root);
	} else if (where == TCX_WHERE_OTHER && tcx_netns_can_enter(netns, &fault)) {
		OK("procRoot %s: counters and tables are those of its network namespace", root);
	} else if (where == TCX_WHERE_OTHER) {
		WARN("procRoot %s: tables are not served: %s", root, fault.text);
	}
	/* else its own, files, or unknown, which reading shows */
}

/* Times the second read: only the first one parses names. */
static struct tcx_snapshot *read_twice(struct tcx_sources *sources, struct tcx_fault *fault)
{
	struct tcx_snapshot *first = tcx_sources_read(sources, fault);

	tcx_snapshot_unref(first);
	return first != NULL ? tcx_sources_read(sources, fault) : NULL;
}

/* Lists the counters with an ambiguous name, or those that are unknown. */
static void list_names(struct doctor *doctor, const struct tcx_layout *layout, bool ambiguous)
{
	for (size_t i = 0; i < layout->count; i++)
		if (layout->entries[i].ambiguous == ambiguous &&
		    (ambiguous || layout->entries[i].counter == TCX_NONE))
			MORE("%s", layout->entries[i].name);
}

static void check_names(struct doctor *doctor, const struct tcx_snapshot *snapshot)
{
	const struct tcx_layout *layout = snapshot->layout;
	size_t unknown = tcx_snapshot_count(snapshot, false, 0);
	size_t ambiguous = 0;

	for (size_t i = 0; i < layout->count; i++)
		ambiguous += layout->entries[i].ambiguous;
	if (unknown == 0)
		OK("names: LINUX-TCPEXT-MIB has every counter of this kernel");
	else
		WARN("names: %zu counters of this kernel have no object of their own; they are "
		     "served by name in nstatTable only, and a newer release of tcpextd may name "
		     "them",
		     unknown);
	list_names(doctor, layout, false);
	if (ambiguous == 0)
		return;
	WARN("names: the kernel prints %zu counters under a name that another one has, too; nobody "
	     "can tell which is meant, so they are not served",
	     ambiguous);
	list_names(doctor, layout, true);
}

static void check_snapshot(struct doctor *doctor, const char *root,
			   const struct tcx_sources *sources, const struct tcx_snapshot *snapshot)
{
	for (size_t i = 0; i < TCX_SOURCES; i++)
		check_source(doctor, root, sources, i);
	OK("reading: %zu counters known and %zu unknown, in %llu microseconds",
	   tcx_snapshot_count(snapshot, true, 0), tcx_snapshot_count(snapshot, false, 0),
	   (unsigned long long)(snapshot->cost_ns / 1000));
	check_names(doctor, snapshot);
}

void tcx_check_sources(struct doctor *doctor)
{
	const char *root = doctor->configured ? doctor->config->proc_root : "/proc";
	struct tcx_fault fault = {""};
	struct tcx_netns *netns = tcx_netns_new(root, &fault);
	struct tcx_sources *sources = netns != NULL ? tcx_sources_new(netns, &fault) : NULL;
	const struct tcx_sources_settings settings = {
		.off = doctor->configured ? doctor->config->sources_off : 0};
	struct tcx_snapshot *snapshot = NULL;

	if (sources != NULL) {
		tcx_sources_set(sources, &settings);
		snapshot = read_twice(sources, &fault);
	}

	if (netns != NULL)
		check_namespace(doctor, netns);
	if (snapshot != NULL) {
		check_snapshot(doctor, root, sources, snapshot);
	} else {
		FAIL("reading: %s", fault.text);
		MORE("no counter is served until this is mended: see that procRoot (now %s) is "
		     "right and that user %s may read below it",
		     root, doctor->user);
	}
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
	tcx_netns_unref(netns);
}
