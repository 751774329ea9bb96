/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat: reads the counters of a host by SNMP, prints how much they grew, and keeps what they
 * are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "explain.h"
#include "fleet.h"
#include "gather.h"
#include "health.h"
#include "history.h"
#include "lookup.h"
#include "namespaces.h"
#include "options.h"
#include "output.h"
#include "peer.h"
#include "query.h"
#include "sockets.h"
#include "watch.h"

/* The exit status when there are hosts of many that tell nothing. */
#define SOME_UNKNOWN 2

struct program {
	struct tcx_client_options options;
	struct tcx_peer peer;
	struct tcx_history history;
	struct tcx_answer answer;
	struct tcx_hosts hosts;
	bool partial; /* the answer has only the counters that were named */
};

static void complain(const char *text)
{
	fprintf(stderr, "snmpnstat: %s\n", text);
}

static bool open_history(struct program *program, struct tcx_fault *fault)
{
	const struct tcx_client_options *options = &program->options;
	const struct tcx_peer *peer = &program->peer;
	struct tcx_history *history = &program->history;

	if (options->ignore && options->no_update && !options->reset)
		return true;
	if (!tcx_history_find(history, peer->host, peer->context, peer->community, fault))
		return false;
	if (options->reset && unlink(history->path) != 0 && errno != ENOENT)
		return tcx_fault_set(fault, "history %s: %s", history->path, strerror(errno));
	return (options->ignore && options->no_update) ||
	       tcx_history_open(history, !options->no_update, fault);
}

/* Counters that are named are asked for alone, unless a history begins: it has all. */
static bool query(struct program *program, struct tcx_fault *fault)
{
	const struct tcx_selection *selection = &program->options.selection;

	program->partial = tcx_selection_is_names(selection) &&
			   (program->options.no_update || program->history.counters.count > 0);
	return tcx_query(
		&program->peer, selection->patterns, program->partial ? selection->count : 0,
		program->options.rates ? TCX_WITH_RATES : TCX_IN_ORDER, &program->answer, fault);
}

/* nstat's rule: what was written before the host started tells nothing of today's counters. */
static bool is_aged(const struct program *program)
{
	const struct tcx_answer *answer = &program->answer;
	time_t uptime = (time_t)(answer->uptime / 100);

	return program->history.counters.count > 0 && answer->has_uptime &&
	       time(NULL) >= program->history.written + uptime;
}

static bool read_host(struct program *program, struct tcx_fault *fault)
{
	if (!query(program, fault))
		return false;
	if (is_aged(program)) {
		complain("history is aged out, resetting");
		tcx_counters_clear(&program->history.counters);
		if (program->partial && !query(program, fault))
			return false;
	}
	if (!program->answer.one_instant)
		complain("the counters were renewed at each attempt to read them: they are not of "
			 "one instant; a greater refreshInterval there mends that");
	return true;
}

/* A counter that is named and not there; false when there is one. */
static bool has_all(const struct program *program)
{
	const struct tcx_selection *selection = &program->options.selection;
	bool all = true;

	for (size_t i = 0; tcx_selection_is_names(selection) && i < selection->count; i++) {
		if (tcx_counters_find(&program->answer.counters, selection->patterns[i]) != NULL)
			continue;
		fprintf(stderr, "snmpnstat: %s has no counter %s\n", program->peer.host,
			selection->patterns[i]);
		all = false;
	}
	return all;
}

static struct tcx_output_style style_of(const struct tcx_client_options *options)
{
	return (struct tcx_output_style){options->zeros, options->rates, options->json,
					 options->pretty};
}

static bool print(const struct program *program, struct tcx_fault *fault)
{
	const struct tcx_client_options *options = &program->options;
	const struct tcx_output_style style = style_of(options);
	const struct tcx_counters *before = options->ignore ? NULL : &program->history.counters;

	if (options->no_output)
		return true;
	return tcx_output(stdout, &program->answer.counters, before, &options->selection, &style) ||
	       tcx_fault_set(fault, "standard output cannot be written: %s", strerror(errno));
}

static bool add(struct tcx_counters *counters, const struct tcx_counted_value *counter)
{
	return tcx_counters_add(counters, counter->name, strlen(counter->name), counter->value, 0);
}

/* What was not shown stays as it was in the history, where it is in it; nstat has the same rule. */
static bool merge(const struct program *program, struct tcx_counters *merged)
{
	const struct tcx_counters *now = &program->answer.counters;
	const struct tcx_counters *before = &program->history.counters;
	bool good = true;

	for (size_t i = 0; good && i < now->count; i++) {
		const struct tcx_counted_value *counter = &now->items[i], *kept = NULL;

		if (!tcx_selection_has(&program->options.selection, counter->name))
			kept = tcx_counters_find(before, counter->name);
		good = add(merged, kept != NULL ? kept : counter);
	}
	for (size_t i = 0; good && program->partial && i < before->count; i++)
		if (tcx_counters_find(now, before->items[i].name) == NULL)
			good = add(merged, &before->items[i]);
	return good;
}

static bool update_history(const struct program *program, struct tcx_fault *fault)
{
	struct tcx_counters merged = {.items = NULL};
	bool good;

	if (program->options.no_update)
		return true;
	good = merge(program, &merged) ? tcx_history_write(&program->history, &merged,
							   program->options.zeros, fault)
				       : tcx_fault_set(fault, "out of memory");
	tcx_counters_clear(&merged);
	return good;
}

/* What this release does not know may be known to an agent that is newer. */
static int explain(const struct tcx_selection *selection)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < selection->count; i++) {
		if (tcx_explain(stdout, selection->patterns[i]))
			continue;
		fprintf(stderr,
			"snmpnstat: %s is not known here; nstatDescription of a host that has it "
			"may tell more\n",
			selection->patterns[i]);
		status = EXIT_FAILURE;
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	complain("standard output cannot be written");
	return EXIT_FAILURE;
}

/* False where the host lacks a counter that was named, which it has said, or with a fault. */
static bool show_counters(struct program *program, struct tcx_fault *fault)
{
	bool all;

	if (!open_history(program, fault) || !read_host(program, fault))
		return false;
	all = has_all(program);
	return print(program, fault) && update_history(program, fault) && all;
}

/* What needs no history. */
static bool show_others(const struct program *program, struct tcx_fault *fault)
{
	const struct tcx_client_options *options = &program->options;
	const struct tcx_selection *selection = &options->selection;
	const struct tcx_output_style style = style_of(options);

	if (options->health &&
	    !tcx_health_print(stdout, &program->peer, options->zeros, selection, fault))
		return false;
	if ((options->listeners || options->sockets) &&
	    !tcx_sockets_print(stdout, &program->peer, options->listeners, options->sockets,
			       selection, fault))
		return false;
	if (options->namespaces &&
	    !tcx_namespaces_print(stdout, &program->peer, selection, &style, fault))
		return false;
	return (fflush(stdout) == 0 && !ferror(stdout)) ||
	       tcx_fault_set(fault, "standard output cannot be written: %s", strerror(errno));
}

/* What is wrong with one host is in its line. */
static bool show_many(struct program *program, struct tcx_fault *fault)
{
	struct tcx_hosts *hosts = &program->hosts;

	if (!tcx_hosts_read(hosts, program->options.hosts, fault) || !tcx_lookup(hosts, fault) ||
	    !tcx_gather(&program->peer.wanted, hosts, fault))
		return false;
	tcx_fleet_print(stdout, hosts, program->peer.has_context);
	return (fflush(stdout) == 0 && !ferror(stdout)) ||
	       tcx_fault_set(fault, "standard output cannot be written: %s", strerror(errno));
}

static int perform(struct program *program)
{
	const struct tcx_client_options *options = &program->options;
	struct tcx_fault fault = {""};
	bool shown = false;
	bool good = tcx_peer_parse(&program->peer, options->library_argc, options->library_argv,
				   &shown, &fault);

	if (good && options->hosts == NULL)
		good = tcx_peer_open(&program->peer, &fault);
	if (good && options->hosts != NULL)
		good = show_many(program, &fault);
	else if (good && options->watch)
		good = tcx_watch(&program->peer, options->seconds, options->zeros,
				 &options->selection, &fault);
	else if (good &&
		 (options->health || options->listeners || options->sockets || options->namespaces))
		good = show_others(program, &fault);
	else if (good)
		good = show_counters(program, &fault);
	if (fault.text[0] != '\0')
		complain(fault.text);
	if (shown)
		fputs("Try 'snmpnstat -h' for the options.\n", stderr);
	if (good && tcx_fleet_lacks(&program->hosts))
		return SOME_UNKNOWN;
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What is closed would be taken by the next file or socket, which then got the output. */
static void hold_closed(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* It does not return, so that what net-snmp has allocated for the peer is in use to the end. */
int main(int argc, char **argv)
{
	struct program program = {.history.fd = -1};
	int status = EXIT_SUCCESS;
	bool good;

	hold_closed();
	good = tcx_client_options_parse(&program.options, argc, argv);
	if (!good)
		status = EXIT_FAILURE;
	else if (program.options.explain)
		status = explain(&program.options.selection);
	else if (!program.options.leave)
		status = perform(&program);
	tcx_counters_clear(&program.answer.counters);
	tcx_history_close(&program.history);
	tcx_hosts_clear(&program.hosts);
	tcx_peer_close(&program.peer);
	tcx_client_options_clear(&program.options);
	exit(status);
}
