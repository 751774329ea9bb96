/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts and stops collector, tables and link watch, and logs their events. */
#include "collect/reading.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "catalogue/table_ids.h"
#include "kernel/namespace.h"

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

	bool done = tcx_link_watch_drain(reading->link_watch, &fault);

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
static void use_link_watch(struct tcx_reading *reading, struct tcx_link_watch *watch,
			   const struct tcx_fault *fault)
{
	if (reading->link_watch != NULL)
		reading->unwatch(tcx_link_watch_fd(reading->link_watch));
	tcx_link_watch_unref(reading->link_watch);
	reading->link_watch = watch;
	reading->link_watch_fails = fault->text[0] != '\0';
	if (watch != NULL)
		reading->watch(tcx_link_watch_fd(watch), on_link_change, reading);
	if (reading->link_watch_fails)
		reading->log(LOG_WARNING,
			     "changes of interfaces cannot be watched: %s; ifLastChange is 0 until "
			     "they can\n",
			     fault->text);
}

/* The tables are of the counters' namespace, or there are none. */
static bool can_have_tables(const struct tcx_reading *reading, const char *root)
{
	struct tcx_fault fault = {""};
	bool can = tcx_namespace_can_enter(root, &fault);
	const char *whose = tcx_proc_root_where(root) == TCX_WHERE_OTHER
				    ? " has the counters of another network namespace, whose "
				      "tables cannot be read"
				    : "";

	if (!can)
		reading->log(LOG_WARNING, "procRoot %s%s: %s; no table is registered\n", root,
			     whose, fault.text);
	return can;
}

/* The procfs of a host or a container may show another namespace than the operator means. */
static void log_whose(const struct tcx_reading *reading, const char *root)
{
	if (tcx_proc_root_where(root) == TCX_WHERE_OWN_NOT_INIT)
		reading->log(LOG_WARNING,
			     "procRoot %s has the counters of the network namespace that the agent "
			     "runs in, as the `net' of each procfs does; for those of process 1 "
			     "give procRoot %s/1\n",
			     root, root);
}

static bool start_all(struct tcx_reading *reading, struct tcx_tables_settings settings,
		      struct tcx_fault *fault)
{
	const char *root = settings.proc_root;
	struct tcx_collector *collector = tcx_collector_start(root, settings.refresh_ns, fault);
	struct tcx_tables *tables = NULL;
	struct tcx_fault unwatched = {""};
	bool done = collector != NULL;

	if (done && can_have_tables(reading, root)) {
		settings.link_watch = tcx_link_watch_new(root, &unwatched);
		tables = tcx_tables_start(table_readers, TCX_TABLES, &settings, fault);
		done = tables != NULL;
	}
	if (!done) {
		tcx_link_watch_unref(settings.link_watch);
		tcx_collector_stop(collector, false);
		return false;
	}
	log_whose(reading, root);
	use_collector(reading, collector);
	use_link_watch(reading, settings.link_watch, &unwatched);
	use_tables(reading, tables);
	snprintf(reading->proc_root, sizeof(reading->proc_root), "%s", root);
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
	if (strcmp(settings->tables.proc_root, reading->proc_root) == 0)
		change(reading, &settings->tables);
	else if (!start_all(reading, settings->tables, fault))
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
	tcx_link_watch_unref(reading->link_watch);
	tcx_collector_stop(reading->collector, true);
}
