/* SPDX-License-Identifier: BSD-2-Clause */
/* The program: start, main loop, reload and end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "collect/reading.h"
#include "config/config.h"
#include "daemon/log_files.h"
#include "daemon/pid_file.h"
#include "daemon/process.h"
#include "daemon/rights.h"
#include "doctor/doctor.h"
#include "kernel/read_sources.h"
#include "mib/modules.h"
#include "sample/print.h"
#include "session/agentx.h"
#include "session/contexts.h"
#include "session/log.h"
#include "session/master.h"
#include "session/notifications.h"
#include "session/supervision.h"
#include "snmp/netsnmp.h"
#include "snmp/quirks.h"

/* The state of the program. */
struct tcx_program {
	struct tcx_options options;
	struct tcx_config config;
	struct tcx_agentx agentx; /* of which a master has what is made by the caller alone */
	struct tcx_master master;
	struct tcx_system system;
	struct tcx_reading reading;
	struct tcx_contexts contexts;
	struct tcx_pid_file pid_file;
	struct tcx_supervision supervision;
	uint64_t master_since_ns; /* when its sysUpTime was 0, by tcx_dispatcher_uptime_zero() */
	uint64_t given_up;	  /* of TCX_RIGHTS, at the start */
	bool reloaded;		  /* the configuration is in force, except registrations */
	bool stop;
	bool unsound; /* the library has freed registrations that it still uses */
};

/* The contexts become those of the namespaces that are served now. */
static void follow_namespaces(struct tcx_program *program)
{
	struct tcx_namespace_list *list = tcx_namespaces_latest(program->reading.namespaces);
	struct tcx_fault fault = {""};

	program->unsound = program->unsound ||
			   !tcx_contexts_follow(&program->contexts, &program->agentx, list, &fault);
	if (fault.text[0] != '\0')
		snmp_log(LOG_ERR, "%s\n", fault.text);
	tcx_namespace_list_unref(list);
}

/* A master that was restarted knows no name of a context any more. */
static void follow_master(struct tcx_program *program)
{
	uint64_t since_ns = tcx_dispatcher_uptime_zero(program->agentx.dispatcher);

	if (since_ns > program->master_since_ns)
		tcx_namespaces_forget_names(program->reading.namespaces);
	program->master_since_ns = since_ns;
}

static void on_reading(int fd, void *arg)
{
	struct tcx_program *program = arg;

	(void)fd;
	tcx_reading_log(&program->reading);
	follow_namespaces(program);
	tcx_dispatcher_tables_changed(program->agentx.dispatcher);
	tcx_notifications_changed(program->agentx.notifications);
}

/* Reads the kernel by this configuration from now on. */
static bool set_reading(struct tcx_program *program, const struct tcx_config *config,
			struct tcx_fault *fault)
{
	const struct tcx_reading_settings settings = {
		.proc_root = config->proc_root,
		.counters =
			{
				.sources = {.interval_ns = config->interval_ns,
					    .off = config->sources_off},
				.derive = {.interval_ns = config->interval_ns,
					   .rate_ns = config->rate_ns,
					   .window_ns = config->window_ns},
				.max_age_ns = config->max_age_ns,
				.thresholds = config->thresholds,
				.table_interval_ns = config->table_interval_ns,
			},
		.tables =
			{
				.interval_ns = config->table_interval_ns,
				.refresh_ns = config->interval_ns,
				.idle_ns = config->table_idle_ns,
				.max_rows = (size_t)config->max_rows,
				.watched = tcx_thresholds_tables(config->thresholds),
				.ignored = config->ignored,
			},
		.max_age_ns = config->max_age_ns,
		.names = config->namespaces,
		.processes = config->namespace_pids,
		.limit = (size_t)config->namespace_limit,
	};

	return tcx_reading_set(&program->reading, &settings, fault);
}

static void set_notifications(struct tcx_program *program)
{
	const struct tcx_config *config = &program->config;
	const struct tcx_notifications_settings settings = {
		.limit = (unsigned int)config->notification_limit,
		.max_age_ns = config->max_age_ns,
		.patience_s = 2 * (config->ping_s + config->timeout_s * (config->retries + 1)),
	};

	tcx_notifications_set(program->agentx.notifications, &settings);
}

/* False when memory is short. */
static bool set_contexts(struct tcx_program *program)
{
	const struct tcx_config *config = &program->config;
	const bool master = program->options.master;
	unsigned int modules = config->modules | (master ? tcx_modules_of_master() : 0);
	struct tcx_contexts_settings settings = {
		.answers =
			{
				.collector = program->reading.collector,
				.tables = program->reading.tables,
				.namespaces = program->reading.namespaces,
				.interval_ns = config->interval_ns,
				.max_age_ns = config->max_age_ns,
				.table_timeout_ns = config->table_timeout_ns,
				.notified = tcx_notifications_counts(program->agentx.notifications),
				.system = master ? &program->system : NULL,
			},
		.modules = config->modules,
		.priority = config->priority,
	};
	struct tcx_context *context = tcx_dispatcher_set(program->agentx.dispatcher,
							 TCX_CONTEXT_DEFAULT, &settings.answers);

	return context != NULL &&
	       tcx_registrations_want(&program->agentx.registrations, context, modules,
				      program->reading.tables != NULL, config->priority) &&
	       tcx_contexts_set(&program->contexts, &program->agentx, &settings);
}

static void set_session(struct tcx_program *program)
{
	const struct tcx_config *config = &program->config;

	program->system =
		(struct tcx_system){config->sys_descr, config->sys_contact, config->sys_name,
				    config->sys_location, &program->agentx.registrations.changed};
	if (!program->options.master)
		tcx_agentx_configure(config, program->options.socket);
	tcx_supervision_allow(&program->supervision,
			      (uint64_t)program->agentx.wire.timeout_s * TCX_NS_PER_S);
}

/* Applies the configuration to sessions and requests. False when memory is short, at the start. */
static bool apply_config(struct tcx_program *program)
{
	set_session(program);
	set_notifications(program);
	if (program->options.master && !tcx_master_set(&program->master, &program->config.access))
		return false;
	return set_contexts(program);
}

/* The workers have theirs from the start, and cannot get more. */
static void log_rights(const struct tcx_program *program, const struct tcx_config *config)
{
	if ((tcx_config_rights(config) & program->given_up) != 0)
		snmp_log(LOG_WARNING,
			 "the configuration asks for network namespaces that take capabilities "
			 "which the agent gave up when it started, as nothing asked for them "
			 "then; start it again\n");
}

/* Users that sinks made for their receivers have gone with those of the files. */
static void stay(struct tcx_program *program)
{
	if (program->options.master)
		tcx_master_set(&program->master, &program->config.access);
}

/* On SIGHUP. Changes all but the registrations at once. */
static void reload(struct tcx_program *program)
{
	struct tcx_config config = program->config;
	struct tcx_fault fault = {""};

	tcx_supervision_reloading(&program->supervision);
	tcx_log_reopen();
	if (tcx_config_read(&config, &program->options) > 0) {
		snmp_log(LOG_ERR, "the old configuration stays in force; correct the files, then "
				  "send SIGHUP again\n");
		stay(program);
		return;
	}
	log_rights(program, &config);
	if (!set_reading(program, &config, &fault)) {
		snmp_log(LOG_ERR,
			 "%s; the old configuration stays in force; send SIGHUP again once that is "
			 "mended\n",
			 fault.text);
		tcx_config_put_back(&program->config, &program->options);
		tcx_config_release(&config);
		stay(program);
		return;
	}
	tcx_config_release(&program->config);
	program->config = config;
	apply_config(program);
	program->reloaded = true;
}

/* Changes the registrations once no request is pending. */
static void finish_reload(struct tcx_program *program)
{
	enum tcx_registrations_change change =
		tcx_registrations_change(&program->agentx.registrations);
	struct tcx_fault fault = {""};

	if (change != TCX_REGISTRATIONS_STAY && !tcx_dispatcher_quiesce(program->agentx.dispatcher))
		return;
	program->reloaded = false;
	if (change == TCX_REGISTRATIONS_TAKE_BACK && !program->options.master)
		tcx_agentx_leave();
	program->unsound = !tcx_registrations_apply(&program->agentx.registrations, &fault);
	if (program->unsound) {
		snmp_log(LOG_ERR, "%s\n", fault.text);
		return;
	}
	if (!program->options.master)
		tcx_agentx_return();
	tcx_dispatcher_resume(program->agentx.dispatcher);
	snmp_log(LOG_NOTICE, "configuration read again\n");
}

static void on_hangup(int fd, void *arg)
{
	struct signalfd_siginfo signal;

	while (read(fd, &signal, sizeof(signal)) == (ssize_t)sizeof(signal))
		;
	reload(arg);
}

/* Leaves the signal pending, so that every wait sees it. */
static void on_stop(int fd, void *arg)
{
	struct tcx_program *program = arg;

	(void)fd;
	program->stop = true;
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
static bool watch_signals(struct tcx_program *program, struct tcx_fault *fault)
{
	const int hangup[] = {SIGHUP, 0}, stop[] = {SIGINT, SIGTERM, 0};
	int hangup_fd;

	signal(SIGPIPE, SIG_IGN);
	hangup_fd = open_signals(hangup);
	program->agentx.wire.stop_fd = open_signals(stop);
	if (hangup_fd < 0 || program->agentx.wire.stop_fd < 0)
		return tcx_fault_set(fault, "signals cannot be watched: %s", strerror(errno));
	register_readfd(hangup_fd, on_hangup, program);
	register_readfd(program->agentx.wire.stop_fd, on_stop, program);
	return true;
}

static bool make_dispatcher(struct tcx_program *program)
{
	struct tcx_agentx *agentx = &program->agentx;

	if (!tcx_modules_build(&agentx->modules, tcx_modules, tcx_modules_count))
		return false;
	agentx->dispatcher = tcx_dispatcher_new(&agentx->modules);
	agentx->notifications = tcx_notifications_new(program->options.master ? NULL : agentx);
	program->master.dispatcher = agentx->dispatcher;
	agentx->registrations.modules = &agentx->modules;
	agentx->registrations.alone = program->options.master;
	return agentx->dispatcher != NULL && agentx->notifications != NULL;
}

/*
 * Takes the workers' rights along to the user of -u. What parses requests, which is this thread,
 * has none once the workers, who begin with those of who starts them, are there.
 */
static bool start_reading(struct tcx_program *program, struct tcx_fault *fault)
{
	const struct tcx_options *options = &program->options;
	uint64_t wanted = tcx_config_rights(&program->config);

	program->given_up = tcx_rights_held() & ~wanted;
	return tcx_process_become(options->user, options->group, wanted, fault) &&
	       set_reading(program, &program->config, fault) &&
	       tcx_rights_reduce(~TCX_RIGHTS, fault);
}

/* Where a step sets no fault, memory is short. */
static bool start(struct tcx_program *program, struct tcx_fault *fault)
{
	const struct tcx_options *options = &program->options;

	tcx_fault_set(fault, "out of memory");
	if (!watch_signals(program, fault) ||
	    !tcx_pid_file_write(&program->pid_file, options->pid_file, fault) ||
	    !tcx_master_listen(&program->master, options->addresses, options->address_count,
			       fault) ||
	    !make_dispatcher(program) || !start_reading(program, fault) || !apply_config(program))
		return false;
	register_readfd(tcx_reading_fd(&program->reading), on_reading, program);
	program->unsound = !tcx_registrations_apply(&program->agentx.registrations, fault);
	if (program->unsound)
		return false;
	snmp_log(LOG_NOTICE, "tcpextd %s started: reads %s every %g s\n", TCX_VERSION,
		 program->config.proc_root, (double)program->config.interval_ns / 1e9);
	if (options->master)
		tcx_master_begin();
	else
		tcx_agentx_connect();
	return true;
}

/* Requests that wait go before what they came by. */
static void end_session(struct tcx_program *program)
{
	struct tcx_dispatcher **dispatcher = &program->agentx.dispatcher;

	if (!program->options.master) {
		tcx_agentx_shutdown();
		return;
	}
	tcx_dispatcher_free(*dispatcher);
	*dispatcher = NULL;
	tcx_master_shutdown(&program->master);
}

/*
 * If memory was short during a registration, the library has freed what is still in its tree
 * (netsnmp_subtree_load(), up to 5.10) and must not use it any more.
 */
static void finish(struct tcx_program *program)
{
	tcx_log_files_close();
	if (!program->unsound) {
		end_session(program);
		tcx_registrations_clear(&program->agentx.registrations);
		tcx_dispatcher_free(program->agentx.dispatcher);
		tcx_notifications_free(program->agentx.notifications);
		tcx_tree_clear(&program->agentx.modules.tree);
		tcx_contexts_clear(&program->contexts);
		tcx_reading_stop(&program->reading);
	}
	tcx_pid_file_remove(&program->pid_file);
}

/* The log may be elsewhere or have failed; whoever started us must see why. */
static int fail(struct tcx_program *program, int ready_fd, const struct tcx_fault *fault)
{
	snmp_log(LOG_ERR, "%s\n", fault->text);
	if (!tcx_log_is_on_terminal())
		fprintf(stderr, "tcpextd: %s\n", fault->text);
	tcx_supervision_end(&program->supervision, fault);
	finish(program);
	tcx_process_started(ready_fd, false);
	return EXIT_FAILURE;
}

static int serve(struct tcx_program *program)
{
	struct tcx_fault fault = {""};
	int ready_fd = -1;

	tcx_supervision_begin(&program->supervision,
			      program->options.master ? NULL : &program->agentx, &program->reading);
	if ((!program->options.foreground && !tcx_process_daemonize(&ready_fd, &fault)) ||
	    !start(program, &fault))
		return fail(program, ready_fd, &fault);
	tcx_process_started(ready_fd, true);
	tcx_reading_log(&program->reading);
	follow_namespaces(program);
	while (!program->stop && !program->unsound) {
		tcx_supervision_run(&program->supervision, program->reloaded);
		agent_check_and_process(1);
		follow_master(program);
		if (program->options.master)
			tcx_master_run(&program->master);
		if (program->reloaded)
			finish_reload(program);
		tcx_notifications_run(program->agentx.notifications, program->reading.collector,
				      program->contexts.list);
	}
	tcx_supervision_end(&program->supervision, NULL);
	snmp_log(LOG_NOTICE, "tcpextd ends\n");
	finish(program);
	return program->unsound ? EXIT_FAILURE : EXIT_SUCCESS;
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
			tcx_cause_text(status->cause));
		files++;
	}
	if (files == 0)
		fprintf(stderr, "tcpextd: %s\n", fault->text);
}

static int print(const struct tcx_config *config, bool all)
{
	struct tcx_fault fault = {""};
	struct tcx_netns *netns = tcx_netns_new(config->proc_root, &fault);
	struct tcx_sources *sources = netns != NULL ? tcx_sources_new(netns, &fault) : NULL;
	const struct tcx_sources_settings settings = {.off = config->sources_off};
	struct tcx_snapshot *snapshot = NULL;

	if (sources != NULL) {
		tcx_sources_set(sources, &settings);
		snapshot = tcx_sources_read(sources, &fault);
	}
	if (fault.text[0] != '\0')
		print_faults(sources, &fault);
	if (snapshot != NULL && !tcx_print(stdout, snapshot, all)) {
		tcx_fault_set(&fault, "standard output cannot be written: %s", strerror(errno));
		fprintf(stderr, "tcpextd: %s\n", fault.text);
	}
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
	tcx_netns_unref(netns);
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

static int perform(struct tcx_program *program)
{
	if (program->options.task == TCX_PRINT)
		return print(&program->config, program->options.print_all);
	if (program->options.task == TCX_SERVE)
		return serve(program);
	return tcx_doctor(&program->options, &program->config, program->agentx.wire.master)
		       ? EXIT_SUCCESS
		       : EXIT_FAILURE;
}

static int perform_and_release(struct tcx_program *program)
{
	int status = perform(program);

	tcx_config_release(&program->config);
	return status;
}

static int refuse(const char *why)
{
	fprintf(stderr, "tcpextd: %s\n", why);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct tcx_program program = {
		.reading.log = snmp_log,
	};
	struct tcx_fault fault = {""};

	if (!tcx_process_begin())
		return refuse("/dev/null cannot be opened");
	if (!tcx_options_parse(&program.options, argc, argv))
		return EXIT_FAILURE;
	if (program.options.task == TCX_LEAVE)
		return EXIT_SUCCESS;
	if (!tcx_log_start(program.options.own_log,
			   program.options.foreground || program.options.task != TCX_SERVE, &fault))
		return refuse(fault.text);
	if (program.options.master)
		tcx_master_init(program.options.task);
	else if (!tcx_agentx_init(&program.agentx, &fault))
		return refuse(fault.text);
	tcx_config_register();
	if (program.options.task == TCX_SHOW_DIRECTIVES)
		return show_directives();
	if (tcx_config_read(&program.config, &program.options) > 0 &&
	    program.options.task != TCX_DOCTOR)
		return EXIT_FAILURE;
	if (!program.options.master)
		tcx_agentx_configure(&program.config, program.options.socket);
	return perform_and_release(&program);
}
