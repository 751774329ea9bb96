/* SPDX-License-Identifier: BSD-2-Clause */
/* The transports of receivers, by their prefixes. */
#include "config/receiver.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static const struct tcx_receiver receivers[] = {
	{"udp:", AF_INET, SOCK_DGRAM},	     {"udp6:", AF_INET6, SOCK_DGRAM},
	{"udpv6:", AF_INET6, SOCK_DGRAM},    {"udpipv6:", AF_INET6, SOCK_DGRAM},
	{"ipv6:", AF_INET6, SOCK_DGRAM},     {"tcp:", AF_INET, SOCK_STREAM},
	{"tcp6:", AF_INET6, SOCK_STREAM},    {"tcpv6:", AF_INET6, SOCK_STREAM},
	{"tcpipv6:", AF_INET6, SOCK_STREAM}, {"unix:", AF_UNIX, SOCK_STREAM},
};

#define RECEIVERS (sizeof(receivers) / sizeof(receivers[0]))

/* A port is all that may follow a host's colon. */
static bool is_host(const char *address)
{
	const char *colon = strchr(address, ':');

	return colon == NULL || strspn(colon + 1, "0123456789") == strlen(colon + 1);
}

struct tcx_receiver tcx_receiver_of(const char *address)
{
	for (size_t i = 0; i < RECEIVERS; i++)
		if (strncasecmp(address, receivers[i].prefix, strlen(receivers[i].prefix)) == 0)
			return receivers[i];
	if (address[0] == '/')
		return (struct tcx_receiver){"", AF_UNIX, SOCK_STREAM};
	if (is_host(address))
		return (struct tcx_receiver){"", AF_UNSPEC, SOCK_DGRAM};
	if (address[strspn(address, "[0123456789abcdefABCDEF")] == ':')
		return (struct tcx_receiver){"", AF_INET6, SOCK_DGRAM};
	return (struct tcx_receiver){"", AF_UNSPEC, 0};
}
