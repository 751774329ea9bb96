/* What agentaddress means: who can ask there, and where this host can. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_ADDRESS "udp:161"

const char *tcx_doctor_listens_at(const struct tcx_snmpd_conf *snmpd)
{
	return snmpd->addresses[0] != '\0' ? snmpd->addresses : DEFAULT_ADDRESS;
}

/* Host and port of an address, and the kind of community that is good there. */
static const char *host_of(const char *address, const char **kind)
{
	static const char ipv4[] = "community", ipv6[] = "IPv6 community",
			  local[] = "unix community";
	static const struct {
		const char *transport;
		const char *kind;
	} transports[] = {
		{"udp:", ipv4},	    {"tcp:", ipv4},  {"udp6:", ipv6},  {"udpv6:", ipv6},
		{"udpipv6:", ipv6}, {"tcp6:", ipv6}, {"tcpv6:", ipv6}, {"tcpipv6:", ipv6},
		{"unix:", local},   {"ssh:", ""},    {"tlstcp:", ""},  {"dtlsudp:", ""},
		{"ipx:", ""},
	};

	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		size_t len = strlen(transports[i].transport);

		*kind = transports[i].kind;
		if (strncmp(address, transports[i].transport, len) == 0)
			return address + len;
	}
	*kind = address[0] == '/'				     ? local
		: address[0] == '[' || strstr(address, "::") != NULL ? ipv6
								     : ipv4;
	return address;
}

static bool is_port(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

bool tcx_doctor_is_local(const char *address)
{
	const char *kind;
	const char *host = host_of(address, &kind);

	if (strcmp(kind, "unix community") == 0)
		return true;
	return begins(host, "127.") || begins(host, "localhost") || begins(host, "[::1]") ||
	       strcmp(host, "::1") == 0;
}

/* Where to ask what listens there: an address for all is one of this host's, the loopback. */
static void make_askable(const char *address, char *text)
{
	const char *kind;
	const char *host = host_of(address, &kind);
	int transport = (int)(host - address);
	const char *loopback = strcmp(kind, "IPv6 community") == 0 ? "[::1]" : "127.0.0.1";

	if (is_port(host))
		snprintf(text, TCX_DOCTOR_PATH, "%.*s%s:%s", transport, address, loopback, host);
	else if (begins(host, "0.0.0.0"))
		snprintf(text, TCX_DOCTOR_PATH, "%.*s%s%s", transport, address, loopback,
			 host + strlen("0.0.0.0"));
	else if (begins(host, "[::]"))
		snprintf(text, TCX_DOCTOR_PATH, "%.*s%s%s", transport, address, loopback,
			 host + strlen("[::]"));
	else
		snprintf(text, TCX_DOCTOR_PATH, "%s", address);
}

/* IPv4 first, which most lines are for; and the loopback, whose questions come from localhost. */
static int rank(const char *address)
{
	const char *kind;

	host_of(address, &kind);
	return 1 + 2 * (strcmp(kind, "community") == 0) + tcx_doctor_is_local(address);
}

const char *tcx_doctor_ask_address(const struct tcx_snmpd_conf *snmpd, char *text)
{
	char list[PATH_MAX], address[TCX_DOCTOR_PATH];
	char *rest = NULL;
	const char *kind;
	int best = 0;

	text[0] = '\0';
	snprintf(list, sizeof(list), "%s", tcx_doctor_listens_at(snmpd));
	for (char *one = strtok_r(list, ", \t", &rest); one != NULL;
	     one = strtok_r(NULL, ", \t", &rest)) {
		make_askable(one, address);
		if (rank(address) <= best)
			continue;
		best = rank(address);
		memcpy(text, address, sizeof(address));
	}
	host_of(text, &kind);
	return kind;
}
