/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks agentaddress: who can reach snmpd there, and where this host can. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "base/list.h"

#define SEPARATORS	", \t"
#define IPV4_COMMUNITY	"community"
#define IPV6_COMMUNITY	"IPv6 community"
#define LOCAL_COMMUNITY "unix community"

static const char *listens_at(const struct tcx_snmpd_conf *snmpd)
{
	return snmpd->addresses[0] != '\0' ? snmpd->addresses : "udp:161";
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Host and port of an address, and the kind of community that works there. */
static const char *host_of(const char *address, const char **kind)
{
	static const struct {
		const char *name;
		const char *kind;
	} transports[] = {
		{"udp:", IPV4_COMMUNITY},
		{"tcp:", IPV4_COMMUNITY},
		{"udp6:", IPV6_COMMUNITY},
		{"udpv6:", IPV6_COMMUNITY},
		{"udpipv6:", IPV6_COMMUNITY},
		{"tcp6:", IPV6_COMMUNITY},
		{"tcpv6:", IPV6_COMMUNITY},
		{"tcpipv6:", IPV6_COMMUNITY},
		{"unix:", LOCAL_COMMUNITY},
		{"ssh:", ""},
		{"tlstcp:", ""},
		{"dtlsudp:", ""},
		{"ipx:", ""},
	};

	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		*kind = transports[i].kind;
		if (begins(address, transports[i].name))
			return address + strlen(transports[i].name);
	}
	*kind = address[0] == '/'				     ? LOCAL_COMMUNITY
		: address[0] == '[' || strstr(address, "::") != NULL ? IPV6_COMMUNITY
								     : IPV4_COMMUNITY;
	return address;
}

static bool is_port(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* Whether only this host can reach that address. */
static bool is_local(const char *address)
{
	const char *kind;
	const char *host = host_of(address, &kind);

	return strcmp(kind, LOCAL_COMMUNITY) == 0 || begins(host, "127.") ||
	       begins(host, "localhost") || begins(host, "[::1]") || strcmp(host, "::1") == 0;
}

/* Where to ask: an address for all interfaces is asked at the loopback. */
static void make_askable(const char *address, char text[DOCTOR_PATH_MAX])
{
	const char *kind;
	const char *host = host_of(address, &kind);
	const char *port = begins(host, "0.0.0.0") ? host + strlen("0.0.0.0")
			   : begins(host, "[::]")  ? host + strlen("[::]")
						   : host;

	if (port == host && !is_port(host))
		snprintf(text, DOCTOR_PATH_MAX, "%s", address);
	else
		snprintf(text, DOCTOR_PATH_MAX, "%.*s%s%s%s", (int)(host - address), address,
			 strcmp(kind, IPV6_COMMUNITY) == 0 ? "[::1]" : "127.0.0.1",
			 port == host ? ":" : "", port);
}

/* IPv4 first, as in most lines; and the loopback, whose requests come from localhost. */
static int rank(const char *address)
{
	const char *kind;

	host_of(address, &kind);
	return 1 + 2 * (strcmp(kind, IPV4_COMMUNITY) == 0) + is_local(address);
}

const char *tcx_doctor_ask_address(const struct tcx_snmpd_conf *snmpd, char text[DOCTOR_PATH_MAX])
{
	const char *list = listens_at(snmpd);
	char one[PATH_MAX], address[DOCTOR_PATH_MAX];
	const char *kind;
	int best = 0;

	text[0] = '\0';
	while (tcx_list_next(&list, SEPARATORS, one)) {
		make_askable(one, address);
		if (rank(address) <= best)
			continue;
		best = rank(address);
		memcpy(text, address, sizeof(address));
	}
	host_of(text, &kind);
	return kind;
}

void tcx_check_addresses(struct doctor *doctor)
{
	const char *addresses = listens_at(&doctor->snmpd);
	const char *list = addresses;
	char address[PATH_MAX];
	bool local = true;

	while (tcx_list_next(&list, SEPARATORS, address))
		local = local && is_local(address);
	if (!local) {
		OK("agentaddress: snmpd listens for managers at %s", addresses);
		return;
	}
	WARN("agentaddress: snmpd listens at %s only: managers on other hosts cannot ask",
	     addresses);
	MORE("if they are to, write to %s and restart snmpd:", doctor->file_to_write);
	MORE("  agentaddress ADDRESS");
	MORE("ADDRESS is one of this host's; it comes in addition to the others");
}
