/*
 * The state of the program, in one struct. It is the only global: net-snmp calls the functions for
 * a directive, a log line and a lost session without an argument of ours, and they find their state
 * here.
 */
#ifndef TCX_CONTEXT_H
#define TCX_CONTEXT_H

#include <stdbool.h>

#include "collect/reading.h"
#include "config/config.h"
#include "config/options.h"
#include "daemon/pid_file.h"
#include "session/agentx.h"
#include "session/log.h"
#include "session/wire.h"
#include "snmp/mib.h"

struct tcx_context {
	struct tcx_options options;
	struct tcx_config config;
	struct tcx_log log;
	struct tcx_agentx agentx;
	struct tcx_wire wire;
	struct tcx_reading reading;
	struct tcx_mib *mib;
	struct tcx_pid_file pid_file;
	bool reload;   /* SIGHUP came */
	bool reloaded; /* the configuration is in force, but for what is registered */
	bool stop;
	bool unsound; /* the library's tree of registrations: memory was short */
};

extern struct tcx_context tcx_context;

#endif
