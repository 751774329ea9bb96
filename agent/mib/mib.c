#include "tcx_mib.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tcx_clock.h"
#include "tcx_netsnmp.h"
#include "tcx_objects.h"
#include "tcx_tree.h"
#include "tcx_view.h"

/*
 * A request that takes longer than this has been given up by the master (agentXTimeout): its view
 * ends with it.
 */
#define TRANSACTION_NS TCX_NS_PER_S

static bool add_ip(struct tcx_tree *tree)
{
	return tcx_add_mib2(tree, TCX_MIB2_ip);
}

static bool add_icmp(struct tcx_tree *tree)
{
	return tcx_add_mib2(tree, TCX_MIB2_icmp);
}

static bool add_tcp(struct tcx_tree *tree)
{
	return tcx_add_mib2(tree, TCX_MIB2_tcp);
}

static bool add_udp(struct tcx_tree *tree)
{
	return tcx_add_mib2(tree, TCX_MIB2_udp);
}

static bool add_private(struct tcx_tree *tree)
{
	return tcx_add_snapshot(tree) && tcx_add_nstat(tree) && tcx_add_counters(tree) &&
	       tcx_add_icmp_types(tree);
}

#define ROOT_MAX	 32
#define MIB2		 1, 3, 6, 1, 2, 1
#define OID_AND_LEN(...) {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)

/*
 * A group is registered as one subtree, which costs a walk half of what one registration per scalar
 * does. Not so ip: snmpd registers ipForwarding and ipDefaultTTL by themselves below its whole ip
 * group, the more specific registration wins, and a subtree within a subtree of ours is what the
 * library registers wrongly after a reconnect (register_mib_reattach() repeats the outer one for
 * each of its pieces). So each scalar of ip is registered by itself: singly.
 */
static const struct group_row {
	const char *word;
	bool (*add)(struct tcx_tree *tree);
	bool singly;
	oid root[ROOT_MAX];
	size_t root_len;
	oid module[ROOT_MAX]; /* sysORID of its row in sysORTable */
	size_t module_len;
	const char *text; /* sysORDescr */
} rows[] = {
	{"ip", add_ip, true, OID_AND_LEN(MIB2, 4), OID_AND_LEN(MIB2, 4),
	 "RFC1213-MIB: the scalars of the ip group, by tcpextd"},
	{"icmp", add_icmp, false, OID_AND_LEN(MIB2, 5), OID_AND_LEN(MIB2, 5),
	 "RFC1213-MIB: the icmp group, by tcpextd"},
	{"tcp", add_tcp, false, OID_AND_LEN(MIB2, 6), OID_AND_LEN(MIB2, 49),
	 "TCP-MIB: the scalars of the tcp group, 64-bit ones included, by tcpextd"},
	{"udp", add_udp, false, OID_AND_LEN(MIB2, 7), OID_AND_LEN(MIB2, 50),
	 "UDP-MIB: the scalars of the udp group, 64-bit ones included, by tcpextd"},
	{"tcpext", add_private, false, OID_AND_LEN(TCX_OBJECTS_ROOT),
	 OID_AND_LEN(TCX_MIB_ROOT, 3, 1), /* linuxTcpExtAgentV1 */
	 "LINUX-TCPEXT-MIB: all TCP/IP counters of the Linux kernel, by tcpextd"},
};

#define GROUPS (sizeof(rows) / sizeof(rows[0]))

struct group {
	const struct group_row *row;
	struct tcx_mib *mib;
	struct tcx_tree tree;
	int priority; /* of the registrations; 0 while there are none */
	netsnmp_handler_registration **registrations; /* owned: room for one per leaf */
	size_t registered;
};

struct tcx_mib {
	struct tcx_mib_settings settings;
	struct group groups[GROUPS];
	struct tcx_view view; /* of the request that is being answered */
	long transaction;     /* its number, given by the master */
	const void *session;  /* which it came by */
};

const char *tcx_mib_group_word(size_t i)
{
	return i < GROUPS ? rows[i].word : NULL;
}

unsigned int tcx_mib_group_bit(const char *word)
{
	if (strcasecmp(word, "all") == 0)
		return (1U << GROUPS) - 1;
	for (size_t i = 0; i < GROUPS; i++)
		if (strcasecmp(word, rows[i].word) == 0)
			return 1U << i;
	return 0;
}

const char *tcx_mib_group_of(const struct tcx_mib *mib, const unsigned long *name, size_t len)
{
	for (size_t i = 0; i < GROUPS; i++) {
		const struct group_row *row = mib->groups[i].row;

		if (len >= row->root_len &&
		    snmp_oid_compare(row->root, row->root_len, name, row->root_len) == 0)
			return row->word;
	}
	return NULL;
}

static void end_view(struct tcx_mib *mib)
{
	tcx_snapshot_unref(mib->view.latest);
	mib->view.latest = NULL;
	mib->view.fresh = NULL;
	mib->session = NULL;
}

/*
 * The library keeps sysUpTime equal to the master's, in hundredths of a second and with a small
 * error that differs from answer to answer. So its beginning is kept here and found anew only when
 * it is clearly another: the master has been restarted.
 */
static uint64_t uptime_zero(const struct tcx_view *view)
{
	uint64_t uptime_ns = (uint64_t)netsnmp_get_agent_uptime() * (TCX_NS_PER_S / 100);
	uint64_t zero = view->now_ns > uptime_ns ? view->now_ns - uptime_ns : 0;
	uint64_t known = view->uptime_zero_ns;
	uint64_t difference = zero > known ? zero - known : known - zero;

	return difference > TCX_NS_PER_S / 2 ? zero : known;
}

static void begin_view(struct tcx_mib *mib)
{
	struct tcx_view *view = &mib->view;

	end_view(mib);
	view->latest = tcx_collector_latest(mib->settings.collector);
	view->now_ns = tcx_clock_now();
	view->uptime_zero_ns = uptime_zero(view);
	view->interval_ns = mib->settings.interval_ns;
	view->max_age_ns = mib->settings.max_age_ns;
	tcx_collector_status(mib->settings.collector, &view->status);
	if (view->latest != NULL && view->now_ns - view->latest->taken_ns <= view->max_age_ns)
		view->fresh = view->latest;
}

/*
 * The master splits one request of a manager into several for us, one per registration and, for
 * GETBULK, one per repetition. All carry the same transaction number (master.c,
 * agentx_master_handler()): they all see one snapshot.
 */
static const struct tcx_view *view_of(struct tcx_mib *mib, const netsnmp_agent_session *request)
{
	if (mib->session != request->session || mib->transaction != request->pdu->transid ||
	    tcx_clock_now() - mib->view.now_ns > TRANSACTION_NS)
		begin_view(mib);
	mib->session = request->session;
	mib->transaction = request->pdu->transid;
	return &mib->view;
}

static void answer_get(const struct group *group, const struct tcx_view *view,
		       netsnmp_agent_request_info *info, netsnmp_request_info *request)
{
	netsnmp_variable_list *varbind = request->requestvb;
	size_t root_len = group->row->root_len;
	struct tcx_value value;

	switch (tcx_tree_get(&group->tree, view, varbind->name + root_len,
			     varbind->name_length - root_len, &value)) {
	case TCX_FOUND:
		snmp_set_var_typed_value(varbind, value.type, value.data, value.len);
		break;
	case TCX_NO_INSTANCE:
		netsnmp_set_request_error(info, request, SNMP_NOSUCHINSTANCE);
		break;
	default:
		netsnmp_set_request_error(info, request, SNMP_NOSUCHOBJECT);
	}
}

/* The part of a name below the group's root; empty for a name that lies before it. */
static size_t below_root(const struct group *group, const netsnmp_variable_list *varbind)
{
	size_t root_len = group->row->root_len;

	if (varbind->name_length <= root_len ||
	    snmp_oid_compare(varbind->name, root_len, group->row->root, root_len) != 0)
		return 0;
	return varbind->name_length - root_len;
}

/*
 * Leaving the varbind as it is tells the library that there is nothing more in this registration.
 */
static void answer_next(const struct group *group, const struct tcx_view *view,
			netsnmp_request_info *request)
{
	netsnmp_variable_list *varbind = request->requestvb;
	size_t root_len = group->row->root_len;
	oid next[MAX_OID_LEN];
	size_t next_len;
	struct tcx_value value;

	memcpy(next, group->row->root, root_len * sizeof(oid));
	if (!tcx_tree_next(&group->tree, view, varbind->name + root_len, below_root(group, varbind),
			   next + root_len, &next_len, &value))
		return;
	snmp_set_var_objid(varbind, next, root_len + next_len);
	snmp_set_var_typed_value(varbind, value.type, value.data, value.len);
}

static int answer(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
		  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	const struct group *group = handler->myvoid;
	const struct tcx_view *view = view_of(group->mib, info->asp);

	(void)registration;
	for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
		if (request->processed)
			continue;
		if (info->mode == MODE_GET)
			answer_get(group, view, info, request);
		else if (info->mode == MODE_GETNEXT)
			answer_next(group, view, request);
	}
	return SNMP_ERR_NOERROR;
}

static bool register_subtree(struct group *group, const oid *root, size_t len)
{
	netsnmp_handler_registration *registration = netsnmp_create_handler_registration(
		group->row->word, answer, root, len, HANDLER_CAN_RONLY);

	if (registration == NULL)
		return false;
	registration->handler->myvoid = group;
	registration->priority = group->priority;
	if (netsnmp_register_handler(registration) != MIB_REGISTERED_OK)
		return false; /* the library has freed it */
	group->registrations[group->registered++] = registration;
	return true;
}

static bool register_singly(struct group *group)
{
	oid name[ROOT_MAX + TCX_LEAF_ID_MAX];
	size_t root_len = group->row->root_len;

	memcpy(name, group->row->root, root_len * sizeof(oid));
	for (size_t i = 0; i < group->tree.count; i++) {
		const struct tcx_leaf *leaf = &group->tree.leaves[i];

		memcpy(name + root_len, leaf->id, leaf->id_len * sizeof(oid));
		if (!register_subtree(group, name, root_len + leaf->id_len))
			return false;
	}
	return true;
}

static bool register_group(struct group *group, int priority)
{
	const struct group_row *row = group->row;

	group->priority = priority;
	if (row->singly ? !register_singly(group)
			: !register_subtree(group, row->root, row->root_len))
		return false;
	register_sysORTable((oid *)row->module, row->module_len, row->text);
	return true;
}

static void unregister_group(struct group *group)
{
	const struct group_row *row = group->row;

	while (group->registered > 0)
		netsnmp_unregister_handler(group->registrations[--group->registered]);
	unregister_sysORTable((oid *)row->module, row->module_len);
	group->priority = 0;
}

static bool reconcile(struct group *group, bool wanted, int priority, struct tcx_fault *fault)
{
	if (group->priority > 0 && (!wanted || group->priority != priority))
		unregister_group(group);
	if (!wanted || group->priority > 0)
		return true;
	if (register_group(group, priority))
		return true;
	return tcx_fault_set(fault, "the group '%s' cannot be registered", group->row->word);
}

static bool build_group(struct group *group, const struct group_row *row, struct tcx_mib *mib)
{
	group->row = row;
	group->mib = mib;
	if (!row->add(&group->tree))
		return false;
	tcx_tree_sort(&group->tree);
	group->registrations = calloc(group->tree.count, sizeof(group->registrations[0]));
	return group->registrations != NULL;
}

struct tcx_mib *tcx_mib_new(void)
{
	struct tcx_mib *mib = calloc(1, sizeof(*mib));

	for (size_t i = 0; mib != NULL && i < GROUPS; i++) {
		if (!build_group(&mib->groups[i], &rows[i], mib)) {
			tcx_mib_free(mib);
			return NULL;
		}
	}
	return mib;
}

bool tcx_mib_apply(struct tcx_mib *mib, const struct tcx_mib_settings *settings,
		   struct tcx_fault *fault)
{
	bool done = true;

	end_view(mib);
	mib->settings = *settings;
	for (size_t i = 0; i < GROUPS; i++)
		done = reconcile(&mib->groups[i], settings->groups & (1U << i), settings->priority,
				 fault) &&
		       done;
	return done;
}

void tcx_mib_register_again(struct tcx_mib *mib, unsigned int groups)
{
	for (size_t i = 0; i < GROUPS; i++) {
		int priority = mib->groups[i].priority;

		if ((groups & (1U << i)) == 0 || priority == 0)
			continue;
		unregister_group(&mib->groups[i]);
		register_group(&mib->groups[i], priority);
	}
}

void tcx_mib_free(struct tcx_mib *mib)
{
	if (mib == NULL)
		return;
	for (size_t i = 0; i < GROUPS; i++) {
		free(mib->groups[i].registrations);
		tcx_tree_clear(&mib->groups[i].tree);
	}
	end_view(mib);
	free(mib);
}
