/* SPDX-License-Identifier: BSD-2-Clause */
/* The varbinds of notifications, and the objects that count them. */
#include "mib/notifications.h"

#include <string.h>

#include "base/list.h"
#include "mib/objects.h"

#define NOTIFICATIONS_ROOT TCX_MIB_ROOT, 0

TCX_SHOW_OF(notificationsSent, counter64, request->notified.sent)
TCX_SHOW_OF(notificationsDropped, counter64, request->notified.dropped)
TCX_SHOW_OF(notificationsRefused, counter64, request->notified.refused)
TCX_SHOW_OF(notificationsWaiting, gauge32_latched, request->notified.waiting)

/* --- What notifications have -------------------------------------------------------------------*/

#define VALUE(object, as, ...)                                                                     \
	static void show_##object(const struct tcx_notice *notice, struct tcx_value *value)        \
	{                                                                                          \
		tcx_value_##as(value, __VA_ARGS__);                                                \
	}

VALUE(notifiedContext, text, notice->context)
VALUE(notifiedName, text, notice->name)
VALUE(notifiedRow, text, notice->row)
VALUE(notifiedObject, text, notice->object)
VALUE(notifiedKind, integer, notice->kind)
VALUE(notifiedValue, text, notice->value)
VALUE(notifiedValue32, gauge32_latched, notice->whole_value)
VALUE(notifiedLimit, text, notice->limit)
VALUE(notifiedLimit32, gauge32_latched, notice->whole_limit)
VALUE(notifiedSeverity, integer, notice->severity)
VALUE(notifiedState, integer, notice->state)
VALUE(notifiedEvent, gauge32, notice->event)
VALUE(notifiedTime, date, &notice->when)
VALUE(notifiedText, text, notice->text)
VALUE(notifiedCrossed, gauge32_latched, notice->count)
VALUE(notifiedDropped, gauge32_latched, notice->count)

static const struct {
	const char *name;
	oid sub_id;
	void (*show)(const struct tcx_notice *notice, struct tcx_value *value);
} objects[] = {
#define NOTIFIED(node, sub_id, object, syntax, limits, unit, text) {#object, sub_id, show_##object},
#include "mibs/tables.def"
};

static const struct {
	oid sub_id;
	const char *objects;
} notifications[TCX_NOTIFICATIONS] = {
#define NOTIFICATION(sub_id, notification, objects, text) {sub_id, objects},
#include "mibs/tables.def"
};

void tcx_notice_varbinds(const struct tcx_notice *notice,
			 void (*put)(void *arg, const oid *name, size_t len,
				     const struct tcx_value *value),
			 void *arg)
{
	static const oid snmpTrapOID[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
	const oid id[] = {NOTIFICATIONS_ROOT, notifications[notice->what].sub_id};
	const char *list = notifications[notice->what].objects;
	char word[PATH_MAX];
	struct tcx_value value;

	tcx_value_oid(&value, id, sizeof(id) / sizeof(id[0]));
	put(arg, snmpTrapOID, sizeof(snmpTrapOID) / sizeof(snmpTrapOID[0]), &value);
	while (tcx_list_next(&list, " ", word))
		for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
			const oid name[] = {TCX_OBJECTS_ROOT, TCX_ARC_notification,
					    objects[i].sub_id, 0};

			if (strcmp(objects[i].name, word) != 0)
				continue;
			objects[i].show(notice, &value);
			put(arg, name, sizeof(name) / sizeof(name[0]), &value);
		}
}
