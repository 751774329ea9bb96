/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks who gets notifications, and sends one to see that the master takes it. */
#include "checks.h"

#include <stdio.h>
#include <time.h>

#include "session/notify_once.h"

static void advise_sink(struct doctor *doctor)
{
	MORE("write to %s and %s, with the address of the manager and its community:",
	     doctor->file_to_write, doctor->server->apply);
	MORE("  trap2sink ADDRESS COMMUNITY");
}

void tcx_check_sinks(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;
	bool sent = doctor->options->task == TCX_NOTIFY_TEST;
	const struct tcx_thresholds *thresholds = doctor->config->thresholds;
	bool watched = thresholds != NULL && thresholds->count > 0;

	if (snmpd->sink_count > 0) {
		OK("notifications: %s sends them where %s says%s", doctor->server->name,
		   snmpd->sinks[0], snmpd->sink_count > 1 ? ", and where other lines do" : "");
		return;
	}
	tcx_doctor_say(doctor, sent || watched ? DOCTOR_WARN : DOCTOR_OK,
		       "notifications: %s names nobody who gets them%s", doctor->server->files,
		       sent	 ? ": all of them are dropped"
		       : watched ? ": of a threshold that is crossed nobody is told"
				 : "");
	if (sent || watched)
		advise_sink(doctor);
}

struct tcx_notice tcx_doctor_test_notice(void)
{
	struct tcx_notice notice = {.what = TCX_NOTIFICATION_testNotification};

	clock_gettime(CLOCK_REALTIME, &notice.when);
	snprintf(notice.text, sizeof(notice.text), "tcpextd %s tries whether this arrives",
		 TCX_VERSION);
	return notice;
}

/* The master has as long as for any request of the agent's. */
void tcx_check_notification(struct doctor *doctor)
{
	const struct tcx_config *config = doctor->config;
	struct tcx_notice notice = tcx_doctor_test_notice();
	struct tcx_fault fault = {""};

	if (tcx_notify_once(doctor->master, &notice,
			    1000 * config->timeout_s * (config->retries + 1), &fault))
		OK("notifications: the master at %s has taken a testNotification", doctor->master);
	else
		FAIL("notifications: the master at %s has not taken a testNotification: %s",
		     doctor->master, fault.text);
	if (doctor->snmpd.file_count == 0)
		MORE("whom it sends it to is not known: no snmpd.conf was read; run this as root");
}
