/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses addresses of a master, connects to them, and says why that fails. */
#include "session/address.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/list.h"
#include "base/reference.h"
#include "base/worker.h"
#include "config/receiver.h"

#define AGENTX_PORT "705"
#define SPACE	    " \t"

/* How long a probe waits for a host. */
#define PROBE_MS 2000

/* snmpd's names of transports for AgentX. Those of hosts have one family each. */
static const struct kind {
	const char *prefix;
	int family;
} kinds[] = {
	{"unix:", AF_UNIX},   {"tcp:", AF_INET},      {"tcp6:", AF_INET6},
	{"tcpv6:", AF_INET6}, {"tcpipv6:", AF_INET6},
};

bool tcx_address_next(const char **list, char address[PATH_MAX])
{
	*list += strspn(*list, "," SPACE);
	if (!tcx_list_next(list, ",", address))
		return false;
	for (size_t len = strlen(address); strchr(SPACE, address[len - 1]) != NULL; len--)
		address[len - 1] = '\0';
	return true;
}

/*
 * As for snmpd, an address without a prefix is a path if it looks like one or is a file, else a
 * host. *rest is what follows the prefix.
 */
static int family_of(const char *address, const char **rest)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].prefix);

		*rest = address + len;
		if (strncasecmp(address, kinds[i].prefix, len) == 0)
			return kinds[i].family;
	}
	*rest = address;
	return strchr(address, '/') != NULL || access(address, F_OK) == 0 ? AF_UNIX : AF_INET;
}

const char *tcx_address_path(const char *address)
{
	const char *rest;

	return family_of(address, &rest) == AF_UNIX ? rest : NULL;
}

/* Waits for such events of fd; returns an error or 0. */
static int await(int fd, short events, int timeout_ms, int stop_fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = stop_fd, .events = POLLIN}};

	if (poll(fds, 2, timeout_ms) <= 0)
		return ETIMEDOUT;
	return fds[0].revents == 0 ? ECANCELED : 0;
}

static int await_connection(int fd, int timeout_ms, int stop_fd)
{
	int error = await(fd, POLLOUT, timeout_ms, stop_fd);
	socklen_t len = sizeof(error);

	if (error != 0)
		return error;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

static int connect_to(const struct sockaddr *to, socklen_t len, int timeout_ms, int stop_fd)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return -1;
	error = connect(fd, to, len) == 0 ? 0 : errno;
	if (error == EINPROGRESS)
		error = await_connection(fd, timeout_ms, stop_fd);
	if (error == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

static int connect_path(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(to.sun_path, path);
	return connect_to((const struct sockaddr *)&to, sizeof(to), 0, -1);
}

/*
 * Splits "HOST:PORT", "[HOST]:PORT", "HOST" or "PORT" as the library does: several colons without
 * brackets are an IPv6 address without a port. An empty host is the local one.
 */
static void split(char *text, const char *default_port, const char **host, const char **port)
{
	char *bracket = text[0] == '[' ? strchr(text, ']') : NULL;
	char *colon = strchr(bracket != NULL ? bracket : text, ':');

	if (colon != NULL && bracket == NULL && strchr(colon + 1, ':') != NULL)
		colon = NULL;
	*host = bracket != NULL ? text + 1 : text;
	*port = colon != NULL ? colon + 1 : default_port;
	if (bracket != NULL)
		*bracket = '\0';
	if (colon != NULL)
		*colon = '\0';
	else if (strspn(text, "0123456789") == strlen(text)) {
		*host = "";
		*port = text[0] != '\0' ? text : default_port;
	}
}

/*
 * A lookup of a name. It may take a minute and cannot be cancelled, so a thread does it, which is
 * left alone when nobody waits any more.
 */
struct lookup {
	atomic_uint references;
	char text[PATH_MAX];
	const char *host, *port; /* within the text */
	int family;
	_Atomic(struct addrinfo *) found; /* once done_fd is readable; NULL: nothing */
	int done_fd;
};

static void give_lookup(struct lookup *lookup)
{
	if (!tcx_reference_give(&lookup->references))
		return;
	if (lookup->found != NULL)
		freeaddrinfo(lookup->found);
	close(lookup->done_fd);
	free(lookup);
}

static void *ask_name_service(void *arg)
{
	struct lookup *lookup = arg;
	const struct addrinfo hints = {.ai_family = lookup->family, .ai_socktype = SOCK_STREAM};
	const char *host = lookup->host[0] != '\0' ? lookup->host : NULL;
	struct addrinfo *found;

	if (getaddrinfo(host, lookup->port, &hints, &found) == 0)
		lookup->found = found;
	eventfd_write(lookup->done_fd, 1);
	give_lookup(lookup);
	return NULL;
}

/* Begins a lookup, for the caller to give back; NULL when memory or threads are short. */
static struct lookup *begin_lookup(const char *address, int family)
{
	struct lookup *lookup = tcx_reference_new(sizeof(*lookup), NULL);

	if (lookup == NULL)
		return NULL;
	lookup->family = family;
	snprintf(lookup->text, sizeof(lookup->text), "%s", address);
	split(lookup->text, AGENTX_PORT, &lookup->host, &lookup->port);
	lookup->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (lookup->done_fd >= 0 &&
	    tcx_worker_start(ask_name_service, lookup, &lookup->references) == 0)
		return lookup;
	give_lookup(lookup);
	return NULL;
}

static int connect_host(const char *address, int family, int timeout_ms, int stop_fd)
{
	struct lookup *lookup = begin_lookup(address, family);
	int error = lookup != NULL ? await(lookup->done_fd, POLLIN, -1, stop_fd) : ENOMEM;
	const struct addrinfo *to = error == 0 ? lookup->found : NULL;
	int fd = -1;

	if (error == 0 && to == NULL)
		error = ENOENT;
	for (; to != NULL && fd < 0; to = to->ai_next) {
		fd = connect_to(to->ai_addr, to->ai_addrlen, timeout_ms, stop_fd);
		error = errno;
	}
	if (lookup != NULL)
		give_lookup(lookup);
	errno = error;
	return fd;
}

int tcx_address_connect(const char *address, int timeout_ms, int stop_fd)
{
	const char *rest;
	int family = family_of(address, &rest);

	return family == AF_UNIX ? connect_path(rest)
				 : connect_host(rest, family, timeout_ms, stop_fd);
}

/* --- Why it fails ------------------------------------------------------------------------------*/

bool tcx_address_closed_directory(const char *path, char directory[PATH_MAX])
{
	snprintf(directory, PATH_MAX, "%s", path);
	for (char *slash = strchr(directory + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (access(directory, X_OK) != 0 && errno == EACCES)
			return true;
		*slash = '/';
	}
	return false;
}

/* snmpd creates the directory for root alone; agentXPerms sets its mode only when it is created. */
static bool explain_denied(struct tcx_fault *fault, const char *path)
{
	char directory[PATH_MAX];

	if (tcx_address_closed_directory(path, directory))
		return tcx_fault_set(
			fault,
			"user %ld may not pass through %s; as root: chmod 0755 %s "
			"(agentXPerms does not change a directory that is there already)",
			(long)geteuid(), directory, directory);
	return tcx_fault_set(
		fault,
		"user %ld may not open it; put 'agentXPerms 0660 0755 Debian-snmp "
		"Debian-snmp' into snmpd.conf, restart snmpd, and put the user into that group",
		(long)geteuid());
}

static const struct {
	int error;
	bool of_path; /* or of a host */
	const char *text;
} causes[] = {
	{ENOENT, true,
	 "there is no such socket; start snmpd with 'master agentx' in snmpd.conf, or correct "
	 "agentXSocket"},
	{ECONNREFUSED, true, "nobody listens there; start snmpd"},
	{ENOENT, false,
	 "there is no such host or port; correct agentXSocket, or see that the name service knows "
	 "the host"},
	{ECONNREFUSED, false,
	 "the host is there, but nobody listens at that port; put an agentXSocket with this "
	 "address into its snmpd.conf and start snmpd"},
	{ETIMEDOUT, false,
	 "the host does not answer; see that it runs and that no firewall drops the connection"},
};

static bool explain(struct tcx_fault *fault, const char *path, int error)
{
	if (path != NULL && error == EACCES)
		return explain_denied(fault, path);
	if (path != NULL && error == ENOENT && path[0] != '/')
		return tcx_fault_set(fault, "the path is relative, and the agent's folder is "
					    "another; give it whole, from / on");
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].error == error && causes[i].of_path == (path != NULL))
			return tcx_fault_set(fault, "%s", causes[i].text);
	return tcx_fault_set(fault, "%s", strerror(error));
}

bool tcx_address_probe(const char *address, int stop_fd, struct tcx_fault *fault)
{
	const char *path = tcx_address_path(address);
	int fd = tcx_address_connect(address, PROBE_MS, stop_fd);

	if (fd < 0)
		return explain(fault, path, errno);
	return close(fd) == 0;
}

/* --- Receivers of SNMP -------------------------------------------------------------------------*/

#define TRAP_PORT "162"

/* 0 or an error of getaddrinfo(). */
static int look_up(const char *target, const struct tcx_receiver *receiver, int flags,
		   struct addrinfo **found)
{
	const struct addrinfo hints = {
		.ai_family = receiver->family, .ai_socktype = receiver->type, .ai_flags = flags};
	char text[PATH_MAX];
	const char *host, *port;

	snprintf(text, sizeof(text), "%s", target + strlen(receiver->prefix));
	split(text, TRAP_PORT, &host, &port);
	return getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, found);
}

bool tcx_address_is_plain(const char *target)
{
	const struct tcx_receiver receiver = tcx_receiver_of(target);
	struct addrinfo *found;

	if (receiver.type == 0 || receiver.family == AF_UNIX)
		return true;
	if (receiver.type != SOCK_DGRAM || look_up(target, &receiver, AI_NUMERICHOST, &found) != 0)
		return false;
	freeaddrinfo(found);
	return true;
}

int tcx_address_reach(const char *target, int timeout_ms)
{
	const struct tcx_receiver receiver = tcx_receiver_of(target);
	struct addrinfo *found;
	int error = 0, fd;

	if (look_up(target, &receiver, 0, &found) != 0)
		return ENOENT;
	if (receiver.type == SOCK_STREAM) {
		fd = connect_to(found->ai_addr, found->ai_addrlen, timeout_ms, -1);
		error = fd >= 0 ? 0 : errno;
		if (fd >= 0)
			close(fd);
	}
	freeaddrinfo(found);
	return error;
}
