/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts and stops collector, tables and link watch, and logs their events. */
#include "collect/reading.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "catalogue/table_ids.h"
#include "kernel/netns.h"

/* How long start and reload wait for the first counters, which take less than a millisecond. */
#define FIRST_READ_MS 1000
#define NEXT_READ_MS  100

static const struct tcx_table_reader *const table_readers[TCX_TABLES] = {
#define KERNEL_TABLE(index, id, reader, title) &tcx_##reader,
#include "mibs/tables.def"
};

static void on_counters(int fd, void *arg)
{
	struct tcx_reading *reading = arg;
	struct tcx_event event;

	(void)fd;
	while (tcx_collector_next_event(reading->collector, &event)) {
		if (!event.failed)
			reading->log(LOG_NOTICE, "%s\n", event.text.text);
		else if (event.was_read)
			reading->log(LOG_WARNING,
				     "%s; its last good values stay until they are %g s old\n",
				     event.text.text, (double)reading->max_age_ns / 1e9);
		else
			reading->log(LOG_WARNING,
				     "%s; what cannot be read is not served until it can\n",
				     event.text.text);
	}
}

/* The log line of each event: the table's name, then the cause. */
static const struct {
	int priority;
	const char *format;
} table_lines[] = {
	[TCX_TABLE_FAILED] = {LOG_WARNING,
			      "the table of %s cannot be read: %s; requests try it again\n"},
	[TCX_TABLE_RECOVERED] = {LOG_NOTICE, "the table of %s can be read again\n"},
	[TCX_TABLE_FALLBACK] = {LOG_NOTICE,
				"sock_diag cannot be used for %s (%s): sockets are read from "
				"procfs, without tcpListenQueueMax and tcpListenFull; see "
				"kernelTableSource\n"},
	[TCX_TABLE_NO_FALLBACK] = {LOG_NOTICE, "sock_diag can be used for %s again\n"},
	[TCX_TABLE_CUT] = {LOG_WARNING, "the table of %s has more than %s rows: the rest is "
					"missing; raise maxRows\n"},
	[TCX_TABLE_FITS] = {LOG_NOTICE, "the table of %s has all its rows again\n"},
	[TCX_TABLE_LACKING] = {LOG_WARNING,
			       "the table of %s is not whole: %s; what is missing has no instance "
			       "until the kernel gives it\n"},
	[TCX_TABLE_WHOLE] = {LOG_NOTICE, "the table of %s is whole again\n"},
};

static void on_tables(int fd, void *arg)
{
	struct tcx_reading *reading = arg;
	struct tcx_table_event event;

	(void)fd;
	while (tcx_tables_next_event(reading->tables, &event))
		reading->log(table_lines[event.kind].priority, table_lines[event.kind].format,
			     tcx_catalogue_table_name(event.id), event.cause.text);
	reading->tables_changed(reading->arg);
}

/* use_...() replace what reads by a new one. */
static void use_collector(struct tcx_reading *reading, struct tcx_collector *collector)
{
	if (reading->collector != NULL)
		reading->unwatch(tcx_collector_event_fd(reading->collector));
	tcx_collector_wait_first(collector,
				 reading->collector != NULL ? NEXT_READ_MS : FIRST_READ_MS);
	tcx_collector_stop(reading->collector, false);
	reading->collector = collector;
	reading->watch(tcx_collector_event_fd(collector), on_counters, reading);
}

static void use_tables(struct tcx_reading *reading, struct tcx_tables *tables)
{
	if (reading->tables != NULL)
		reading->unwatch(tcx_tables_ready_fd(reading->tables));
	tcx_tables_stop(reading->tables, false);
	reading->tables = tables;
	if (tables != NULL)
		reading->watch(tcx_tables_ready_fd(tables), on_tables, reading);
}

static void on_link_change(int fd, void *arg)
{
	struct tcx_reading *reading = arg;
	struct tcx_fault fault = {""};

	bool done = tcx_netns_drain(reading->netns, &fault);

	(void)fd;
	if (!done && !reading->link_watch_fails)
		reading->log(LOG_WARNING,
			     "changes of interfaces were missed: %s; ifLastChange may be late; "
			     "trying again every second\n",
			     fault.text);
	if (done && reading->link_watch_fails)
		reading->log(LOG_NOTICE, "changes of interfaces are watched again\n");
	reading->link_watch_fails = !done;
}

/* Without a watch ifLastChange is 0 for all interfaces, and ifInUcastPkts may go backwards. */
static void use_netns(struct tcx_reading *reading, struct tcx_netns *netns,
		      const struct tcx_fault *unwatched)
{
	if (reading->netns != NULL && tcx_netns_fd(reading->netns) >= 0)
		reading->unwatch(tcx_netns_fd(reading->netns));
	tcx_netns_unref(reading->netns);
	reading->netns = netns;
	reading->link_watch_fails = unwatched->text[0] != '\0';
	if (tcx_netns_fd(netns) >= 0)
		reading->watch(tcx_netns_fd(netns), on_link_change, reading);
	if (reading->link_watch_fails)
		reading->log(LOG_WARNING,
			     "changes of interfaces cannot be watched: %s; ifLastChange is 0 until "
			     "they can\n",
			     unwatched->text);
}

/* The tables are of the counters' namespace, or there are none. */
static bool can_have_tables(const struct tcx_reading *reading, const struct tcx_netns *netns)
{
	struct tcx_fault fault = {""};
	bool can = tcx_netns_can_enter(netns, &fault);
	const char *whose = tcx_netns_where(netns) == TCX_WHERE_OTHER
				    ? " has the counters of another network namespace, whose "
				      "tables cannot be read"
				    : "";

	if (!can)
		reading->log(LOG_WARNING, "procRoot %s%s: %s; no table is registered\n",
			     tcx_netns_name(netns), whose, fault.text);
	return can;
}

/* The procfs of a host or a container may show another namespace than the operator means. */
static void log_whose(const struct tcx_reading *reading, const struct tcx_netns *netns)
{
	const char *root = tcx_netns_name(netns);

	if (tcx_netns_where(netns) == TCX_WHERE_OWN_NOT_INIT)
		reading->log(LOG_WARNING,
			     "procRoot %s has the counters of the network namespace that the agent "
			     "runs in, as the `net' of each procfs does; for those of process 1 "
			     "give procRoot %s/1\n",
			     root, root);
}

/* The threads that use the namespace start last. */
static bool start_all(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		      struct tcx_fault *fault)
{
	struct tcx_netns *netns = tcx_netns_new(settings->proc_root, fault);
	bool have_tables = netns != NULL && can_have_tables(reading, netns);
	struct tcx_collector *collector = NULL;
	struct tcx_tables *tables = NULL;
	struct tcx_fault unwatched = {""};

	if (have_tables)
		tcx_netns_watch_links(netns, &unwatched);
	if (netns != NULL)
		collector = tcx_collector_start(netns, settings->tables.refresh_ns, fault);
	if (collector != NULL && have_tables)
		tables = tcx_tables_start(netns, table_readers, TCX_TABLES, &settings->tables,
					  fault);
	if (collector == NULL || (have_tables && tables == NULL)) {
		tcx_collector_stop(collector, false);
		tcx_netns_unref(netns);
		return false;
	}
	log_whose(reading, netns);
	use_collector(reading, collector);
	use_netns(reading, netns, &unwatched);
	use_tables(reading, tables);
	return true;
}

static void change(struct tcx_reading *reading, const struct tcx_tables_settings *settings)
{
	tcx_collector_set_interval(reading->collector, settings->refresh_ns);
	if (reading->tables != NULL)
		tcx_tables_set(reading->tables, settings);
}

bool tcx_reading_set(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		     struct tcx_fault *fault)
{
	const struct tcx_netns *netns = reading->netns;

	if (netns != NULL && strcmp(settings->proc_root, tcx_netns_name(netns)) == 0)
		change(reading, &settings->tables);
	else if (!start_all(reading, settings, fault))
		return false;
	reading->max_age_ns = settings->max_age_ns;
	return true;
}

void tcx_reading_log(struct tcx_reading *reading)
{
	on_counters(-1, reading);
}

void tcx_reading_stop(struct tcx_reading *reading)
{
	tcx_tables_stop(reading->tables, true);
	tcx_collector_stop(reading->collector, true);
	tcx_netns_unref(reading->netns);
}
