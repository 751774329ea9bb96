/* The groups that a configuration can choose, and their registration with the master. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mib/objects.h"
#include "snmp/registrations.h"

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
	       tcx_add_icmp_types(tree) && tcx_add_tcp_states(tree) &&
	       tcx_add_tcp_listeners(tree) && tcx_add_table_info(tree) && tcx_add_source_info(tree);
}

#define TCX_ROOT_MAX 32

#define MIB2		 1, 3, 6, 1, 2, 1
#define OID_AND_LEN(...) {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)

/*
 * A group is registered as one subtree, which costs a walk half of what one registration per leaf
 * does. But the more specific registration wins: where snmpd has some of its own below, as the two
 * settings of ip and the columns of most tables, ours are by leaf as well. The subtree is needed
 * all the same. Where snmpd has a table as a whole, what we leave of it goes on being asked, and
 * answers with its own rows that lie behind our last one, in our last column. A TABLE is by leaf
 * too, and not registered while there are no tables.
 */
enum how { WHOLE, BY_LEAF_TOO, TABLE };

struct group_row {
	const char *word;
	bool (*add)(struct tcx_tree *tree);
	enum how how;
	oid root[TCX_ROOT_MAX]; /* of the leaves */
	size_t root_len;
	oid subtree[TCX_ROOT_MAX]; /* that is registered */
	size_t subtree_len;
	oid module[TCX_ROOT_MAX]; /* sysORID of its row in sysORTable */
	size_t module_len;
	const char *text; /* sysORDescr */
};

#define ROOT(...)    OID_AND_LEN(__VA_ARGS__)
#define SUBTREE(...) OID_AND_LEN(__VA_ARGS__)
#define MODULE(...)  OID_AND_LEN(__VA_ARGS__)

static const struct group_row rows[] = {
	{"ip", add_ip, BY_LEAF_TOO, ROOT(MIB2, 4), SUBTREE(MIB2, 4), MODULE(MIB2, 4),
	 "RFC1213-MIB: the scalars of the ip group, by tcpextd"},
	{"icmp", add_icmp, WHOLE, ROOT(MIB2, 5), SUBTREE(MIB2, 5), MODULE(MIB2, 5),
	 "RFC1213-MIB: the icmp group, by tcpextd"},
	{"tcp", add_tcp, WHOLE, ROOT(MIB2, 6), SUBTREE(MIB2, 6), MODULE(MIB2, 49),
	 "TCP-MIB: the scalars of the tcp group, 64-bit ones included, by tcpextd"},
	{"udp", add_udp, WHOLE, ROOT(MIB2, 7), SUBTREE(MIB2, 7), MODULE(MIB2, 50),
	 "UDP-MIB: the scalars of the udp group, 64-bit ones included, by tcpextd"},
	{"tcpext", add_private, WHOLE, ROOT(TCX_OBJECTS_ROOT), SUBTREE(TCX_OBJECTS_ROOT),
	 MODULE(TCX_MIB_ROOT, 3, 1), /* linuxTcpExtAgentV1 */
	 "LINUX-TCPEXT-MIB: all TCP/IP counters of the Linux kernel, by tcpextd"},
	{"interfaces", tcx_add_interfaces, TABLE, ROOT(MIB2, 2), SUBTREE(MIB2, 2, 2),
	 MODULE(MIB2, 2), "RFC1213-MIB: the interfaces group, by tcpextd"},
	{"at", tcx_add_at, TABLE, ROOT(MIB2, 3, 1, 1), SUBTREE(MIB2, 3), MODULE(MIB2, 3),
	 "RFC1213-MIB: the at group, by tcpextd"},
	{"ipAddrTable", tcx_add_ip_addresses, TABLE, ROOT(MIB2, 4, 20, 1), SUBTREE(MIB2, 4, 20),
	 MODULE(MIB2, 4, 20), "RFC1213-MIB: ipAddrTable, by tcpextd"},
	{"ipRouteTable", tcx_add_ip_routes, TABLE, ROOT(MIB2, 4, 21, 1), SUBTREE(MIB2, 4, 21),
	 MODULE(MIB2, 4, 21), "RFC1213-MIB: ipRouteTable, by tcpextd"},
	{"ipNetToMediaTable", tcx_add_ip_neighbours, TABLE, ROOT(MIB2, 4, 22, 1),
	 SUBTREE(MIB2, 4, 22), MODULE(MIB2, 4, 22), "RFC1213-MIB: ipNetToMediaTable, by tcpextd"},
	{"tcpConnTable", tcx_add_tcp_connections, TABLE, ROOT(MIB2, 6, 13, 1), SUBTREE(MIB2, 6, 13),
	 MODULE(MIB2, 6, 13), "RFC1213-MIB: tcpConnTable, by tcpextd"},
	{"udpTable", tcx_add_udp_endpoints, TABLE, ROOT(MIB2, 7, 5, 1), SUBTREE(MIB2, 7, 5),
	 MODULE(MIB2, 7, 5), "RFC1213-MIB: udpTable, by tcpextd"},
};

#define GROUPS (sizeof(rows) / sizeof(rows[0]))

struct registration {
	netsnmp_handler_registration *made; /* the library's, which frees it */
	bool refused;			    /* by the master of this session */
};

/* A group that can be registered: its objects and where they are. */
struct group {
	const struct group_row *row;
	struct tcx_served served;
	int priority;			    /* of the registrations; 0 while there are none */
	struct registration *registrations; /* owned: room for the whole and its leaves */
	size_t registered;
	bool unlisted; /* sysORTable of the master lacks its row, for it has refused some */
};

struct tcx_mib {
	struct tcx_mib_settings settings;
	struct group groups[GROUPS];
};

const char *tcx_mib_group_word(size_t i)
{
	return i < GROUPS ? rows[i].word : NULL;
}

const char *tcx_mib_group_text(size_t i)
{
	return i < GROUPS ? rows[i].text : NULL;
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

static bool register_subtree(struct group *group, const oid *root, size_t len)
{
	netsnmp_handler_registration *registration = netsnmp_create_handler_registration(
		group->row->word, tcx_dispatcher_answer, root, len, HANDLER_CAN_RONLY);

	if (registration == NULL)
		return false;
	registration->handler->myvoid = &group->served;
	registration->priority = group->priority;
	/* The master's refusal comes before the function returns. */
	group->registrations[group->registered++] =
		(struct registration){.made = registration, .refused = false};
	if (netsnmp_register_handler(registration) == MIB_REGISTERED_OK)
		return true;
	group->registered--; /* the library has freed it */
	return false;
}

static bool register_by_leaf(struct group *group)
{
	oid name[TCX_ROOT_MAX + TCX_LEAF_ID_MAX];
	size_t root_len = group->row->root_len;

	memcpy(name, group->row->root, root_len * sizeof(oid));
	for (size_t i = 0; i < group->served.tree.count; i++) {
		const struct tcx_leaf *leaf = &group->served.tree.leaves[i];

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
	if (!register_subtree(group, row->subtree, row->subtree_len))
		return false;
	if (row->how != WHOLE && !register_by_leaf(group))
		return false;
	register_sysORTable((oid *)row->module, row->module_len, row->text);
	return true;
}

static void unregister_group(struct group *group)
{
	const struct group_row *row = group->row;

	for (; group->registered > 0; group->registered--)
		netsnmp_unregister_handler(group->registrations[group->registered - 1].made);
	unregister_sysORTable((oid *)row->module, row->module_len);
	group->unlisted = false;
	group->priority = 0;
}

/* 0: none. */
static int wanted_priority(const struct tcx_mib_settings *settings, size_t group)
{
	bool possible = rows[group].how != TABLE || settings->tables;

	return possible && (settings->groups & 1U << group) != 0 ? settings->priority : 0;
}

static bool reconcile(struct group *group, int priority, struct tcx_fault *fault)
{
	if (group->priority == priority)
		return true;
	if (group->priority > 0)
		unregister_group(group);
	if (priority == 0 || register_group(group, priority))
		return true;
	return tcx_fault_set(fault, "the group '%s' cannot be registered: memory is short",
			     group->row->word);
}

static bool build_group(struct group *group, const struct group_row *row,
			struct tcx_dispatcher *dispatcher)
{
	group->row = row;
	group->served.dispatcher = dispatcher;
	group->served.root = row->root;
	group->served.root_len = row->root_len;
	if (!row->add(&group->served.tree))
		return false;
	tcx_tree_sort(&group->served.tree);
	group->registrations =
		calloc(group->served.tree.count + 1, sizeof(group->registrations[0]));
	return group->registrations != NULL;
}

struct tcx_mib *tcx_mib_new(struct tcx_dispatcher *dispatcher)
{
	struct tcx_mib *mib = calloc(1, sizeof(*mib));

	if (mib == NULL)
		return NULL;
	for (size_t i = 0; i < GROUPS; i++) {
		if (!build_group(&mib->groups[i], &rows[i], dispatcher)) {
			tcx_mib_free(mib);
			return NULL;
		}
	}
	return mib;
}

void tcx_mib_set(struct tcx_mib *mib, const struct tcx_mib_settings *settings)
{
	mib->settings = *settings;
}

enum tcx_mib_change tcx_mib_change(const struct tcx_mib *mib)
{
	enum tcx_mib_change change = TCX_MIB_AS_IT_IS;

	for (size_t i = 0; i < GROUPS; i++) {
		int priority = mib->groups[i].priority;

		if (priority == wanted_priority(&mib->settings, i))
			continue;
		if (priority > 0)
			return TCX_MIB_TAKES_BACK;
		change = TCX_MIB_ADDS;
	}
	return change;
}

bool tcx_mib_register(struct tcx_mib *mib, struct tcx_fault *fault)
{
	for (size_t i = 0; i < GROUPS; i++)
		if (!reconcile(&mib->groups[i], wanted_priority(&mib->settings, i), fault))
			return false;
	return true;
}

static struct registration *find_registration(struct tcx_mib *mib, const oid *name, size_t len,
					      int priority, size_t *group)
{
	for (*group = 0; *group < GROUPS; (*group)++) {
		const struct group *one = &mib->groups[*group];

		for (size_t i = 0; one->priority == priority && i < one->registered; i++) {
			const netsnmp_handler_registration *made = one->registrations[i].made;

			if (snmp_oid_compare(made->rootoid, made->rootoid_len, name, len) == 0)
				return &one->registrations[i];
		}
	}
	return NULL;
}

const char *tcx_mib_refused(struct tcx_mib *mib, const unsigned long *name, size_t len,
			    int priority)
{
	size_t group;
	struct registration *registration = find_registration(mib, name, len, priority, &group);

	if (registration == NULL)
		return NULL;
	registration->refused = true;
	return rows[group].word;
}

bool tcx_mib_is_refused(struct tcx_mib *mib, const unsigned long *name, size_t len, int priority)
{
	size_t group;
	const struct registration *registration =
		find_registration(mib, name, len, priority, &group);

	return registration != NULL && registration->refused;
}

/* As the library itself asks the master, and nothing else: here it is registered. */
static void ask_for(struct registration *registration)
{
	netsnmp_handler_registration *made = registration->made;
	struct register_parameters parameters = {
		.name = made->rootoid,
		.namelen = made->rootoid_len,
		.priority = made->priority,
		.timeout = made->timeout,
		.reginfo = made,
	};

	registration->refused = false;
	snmp_call_callbacks(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_OID, &parameters);
}

unsigned int tcx_mib_ask_again(struct tcx_mib *mib)
{
	unsigned int asked = 0;

	for (size_t i = 0; i < GROUPS; i++) {
		struct group *group = &mib->groups[i];

		for (size_t k = 0; k < group->registered; k++) {
			if (!group->registrations[k].refused)
				continue;
			ask_for(&group->registrations[k]);
			asked |= 1U << i;
		}
	}
	return asked;
}

static bool has_refusals(const struct group *group)
{
	for (size_t i = 0; i < group->registered; i++)
		if (group->registrations[i].refused)
			return true;
	return false;
}

/* The library's own rows stay as they are: in the next session all are sent again. */
void tcx_mib_list(struct tcx_mib *mib)
{
	for (size_t i = 0; i < GROUPS; i++) {
		struct group *group = &mib->groups[i];
		struct register_sysOR_parameters row = {
			.name = (oid *)group->row->module,
			.namelen = group->row->module_len,
			.descr = (char *)group->row->text,
		};

		if (group->priority == 0 || has_refusals(group) == group->unlisted)
			continue;
		group->unlisted = !group->unlisted;
		snmp_call_callbacks(SNMP_CALLBACK_APPLICATION,
				    group->unlisted ? SNMPD_CALLBACK_UNREG_SYSOR
						    : SNMPD_CALLBACK_REG_SYSOR,
				    &row);
	}
}

/* Another session: whatever was refused before is asked for anew. */
static void forget_refusals(struct tcx_mib *mib)
{
	for (size_t i = 0; i < GROUPS; i++) {
		mib->groups[i].unlisted = false;
		for (size_t k = 0; k < mib->groups[i].registered; k++)
			mib->groups[i].registrations[k].refused = false;
	}
}

/*
 * A registration within another cuts the outer one into slices. The library would register the
 * whole again for each of them (register_mib_reattach()): only the first slice begins where the
 * registration does.
 */
static void keep_first_slice(netsnmp_subtree *slice)
{
	if (snmp_oid_compare(slice->start_a, slice->start_len, slice->name_a, slice->namelen) != 0)
		slice->flags |= SUBTREE_ATTACHED;
}

/*
 * Where the session before ended while its registrations were being made, the library has gone on
 * to mark the rest as made: that is undone first.
 */
void tcx_mib_connected(struct tcx_mib *mib)
{
	netsnmp_subtree *slice = netsnmp_subtree_find_first("");

	forget_refusals(mib);
	register_mib_detach();
	for (; slice != NULL; slice = slice->next)
		for (netsnmp_subtree *child = slice; child != NULL; child = child->children)
			keep_first_slice(child);
}

void tcx_mib_free(struct tcx_mib *mib)
{
	if (mib == NULL)
		return;
	for (size_t i = 0; i < GROUPS; i++) {
		free(mib->groups[i].registrations);
		tcx_tree_clear(&mib->groups[i].served.tree);
	}
	free(mib);
}
