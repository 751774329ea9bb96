/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications of LINUX-TCPEXT-MIB: what one tells, and its varbinds. */
#ifndef TCX_MIB_NOTIFICATIONS_H
#define TCX_MIB_NOTIFICATIONS_H

#include <stdint.h>
#include <time.h>

#include "snmp/dispatcher.h"
#include "snmp/value.h"

/* One of mibs/tables.def each: TCX_NOTIFICATION_testNotification ... */
enum tcx_notification {
#define NOTIFICATION(sub_id, notification, objects, text) TCX_NOTIFICATION_##notification,
#include "mibs/tables.def"
	TCX_NOTIFICATIONS
};

/* Characters of a threshold's name, of the name of a row, of that of an object, and of a number. */
#define TCX_NOTICE_NAME_MAX   32
#define TCX_NOTICE_ROW_MAX    255
#define TCX_NOTICE_OBJECT_MAX 64
#define TCX_NOTICE_NUMBER_MAX 31

/* What has happened. What its notification does not have stays empty. */
struct tcx_notice {
	enum tcx_notification what;
	uint32_t event;
	struct timespec when; /* wall clock */
	char context[TCX_CONTEXT_MAX + 1];
	char name[TCX_NOTICE_NAME_MAX + 1];
	char row[TCX_NOTICE_ROW_MAX + 1];
	char object[TCX_NOTICE_OBJECT_MAX + 1];
	unsigned int kind, severity, state; /* numbers of notifiedKind and so on */
	char value[TCX_NOTICE_NUMBER_MAX + 1], limit[TCX_NOTICE_NUMBER_MAX + 1];
	uint64_t whole_value, whole_limit; /* without their fractions */
	uint64_t count;			   /* of crossed thresholds, or of what was dropped */
	char text[256];
};

/* Hands on the varbinds of its notification in their order: snmpTrapOID.0, then its objects. */
void tcx_notice_varbinds(const struct tcx_notice *notice,
			 void (*put)(void *arg, const oid *name, size_t len,
				     const struct tcx_value *value),
			 void *arg);

#endif
