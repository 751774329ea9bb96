/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which namespaces are served, and the two jobs for all of them: one looks for names, the other
 * reads the counters of those that are due, by one thread that goes from one to the next. The
 * readings of an interval are spread over it.
 */
#include "collect/namespaces.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/array.h"
#include "base/clock.h"
#include "events.h"
#include "kernel/netns_names.h"
#include "known_namespace.h"
#include "pool.h"

/* A run of the readings gives way after this time, so that it is never late. */
#define RUN_NS (10 * TCX_NS_PER_MS)

/* What is due so soon is read along: this part of an interval. */
#define SOON_PART 50

/* Until all that is kept of new ones is there: the growth in a minute comes last. */
#define SETTLED_NS (65 * TCX_NS_PER_S)

static const struct tcx_condition_kind names_kind = {
	LOG_WARNING, "%s cannot be found: %s; trying again\n", "%s are found again\n"};

static const struct tcx_condition_kind links_kind = {LOG_WARNING, "%s is not served: %s\n",
						     "%s: none is left out any more\n"};

struct tcx_namespaces {
	atomic_uint references;	   /* each job has one */
	struct tcx_events *events; /* with a reference */
	struct tcx_job finding, reading;
	size_t next;		  /* to be read; the job's own */
	atomic_ullong settled_ns; /* when memory is given back; 0: it was */
	atomic_bool new_master;	  /* there is one, whose names are not forgotten yet */
	atomic_uint applied;	  /* settings, by which all that are served are read */

	pthread_mutex_t changing; /* guards what follows; only workers wait for it */
	bool stopped;
	bool unpublished; /* something changed, for which there was no memory */
	struct tcx_netns_names names;
	struct tcx_condition names_failed;
	struct tcx_condition link_refused;
	struct tcx_serving serving;
	size_t limit;		       /* of names, as it was applied */
	bool unnamed[TCX_DISCOVERIES]; /* those without a name are to be found anew */
	size_t count;
	struct tcx_known **known; /* owned, with references; by discovery, name and number */

	pthread_mutex_t lock;			 /* guards what follows; never held for long */
	struct tcx_namespaces_settings settings; /* with references */
	atomic_uint changes;			 /* counts those of the settings */
	struct tcx_namespace_list *latest;
};

/* --- What is published -------------------------------------------------------------------------*/

static void free_list(struct tcx_namespace_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		tcx_namespace_unref(list->all[i]);
	free(list);
}

TCX_REFERENCE_DEFINE(tcx_namespace_list, free_list)

static struct tcx_namespace_list *new_list(size_t room, struct tcx_fault *fault)
{
	struct tcx_namespace_list *list = NULL;

	return tcx_reference_new(sizeof(*list) + room * sizeof(list->all[0]), fault);
}

/* False: memory is short. The list before stays, until the next look. */
static bool publish(struct tcx_namespaces *namespaces)
{
	struct tcx_namespace_list *list = new_list(namespaces->count, NULL);
	struct tcx_namespace_list *before;

	if (list == NULL)
		return false;
	for (size_t i = 0; i < namespaces->count; i++)
		if (namespaces->known[i]->served)
			list->all[list->count++] = tcx_namespace_ref(&namespaces->known[i]->is);
	pthread_mutex_lock(&namespaces->lock);
	before = namespaces->latest;
	namespaces->latest = list;
	pthread_mutex_unlock(&namespaces->lock);
	tcx_namespace_list_unref(before);
	namespaces->settled_ns = tcx_clock_now() + SETTLED_NS;
	tcx_events_signal(namespaces->events);
	return true;
}

struct tcx_namespace_list *tcx_namespaces_latest(struct tcx_namespaces *namespaces)
{
	struct tcx_namespace_list *list;

	pthread_mutex_lock(&namespaces->lock);
	list = tcx_namespace_list_ref(namespaces->latest);
	pthread_mutex_unlock(&namespaces->lock);
	return list;
}

/* --- Settings ----------------------------------------------------------------------------------*/

static void take(struct tcx_namespaces_settings *to, const struct tcx_namespaces_settings *from)
{
	*to = *from;
	tcx_thresholds_ref(to->counters.thresholds);
}

static void release(struct tcx_namespaces_settings *settings)
{
	tcx_thresholds_unref(settings->counters.thresholds);
}

/* A copy, with references. */
static struct tcx_namespaces_settings settings_of(struct tcx_namespaces *namespaces)
{
	struct tcx_namespaces_settings settings;

	pthread_mutex_lock(&namespaces->lock);
	take(&settings, &namespaces->settings);
	pthread_mutex_unlock(&namespaces->lock);
	return settings;
}

/* A reading that goes on meanwhile is one by the settings before, and comes again. */
static void apply(struct tcx_namespaces *namespaces, const struct tcx_namespaces_settings *settings,
		  unsigned int changes)
{
	struct tcx_collector_settings counters = settings->counters;

	if (namespaces->applied == changes)
		return;
	for (size_t i = 0; i < namespaces->count; i++) {
		const struct tcx_namespace *is = &namespaces->known[i]->is;

		if (!namespaces->known[i]->served)
			continue;
		counters.tables = is->tables;
		tcx_collector_set(is->collector, &counters);
		if (is->tables != NULL)
			tcx_tables_set(is->tables, &settings->tables);
	}
	namespaces->applied = changes;
	tcx_job_ask(&namespaces->reading);
}

/* --- All that a discovery sees -----------------------------------------------------------------*/

struct sought {
	enum tcx_discovery discovery;
	const struct tcx_namespace_found *found;
};

static bool is_before(const void *all, size_t i, const void *key)
{
	const struct sought *sought = key;

	return tcx_known_compare(((struct tcx_known *const *)all)[i], sought->discovery,
				 sought->found) < 0;
}

/* A place for what is new. NULL when memory is short: the next look tries again. */
static struct tcx_known *insert(struct tcx_namespaces *namespaces, size_t place,
				const struct sought *sought)
{
	struct tcx_known *known = tcx_known_new(sought->discovery, sought->found);
	struct tcx_known **at;

	if (known == NULL)
		return NULL;
	if (!tcx_array_append(&namespaces->known, &namespaces->count, &known, sizeof(known))) {
		tcx_namespace_unref(&known->is);
		return NULL;
	}
	at = &namespaces->known[place];
	memmove(at + 1, at, (namespaces->count - 1 - place) * sizeof(*at));
	*at = known;
	return known;
}

/* Takes one as seen, new or not. A name that was made anew is another one. */
static void see(struct tcx_namespaces *namespaces, enum tcx_discovery discovery,
		const struct tcx_namespace_found *found)
{
	const struct sought sought = {discovery, found};
	size_t place = tcx_search(namespaces->known, namespaces->count, &sought, is_before);
	struct tcx_known *known = place < namespaces->count ? namespaces->known[place] : NULL;

	if (known == NULL || tcx_known_compare(known, discovery, found) != 0 ||
	    !tcx_namespace_is(&known->is.id, &found->id))
		known = insert(namespaces, place, &sought);
	if (known == NULL)
		return;
	known->seen = true;
	known->is.processes = found->processes;
	tcx_known_follow(known, found->path);
}

/* Ends those that are not seen any more. Returns whether any was served. */
static bool sweep(struct tcx_namespaces *namespaces, enum tcx_discovery discovery)
{
	size_t kept = 0;
	bool changed = false;

	for (size_t i = 0; i < namespaces->count; i++) {
		struct tcx_known *known = namespaces->known[i];

		if (known->discovery != discovery || known->seen) {
			known->seen = false;
			namespaces->known[kept++] = known;
			continue;
		}
		changed = changed || known->served;
		tcx_known_end(known, &namespaces->serving);
	}
	namespaces->count = kept;
	return changed;
}

/* Of two names the one that is served stays so; else what comes first has it. */
static bool goes_before(const struct tcx_namespaces *namespaces, size_t k, size_t i)
{
	const struct tcx_known *one = namespaces->known[k], *other = namespaces->known[i];

	if (one->discovery != other->discovery || one->served == other->served)
		return k < i;
	return one->served;
}

/* Whether one is served anyhow. */
static bool is_same(const struct tcx_namespaces *namespaces, size_t i, uint32_t own,
		    struct tcx_fault *which)
{
	uint32_t inode = namespaces->known[i]->is.id.inode;

	if (inode == own)
		return !tcx_fault_set(which, "that of the default context");
	for (size_t k = 0; k < namespaces->count; k++)
		if (k != i && namespaces->known[k]->is.id.inode == inode &&
		    goes_before(namespaces, k, i))
			return !tcx_fault_set(which, "that of %s", namespaces->known[k]->is.name);
	return false;
}

/* Others have what was published of one that is to end, so it is found anew, by the next look. */
static void drop(struct tcx_namespaces *namespaces, size_t i)
{
	struct tcx_known **at = &namespaces->known[i];

	tcx_known_end(*at, &namespaces->serving);
	namespaces->count--;
	memmove(at, at + 1, (namespaces->count - i) * sizeof(*at));
}

/* Serves what is to be, and only that. Returns whether that changed anything. */
static bool settle(struct tcx_namespaces *namespaces,
		   const struct tcx_namespaces_settings *settings)
{
	bool changed = false;

	for (size_t i = 0; i < namespaces->count;) {
		struct tcx_known *known = namespaces->known[i];
		struct tcx_fault which;
		bool same = is_same(namespaces, i, settings->own, &which);

		if (same && known->served) {
			drop(namespaces, i);
			changed = true;
			continue;
		}
		if (known->discovery == TCX_DISCOVERY_NAMES)
			tcx_known_note_same(known, &namespaces->serving, same ? &which : NULL);
		if (!same && !known->served)
			changed = tcx_known_serve(known, &namespaces->serving, settings) || changed;
		i++;
	}
	return changed;
}

/* Whether there is room for names that there was none for. */
static bool has_more_names(struct tcx_namespaces *namespaces, size_t limit)
{
	bool more = limit > namespaces->limit;

	namespaces->limit = limit;
	if (!atomic_exchange(&namespaces->new_master, false))
		return more;
	tcx_context_names_forget(&namespaces->serving.contexts);
	return true;
}

/* By another one, since others have what was published of it. */
static void renew(struct tcx_namespaces *namespaces, size_t i)
{
	struct tcx_known *known = namespaces->known[i];
	struct tcx_known *again = tcx_known_again(known, &namespaces->serving);

	if (again == NULL) {
		drop(namespaces, i);
		return;
	}
	tcx_known_end(known, &namespaces->serving);
	namespaces->known[i] = again;
}

/* They are found anew, each by its own discovery. */
static bool drop_nameless(struct tcx_namespaces *namespaces, enum tcx_discovery discovery,
			  size_t limit)
{
	bool changed = false;

	if (has_more_names(namespaces, limit))
		for (int i = 0; i < TCX_DISCOVERIES; i++)
			namespaces->unnamed[i] = true;
	if (!namespaces->unnamed[discovery])
		return false;
	namespaces->unnamed[discovery] = false;
	for (size_t i = namespaces->count; i-- > 0;) {
		const struct tcx_known *known = namespaces->known[i];

		if (known->discovery != discovery || !known->served || known->is.context[0] != '\0')
			continue;
		renew(namespaces, i);
		changed = true;
	}
	return changed;
}

/* Call while changing. */
static void found(struct tcx_namespaces *namespaces, enum tcx_discovery discovery,
		  const struct tcx_namespace_found *all, size_t count)
{
	unsigned int changes = namespaces->changes; /* before these, which may be newer */
	struct tcx_namespaces_settings settings = settings_of(namespaces);
	bool changed = drop_nameless(namespaces, discovery, settings.limit);

	apply(namespaces, &settings, changes);
	for (size_t i = 0; i < count; i++)
		see(namespaces, discovery, &all[i]);
	changed = sweep(namespaces, discovery) || changed;
	changed = settle(namespaces, &settings) || changed;
	release(&settings);
	if (!changed && !namespaces->unpublished)
		return;
	namespaces->unpublished = !publish(namespaces);
	tcx_job_ask(&namespaces->reading);
}

void tcx_namespaces_found(struct tcx_namespaces *namespaces, enum tcx_discovery discovery,
			  const struct tcx_namespace_found *all, size_t count)
{
	pthread_mutex_lock(&namespaces->changing);
	if (!namespaces->stopped)
		found(namespaces, discovery, all, count);
	pthread_mutex_unlock(&namespaces->changing);
}

/* --- The jobs ----------------------------------------------------------------------------------*/

static void report_names(struct tcx_namespaces *namespaces, const struct tcx_fault *failed,
			 const struct tcx_fault *refused)
{
	tcx_events_report(namespaces->events, &namespaces->names_failed, &names_kind,
			  "names of network namespaces", failed);
	tcx_events_report(namespaces->events, &namespaces->link_refused, &links_kind,
			  "a symbolic link to a network namespace", refused);
}

/* Call while changing. */
static uint64_t find_names(struct tcx_namespaces *namespaces, const char *patterns)
{
	struct tcx_netns_names *names = &namespaces->names;
	struct tcx_fault fault = {""};
	struct tcx_namespace_found *all;
	uint64_t due_ns;
	bool done = tcx_netns_names_list(names, patterns, &due_ns, &fault);

	report_names(namespaces, done ? NULL : &fault,
		     names->refused.text[0] != '\0' ? &names->refused : NULL);
	all = done ? calloc(names->count + 1, sizeof(*all)) : NULL;
	for (size_t i = 0; all != NULL && i < names->count; i++)
		all[i] = (struct tcx_namespace_found){.kind = TCX_NAMESPACE_NAMED,
						      .id = names->all[i].id,
						      .name = names->all[i].name,
						      .path = names->all[i].path};
	if (all != NULL)
		found(namespaces, TCX_DISCOVERY_NAMES, all, names->count);
	free(all);
	return due_ns;
}

/* Without patterns nothing is looked for. */
static uint64_t find(void *owner)
{
	struct tcx_namespaces *namespaces = owner;
	struct tcx_namespaces_settings settings = settings_of(namespaces);
	uint64_t due_ns = TCX_NEVER;

	pthread_mutex_lock(&namespaces->changing);
	namespaces->names.folder = settings.folder;
	if (namespaces->stopped) {
		due_ns = TCX_NEVER;
	} else if (settings.names.text[0] == '\0') {
		found(namespaces, TCX_DISCOVERY_NAMES, NULL, 0);
		report_names(namespaces, NULL, NULL);
		namespaces->finding.fd = -1;
		tcx_netns_names_clear(&namespaces->names);
	} else {
		due_ns = find_names(namespaces, settings.names.text);
		namespaces->finding.fd = tcx_netns_names_fd(&namespaces->names);
	}
	pthread_mutex_unlock(&namespaces->changing);
	release(&settings);
	return due_ns;
}

struct round {
	struct tcx_namespaces *namespaces;
	unsigned int settings;
	uint64_t soon_ns; /* what is due until then is read */
	uint64_t next_ns; /* when the next one is due */
	int home;
};

static void read_one(struct round *round, struct tcx_known *known)
{
	if (known->settings != round->settings || known->due_ns <= round->soon_ns)
		known->due_ns = tcx_collector_run(known->is.collector, &round->home);
	known->settings = round->settings;
	round->next_ns = tcx_clock_earlier(round->next_ns, known->due_ns);
}

/* From where the last run ended, so that each has its turn. False: it took too long. */
static bool read_some(struct round *round, const struct tcx_namespace_list *list, uint64_t until_ns)
{
	struct tcx_namespaces *namespaces = round->namespaces;

	for (size_t i = 0; i < list->count; i++) {
		if (tcx_clock_now() >= until_ns)
			return false;
		namespaces->next = namespaces->next < list->count ? namespaces->next : 0;
		read_one(round, (struct tcx_known *)list->all[namespaces->next++]);
	}
	return true;
}

/* What their first readings took is given back, once. */
static void settle_memory(struct tcx_namespaces *namespaces)
{
	unsigned long long settled_ns = namespaces->settled_ns;

	if (settled_ns == 0 || tcx_clock_now() < settled_ns ||
	    !atomic_compare_exchange_strong(&namespaces->settled_ns, &settled_ns, 0))
		return;
#ifdef M_TRIM_THRESHOLD
	malloc_trim(0);
#endif
}

/* Half of the time at most goes into reading. */
static uint64_t read_due(void *owner)
{
	struct tcx_namespaces *namespaces = owner;
	struct tcx_namespaces_settings settings = settings_of(namespaces);
	struct tcx_namespace_list *list = tcx_namespaces_latest(namespaces);
	uint64_t now = tcx_clock_now();
	struct round round = {
		.namespaces = namespaces,
		.settings = namespaces->applied,
		.soon_ns = now + settings.counters.sources.interval_ns / SOON_PART,
		.next_ns = TCX_NEVER,
		.home = -1,
	};
	bool done = read_some(&round, list, now + RUN_NS);

	tcx_netns_return(&round.home);
	tcx_namespace_list_unref(list);
	release(&settings);
	settle_memory(namespaces);
	return done ? round.next_ns : 2 * tcx_clock_now() - now;
}

/* --- All of them -------------------------------------------------------------------------------*/

static void free_namespaces(struct tcx_namespaces *namespaces)
{
	for (size_t i = 0; i < namespaces->count; i++)
		tcx_namespace_unref(&namespaces->known[i]->is);
	free(namespaces->known);
	tcx_namespace_list_unref(namespaces->latest);
	tcx_layouts_unref(namespaces->serving.layouts);
	tcx_context_names_clear(&namespaces->serving.contexts);
	tcx_netns_names_clear(&namespaces->names);
	release(&namespaces->settings);
	tcx_events_unref(namespaces->events);
	pthread_mutex_destroy(&namespaces->changing);
	pthread_mutex_destroy(&namespaces->lock);
	free(namespaces);
}

TCX_REFERENCE_DEFINE(tcx_namespaces, free_namespaces)

static void unref(void *owner)
{
	tcx_namespaces_unref(owner);
}

static const struct tcx_job_kind finding_kind = {.run = find, .unref = unref};
static const struct tcx_job_kind reading_kind = {.run = read_due, .unref = unref};

struct tcx_namespaces *tcx_namespaces_start(struct tcx_pool *pool, struct tcx_events *events,
					    const struct tcx_namespaces_settings *settings,
					    struct tcx_fault *fault)
{
	struct tcx_namespaces *namespaces = tcx_reference_new(sizeof(*namespaces), fault);

	if (namespaces == NULL)
		return NULL;
	pthread_mutex_init(&namespaces->changing, NULL);
	pthread_mutex_init(&namespaces->lock, NULL);
	namespaces->events = tcx_events_ref(events);
	namespaces->names = (struct tcx_netns_names)TCX_NETNS_NAMES(settings->folder);
	take(&namespaces->settings, settings);
	namespaces->latest = new_list(0, fault);
	namespaces->serving = (struct tcx_serving){
		.pool = pool, .events = events, .layouts = tcx_layouts_new(fault)};
	if (namespaces->latest == NULL || namespaces->serving.layouts == NULL) {
		tcx_namespaces_unref(namespaces);
		return NULL;
	}
	tcx_job_init(&namespaces->reading, pool, &reading_kind, tcx_namespaces_ref(namespaces));
	tcx_job_init(&namespaces->finding, pool, &finding_kind, tcx_namespaces_ref(namespaces));
	tcx_job_ask(&namespaces->finding);
	return namespaces;
}

/* A look that goes on is over soon, and ends what it has begun to serve. */
void tcx_namespaces_stop(struct tcx_namespaces *namespaces)
{
	if (namespaces == NULL)
		return;
	pthread_mutex_lock(&namespaces->changing);
	namespaces->stopped = true;
	for (; namespaces->count > 0; namespaces->count--)
		tcx_known_end(namespaces->known[namespaces->count - 1], &namespaces->serving);
	tcx_events_mute(namespaces->events, &namespaces->names_failed, 1);
	tcx_events_mute(namespaces->events, &namespaces->link_refused, 1);
	pthread_mutex_unlock(&namespaces->changing);
	tcx_job_stop(&namespaces->finding);
	tcx_job_stop(&namespaces->reading);
	tcx_namespaces_unref(namespaces);
}

void tcx_namespaces_forget_names(struct tcx_namespaces *namespaces)
{
	namespaces->new_master = true;
	tcx_job_ask(&namespaces->finding);
}

void tcx_namespaces_set(struct tcx_namespaces *namespaces,
			const struct tcx_namespaces_settings *settings)
{
	struct tcx_namespaces_settings before;

	pthread_mutex_lock(&namespaces->lock);
	before = namespaces->settings;
	take(&namespaces->settings, settings);
	namespaces->changes++;
	pthread_mutex_unlock(&namespaces->lock);
	release(&before);
	tcx_job_ask(&namespaces->finding);
}
