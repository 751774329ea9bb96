/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpextd.conf: what each directive sets, and the line of the log that a wrong one earns. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "catalogue/catalogue.h"
#include "config/config.h"
#include "mib/modules.h"
#include "session/agentx.h"
#include "session/log.h"
#include "snmp/netsnmp.h"
#include "tests/unit/fixture.h"
#include "tests/unit/no_memory.h"

static struct tcx_agentx agentx;

/* What would wait for ever ends the test. */
#define TIMEOUT_S 30

static struct fixture fixture;

/* What was read last. */
static struct tcx_config config;
static char logged[16384];

static int keep(netsnmp_log_handler *handler, int priority, const char *line)
{
	size_t used = strlen(logged);

	(void)handler;
	(void)priority;
	snprintf(logged + used, sizeof(logged) - used, "%s", line);
	return 1;
}

/* The library as in the agent, and a log that is kept. Nothing of the host is read. */
static int open_library(void **state)
{
	netsnmp_log_handler *handler;

	(void)state;
	fixture_open(&fixture);
	setenv("SNMPCONFPATH", fixture.root, 1);
	setenv("SNMP_PERSISTENT_DIR", fixture.root, 1);
	handler = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
	if (handler == NULL)
		return -1;
	handler->handler = keep;
	tcx_log_start(true, true, NULL);
	tcx_agentx_init(&agentx, NULL);
	tcx_config_register();
	return 0;
}

static int close_library(void **state)
{
	(void)state;
	tcx_config_release(&config);
	tcx_agentx_shutdown();
	snmp_disable_log();
	fixture_close(&fixture);
	return 0;
}

/*
 * A good line beside a fault does not count either. Of a master what is in force is read, too:
 * nothing.
 */
static unsigned int take(const struct tcx_options *options)
{
	struct tcx_config read, untouched;
	unsigned int faults;

	memset(&read, options->master ? 0 : 0xaa, sizeof(read));
	memset(&untouched, options->master ? 0 : 0xaa, sizeof(untouched));
	faults = tcx_config_read(&read, options);
	if (faults > 0) {
		assert_memory_equal(&read, &untouched, sizeof(read));
		return faults;
	}
	tcx_config_release(&config);
	config = read;
	return 0;
}

/* Reads a text as the file of -c; the default files too unless alone. */
static unsigned int read_text(const char *text, bool alone)
{
	static char path[PATH_MAX];
	const struct tcx_options options = {.config_file = path, .no_default_config = alone};

	snprintf(path, sizeof(path), "%s/given.conf", fixture.root);
	fixture_puts(&fixture, "given.conf", text);
	logged[0] = '\0';
	return take(&options);
}

static void good(const char *text)
{
	if (read_text(text, true) > 0 || logged[0] != '\0')
		fail_msg("'%s': %s", text, logged);
}

static void defaults(void **state)
{
	(void)state;
	good("# nothing\n\n");
	assert_int_equal(config.interval_ns, TCX_NS_PER_S);
	assert_int_equal(config.max_age_ns, 10 * TCX_NS_PER_S);
	assert_int_equal(config.rate_ns, 60 * TCX_NS_PER_S);
	assert_int_equal(config.window_ns, 60 * TCX_NS_PER_S);
	assert_int_equal(config.modules & tcx_modules_bit("all"), tcx_modules_bit("all"));
	assert_int_equal(config.priority, 100);
	assert_string_equal(config.proc_root, "/proc");
	assert_string_equal(config.socket, "");
	assert_int_equal(config.ping_s, 5);
	assert_int_equal(config.timeout_s, 1);
	assert_int_equal(config.retries, 2);
}

static void sources(void **state)
{
	(void)state;
	good("");
	assert_int_equal(config.sources_off, 0);
	good("source net/xfrm_stat off\nsource net/snmp OFF\n");
	assert_int_equal(config.sources_off, 1U << TCX_SOURCE_XFRM | 1U << TCX_SOURCE_SNMP);
	good("source net/xfrm_stat off\nsource net/xfrm_stat on\n");
	assert_int_equal(config.sources_off, 0);
}

static void every_directive(void **state)
{
	(void)state;
	good("refreshInterval 0.25\nmaxAge 7.5\nrateTime 90\nhealthWindow 30.5\nregister tcp, udp\n"
	     "registerPriority 42\nprocRoot /elsewhere/proc\n"
	     "agentXSocket /run/somewhere/master\n"
	     "agentXPingInterval 200\nagentXTimeout 12\n"
	     "agentXRetries 13\n");
	assert_int_equal(config.interval_ns, 250 * TCX_NS_PER_MS);
	assert_int_equal(config.max_age_ns, 7500 * TCX_NS_PER_MS);
	assert_int_equal(config.rate_ns, 90 * TCX_NS_PER_S);
	assert_int_equal(config.window_ns, 30500 * TCX_NS_PER_MS);
	assert_int_equal(config.modules, tcx_modules_bit("tcp") | tcx_modules_bit("udp"));
	assert_int_equal(config.priority, 42);
	assert_string_equal(config.proc_root, "/elsewhere/proc");
	assert_string_equal(config.socket, "/run/somewhere/master");
	assert_int_equal(config.ping_s, 200);
	assert_int_equal(config.timeout_s, 12);
	assert_int_equal(config.retries, 13);
}

/* A line, and what it comes to; the rest is as in a threshold of its name that is above. */
static const struct {
	const char *line;
	enum tcx_threshold_kind kind;
	unsigned int scale;
	uint64_t limit, clear;
	uint64_t for_s, clear_for_s, every_s;
	enum tcx_severity severity;
	bool below;
} thresholds[] = {
	{"TcpCurrEstab value > 10", TCX_THRESHOLD_VALUE, 1, 10, 9, 0, 0, 0, TCX_SEVERITY_WARNING,
	 false},
	{"TcpCurrEstab VALUE < 10 SEVERITY Critical", TCX_THRESHOLD_VALUE, 1, 10, 11, 0, 0, 0,
	 TCX_SEVERITY_CRITICAL, true},
	{"TcpCurrEstab value >10 clear 10", TCX_THRESHOLD_VALUE, 1, 10, 10, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"TcpCurrEstab value <0.5 clear 3", TCX_THRESHOLD_VALUE, 1, 1, 3, 0, 0, 0,
	 TCX_SEVERITY_WARNING, true},
	{"TcpExtListenDrops growth > 0 for 1 clear 0 for 2m every 1h severity info",
	 TCX_THRESHOLD_GROWTH, 1, 0, 0, 1, 120, 3600, TCX_SEVERITY_INFO, false},
	{"TcpExtListenDrops rate > 1.5K", TCX_THRESHOLD_RATE, 1000, 1500000, 1350000, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"IpExtInOctets rate > 12.5G for 90s", TCX_THRESHOLD_RATE, 1000, UINT64_C(12500000000000),
	 UINT64_C(11250000000000), 90, 0, 0, TCX_SEVERITY_WARNING, false},
	{"TcpExtListenDrops value > 2M every 60", TCX_THRESHOLD_VALUE, 1, 2000000, 1800000, 0, 0,
	 60, TCX_SEVERITY_WARNING, false},
	{"IcmpMsgInType3 growth > 10 for 0.5h", TCX_THRESHOLD_GROWTH, 1, 10, 9, 1800, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"SockstatTcpMem percent > 66.6 for 1", TCX_THRESHOLD_PERCENT, 100, 6660, 5994, 1, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"tcpListenQueue percent > 80 for 15", TCX_THRESHOLD_PERCENT, 100, 8000, 7200, 15, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"SockstatTcpMem percent > 120", TCX_THRESHOLD_PERCENT, 100, 12000, 10800, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"tcpListenQueue value > 80", TCX_THRESHOLD_VALUE, 1, 80, 72, 0, 0, 0, TCX_SEVERITY_WARNING,
	 false},
	{"tcpListenUse value > 80", TCX_THRESHOLD_VALUE, 100, 8000, 7200, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"tcpListenUse percent > 80", TCX_THRESHOLD_PERCENT, 100, 8000, 7200, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"healthRetransData percent > 5 for 120", TCX_THRESHOLD_PERCENT, 100, 500, 450, 120, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"healthRetransData value > 250", TCX_THRESHOLD_VALUE, 100, 25000, 22500, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"healthListenerUse percent < 0.1 clear 50 for 15", TCX_THRESHOLD_PERCENT, 100, 10, 5000, 0,
	 15, 0, TCX_SEVERITY_WARNING, true},
	{"healthConntrackInsertFails value > 10", TCX_THRESHOLD_VALUE, 1, 10, 9, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
	{"udpSocketDrops rate > .5", TCX_THRESHOLD_RATE, 1000, 500, 450, 0, 0, 0,
	 TCX_SEVERITY_WARNING, false},
};

static void good_thresholds(void **state)
{
	char line[256];

	(void)state;
	for (size_t i = 0; i < COUNT(thresholds); i++) {
		const struct tcx_threshold *found;

		snprintf(line, sizeof(line), "threshold a-1 %s\n", thresholds[i].line);
		good(line);
		assert_int_equal(config.thresholds->count, 1);
		found = tcx_thresholds_find(config.thresholds, "a-1");
		assert_memory_equal(thresholds[i].line, found->object, strlen(found->object));
		assert_int_equal(found->kind, thresholds[i].kind);
		assert_int_equal(found->scale, thresholds[i].scale);
		assert_int_equal(found->limit, thresholds[i].limit);
		assert_int_equal(found->clear, thresholds[i].clear);
		assert_int_equal(found->for_ns, thresholds[i].for_s * TCX_NS_PER_S);
		assert_int_equal(found->clear_for_ns, thresholds[i].clear_for_s * TCX_NS_PER_S);
		assert_int_equal(found->every_ns, thresholds[i].every_s * TCX_NS_PER_S);
		assert_int_equal(found->severity, thresholds[i].severity);
		assert_int_equal(found->below, thresholds[i].below);
	}
}

/* "a=1 b=2": the names and limits that a text comes to. */
static void expect_thresholds(const char *text, const char *names)
{
	char found[256] = "";
	size_t used = 0;

	good(text);
	for (size_t i = 0; config.thresholds != NULL && i < config.thresholds->count; i++)
		used += (size_t)snprintf(found + used, sizeof(found) - used, "%s%s=%s",
					 i > 0 ? " " : "", config.thresholds->items[i].name,
					 config.thresholds->items[i].limit_text);
	assert_string_equal(found, names);
}

static void several_thresholds(void **state)
{
	static const char a[] = "threshold a TcpCurrEstab value > 1K\n";
	static const char b[] = "threshold b tcpListenUse value > 95.5\n";
	char text[512];

	(void)state;
	good("");
	assert_null(config.thresholds);
	snprintf(text, sizeof(text), "%s%s", b, a);
	expect_thresholds(text, "a=1K b=95.5"); /* the text of a limit stays */
	assert_int_equal(tcx_thresholds_tables(config.thresholds), 1U << TCX_TABLE_TCP_LISTENERS);
	snprintf(text, sizeof(text), "%s%sthreshold a TcpInErrs growth > 3\n", a, b);
	expect_thresholds(text, "a=3 b=95.5"); /* of one name the last one holds */
	snprintf(text, sizeof(text), "%s%sno threshold b\n", a, b);
	expect_thresholds(text, "a=1K");
	assert_int_equal(tcx_thresholds_tables(config.thresholds), 0);
	snprintf(text, sizeof(text), "%sNO Threshold a\n", a);
	expect_thresholds(text, "");
	assert_null(config.thresholds);
	snprintf(text, sizeof(text), "%sno threshold a\n%s", a, a);
	expect_thresholds(text, "a=1K");
}

static const struct {
	const char *name, *line, *reason;
} defaults_of_health[] = {
#define THRESHOLD(object, name, words, reason)                                                     \
	{name, "threshold " name " " #object " " words, reason},
#include "mibs/health.def"
};

static const struct tcx_threshold *threshold(const char *name)
{
	return tcx_thresholds_find(config.thresholds, name);
}

static void default_thresholds(void **state)
{
	static const char own[] = "threshold conntrack NfConntrackCount percent > 50\n";
	char text[256];

	(void)state;
	good("threshold defaults\n");
	assert_int_equal(config.thresholds->count, COUNT(defaults_of_health));
	for (size_t i = 0; i < COUNT(defaults_of_health); i++)
		assert_non_null(threshold(defaults_of_health[i].name));
	assert_string_equal(threshold("retransmissions")->object, "healthRetransData");
	assert_int_equal(threshold("retransmissions")->limit, 500);
	assert_int_equal(threshold("memory-pressure")->scale, 1);
	/* The tables of sockets are not read for them. */
	assert_int_equal(tcx_thresholds_tables(config.thresholds), 1U << TCX_TABLE_LIMITS);
	snprintf(text, sizeof(text), "threshold DEFAULTS\n%s", own);
	good(text);
	assert_string_equal(threshold("conntrack")->object, "NfConntrackCount");
	snprintf(text, sizeof(text), "%sthreshold defaults\nno threshold prunes\n", own);
	good(text); /* one of one's own stays, wherever it is */
	assert_string_equal(threshold("conntrack")->object, "NfConntrackCount");
	assert_null(threshold("prunes"));
	assert_int_equal(config.thresholds->count, COUNT(defaults_of_health) - 1);
	good("threshold defaults\nrefreshInterval 100\n"); /* it is as long as it must be */
	assert_int_equal(threshold("conntrack-full")->for_ns, 100 * TCX_NS_PER_S);
	assert_int_equal(threshold("conntrack")->for_ns, 100 * TCX_NS_PER_S);
	assert_int_equal(threshold("retransmissions")->for_ns, 120 * TCX_NS_PER_S);
}

/* The file without "# " in front of lines, and blanks for what is between the words of comments. */
static char *read_example(void)
{
	const char *top = getenv("top_srcdir");
	char path[PATH_MAX], line[1024], *text = calloc(1, 1 << 20);
	FILE *file;

	snprintf(path, sizeof(path), "%s/etc/tcpextd.conf", top != NULL ? top : ".");
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		bool is_text = strncmp(line, "# ", 2) == 0;

		line[strcspn(line, "\n")] = '\0';
		strcat(strcat(text, is_text ? line + 1 : line), is_text ? "" : "\n");
	}
	fclose(file);
	return text;
}

/* Each of them stands in the example, behind its reason. */
static void example_has_defaults(void **state)
{
	char *text = read_example(), wanted[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(defaults_of_health); i++) {
		snprintf(wanted, sizeof(wanted), " %s#%s\n", defaults_of_health[i].reason,
			 defaults_of_health[i].line);
		if (strstr(text, wanted) == NULL)
			fail_msg("etc/tcpextd.conf lacks this:%s", wanted);
	}
	free(text);
}

/* Words that are longer than any place for them, in each place of a line: one fault each. */
static void long_words(void **state)
{
	static const char *const lines[] = {"threshold %s TcpInSegs value > 1\n",
					    "threshold a %s value > 1\n",
					    "threshold a TcpInSegs %s > 1\n",
					    "threshold a TcpInSegs value %s\n",
					    "threshold a TcpInSegs value > %s\n",
					    "threshold a TcpInSegs value > 1 %s\n",
					    "threshold a TcpInSegs value > 1 for %s\n",
					    "threshold a TcpInSegs value > 1 clear %s\n",
					    "threshold a TcpInSegs value > 1 severity %s\n",
					    "no threshold %s\n",
					    "no %s\n"};
	size_t size = 3 * PATH_MAX;
	char *word = malloc(size), *text = malloc(2 * size);

	(void)state;
	memset(word, '1', size - 1);
	word[size - 1] = '\0';
	for (size_t i = 0; i < COUNT(lines); i++) {
		snprintf(text, 2 * size, lines[i], word);
		assert_int_equal(read_text(text, true), 1);
	}
	free(word);
	free(text);
}

/* Whichever of the lines comes first. */
static void thresholds_and_intervals(void **state)
{
	(void)state;
	good("threshold a TcpCurrEstab value > 1 for 0.5\nrefreshInterval 0.5\n");
	assert_int_equal(
		read_text("refreshInterval 5\nthreshold a TcpCurrEstab value > 1 for 4\n", true),
		1);
	assert_non_null(strstr(logged, "given.conf: line 2: threshold a: for 4 is shorter than "
				       "refreshInterval, 5 s"));
	good("threshold a tcpListenUse value > 1 for 2\ntableInterval 2\n");
	assert_int_equal(read_text("threshold a tcpListenUse value > 1 clear 1 for 14.9s\n", true),
			 1);
	assert_non_null(strstr(logged, "for 14.9s is shorter than tableInterval, 15 s"));
}

/* A name that the rows lack is right where this kernel prints it, or cannot be read yet. */
static void names_of_this_kernel(void **state)
{
	static const char line[] = "threshold a TcpExtTurns growth > 1\n";
	char text[PATH_MAX + 2 * sizeof(line)];

	(void)state;
	fixture_puts(&fixture, "proc/net/netstat", "TcpExt: ListenDrops Turns\nTcpExt: 5 6\n");
	snprintf(text, sizeof(text), "%sprocRoot %s/proc\n", line, fixture.root);
	good(text);
	assert_string_equal(config.thresholds->items[0].object, "TcpExtTurns");
	fixture_puts(&fixture, "proc/net/netstat", "TcpExt: ListenDrops Tums\nTcpExt: 5 6\n");
	assert_int_equal(read_text(text, true), 1);
	assert_non_null(strstr(logged, "line 1: threshold a: neither the agent nor this kernel "
				       "knows 'TcpExtTurns': the nearest name is TcpExtTums"));
	/* That is the row of one counter for each type. */
	snprintf(text, sizeof(text), "threshold a IcmpMsgInType growth > 1\nprocRoot %s/proc\n",
		 fixture.root);
	assert_int_equal(read_text(text, true), 1);
	assert_non_null(strstr(logged, "the nearest name is IcmpInMsgs"));
	snprintf(text, sizeof(text), "%sprocRoot %s/none\n", line, fixture.root);
	good(text);
}

static void max_age_follows(void **state)
{
	(void)state;
	good("refreshInterval 3\n");
	assert_int_equal(config.max_age_ns, 30 * TCX_NS_PER_S);
}

static const struct {
	const char *text;
	uint64_t interval_ns;
} intervals[] = {
	{"refreshInterval 0.1\n", 100 * TCX_NS_PER_MS},
	{"refreshInterval .5\n", 500 * TCX_NS_PER_MS},
	{"refreshInterval 2.\n", 2 * TCX_NS_PER_S},
	{"refreshInterval 3600\n", 3600 * TCX_NS_PER_S},
	{"refreshInterval 00001\n", TCX_NS_PER_S},
	{"refreshInterval 5\nrefreshInterval 6\n", 6 * TCX_NS_PER_S}, /* the last one counts */
	{"REFRESHINTERVAL 4\n", 4 * TCX_NS_PER_S},
	{"  refreshInterval\t4  \n", 4 * TCX_NS_PER_S},
	{"refreshInterval 4", 4 * TCX_NS_PER_S}, /* no newline */
};

static void good_intervals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(intervals); i++) {
		good(intervals[i].text);

		assert_int_equal(config.interval_ns, intervals[i].interval_ns);
	}
}

static const struct {
	const char *text;
	const char *modules[12];
} registers[] = {
	{"register ip icmp tcp udp tcpext\n", {"ip", "icmp", "tcp", "udp", "tcpext"}},
	{"register all\n",
	 {"ip", "icmp", "tcp", "udp", "tcpext", "interfaces", "at", "ipAddrTable", "ipRouteTable",
	  "ipNetToMediaTable", "tcpConnTable", "udpTable"}},
	{"register interfaces at ipaddrtable\n", {"interfaces", "at", "ipAddrTable"}},
	{"register tcp\n", {"tcp"}},
	{"register TCP,Udp\n", {"tcp", "udp"}},
	{"register tcp\nregister ip\n", {"ip", "tcp"}},
	{"register none\n", {NULL}},
	{"register none tcp\n", {"tcp"}},
};

static void modules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(registers); i++) {
		good(registers[i].text);
		unsigned int bits = 0;

		for (size_t k = 0;
		     k < COUNT(registers[i].modules) && registers[i].modules[k] != NULL; k++)
			bits |= tcx_modules_bit(registers[i].modules[k]);
		assert_int_equal(config.modules, bits);
	}
}

/* The words of one wrong line: all on a single line of the log, with the place in front. */
static const struct {
	const char *line;
	const char *says;
} wrong[] = {
	{"refreshInterval", "'refreshInterval' has no value: give one, or take the line out"},
	{"register ,", "register names no group: give any of ip"},
	{"procRoot \"/proc\"", "give the path without quotes"},
	{"refreshInterval 0", "refreshInterval '0' is wrong: give a number from 0.1 to 3600"},
	{"refreshInterval 0.09", "refreshInterval '0.09' is wrong"},
	{"refreshInterval 3600.1", "refreshInterval '3600.1' is wrong"},
	{"refreshInterval -1", "refreshInterval '-1' is wrong"},
	{"refreshInterval fast", "refreshInterval 'fast' is wrong"},
	{"refreshInterval 1s", "refreshInterval '1s' is wrong"},
	{"refreshInterval 1e1", "refreshInterval '1e1' is wrong"},
	{"refreshInterval inf", "refreshInterval 'inf' is wrong"},
	{"refreshInterval nan", "refreshInterval 'nan' is wrong"},
	{"refreshInterval 0x1", "refreshInterval '0x1' is wrong"},
	{"refreshInterval 1.2.3", "refreshInterval '1.2.3' is wrong"},
	{"refreshInterval .", "refreshInterval '.' is wrong"},
	{"refreshInterval 1 2", "refreshInterval '1 2' is wrong"},
	{"refreshInterval 99999999999999999999", "is wrong: give a number from 0.1 to 3600"},
	{"maxAge 0", "maxAge '0' is wrong: give a number from 0.1 to 86400"},
	{"maxAge 86401", "maxAge '86401' is wrong"},
	{"rateTime 0.5", "rateTime '0.5' is wrong: give a number from 1 to 3600"},
	{"healthWindow 3601", "healthWindow '3601' is wrong: give a number from 1 to 3600"},
	{"registerPriority 0", "registerPriority '0' is wrong: give a number from 1 to 255"},
	{"registerPriority 256", "registerPriority '256' is wrong"},
	{"registerPriority 1.5", "registerPriority '1.5' is wrong: give a whole number"},
	{"registerPriority high", "registerPriority 'high' is wrong"},
	{"agentXPingInterval 0", "agentXPingInterval '0' is wrong"},
	{"agentXPingInterval 3601", "agentXPingInterval '3601' is wrong"},
	{"agentXTimeout 0", "agentXTimeout '0' is wrong"},
	{"agentXTimeout soon", "agentXTimeout 'soon' is wrong"},
	{"agentXRetries 101", "agentXRetries '101' is wrong: give a number from 0 to 100"},
	{"register ipv6", "register 'ipv6' is wrong: give any of ip, icmp, tcp, udp, tcpext"},
	{"register tcp udp6 ip", "register 'udp6' is wrong"},
	{"refreshIntervall 1", "unknown word 'refreshIntervall'"},
	{"agentXPerms 0777", "'agentXPerms' is a directive of the master: move it to snmpd.conf"},
	{"refreshInterval", "refreshInterval"},
	{"register", "register"},
	{"procRoot", "procRoot"},
	{"includeFile /nonexistent/file", "/nonexistent/file"},
	{"threshold", "'threshold' has no value"},
	{"threshold a", "threshold a: it watches nothing: give OBJECT value|rate|growth|percent"},
	{"threshold a_b TcpInSegs value > 1",
	 "threshold 'a_b' is wrong: give a name of up to 32 letters"},
	{"threshold abcdefghijklmnopqrstuvwxyz0123456 TcpInSegs value > 1", "up to 32 letters"},
	{"threshold a TcpExtListenDrop value > 1", "the nearest name is TcpExtListenDrops"},
	{"threshold a tcpExtListenDrops value > 1", "the nearest name is TcpExtListenDrops"},
	{"threshold a tcpListnUse value > 1", "the nearest name is tcpListenUse"},
	{"threshold a tcpListenName value > 1", "knows 'tcpListenName'"}, /* it is no number */
	{"threshold a ifInOctets value > 1", "knows 'ifInOctets'"},
	{"threshold a healthRetransDat value > 1", "the nearest name is healthRetransData"},
	{"threshold a healthRetransData rate > 1", "healthRetransData goes both ways"},
	{"threshold a healthConntrackInsertFails percent > 1", "has no limit"},
	{"threshold a healthListenDrops percent > 100", "nothing is greater than 100; give less"},
	{"threshold a healthListenerUse value > 1 for 5", "shorter than tableInterval"},
	{"threshold a TcpInSegs", "'' is wrong: give value|rate|growth|percent >|< LIMIT"},
	{"threshold a TcpInSegs > 1", "'>' is wrong: give value|rate|growth|percent"},
	{"threshold a TcpInSegs speed > 1", "'speed' is wrong"},
	{"threshold a TcpInSegs percent > 1", "TcpInSegs has no limit that it could be a percent"},
	{"threshold a tcpListenDrops percent > 1", "tcpListenDrops has no limit"},
	{"threshold a TcpCurrEstab rate > 1", "TcpCurrEstab goes both ways, so it has no rate"},
	{"threshold a tcpListenQueue growth > 1", "tcpListenQueue goes both ways"},
	{"threshold a IpForwarding growth > 1", "IpForwarding goes both ways"},
	{"threshold a TcpInSegs value", "'' is wrong: give > or <, then LIMIT"},
	{"threshold a TcpInSegs value = 1", "'=' is wrong: give > or <"},
	{"threshold a TcpInSegs value >= 1", "'>=' is wrong: give > or <"},
	{"threshold a TcpInSegs value >", "'' is wrong: give a number as the limit"},
	{"threshold a TcpInSegs value > many", "'many' is wrong: give a number as the limit"},
	{"threshold a TcpInSegs value > -1", "'-1' is wrong"},
	{"threshold a TcpInSegs value > 5%", "'5%' is wrong"},
	{"threshold a TcpInSegs value > 1T", "'1T' is wrong"},
	{"threshold a TcpInSegs value > 00000000000000000000000000000001", "is wrong: give a num"},
	{"threshold a TcpInSegs value < 0", "never be crossed: nothing is less than 0; give more"},
	{"threshold a TcpInSegs value > 18446744073709551615", "nothing is greater than 184"},
	{"threshold a tcpListenQueue value > 5G", "nothing is greater than 5G; give less"},
	{"threshold a healthListenDrops value > 100.5", "nothing is greater than 100.5; give less"},
	{"threshold a healthListenDrops value < 95", "it can never be cleared, as nothing is so"},
	{"threshold a TcpInSegs value > 10 clear 11", "clear 11 is on the wrong side of the limit: "
						      "give 10 or less"},
	{"threshold a TcpInSegs value < 10 clear 9", "give 10 or more"},
	{"threshold a TcpInSegs value > 10 clear", "'' is wrong: give a number as the limit"},
	{"threshold a TcpInSegs value > 10 for", "for '' is wrong: give seconds"},
	{"threshold a TcpInSegs value > 10 for ever", "for 'ever' is wrong: give seconds"},
	{"threshold a TcpInSegs value > 10 for 0.9",
	 "for 0.9 is shorter than refreshInterval, 1 s"},
	{"threshold a TcpInSegs value > 10 every 0", "every 0 is shorter than refreshInterval"},
	{"threshold a TcpInSegs value > 10 clear 5 for 2 for 3",
	 "'for' is wrong there: behind the"},
	{"threshold a TcpInSegs value > 10 severity", "severity '' is wrong: give info, warning"},
	{"threshold a TcpInSegs value > 10 severity bad", "severity 'bad' is wrong"},
	{"threshold a TcpInSegs value > 10 severity info every 5", "'every' is wrong there"},
	{"threshold a TcpInSegs value > 10 # why", "'#' is wrong there"},
	{"no threshold", "no threshold '' is wrong: give a name"},
	{"no thresholds a", "no 'thresholds' is wrong: give threshold NAME"},
	{"no threshold a", "no threshold a: there is none of this name so far"},
	{"no threshold a b", "no threshold a: 'b' is wrong there: give one name"},
};

static void one_line(const char *line)
{
	const char *newline = strchr(logged, '\n');

	if (newline == NULL || newline[1] != '\0')
		fail_msg("'%s': not one line: %s", line, logged);
}

static void expect_wrong(const char *line, const char *says)
{
	char text[512], place[64];

	snprintf(text, sizeof(text), "# a comment\nregisterPriority 9\n%s\n", line);
	if (read_text(text, true) != 1)
		fail_msg("'%s' was taken: %s", line, logged);
	snprintf(place, sizeof(place), "given.conf: line 3: ");
	one_line(line);
	if (strstr(logged, place) == NULL || strstr(logged, says) == NULL)
		fail_msg("'%s': %s", line, logged);
}

static void wrong_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		expect_wrong(wrong[i].line, wrong[i].says);
}

/* Lines of which each is right by itself, and that let the library do nothing but wait. */
static void timeout(void **state)
{

	(void)state;
	assert_int_equal(read_text("agentXPingInterval 3\n", true), 1);
	assert_non_null(strstr(logged, "agentXTimeout 1 and agentXRetries 2 make 3 s"));
	assert_int_equal(read_text("agentXRetries 4\n", true), 1);
	assert_int_equal(
		read_text("agentXTimeout 3600\nagentXRetries 100\nagentXPingInterval 3600\n", true),
		1);
	assert_non_null(strstr(logged, "make 363600 s"));
	assert_int_equal(read_text("agentXPingInterval 4\n", true), 0);
	assert_int_equal(read_text("agentXPingInterval 2\nagentXRetries 0\n", true), 0);
}

/* Every fault is named, not only the first. */
/* Two lines, each right by itself, that are wrong together; in either order. */
static void ages(void **state)
{

	(void)state;
	assert_int_equal(read_text("refreshInterval 5\nmaxAge 4.9\n", true), 1);
	assert_non_null(strstr(logged, "maxAge is shorter than refreshInterval: give it"));
	assert_int_equal(read_text("maxAge 4\nrefreshInterval 4\n", true), 0);
	assert_int_equal(read_text("maxAge 0.5\n", true), 1); /* the default is 1 s */
}

static void many_faults(void **state)
{

	(void)state;
	assert_int_equal(read_text("refreshInterval x\nnonsense 1\nmaxAge y\nregister z w\n"
				   "registerPriority 9\n",
				   true),
			 5);
	assert_non_null(strstr(logged, "line 1: "));
	assert_non_null(strstr(logged, "line 2: "));
	assert_non_null(strstr(logged, "line 3: "));
	assert_non_null(strstr(logged, "line 4: register 'z'"));
	assert_non_null(strstr(logged, "line 4: register 'w'"));
	assert_null(strstr(logged, "line 5: "));
}

/* Of those of the beginning each is told, of the others how many there are. */
static void too_many_faults(void **state)
{
	char text[1024] = "";

	(void)state;
	for (int i = 0; i < 27; i++)
		strcat(text, "nonsense\n");
	assert_int_equal(read_text(text, true), 27);
	assert_non_null(strstr(logged, "line 20: "));
	assert_null(strstr(logged, "line 21: "));
	assert_non_null(strstr(logged, "faults of the configuration that are not told: 7\n"));
}

static void long_path(void **state)
{
	char *text = malloc(2 * PATH_MAX);
	int word = snprintf(text, PATH_MAX, "procRoot /");

	(void)state;
	memset(text + word, 'x', PATH_MAX);
	strcpy(text + word + PATH_MAX, "\n");
	assert_int_equal(read_text(text, true), 1);
	free(text);
}

static void no_file(void **state)
{
	const struct tcx_options missing = {.config_file = "/nonexistent/tcpextd.conf",
					    .no_default_config = true};
	const struct tcx_options directory = {.config_file = fixture.root,
					      .no_default_config = true};

	(void)state;
	logged[0] = '\0';
	assert_int_equal(take(&missing), 1);
	assert_non_null(strstr(logged, "/nonexistent/tcpextd.conf: cannot be read: No such file"));
	one_line("missing");
	logged[0] = '\0';
	assert_int_equal(take(&directory), 1);
	assert_non_null(strstr(logged, ": cannot be read: Is a directory"));
	one_line("directory");
}

/* The user nobody's view of a file that root alone may read. */
static void unreadable(void **state)
{
	char path[PATH_MAX];
	struct tcx_options options = {.config_file = path, .no_default_config = true};

	(void)state;
	fixture_puts(&fixture, "secret.conf", "registerPriority 9\n");
	snprintf(path, sizeof(path), "%s/secret.conf", fixture.root);
	if (chmod(path, 0) != 0 || access(path, R_OK) == 0) {
		print_message("this user may read any file\n");
		skip();
	}
	logged[0] = '\0';
	assert_int_equal(take(&options), 1);
	assert_non_null(strstr(logged, "secret.conf: cannot be read: Permission denied"));
	one_line("unreadable");
}

/* The file is sound then: the advice is not about it. */
static void no_descriptor(void **state)
{
	char path[PATH_MAX];
	struct tcx_options options = {.config_file = path, .no_default_config = true};
	struct rlimit before, none;

	(void)state;
	fixture_puts(&fixture, "sound.conf", "maxAge 24\n");
	snprintf(path, sizeof(path), "%s/sound.conf", fixture.root);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	logged[0] = '\0';
	setrlimit(RLIMIT_NOFILE, &none);
	assert_int_equal(tcx_config_read(&config, &options), 1);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_non_null(strstr(logged, "sound.conf: cannot be read: Too many open files; raise"));
	assert_null(strstr(logged, "may read"));
}

/*
 * agentx.conf is for all subagents: what it says to others is no fault. Then our own two, then -c.
 *
 */
static void default_files(void **state)
{

	(void)state;
	fixture_puts(&fixture, "agentx.conf",
		     "agentXTimeout 21\nagentXRetries 21\nagentXPingInterval 500\n"
		     "forOthers 1\n");
	fixture_puts(&fixture, "tcpextd.conf",
		     "agentXTimeout 22\nregisterPriority 22\nrefreshInterval 22\n");
	fixture_puts(&fixture, "tcpextd.local.conf", "registerPriority 23\nmaxAge 23\n");
	assert_int_equal(read_text("maxAge 24\n", false), 0);
	assert_string_equal(logged, "");
	assert_int_equal(config.retries, 21);
	assert_int_equal(config.timeout_s, 22);
	assert_int_equal(config.interval_ns, 22 * TCX_NS_PER_S);
	assert_int_equal(config.priority, 23);
	assert_int_equal(config.max_age_ns, 24 * TCX_NS_PER_S);
	assert_int_equal(read_text("maxAge 24\n", true), 0); /* -C */
	assert_int_equal(config.priority, 100);
	fixture_puts(&fixture, "agentx.conf", "agentXTimeout soon\n");
	assert_int_equal(read_text("", false), 1);
	assert_non_null(strstr(logged, "agentx.conf: line 1: agentXTimeout 'soon' is wrong"));
	fixture_puts(&fixture, "agentx.conf", "");
	fixture_puts(&fixture, "tcpextd.conf", "");
	fixture_puts(&fixture, "tcpextd.local.conf", "");
}

static void make_fifo(const char *name)
{
	char path[PATH_MAX];

	fixture_puts(&fixture, name, "");
	snprintf(path, sizeof(path), "%s/%s", fixture.root, name);
	unlink(path); /* the fixture goes on to know that it is there */
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void expect_refused(const char *name, unsigned int faults)
{
	char line[PATH_MAX];

	snprintf(line, sizeof(line), "/%s: cannot be read: it is no regular file", name);
	assert_int_equal(faults, 1);
	assert_non_null(strstr(logged, line));
	one_line(name);
}

/* A FIFO, which would hold up whoever opens it, in each place where a file is wanted. */
static void fifos(void **state)
{
	static const char *const texts[] = {"includeFile pipe.conf\n", "INCLUDEFILE %s/pipe.conf\n",
					    "includeDir %s/inner\n", "includeSearch pipe\n",
					    "includeSearch pipe.conf\n"};
	struct tcx_options options = {.no_default_config = true};
	char text[2 * PATH_MAX];

	(void)state;
	alarm(TIMEOUT_S);
	make_fifo("inner/pipe.conf");
	make_fifo("pipe.conf");
	for (size_t i = 0; i < COUNT(texts); i++) {
		snprintf(text, sizeof(text), texts[i], fixture.root);
		expect_refused("pipe.conf", read_text(text, true));
	}
	snprintf(text, sizeof(text), "%s/pipe.conf", fixture.root);
	options.config_file = text;
	logged[0] = '\0';
	expect_refused("pipe.conf", take(&options));
	make_fifo("tcpextd.conf");
	expect_refused("tcpextd.conf", read_text("", false));
	fixture_remove(&fixture, "tcpextd.conf");
	alarm(0);
}

/* What is included counts; no file at all is an empty one. */
static void included_files(void **state)
{
	const struct tcx_options null = {.no_default_config = true, .config_file = "/dev/null"};

	(void)state;
	fixture_puts(&fixture, "inner.conf", "maxAge 55\n");
	good("includeFile inner.conf\n");
	assert_int_equal(config.max_age_ns, 55 * TCX_NS_PER_S);
	assert_int_equal(read_text("includeFile missing.conf\n", true), 1);
	assert_non_null(strstr(logged, "given.conf: line 1: Included file"));
	one_line("missing.conf");
	assert_int_equal(take(&null), 0);
	assert_int_equal(config.max_age_ns, 10 * TCX_NS_PER_S);
	assert_true(read_text("includeFile given.conf\n", true) > 0);
}

/* Reading again begins with the defaults, not with what was read before. */
static void read_again(void **state)
{
	(void)state;
	good("refreshInterval 9\nregister tcp\nmaxAge 99\n");
	good("");
	assert_int_equal(config.interval_ns, TCX_NS_PER_S);
	assert_int_equal(config.max_age_ns, 10 * TCX_NS_PER_S);
	assert_false(config.modules_given);
}

/* They belong to snmpd.conf, as a rule, and are no reason to refuse the rest. */
static void words_of_master(void **state)
{
	(void)state;
	assert_int_equal(read_text("refreshInterval 3\nrocommunity public\nsysName x\n", true), 0);
	assert_non_null(strstr(logged, "given.conf: line 2: rocommunity has no effect"));
	assert_non_null(strstr(logged, "given.conf: line 3: sysName has no effect"));
	assert_int_equal(config.interval_ns, 3 * TCX_NS_PER_S);
}

static void read_for_master(const char *text)
{
	static char path[PATH_MAX];
	const struct tcx_options options = {
		.config_file = path, .no_default_config = true, .master = true};

	snprintf(path, sizeof(path), "%s/given.conf", fixture.root);
	fixture_puts(&fixture, "given.conf", text);
	logged[0] = '\0';
	if (take(&options) > 0)
		fail_msg("'%s': %s", text, logged);
}

/* The receiver is the word that the library takes for it. */
static void targets(void **state)
{
	static const struct {
		const char *line, *target;
	} lines[] = {
		{"trapsink -s 192.0.2.9 -name x sink public 1162", "sink:1162"},
		{"trapsink sink\tpublic ", "sink"},
		{"trapsink -v sink", "sink"},
		{"informsink \"sink\" public", "\"sink\""},
		{"trapsess -v2c -c public sink", "sink"},
		{"trapsess -v 2c -c public \"sink\"", "sink"},
		{"trapsess -name 'a b' -Ci -v2c -c 'a b' 'udp:sink:9'", "udp:sink:9"},
		{"trapsess -v2c -c a\\ b /x\\ y/sink", "/x y/sink"},
		{"trapsess -v3 -u u -l authPriv -3m 0x12 -3k=0x34 sink", "sink"},
		{"trapsess -v3 -u u -3M 0x12 -3K= 0x34 -3k0x56 sink", "sink"},
		{"trapsess -D token -I u -dv 2c -dd -c public sink", "sink"},
		{"trapsess -v2c -c public -- sink", "sink"},
		{"trapsess -v2c -c public", NULL},
		{"trap2sink -name", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		const char *target;

		read_for_master(lines[i].line);
		assert_int_equal(config.access.count, 1);
		target = config.access.lines[0].target;
		if (target == NULL || lines[i].target == NULL
			    ? target != lines[i].target
			    : strcmp(target, lines[i].target) != 0)
			fail_msg("%s: %s", lines[i].line, target);
	}
}

static void module_words(void **state)
{
	unsigned int all = 0;

	(void)state;
	for (size_t i = 0; i < tcx_modules_count; i++) {
		unsigned int bit = tcx_modules_bit(tcx_modules[i].word);
		bool of_master = tcx_modules[i].how == TCX_MODULE_MASTER;

		assert_int_equal(bit, of_master ? 0 : 1U << i);
		assert_int_equal((tcx_modules_of_master() & 1U << i) != 0, of_master);
		all |= bit;
	}
	assert_int_equal(tcx_modules_bit("ALL"), all);
	assert_int_equal(tcx_modules_bit("tcpx"), 0);
	assert_int_equal(tcx_modules_bit(""), 0);
}

static void applies_agentx(void **state)
{
	(void)state;
	good("agentXSocket /a/b\nagentXPingInterval 13\nagentXTimeout 4\nagentXRetries 2\n");
	tcx_agentx_configure(&config, NULL);
	assert_string_equal(agentx.wire.master, "/a/b");
	assert_int_equal(netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID,
					    NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL),
			 13);
	assert_int_equal(
		netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_TIMEOUT),
		4000000);
	assert_int_equal(
		netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_RETRIES), 2);
	tcx_agentx_configure(&config, "/c/d"); /* -x goes before the file */
	assert_string_equal(agentx.wire.master, "/c/d");
	good("");
	tcx_agentx_configure(&config, NULL);
	assert_string_equal(agentx.wire.master, "/var/agentx/master");
}

/* A library that calls this event of something else, too, than of a session that it has opened. */
static void no_session(void **state)
{
	char request[1024] = "";

	(void)state;
	logged[0] = '\0';
	snmp_call_callbacks(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, request);
	assert_null(agentx.session);
	assert_string_equal(logged, "");
}

/* Without memory for a line nothing of the file counts, and the log says so. */
static void without_memory(void **state)
{
	unsigned int at = 0;

	(void)state;
	while (no_memory_next(&at)) {
		unsigned int faults = read_text("refreshInterval 2\n"
						"threshold in TcpInSegs rate > 5\n"
						"threshold busy tcpListenUse value > 95.5\n"
						"threshold out TcpOutSegs rate > 5\n",
						true);

		assert_int_equal(faults > 0, no_memory_stop());
		assert_true((faults > 0) == (strstr(logged, "out of memory") != NULL));
	}
	assert_int_equal(config.thresholds->count, 3);
	assert_true(at > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(sources),
		cmocka_unit_test(every_directive),
		cmocka_unit_test(max_age_follows),
		cmocka_unit_test(good_intervals),
		cmocka_unit_test(modules),
		cmocka_unit_test(wrong_lines),
		cmocka_unit_test(ages),
		cmocka_unit_test(timeout),
		cmocka_unit_test(many_faults),
		cmocka_unit_test(too_many_faults),
		cmocka_unit_test(long_path),
		cmocka_unit_test(no_file),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(no_descriptor),
		cmocka_unit_test(default_files),
		cmocka_unit_test(fifos),
		cmocka_unit_test(included_files),
		cmocka_unit_test(read_again),
		cmocka_unit_test(words_of_master),
		cmocka_unit_test(targets),
		cmocka_unit_test(module_words),
		cmocka_unit_test(applies_agentx),
		cmocka_unit_test(no_session),
		cmocka_unit_test(good_thresholds),
		cmocka_unit_test(several_thresholds),
		cmocka_unit_test(default_thresholds),
		cmocka_unit_test(long_words),
		cmocka_unit_test(example_has_defaults),
		cmocka_unit_test(thresholds_and_intervals),
		cmocka_unit_test(names_of_this_kernel),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, open_library, close_library);
}
