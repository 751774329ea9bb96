/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes what is told of a process: the input is the texts of its files comm, cgroup and stat, with
 * 0xff between them. What people call a control group is tried on the whole input, too.
 *
 * Beyond not crashing: the name of a group, its kind, the names of the process and when it began
 * are those of a second reader, which knows parts of paths and lines by regular expressions.
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "agent/kernel/processes/processes.h"
#include "base/clock.h"
#include "tests/unit/fixture.h"

#include "fuzz.h"

#define PID   7
#define FILES 3
#define ID    "([0-9a-fA-F]{64})"

static struct fixture fixture;

/* --- What people call a group ------------------------------------------------------------------*/

/* In the order in which they are tried. The name is the only group of a match. */
static struct pattern {
	enum tcx_cgroup_kind kind;
	const char *around, *part;
	bool is_machine;
	regex_t compiled[2];
} patterns[] = {
	{TCX_CGROUP_DOCKER, "", "^docker-" ID "\\.scope$", false, {{0}}},
	{TCX_CGROUP_DOCKER, "^docker", "^" ID "$", false, {{0}}},
	{TCX_CGROUP_PODMAN, "", "^libpod-" ID "\\.scope$", false, {{0}}},
	{TCX_CGROUP_PODMAN, "", "^libpod-" ID "$", false, {{0}}},
	{TCX_CGROUP_CONTAINERD, "", "^cri-containerd-" ID "\\.scope$", false, {{0}}},
	{TCX_CGROUP_CONTAINERD, "", "^nerdctl-" ID "\\.scope$", false, {{0}}},
	{TCX_CGROUP_CRI, "", "^crio-" ID "\\.scope$", false, {{0}}},
	{TCX_CGROUP_CRI, "^pod", "^" ID "$", false, {{0}}},
	{TCX_CGROUP_CONTAINERD, "", "^" ID "$", false, {{0}}},
	{TCX_CGROUP_NSPAWN, "", "^machine-(.+)\\.scope$", true, {{0}}},
	{TCX_CGROUP_NSPAWN, "", "^systemd-nspawn@(.+)\\.service$", true, {{0}}},
	{TCX_CGROUP_LXC, "", "^lxc\\.payload\\.(.+)$", true, {{0}}},
};

#define PATTERNS (sizeof(patterns) / sizeof(patterns[0]))

static regex_t unit;

static void compile(void)
{
	for (size_t i = 0; i < PATTERNS; i++)
		MUST(regcomp(&patterns[i].compiled[0], patterns[i].around, REG_EXTENDED) == 0 &&
		     regcomp(&patterns[i].compiled[1], patterns[i].part, REG_EXTENDED) == 0);
	MUST(regcomp(&unit, "\\.(service|scope|socket|mount|swap)$", REG_EXTENDED) == 0);
}

/* "\x2d" is "-"; what it would end with is left as it is. */
static void unescape(char *name)
{
	char *to = name;
	unsigned int octet;

	while (*name != '\0') {
		if (name[0] == '\\' && name[1] == 'x' &&
		    strspn(name + 2, "0123456789abcdef") >= 2 &&
		    sscanf(name, "\\x%2x", &octet) == 1 && octet != 0) {
			*to++ = (char)octet;
			name += 4;
		} else {
			*to++ = *name++;
		}
	}
	*to = '\0';
}

static bool matches(const struct pattern *pattern, const char *around, const char *part, char *name)
{
	regmatch_t match[2];

	if (regexec(&pattern->compiled[0], around, 0, NULL, 0) != 0 ||
	    regexec(&pattern->compiled[1], part, 2, match, 0) != 0)
		return false;
	strcpy(name, part + match[1].rm_so);
	name[pattern->is_machine ? match[1].rm_eo - match[1].rm_so : 12] = '\0';
	if (pattern->is_machine)
		unescape(name);
	return true;
}

/* The parts of a path, the last one first; what is before the first slash is none. */
struct path {
	size_t count;
	char *parts[4096];
};

static void split(struct path *path, char *text)
{
	char *slash;

	path->count = 0;
	while ((slash = strrchr(text, '/')) != NULL && path->count < 4096) {
		path->parts[path->count++] = slash + 1;
		*slash = '\0';
	}
}

static bool can_be(const struct path *path, size_t i)
{
	return path->parts[i][0] != '\0' && strlen(path->parts[i]) < TCX_CGROUP_NAME_SIZE;
}

/* The container, else the unit, else the last part. */
static enum tcx_cgroup_kind service_of(const char *text, char *name)
{
	static struct path path;
	char *copy = strdup(text);
	enum tcx_cgroup_kind kind = TCX_CGROUP_ROOT;

	split(&path, copy);
	strcpy(name, "/");
	for (size_t i = 0; i < path.count && kind == TCX_CGROUP_ROOT; i++)
		for (size_t p = 0; p < PATTERNS && kind == TCX_CGROUP_ROOT && can_be(&path, i); p++)
			if (matches(&patterns[p], i + 1 < path.count ? path.parts[i + 1] : "",
				    path.parts[i], name))
				kind = patterns[p].kind;
	for (size_t i = 0; i < path.count && kind == TCX_CGROUP_ROOT; i++)
		if (can_be(&path, i) && regexec(&unit, path.parts[i], 0, NULL, 0) == 0) {
			strcpy(name, path.parts[i]);
			kind = TCX_CGROUP_UNIT;
		}
	for (size_t i = 0; i < path.count && kind == TCX_CGROUP_ROOT; i++)
		if (can_be(&path, i)) {
			strcpy(name, path.parts[i]);
			kind = TCX_CGROUP_OTHER;
		}
	free(copy);
	return kind;
}

static void try_path(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size < PATH_MAX ? size : PATH_MAX);
	char name[TCX_CGROUP_NAME_SIZE], plainly[TCX_CGROUP_NAME_SIZE];

	MUST(text != NULL);
	MUST(tcx_cgroup_service(text, name) == service_of(text, plainly));
	MUST(strcmp(name, plainly) == 0);
	free(text);
}

/* --- A process ---------------------------------------------------------------------------------*/

/* At most so many octets of a file are read, and those up to a zero octet are the text. */
static char *text_of(const uint8_t *data, size_t size, size_t most)
{
	char *text = strndup((const char *)data, size < most ? size : most);

	MUST(text != NULL);
	return text;
}

/* Of several groups that of the greatest kind, the first of equals. */
static void check_groups(const struct tcx_process_names *names, char *text)
{
	struct tcx_process_names expected = {.kind = TCX_CGROUP_ROOT};
	char name[TCX_CGROUP_NAME_SIZE];

	for (char *line = text, *end; *line != '\0'; line = end) {
		char *path;

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		line[strcspn(line, "\n")] = '\0';
		path = strstr(line, ":/");
		if (path == NULL)
			continue;
		path++;
		if (strlen(path) >= sizeof(expected.path))
			path[sizeof(expected.path) - 1] = '\0';
		if (expected.path[0] != '\0' && service_of(path, name) <= expected.kind)
			continue;
		expected.kind = service_of(path, name);
		strcpy(expected.path, path);
		strcpy(expected.group, name);
	}
	MUST(names->kind == expected.kind && strcmp(names->path, expected.path) == 0);
	MUST(strcmp(names->group, expected.group) == 0);
}

/* The twentieth word behind the last ")", each with one blank before. */
static uint64_t began(const char *text)
{
	const char *at = strrchr(text, ')');
	uint64_t ticks;

	for (int i = 0; i < 20 && at != NULL; i++)
		at = strchr(at + (i > 0), ' ');
	if (at == NULL || strspn(at + 1, "0123456789") == 0)
		return TCX_NEVER;
	errno = 0;
	ticks = strtoull(at + 1, NULL, 10);
	return errno == 0 ? ticks * (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK)) : TCX_NEVER;
}

struct text {
	const uint8_t *at;
	size_t len;
};

static const char *const paths[FILES] = {"7/comm", "7/cgroup", "7/stat"};

static void try_process(const struct text texts[FILES])
{
	const size_t command_max = sizeof(((struct tcx_process_names *)NULL)->command) - 1;
	char *command = text_of(texts[0].at, texts[0].len, command_max);
	char *groups = text_of(texts[1].at, texts[1].len, 8191);
	char *stat = text_of(texts[2].at, texts[2].len, 1023);
	struct tcx_process_names names;
	int root = open(fixture.root, O_PATH | O_DIRECTORY);

	for (size_t i = 0; i < FILES; i++)
		fixture_write(&fixture, paths[i], texts[i].at, texts[i].len);
	MUST(tcx_process_read_names(root, PID, &names) == (texts[0].len > 0));
	command[strcspn(command, "\n")] = '\0';
	MUST(strcmp(names.command, command) == 0);
	if (texts[0].len > 0)
		check_groups(&names, groups);
	MUST(tcx_process_began(root, PID) == began(stat));
	close(root);
	free(command);
	free(groups);
	free(stat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text texts[FILES];
	const uint8_t *end = data + size;

	if (fixture.root[0] == '\0') {
		fixture_open(&fixture);
		compile();
	}
	try_path(data, size);
	for (size_t i = 0; i < FILES; i++) {
		const uint8_t *border =
			data < end ? memchr(data, 0xff, (size_t)(end - data)) : NULL;

		texts[i] = (struct text){data, (size_t)((border != NULL ? border : end) - data)};
		data = border != NULL ? border + 1 : end;
	}
	try_process(texts);
	return 0;
}
