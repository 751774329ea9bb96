#include "collect/reading.h"

#include <string.h>

#include "catalogue/table_ids.h"
#include "daemon/context.h"
#include "kernel/ip_tables.h"
#include "kernel/netns.h"
#include "kernel/socket_tables.h"
#include "snmp/netsnmp.h"

/*
 * How long the start waits for the first counters, and how long a reload may keep requests waiting
 * for them: reading takes well under a millisecond.
 */
#define FIRST_READ_MS 1000
#define NEXT_READ_MS  100

/* In the order of enum tcx_table_id. */
static const struct tcx_table_reader *const table_readers[TCX_TABLES] = {
	[TCX_TABLE_INTERFACES] = &tcx_links,
	[TCX_TABLE_IP_ADDRESSES] = &tcx_addresses,
	[TCX_TABLE_IP_ROUTES] = &tcx_routes,
	[TCX_TABLE_IP_NEIGHBOURS] = &tcx_neighbours,
	[TCX_TABLE_TCP_CONNECTIONS] = &tcx_connections,
	[TCX_TABLE_UDP_ENDPOINTS] = &tcx_udp_endpoints,
	[TCX_TABLE_TCP_STATES] = &tcx_tcp_states,
	[TCX_TABLE_TCP_LISTENERS] = &tcx_tcp_listeners,
};

static struct tcx_tables_settings table_settings(const struct tcx_config *config,
						 struct tcx_link_watch *watch)
{
	return (struct tcx_tables_settings){
		.proc_root = config->proc_root,
		.link_watch = watch,
		.interval_ns = config->table_interval_ns,
		.refresh_ns = config->interval_ns,
		.idle_ns = config->table_idle_ns,
		.max_rows = (size_t)config->max_rows,
		.ignored = config->ignored,
	};
}

static void on_counters(int fd, void *arg)
{
	struct tcx_context *context = arg;
	struct tcx_event event;

	(void)fd;
	while (tcx_collector_next_event(context->collector, &event)) {
		if (!event.failed)
			snmp_log(LOG_NOTICE, "%s\n", event.text.text);
		else if (event.was_read)
			snmp_log(LOG_WARNING,
				 "%s; its last good values stay until they are %g s old\n",
				 event.text.text,
				 (double)tcx_config_max_age(&context->config) / 1e9);
		else
			snmp_log(LOG_WARNING,
				 "%s; what cannot be read is not served until it can\n",
				 event.text.text);
	}
}

static void log_table_event(const struct tcx_context *context, const struct tcx_table_event *event)
{
	const char *name = tcx_tables_name(context->tables, event->id);

	switch (event->news) {
	case TCX_TABLE_FAILED:
		snmp_log(LOG_WARNING, "the table of %s cannot be read: %s\n", name,
			 event->cause.text);
		break;
	case TCX_TABLE_CUT:
		snmp_log(LOG_WARNING,
			 "the table of %s has more than %d rows: the rest is missing; raise "
			 "maxRows\n",
			 name, context->config.max_rows);
		break;
	case TCX_TABLE_FALLBACK:
		snmp_log(LOG_NOTICE,
			 "sock_diag cannot be used for %s (%s): sockets are read from procfs, "
			 "without tcpListenQueueMax and tcpListenFull; see kernelTableSource\n",
			 name, event->cause.text);
		break;
	case TCX_TABLE_FITS:
		snmp_log(LOG_NOTICE, "the table of %s has all its rows again\n", name);
		break;
	case TCX_TABLE_NO_FALLBACK:
		snmp_log(LOG_NOTICE, "sock_diag can be used for %s again\n", name);
		break;
	case TCX_TABLE_LACKING:
		snmp_log(LOG_WARNING,
			 "the table of %s is not whole: %s; what is missing has no instance until "
			 "the kernel tells it\n",
			 name, event->cause.text);
		break;
	case TCX_TABLE_WHOLE:
		snmp_log(LOG_NOTICE, "the table of %s is whole again\n", name);
		break;
	default:
		snmp_log(LOG_NOTICE, "the table of %s can be read again\n", name);
	}
}

static void on_tables(int fd, void *arg)
{
	struct tcx_context *context = arg;
	struct tcx_table_event event;

	(void)fd;
	tcx_tables_acknowledge(context->tables);
	while (tcx_tables_next_event(context->tables, &event))
		log_table_event(context, &event);
	tcx_mib_tables_changed(context->mib);
}

/* What reads and tells that there is news by a descriptor: one in place of the one before. */
static void use_collector(struct tcx_context *context, struct tcx_collector *collector)
{
	if (context->collector != NULL)
		unregister_readfd(tcx_collector_event_fd(context->collector));
	tcx_collector_wait_first(collector,
				 context->collector != NULL ? NEXT_READ_MS : FIRST_READ_MS);
	tcx_collector_retire(context->collector);
	context->collector = collector;
	register_readfd(tcx_collector_event_fd(collector), on_counters, context);
}

static void use_tables(struct tcx_context *context, struct tcx_tables *tables)
{
	if (context->tables != NULL)
		unregister_readfd(tcx_tables_ready_fd(context->tables));
	tcx_tables_retire(context->tables);
	context->tables = tables;
	if (tables != NULL)
		register_readfd(tcx_tables_ready_fd(tables), on_tables, context);
}

static void on_link_change(int fd, void *arg)
{
	struct tcx_context *context = arg;
	struct tcx_fault fault = {""};

	bool done = tcx_link_watch_drain(context->link_watch, &fault);

	(void)fd;
	if (!done && !context->link_watch_fails)
		snmp_log(LOG_WARNING, "changes of interfaces: %s\n", fault.text);
	if (done && context->link_watch_fails)
		snmp_log(LOG_NOTICE, "changes of interfaces are watched again\n");
	context->link_watch_fails = !done;
}

/*
 * Without a watch ifLastChange is 0 for all interfaces, and nothing keeps ifInUcastPkts from going
 * back; everything else goes on.
 */
static void use_link_watch(struct tcx_context *context, struct tcx_link_watch *watch,
			   const struct tcx_fault *fault)
{
	if (context->link_watch != NULL)
		unregister_readfd(tcx_link_watch_fd(context->link_watch));
	tcx_link_watch_unref(context->link_watch);
	context->link_watch = watch;
	context->link_watch_fails = fault->text[0] != '\0';
	if (watch != NULL)
		register_readfd(tcx_link_watch_fd(watch), on_link_change, context);
	if (context->link_watch_fails)
		snmp_log(LOG_WARNING, "changes of interfaces cannot be watched: %s\n", fault->text);
}

/* Of the counters' own network namespace, or none. */
static bool can_have_tables(const char *root)
{
	struct tcx_fault fault = {""};
	bool can = tcx_netns_can_enter(root, &fault);

	if (!can)
		snmp_log(LOG_WARNING,
			 "procRoot %s has the counters of another network namespace, whose tables "
			 "cannot be read: %s; no table is registered\n",
			 root, fault.text);
	return can;
}

static struct tcx_tables *start_tables(const struct tcx_config *config,
				       struct tcx_link_watch *watch, struct tcx_fault *fault)
{
	const struct tcx_tables_settings settings = table_settings(config, watch);

	return tcx_tables_start(table_readers, TCX_TABLES, &settings, fault);
}

/* Whoever gives the procfs of a host or of another container may not mean what it has. */
static void log_whose(const char *root)
{
	if (tcx_proc_root_where(root) == TCX_WHERE_OWN_NOT_INIT)
		snmp_log(LOG_WARNING,
			 "procRoot %s has the counters of the network namespace that the agent "
			 "runs in, as the `net' of each procfs does; for those of process 1 give "
			 "procRoot %s/1\n",
			 root, root);
}

static bool start_all(struct tcx_context *context, const struct tcx_config *config,
		      struct tcx_fault *fault)
{
	const char *root = config->proc_root;
	struct tcx_collector *collector = tcx_collector_start(root, config->interval_ns, fault);
	struct tcx_link_watch *watch = NULL;
	struct tcx_tables *tables = NULL;
	struct tcx_fault unwatched = {""};
	bool done = collector != NULL;

	if (done && can_have_tables(root)) {
		watch = tcx_link_watch_new(root, &unwatched);
		tables = start_tables(config, watch, fault);
		done = tables != NULL;
	}
	if (!done) {
		tcx_link_watch_unref(watch);
		tcx_collector_retire(collector);
		return false;
	}
	log_whose(root);
	use_collector(context, collector);
	use_link_watch(context, watch, &unwatched);
	use_tables(context, tables);
	return true;
}

bool tcx_reading_change(struct tcx_context *context, const struct tcx_config *config,
			struct tcx_fault *fault)
{
	const struct tcx_tables_settings settings = table_settings(config, context->link_watch);

	if (strcmp(config->proc_root, context->config.proc_root) != 0)
		return start_all(context, config, fault);
	tcx_collector_set_interval(context->collector, config->interval_ns);
	if (context->tables != NULL)
		tcx_tables_set(context->tables, &settings);
	return true;
}

bool tcx_reading_start(struct tcx_context *context, struct tcx_fault *fault)
{
	return start_all(context, &context->config, fault);
}

void tcx_reading_log(struct tcx_context *context)
{
	on_counters(-1, context);
}

void tcx_reading_stop(struct tcx_context *context)
{
	tcx_tables_stop(context->tables);
	tcx_link_watch_unref(context->link_watch);
	tcx_collector_stop(context->collector);
}
