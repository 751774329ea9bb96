/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of cgroups: what people call a path, the search in trees of any shape, and what is kept
 * from reading to reading. A tree is plain folders here: the search knows a group by its inode
 * number alone. tests/e2e/test_services.py has real ones.
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/kernel/cgroups/cgroups.h"
#include "base/clock.h"
#include "tests/unit/fixture.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* --- What people call a path ------------------------------------------------------------------ */

static const struct {
	const char *path, *service;
} paths[] = {
	{"", "/"},
	{"/", "/"},
	{"/system.slice/nginx.service", "nginx.service"},
	{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope"},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service", "foo.service"},
	{"/user.slice/user-1000.slice/user@1000.service/init.scope", "init.scope"},
	{"/init.scope", "init.scope"},
	{"/system.slice/ssh.socket", "ssh.socket"},
	{"/system.slice", "system.slice"},
	{"/a/b", "b"},
	/* A unit may have groups of its own below it. */
	{"/system.slice/systemd-udevd.service/udev", "systemd-udevd.service"},
	{"/system.slice/php.service/a.mount/pool/1", "a.mount"},
	/* Containers. */
	{"/system.slice/docker-" HEX ".scope", "0123456789ab"},
	{"/docker/" HEX, "0123456789ab"},
	{"/docker/" HEX "/system.slice/nginx.service", "0123456789ab"},
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/"
	 "cri-containerd-" HEX ".scope",
	 "0123456789ab"},
	{"/system.slice/nerdctl-" HEX ".scope", "0123456789ab"},
	{"/k8s.io/" HEX, "0123456789ab"},
	{"/kubepods/besteffort/pod12345678-1234-1234-1234-123456789abc/" HEX, "0123456789ab"},
	{"/kubepods.slice/crio-" HEX ".scope", "0123456789ab"},
	{"/machine.slice/libpod-" HEX ".scope/container", "0123456789ab"},
	{"/libpod_parent/libpod-" HEX, "0123456789ab"},
	{"/docker/" HEX "/docker/f" HEX "/x", "0123456789ab"},
	{"/docker/f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/docker/" HEX,
	 "0123456789ab"},
	/* Machines, whose names systemd escapes. */
	{"/machine.slice/machine-web.scope", "web"},
	{"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator", "qemu-1-vm"},
	{"/machine.slice/systemd-nspawn@deb.service/payload/system.slice/a.service", "deb"},
	{"/lxc.payload.c1/system.slice/ssh.service", "c1"},
	{"/machine.slice/machine-\\x2d.scope", "-"},
	{"/machine.slice/machine-\\x00\\xzz\\x2.scope", "\\x00\\xzz\\x2"},
	/* Nearly so. */
	{"/machine.slice/libpod-conmon-" HEX ".scope", "libpod-conmon-" HEX ".scope"},
	{"/system.slice/docker-.scope", "docker-.scope"},
	{"/machine.slice/machine-.scope", "machine-.scope"},
	{"/docker/" HEX "0", HEX "0"},
	{"/docker/123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	 "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	{"/docker/g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	 "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	{"/a/docker-" HEX, "docker-" HEX},
	{"/lxc.payload.", "lxc.payload."},
	{"/.service", ".service"},
	/* Any octets. */
	{"/a\xff\n.service", "a\xff\n.service"},
	{"//x//", "x"},
};

static void names_of_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		char service[TCX_CGROUP_NAME_SIZE];

		tcx_cgroup_service(paths[i].path, service);
		if (strcmp(service, paths[i].service) != 0)
			fail_msg("%s: %s", paths[i].path, service);
	}
}

/* Pieces of names in any order: there is a name, and it has room. */
static void names_by_chance(void **state)
{
	static const char *const pieces[] = {"/",	 "docker-", HEX,    ".scope",
					     "machine-", "\\x2d",   "\\x",  "libpod-",
					     ".service", "a",	    "\xff", "lxc.payload."};

	(void)state;
	srand(1);
	for (int i = 0; i < 20000; i++) {
		char path[TCX_CGROUP_NAME_SIZE] = "/", *copy;
		struct {
			char name[TCX_CGROUP_NAME_SIZE];
			char behind;
		} service = {.behind = '.'};

		for (int n = rand() % 12; n > 0; n--) {
			const char *piece = pieces[(size_t)rand() % COUNT(pieces)];

			if (strlen(path) + strlen(piece) < sizeof(path))
				strcat(path, piece);
		}
		copy = strdup(path); /* so that a sanitizer sees a read behind it */
		tcx_cgroup_service(copy, service.name);
		assert_in_range(strlen(service.name), 1, strlen(path));
		assert_int_equal(service.behind, '.');
		free(copy);
	}
}

/* The longest name of a folder just fits, also where nothing of it is escaped. */
static void longest_name(void **state)
{
	static const char *const befores[] = {"", "machine-", "lxc.payload."};
	char path[2 + NAME_MAX], service[TCX_CGROUP_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(befores); i++) {
		size_t taken = strcmp(befores[i], "lxc.payload.") == 0 ? strlen(befores[i]) : 0;

		memset(path, 'x', sizeof(path));
		path[0] = '/';
		memcpy(path + 1, befores[i], strlen(befores[i]));
		path[1 + NAME_MAX] = '\0';
		tcx_cgroup_service(path, service);
		assert_string_equal(service, path + 1 + taken);
	}
}

/* --- The search ------------------------------------------------------------------------------- */

static struct fixture fixture;
static char tree[PATH_MAX / 2];

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	fixture_open(&fixture);
	snprintf(tree, sizeof(tree), "%s/tree", fixture.root);
	return mkdir(tree, 0755) + chmod(fixture.root, 0755);
}

static int teardown(void **state)
{
	(void)state;
	nftw(tree, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	fixture_close(&fixture);
	return 0;
}

/* Makes a folder of the tree. Gives its number. */
static uint64_t make(const char *path)
{
	char full[PATH_MAX];
	struct stat status;

	snprintf(full, sizeof(full), "%s%s", tree, path);
	if (mkdir(full, 0755) != 0)
		assert_int_equal(errno, EEXIST);
	assert_int_equal(stat(full, &status), 0);
	return status.st_ino;
}

static struct tcx_table *table_of(const uint64_t *ids, size_t count)
{
	struct tcx_table *table = tcx_table_new(&tcx_cgroup_kind, SIZE_MAX, 0, NULL);

	for (size_t i = 0; i < count; i++) {
		struct tcx_cgroup row = {.id = ids[i]};

		assert_true(tcx_table_append(table, &row, NULL));
	}
	assert_true(tcx_table_sort_unique(table, NULL));
	return table;
}

static void search(struct tcx_table *groups)
{
	int root = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(root >= 0);
	tcx_cgroup_search(root, groups);
}

static const struct tcx_cgroup *row_of(const struct tcx_table *groups, uint64_t id)
{
	return tcx_table_find(groups, &id);
}

static void found(void **state)
{
	static const char *const made[] = {
		"",
		"/system.slice",
		"/system.slice/a.service",
		"/system.slice/b.service",
		"/other",
		"/system.slice/b.service/c\xff\n",
	};
	uint64_t ids[COUNT(made) + 1];
	struct tcx_table *groups;
	size_t descriptors;

	(void)state;
	for (size_t i = 0; i < COUNT(made); i++)
		ids[i] = make(made[i]);
	ids[COUNT(made)] = UINT32_MAX; /* there is no such folder */
	groups = table_of(ids, COUNT(ids));
	descriptors = fixture_descriptors();
	search(groups);
	assert_int_equal(fixture_descriptors(), descriptors);
	for (size_t i = 0; i < COUNT(made); i++)
		assert_string_equal(row_of(groups, ids[i])->path, i == 0 ? "/" : made[i]);
	assert_string_equal(row_of(groups, ids[5])->service, "b.service");
	assert_string_equal(row_of(groups, ids[0])->service, "/");
	assert_string_equal(row_of(groups, UINT32_MAX)->service, "");
	/* FNV-1a of "/" and "/other", as others compute it. */
	assert_int_equal(row_of(groups, ids[0])->path_hash, 0x2a0c975e);
	assert_int_equal(row_of(groups, ids[4])->path_hash, 0xe66e56fc);
	tcx_table_unref(groups);
}

/* Whether something reads in a folder of the tree while the group is searched for. */
static bool reads_in(const char *path, uint64_t id)
{
	char full[PATH_MAX], events[4096];
	struct tcx_table *groups = table_of(&id, 1);
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	bool read_there;

	snprintf(full, sizeof(full), "%s%s", tree, path);
	assert_true(inotify_add_watch(watch, full, IN_OPEN) >= 0);
	search(groups);
	read_there = read(watch, events, sizeof(events)) > 0;
	close(watch);
	tcx_table_unref(groups);
	return read_there;
}

/* A search of a large tree costs: it ends when all have a name, and opens nothing without groups.
 */
static void no_further(void **state)
{
	const uint64_t root = make(""), group = make("/outer") != 0 ? make("/outer/group") : 0;
	char path[PATH_MAX];
	struct stat status;

	(void)state;
	assert_false(reads_in("/outer", root));
	assert_true(reads_in("/outer", group));
	snprintf(path, sizeof(path), "%s/outer/group", tree);
	assert_int_equal(stat(path, &status), 0);
	if (status.st_nlink == 2) /* as in cgroup2, not in all file systems */
		assert_false(reads_in("/outer/group", UINT32_MAX));
}

/* Kernels of 32 bits have but half of the number in the inode number. */
static void half_numbers(void **state)
{
	const uint64_t half = make("/half"), ids[] = {7ULL << 32 | half, make("/whole")};
	struct tcx_table *groups;

	(void)state;
	if (half > UINT32_MAX)
		skip(); /* a file system with longer ones */
	groups = table_of(ids, COUNT(ids));
	search(groups);
	assert_string_equal(row_of(groups, ids[0])->path, "/half");
	assert_string_equal(row_of(groups, ids[1])->path, "/whole");
	tcx_table_unref(groups);
}

/* A path that is longer than a column is cut, a name is whole; a deeper one is not looked for. */
static void deep(void **state)
{
	enum { DEPTH = 40 };
	char path[PATH_MAX] = "";
	uint64_t ids[DEPTH];
	struct tcx_table *groups;
	size_t found = 0;

	(void)state;
	for (int i = 0; i < DEPTH; i++) {
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/a-long-name-%02d", i);
		ids[i] = make(path);
	}
	groups = table_of(ids, DEPTH);
	search(groups);
	for (int i = 0; i < DEPTH; i++)
		found += row_of(groups, ids[i])->service[0] != '\0';
	assert_in_range(found, 32, DEPTH - 1);
	assert_string_equal(row_of(groups, ids[30])->service, "a-long-name-30");
	assert_int_equal(strlen(row_of(groups, ids[30])->path), TCX_CGROUP_NAME_SIZE - 1);
	assert_memory_equal(row_of(groups, ids[30])->path, path, TCX_CGROUP_NAME_SIZE - 1);
	tcx_table_unref(groups);
}

/* Names as long as they can be, until their path is longer than a path can be. */
static void long_names(void **state)
{
	enum { DEPTH = 20 };
	char name[NAME_MAX + 1] = "";
	int folders[DEPTH + 1] = {open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	uint64_t ids[DEPTH];
	struct tcx_table *groups;

	(void)state;
	memset(name, 'x', NAME_MAX);
	for (int i = 0; i < DEPTH; i++) {
		struct stat status;

		assert_int_equal(mkdirat(folders[i], name, 0755), 0);
		folders[i + 1] = openat(folders[i], name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_int_equal(fstat(folders[i + 1], &status), 0);
		ids[i] = status.st_ino;
	}
	groups = table_of(ids, DEPTH);
	search(groups);
	for (int i = DEPTH; i > 0; i--) {
		close(folders[i]);
		assert_int_equal(unlinkat(folders[i - 1], name, AT_REMOVEDIR), 0);
	}
	close(folders[0]);
	assert_string_equal(row_of(groups, ids[14])->service, name);
	assert_string_equal(row_of(groups, ids[DEPTH - 1])->service, "");
	tcx_table_unref(groups);
}

/* What may not be read is passed over; the rest is found. Root may read all. */
static void forbidden(void **state)
{
	const uint64_t ids[] = {make("/closed"), make("/closed/inner"), make("/open"),
				make("/open/inner")};
	char path[PATH_MAX];
	int status;
	pid_t child;

	(void)state;
	snprintf(path, sizeof(path), "%s/closed", tree);
	assert_int_equal(chmod(path, 0), 0);
	child = fork();
	if (child == 0) {
		struct tcx_table *groups = table_of(ids, COUNT(ids));

		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		search(groups);
		_exit(strcmp(row_of(groups, ids[0])->path, "/closed") != 0 ||
		      row_of(groups, ids[1])->service[0] != '\0' ||
		      strcmp(row_of(groups, ids[3])->path, "/open/inner") != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(status, 0);
}

/* Neither links nor files are groups. */
static void no_groups(void **state)
{
	const uint64_t id = make("/real");
	struct tcx_table *groups;
	char path[PATH_MAX];
	struct stat status;
	uint64_t ids[2];

	(void)state;
	snprintf(path, sizeof(path), "%s/link", tree);
	assert_int_equal(symlink("real", path), 0);
	assert_int_equal(lstat(path, &status), 0);
	ids[0] = status.st_ino;
	snprintf(path, sizeof(path), "%s/loop", tree);
	assert_int_equal(symlink(".", path), 0);
	snprintf(path, sizeof(path), "%s/cgroup.procs", tree);
	assert_true(close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == 0);
	assert_int_equal(lstat(path, &status), 0);
	ids[1] = status.st_ino;
	groups = table_of(ids, 2);
	search(groups);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(row_of(groups, ids[i])->service, "");
	tcx_table_unref(groups);
	groups = table_of(&id, 1);
	search(groups);
	assert_string_equal(row_of(groups, id)->path, "/real");
	tcx_table_unref(groups);
}

static atomic_bool enough;

static void *come_and_go(void *arg)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; !enough; i++) {
		snprintf(path, sizeof(path), "%s/parent/%u", (const char *)arg, i % 50);
		if (i / 50 % 2 == 0)
			mkdir(path, 0755);
		else
			rmdir(path);
	}
	return NULL;
}

/* Groups come and go meanwhile: those that stay are found each time. */
static void changing(void **state)
{
	const uint64_t ids[] = {make("/parent"), make("/parent/stays"), make("/zz")};
	pthread_t thread;

	(void)state;
	enough = false;
	assert_int_equal(pthread_create(&thread, NULL, come_and_go, tree), 0);
	for (int i = 0; i < 300; i++) {
		struct tcx_table *groups = table_of(ids, COUNT(ids));

		search(groups);
		for (size_t k = 0; k < COUNT(ids); k++)
			if (row_of(groups, ids[k])->service[0] == '\0')
				fail_msg("search %d has not found group %zu", i, k);
		tcx_table_unref(groups);
	}
	enough = true;
	pthread_join(thread, NULL);
}

/* --- From reading to reading ------------------------------------------------------------------ */

/*
 * Readings of a host without a tree of ours: none of these numbers is a group's. So what the rows
 * have is what the reading before had, and when the tree was searched.
 */
#define NO_GROUP (UINT64_MAX - 1000)

static struct tcx_table *name(const uint64_t *ids, size_t count, const struct tcx_table *before)
{
	struct tcx_table *groups = tcx_table_new(&tcx_cgroup_kind, SIZE_MAX, 0, NULL);
	struct tcx_netns *netns = fixture_netns(fixture.root);

	for (size_t i = 0; i < count; i++) {
		struct tcx_cgroup row = {.id = ids[i]};

		assert_true(tcx_table_append(groups, &row, NULL));
	}
	assert_true(tcx_cgroups_name(groups, before, netns, NULL));
	tcx_netns_unref(netns);
	return groups;
}

/* The row, as a reading that is so many seconds old has it. */
static struct tcx_cgroup *age(const struct tcx_table *groups, uint64_t id, uint64_t seconds)
{
	struct tcx_cgroup *row = tcx_table_find(groups, &id);

	row->seen_ns -= seconds * TCX_NS_PER_S;
	row->searched_ns -= seconds * TCX_NS_PER_S;
	return row;
}

/* A group is searched for once, and what the tree does not have after a minute again. */
static void searched_once(void **state)
{
	const uint64_t ids[] = {NO_GROUP, NO_GROUP + 1, NO_GROUP};
	struct tcx_table *first = name(ids, COUNT(ids), NULL);
	struct tcx_table *second = name(ids, 2, first), *third;

	(void)state;
	assert_int_equal(first->count, 2);
	assert_true(first->taken_ns > 0);
	assert_true(first->taken_ns + first->cost_ns <= tcx_clock_now());
	assert_int_equal(second->taken_ns, first->taken_ns);
	assert_int_equal(row_of(second, ids[0])->searched_ns, first->taken_ns);
	assert_true(row_of(second, ids[0])->seen_ns > first->taken_ns);
	age(second, ids[0], 59);
	third = name(ids, 2, second);
	assert_int_equal(third->taken_ns, first->taken_ns);
	tcx_table_unref(third);
	age(second, ids[0], 1);
	second->cost_ns = 0;
	third = name(ids, 2, second);
	assert_true(third->taken_ns > first->taken_ns);
	assert_int_equal(row_of(third, ids[0])->searched_ns, third->taken_ns);
	assert_int_equal(row_of(third, ids[1])->searched_ns, first->taken_ns);
	tcx_table_unref(first);
	tcx_table_unref(second);
	tcx_table_unref(third);
}

/* What is known by name is not searched for again, and goes when it has had no socket for long. */
static void kept(void **state)
{
	const uint64_t id = NO_GROUP, other = NO_GROUP + 1;
	struct tcx_table *first = name(&id, 1, NULL), *second, *third;

	(void)state;
	strcpy(age(first, id, 500)->service, "known");
	second = name(&other, 1, first);
	assert_int_equal(second->count, 2);
	assert_string_equal(row_of(second, id)->service, "known");
	age(second, id, 120);
	third = name(&other, 1, second);
	assert_int_equal(third->count, 1);
	assert_null(row_of(third, id));
	tcx_table_unref(third);
	third = name(&id, 1, second);
	assert_string_equal(row_of(third, id)->service, "known");
	assert_int_equal(third->taken_ns, second->taken_ns);
	tcx_table_unref(first);
	tcx_table_unref(second);
	tcx_table_unref(third);
}

/* Groups that have had sockets are not more than a thousand, so that they do not pile up. */
static void not_too_many(void **state)
{
	enum { MANY = 3000 };
	static uint64_t ids[MANY];
	struct tcx_table *first, *second;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		ids[i] = NO_GROUP - i;
	first = name(ids, MANY, NULL);
	assert_int_equal(first->count, MANY);
	second = name(ids, 1, first);
	assert_in_range(second->count, 2, 1001);
	tcx_table_unref(first);
	tcx_table_unref(second);
}

/* After a search that took long the next one waits, and what it is for has no name until then. */
static void seldom(void **state)
{
	const uint64_t id = NO_GROUP, other = NO_GROUP + 1;
	struct tcx_table *first = name(&id, 1, NULL), *second, *third;

	(void)state;
	first->cost_ns = 1000 * TCX_NS_PER_S;
	second = name(&other, 1, first);
	assert_int_equal(second->taken_ns, first->taken_ns);
	assert_int_equal(row_of(second, other)->searched_ns, 0);
	second->cost_ns = 0;
	third = name(&other, 1, second);
	assert_true(third->taken_ns > first->taken_ns);
	assert_int_equal(row_of(third, other)->searched_ns, third->taken_ns);
	tcx_table_unref(first);
	tcx_table_unref(second);
	tcx_table_unref(third);
}

/* Mounts of another kind, lines of any shape, and a tree that is none. */
static void no_root(void **state)
{
	char text[3 * PATH_MAX];
	int own, other;

	(void)state;
	own = tcx_cgroup_open_root("/nowhere");
	fixture_puts(&fixture, "1/mounts", "cgroup2\ncgroup2 /\n\n# x\ncgroup2 /x cgroup2");
	snprintf(text, sizeof(text), "none %s cgroup2 rw 0 0\nnone /%04000d cgroup2 rw 0 0\n",
		 "/../../tree", 0);
	fixture_puts(&fixture, "mounts", text);
	other = tcx_cgroup_open_root(fixture.root);
	assert_int_equal(other >= 0, own >= 0);
	close(own);
	close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_paths),
		cmocka_unit_test(names_by_chance),
		cmocka_unit_test(longest_name),
		cmocka_unit_test_setup_teardown(found, setup, teardown),
		cmocka_unit_test_setup_teardown(no_further, setup, teardown),
		cmocka_unit_test_setup_teardown(half_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(deep, setup, teardown),
		cmocka_unit_test_setup_teardown(long_names, setup, teardown),
		cmocka_unit_test_setup_teardown(forbidden, setup, teardown),
		cmocka_unit_test_setup_teardown(no_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(changing, setup, teardown),
		cmocka_unit_test_setup_teardown(searched_once, setup, teardown),
		cmocka_unit_test_setup_teardown(kept, setup, teardown),
		cmocka_unit_test_setup_teardown(not_too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(seldom, setup, teardown),
		cmocka_unit_test_setup_teardown(no_root, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
