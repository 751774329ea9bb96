/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes apart what net-snmp calls a host, and asks for names in threads. A thread that waits for a
 * server of names that does not answer is left behind, with a list of its own.
 */
#include "lookup.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/reference.h"
#include "base/worker.h"

#define THREADS	  32
#define SECONDS	  5
#define HOST_SIZE 256

/* --- One host ---------------------------------------------------------------------------------*/

enum kind { UDP, UDP6, UNIX, OTHER };

/* What may stand before the first colon. Others of net-snmp wait while they connect. */
static const struct {
	const char *word;
	enum kind kind;
} transports[] = {
	{"udp", UDP},	   {"udp6", UDP6},     {"udpv6", UDP6},	 {"udpipv6", UDP6},  {"unix", UNIX},
	{"tcp", OTHER},	   {"tcp6", OTHER},    {"tcpv6", OTHER}, {"tcpipv6", OTHER}, {"ssh", OTHER},
	{"tlstcp", OTHER}, {"dtlsudp", OTHER}, {"std", OTHER},	 {"alias", OTHER},   {"ipx", OTHER},
};

/* The family that a transport is of; *text goes on behind it. */
static bool take_transport(const char **text, enum kind *kind)
{
	size_t len = strcspn(*text, ":");

	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		const char *word = transports[i].word;

		if ((*text)[len] != ':' || strlen(word) != len ||
		    strncasecmp(*text, word, len) != 0)
			continue;
		*kind = transports[i].kind;
		*text += len + 1;
		return true;
	}
	*kind = **text == '/' ? UNIX : UDP;
	return false;
}

/* getaddrinfo() takes any number, and drops what is beyond 16 bits. */
static bool is_port(const char *text)
{
	return text[0] != '\0' && strtoul(text, NULL, 10) <= UINT16_MAX;
}

/* Cuts "NODE", "NODE:PORT", "[NODE]:PORT", or an IPv6 address, into two. */
static bool split(char *text, const char **node, const char **port)
{
	char *colon = strchr(text, ':');

	*node = text;
	*port = "161";
	if (text[0] == '[') {
		char *end = strchr(text, ']');

		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return false;
		*node = text + 1;
		colon = end[1] == ':' ? end + 1 : NULL;
		*end = '\0';
	} else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
		colon = NULL;
	}
	if (colon != NULL) {
		*colon = '\0';
		*port = colon + 1;
	}
	return **node != '\0' && is_port(*port);
}

/* IPv4 first where a name has both, as the library has it. */
static const struct addrinfo *choose(const struct addrinfo *all)
{
	for (const struct addrinfo *one = all; one != NULL; one = one->ai_next)
		if (one->ai_family == AF_INET)
			return one;
	return all;
}

static bool write_address(const struct addrinfo *info, char address[TCX_ADDRESS_SIZE])
{
	char node[NI_MAXHOST], port[NI_MAXSERV];

	if (getnameinfo(info->ai_addr, info->ai_addrlen, node, sizeof(node), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV | NI_DGRAM) != 0)
		return false;
	return snprintf(address, TCX_ADDRESS_SIZE,
			info->ai_family == AF_INET6 ? "udp6:[%s]:%s" : "udp:%s:%s", node,
			port) < TCX_ADDRESS_SIZE;
}

static bool find_internet(char *text, int family, bool numeric, char address[TCX_ADDRESS_SIZE],
			  struct tcx_fault *fault)
{
	const struct addrinfo hints = {.ai_family = family,
				       .ai_socktype = SOCK_DGRAM,
				       .ai_flags = AI_NUMERICSERV | (numeric ? AI_NUMERICHOST : 0)};
	struct addrinfo *found = NULL;
	const char *node, *port;
	int error;
	bool good;

	if (!split(text, &node, &port))
		return tcx_fault_set(fault, "is no address and port");
	error = getaddrinfo(node, port, &hints, &found);
	if (error != 0)
		return tcx_fault_set(fault, "has no address: %s", gai_strerror(error));
	good = write_address(choose(found), address);
	freeaddrinfo(found);
	return good || tcx_fault_set(fault, "has an address that is too long");
}

bool tcx_lookup_one(const char *host, bool numeric, char address[TCX_ADDRESS_SIZE],
		    struct tcx_fault *fault)
{
	char text[HOST_SIZE];
	enum kind kind;
	bool named = take_transport(&host, &kind);

	if (kind == OTHER)
		return tcx_fault_set(fault, "is asked by what would keep others waiting: give udp");
	if ((size_t)snprintf(text, sizeof(text), "%s", host) >= sizeof(text))
		return tcx_fault_set(fault, "has too long a name");
	if (kind == UNIX)
		return snprintf(address, TCX_ADDRESS_SIZE, "unix:%s", text) < TCX_ADDRESS_SIZE ||
		       tcx_fault_set(fault, "has too long a path");
	return find_internet(text,
			     kind == UDP6 ? AF_INET6
			     : named	  ? AF_INET
					  : AF_UNSPEC,
			     numeric, address, fault);
}

/* --- Names, in threads ------------------------------------------------------------------------*/

struct name {
	char host[HOST_SIZE];
	size_t of; /* the number of the host */
	bool done;
	char address[TCX_ADDRESS_SIZE]; /* empty: there is none, and a fault */
	struct tcx_fault fault;
};

struct names {
	atomic_uint references;
	pthread_mutex_t lock;
	pthread_cond_t all_done;
	size_t count, next, done;
	struct name items[];
};

static void destroy(struct names *names)
{
	pthread_cond_destroy(&names->all_done);
	pthread_mutex_destroy(&names->lock);
	free(names);
}

static void unref(struct names *names)
{
	if (tcx_reference_give(&names->references))
		destroy(names);
}

/* Asks for one after the other; only what is found is written under the lock. */
static void *run(void *arg)
{
	struct names *names = arg;

	pthread_mutex_lock(&names->lock);
	while (names->next < names->count) {
		struct name *name = &names->items[names->next++];
		struct tcx_fault fault = {""};
		char address[TCX_ADDRESS_SIZE] = "";
		bool good;

		pthread_mutex_unlock(&names->lock);
		good = tcx_lookup_one(name->host, false, address, &fault);
		pthread_mutex_lock(&names->lock);
		if (good)
			memcpy(name->address, address, sizeof(address));
		name->fault = fault;
		name->done = true;
		if (++names->done == names->count)
			pthread_cond_signal(&names->all_done);
	}
	pthread_mutex_unlock(&names->lock);
	unref(names);
	return NULL;
}

static struct names *make_names(const struct tcx_hosts *hosts, size_t count)
{
	struct names *names = calloc(1, sizeof(*names) + count * sizeof(names->items[0]));

	if (names == NULL)
		return NULL;
	atomic_init(&names->references, 1);
	pthread_mutex_init(&names->lock, NULL);
	pthread_cond_init(&names->all_done, NULL);
	for (size_t i = 0; names->count < count; i++) {
		struct name *name = &names->items[names->count];

		if (hosts->items[i].address[0] != '\0')
			continue;
		snprintf(name->host, sizeof(name->host), "%s", hosts->items[i].name);
		name->of = i;
		names->count++;
	}
	return names;
}

/* Waits until all are done, or for as long as is fit. */
static void wait_for_all(struct names *names)
{
	struct timespec until;
	int error = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += SECONDS;
	while (names->done < names->count && error == 0)
		error = pthread_cond_timedwait(&names->all_done, &names->lock, &until);
}

static void take_names(const struct names *names, struct tcx_hosts *hosts)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct name *name = &names->items[i];
		struct tcx_host *host = &hosts->items[name->of];

		memcpy(host->address, name->address, sizeof(host->address));
		if (host->address[0] == '\0')
			tcx_verdict_unknown(&host->verdict, "%s",
					    name->done ? name->fault.text
						       : "has no address: the servers of names "
							 "do not answer in time");
	}
}

static bool find_names(struct tcx_hosts *hosts, size_t count, struct tcx_fault *fault)
{
	struct names *names = make_names(hosts, count);
	size_t started = 0;

	if (names == NULL)
		return tcx_fault_set(fault, "out of memory");
	while (started < THREADS && started < count &&
	       tcx_worker_start(run, names, &names->references) == 0)
		started++;
	pthread_mutex_lock(&names->lock);
	if (started > 0)
		wait_for_all(names);
	names->next = names->count; /* nobody waits for the rest */
	take_names(names, hosts);
	pthread_mutex_unlock(&names->lock);
	unref(names);
	return started > 0 || tcx_fault_set(fault, "no thread can be started");
}

/* --- All of them ------------------------------------------------------------------------------*/

/* Nobody has to be asked for an address. What is wrong is told as of a name. */
bool tcx_lookup(struct tcx_hosts *hosts, struct tcx_fault *fault)
{
	size_t names = 0;

	for (size_t i = 0; i < hosts->count; i++) {
		struct tcx_host *host = &hosts->items[i];

		if (tcx_lookup_one(host->name, true, host->address, NULL))
			continue;
		host->address[0] = '\0';
		names++;
	}
	return names == 0 || find_names(hosts, names, fault);
}
