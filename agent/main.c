/* SPDX-License-Identifier: BSD-2-Clause */
/* The program: start, main loop, reload and end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "collect/reading.h"
#include "config/config.h"
#include "daemon/log_files.h"
#include "daemon/pid_file.h"
#include "daemon/process.h"
#include "doctor/doctor.h"
#include "kernel/read_sources.h"
#include "mib/modules.h"
#include "sample/print.h"
#include "session/agentx.h"
#include "session/log.h"
#include "snmp/netsnmp.h"

/* The state of the program. */
struct tcx_context {
	struct tcx_options options;
	struct tcx_config config;
	struct tcx_log log;
	struct tcx_agentx agentx;
	struct tcx_reading reading;
	struct tcx_dispatcher *dispatcher;
	struct tcx_registrations *registrations;
	struct tcx_pid_file pid_file;
	bool reload;   /* SIGHUP was received */
	bool reloaded; /* the configuration is in force, except registrations */
	bool stop;
	bool unsound; /* the library has freed registrations that it still uses */
};

static void on_tables(void *arg)
{
	struct tcx_context *context = arg;

	tcx_dispatcher_tables_changed(context->dispatcher);
}

/* Reads the kernel by this configuration from now on. */
static bool set_reading(struct tcx_context *context, const struct tcx_config *config,
			struct tcx_fault *fault)
{
	const struct tcx_reading_settings settings = {
		.tables =
			{
				.proc_root = config->proc_root,
				.interval_ns = config->table_interval_ns,
				.refresh_ns = config->interval_ns,
				.idle_ns = config->table_idle_ns,
				.max_rows = (size_t)config->max_rows,
				.ignored = config->ignored,
			},
		.max_age_ns = tcx_config_max_age(config),
	};

	return tcx_reading_set(&context->reading, &settings, fault);
}

/* Applies the configuration to sessions and requests. */
static void apply_config(struct tcx_context *context)
{
	const struct tcx_dispatcher_settings settings = {
		.collector = context->reading.collector,
		.tables = context->reading.tables,
		.interval_ns = context->config.interval_ns,
		.max_age_ns = tcx_config_max_age(&context->config),
		.table_timeout_ns = context->config.table_timeout_ns,
	};

	tcx_agentx_configure(&context->config, context->options.socket);
	tcx_dispatcher_set(context->dispatcher, &settings);
	tcx_registrations_want(context->registrations, context->config.modules,
			       context->reading.tables != NULL, context->config.priority);
}

/* On SIGHUP. Changes all but the registrations at once. */
static void reload(struct tcx_context *context)
{
	struct tcx_config config, before = context->config;
	struct tcx_fault fault = {""};

	context->reload = false;
	tcx_log_reopen();
	if (tcx_config_read(&config, &context->options) > 0) {
		snmp_log(LOG_ERR, "the old configuration stays in force; correct the files, then "
				  "send SIGHUP again\n");
		return;
	}
	if (!set_reading(context, &config, &fault)) {
		snmp_log(LOG_ERR,
			 "%s; the old configuration stays in force; send SIGHUP again once that is "
			 "mended\n",
			 fault.text);
		tcx_config_clear(&config);
		return;
	}
	context->config = config;
	apply_config(context);
	tcx_config_clear(&before);
	context->reloaded = true;
}

/* Changes the registrations once no request is pending. */
static void finish_reload(struct tcx_context *context)
{
	enum tcx_registrations_change change = tcx_registrations_change(context->registrations);
	struct tcx_fault fault = {""};

	if (change != TCX_REGISTRATIONS_STAY && !tcx_dispatcher_quiesce(context->dispatcher))
		return;
	context->reloaded = false;
	if (change == TCX_REGISTRATIONS_TAKE_BACK)
		tcx_agentx_leave();
	if (!tcx_registrations_apply(context->registrations, &fault)) {
		snmp_log(LOG_ERR, "%s\n", fault.text);
		context->unsound = true;
		context->stop = true;
		return;
	}
	tcx_agentx_return();
	tcx_dispatcher_resume(context->dispatcher);
	snmp_log(LOG_NOTICE, "configuration read again\n");
}

static void on_hangup(int fd, void *arg)
{
	struct tcx_context *context = arg;
	struct signalfd_siginfo signal;

	while (read(fd, &signal, sizeof(signal)) == (ssize_t)sizeof(signal))
		context->reload = true;
}

/* Leaves the signal pending, so that every wait sees it. */
static void on_stop(int fd, void *arg)
{
	struct tcx_context *context = arg;

	(void)fd;
	context->stop = true;
}

/* A signalfd of these signals, which end with 0; -1 with errno. */
static int open_signals(const int numbers[])
{
	sigset_t signals;

	sigemptyset(&signals);
	for (size_t i = 0; numbers[i] != 0; i++)
		sigaddset(&signals, numbers[i]);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The main loop reads signals as data, so that they interrupt nothing. */
static bool watch_signals(struct tcx_context *context, struct tcx_fault *fault)
{
	const int hangup[] = {SIGHUP, 0}, stop[] = {SIGINT, SIGTERM, 0};
	int hangup_fd;

	signal(SIGPIPE, SIG_IGN);
	hangup_fd = open_signals(hangup);
	context->agentx.wire.stop_fd = open_signals(stop);
	if (hangup_fd < 0 || context->agentx.wire.stop_fd < 0)
		return tcx_fault_set(fault, "signals cannot be watched: %s", strerror(errno));
	register_readfd(hangup_fd, on_hangup, context);
	register_readfd(context->agentx.wire.stop_fd, on_stop, context);
	return true;
}

static bool start(struct tcx_context *context, struct tcx_fault *fault)
{
	const struct tcx_options *options = &context->options;

	if (!watch_signals(context, fault) ||
	    !tcx_pid_file_write(&context->pid_file, options->pid_file, fault) ||
	    !tcx_process_become(options->user, options->group, fault))
		return false;
	context->dispatcher = tcx_dispatcher_new();
	context->registrations =
		tcx_registrations_new(tcx_modules, tcx_modules_count, context->dispatcher);
	if (context->dispatcher == NULL || context->registrations == NULL)
		return tcx_fault_set(fault, "out of memory");
	context->agentx.registrations = context->registrations;
	if (!set_reading(context, &context->config, fault))
		return false;
	apply_config(context);
	if (!tcx_registrations_apply(context->registrations, fault)) {
		context->unsound = true;
		return false;
	}
	snmp_log(LOG_NOTICE, "tcpextd %s started: reads %s every %g s\n", TCX_VERSION,
		 context->config.proc_root, (double)context->config.interval_ns / 1e9);
	tcx_agentx_connect();
	return true;
}

/*
 * If memory was short during a registration, the library has freed what is still in its tree
 * (netsnmp_subtree_load(), up to 5.10) and must not use it any more.
 */
static void finish(struct tcx_context *context)
{
	tcx_log_files_close();
	if (!context->unsound) {
		tcx_agentx_shutdown();
		tcx_registrations_free(context->registrations);
		tcx_dispatcher_free(context->dispatcher);
		tcx_reading_stop(&context->reading);
	}
	tcx_pid_file_remove(&context->pid_file);
}

/* The log may be elsewhere or have failed; whoever started us must see why. */
static int fail(struct tcx_context *context, int ready_fd, const struct tcx_fault *fault)
{
	snmp_log(LOG_ERR, "%s\n", fault->text);
	if (!tcx_log_is_on_terminal())
		fprintf(stderr, "tcpextd: %s\n", fault->text);
	finish(context);
	tcx_process_started(ready_fd, false);
	return EXIT_FAILURE;
}

static int serve(struct tcx_context *context)
{
	struct tcx_fault fault = {""};
	int ready_fd = -1;

	if ((!context->options.foreground && !tcx_process_daemonize(&ready_fd, &fault)) ||
	    !start(context, &fault))
		return fail(context, ready_fd, &fault);
	tcx_process_started(ready_fd, true);
	tcx_reading_log(&context->reading);
	while (!context->stop) {
		agent_check_and_process(1);
		if (context->reload)
			reload(context);
		if (context->reloaded)
			finish_reload(context);
	}
	snmp_log(LOG_NOTICE, "tcpextd ends\n");
	finish(context);
	return context->unsound ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Prints a line per file with a fault, else the fault itself. */
static void print_faults(const struct tcx_sources *sources, const struct tcx_fault *fault)
{
	size_t files = 0;

	for (size_t i = 0; sources != NULL && i < TCX_SOURCES; i++) {
		const struct tcx_source_status *status = tcx_sources_status(sources, i);

		if (status->failures == 0)
			continue;
		fprintf(stderr, "tcpextd: %s: %s\n", tcx_sources_file(sources, i),
			status->cause.text);
		files++;
	}
	if (files == 0)
		fprintf(stderr, "tcpextd: %s\n", fault->text);
}

static int print(const struct tcx_config *config)
{
	struct tcx_fault fault = {""};
	struct tcx_sources *sources = tcx_sources_new(config->proc_root);
	struct tcx_snapshot *snapshot = NULL;

	if (sources != NULL) {
		tcx_sources_enter(sources, NULL);
		snapshot = tcx_sources_read(sources, &fault);
	} else
		tcx_fault_set(&fault, "out of memory");
	if (fault.text[0] != '\0')
		print_faults(sources, &fault);
	if (snapshot != NULL && !tcx_print(stdout, snapshot)) {
		tcx_fault_set(&fault, "standard output cannot be written: %s", strerror(errno));
		fprintf(stderr, "tcpextd: %s\n", fault.text);
	}
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
	return fault.text[0] == '\0' ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int show_directives(void)
{
	fputs("Directives of tcpextd.conf, the library's own included:\n", stderr);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	init_snmp("tcpextd");
	read_config_print_usage("  ");
	return EXIT_SUCCESS;
}

static int perform(struct tcx_context *context)
{
	if (context->options.task == TCX_PRINT)
		return print(&context->config);
	if (context->options.task == TCX_SERVE)
		return serve(context);
	return tcx_doctor(&context->options, &context->config, context->agentx.wire.master)
		       ? EXIT_SUCCESS
		       : EXIT_FAILURE;
}

static int refuse(const char *why)
{
	fprintf(stderr, "tcpextd: %s\n", why);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct tcx_context context = {
		.reading = {.log = snmp_log,
			    .watch = register_readfd,
			    .unwatch = unregister_readfd,
			    .tables_changed = on_tables,
			    .arg = &context},
	};
	struct tcx_fault fault = {""};
	int status;

	if (!tcx_process_begin())
		return refuse("/dev/null cannot be opened");
	if (!tcx_options_parse(&context.options, argc, argv))
		return EXIT_FAILURE;
	if (context.options.task == TCX_LEAVE)
		return EXIT_SUCCESS;
	if (!tcx_log_start(&context.log, context.options.own_log,
			   context.options.foreground || context.options.task != TCX_SERVE, &fault))
		return refuse(fault.text);
	if (!tcx_agentx_init(&context.agentx))
		return refuse("out of memory");
	tcx_config_register();
	if (context.options.task == TCX_SHOW_DIRECTIVES)
		return show_directives();
	if (tcx_config_read(&context.config, &context.options) > 0 &&
	    context.options.task != TCX_DOCTOR)
		return EXIT_FAILURE;
	tcx_agentx_configure(&context.config, context.options.socket);
	status = perform(&context);
	tcx_config_clear(&context.config);
	return status;
}
