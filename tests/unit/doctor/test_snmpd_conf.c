/* SPDX-License-Identifier: BSD-2-Clause */
/* What snmpd.conf says: files made in a folder of their own, read as snmpd would read them. */
#include "tests/unit/test.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/doctor/checks.h"
#include "agent/doctor/snmpdconf/conf.h"

/* The lines of Debian 12's file that count, and the kind of comments that stand between them. */
static const char debian[] = "# SECTION: Agent Operating Mode\n"
			     "#   arguments: (on|yes|agentx|all|off|no)\n"
			     "sysLocation    Sitting on the Dock of the Bay\n"
			     "sysServices    72\n"
			     "master  agentx\n"
			     "agentaddress  127.0.0.1,[::1]\n"
			     "#  system + hrSystem groups only\n"
			     "view   systemonly  included   .1.3.6.1.2.1.1\n"
			     "view   systemonly  included   .1.3.6.1.2.1.25.1\n"
			     "rocommunity  public default -V systemonly\n"
			     "rocommunity6 public default -V systemonly\n"
			     "rouser authPrivUser authpriv -V systemonly\n";

static oid tcp[] = {1, 3, 6, 1, 2, 1, 6};
static oid sys[] = {1, 3, 6, 1, 2, 1, 1};

#define SIGHT(view, oid) vacm_checkSubtree(view, oid, COUNT(oid))

struct fixture {
	char directory[32];
	char path[64]; /* of the last file that was written */
	struct tcx_snmpd_conf conf;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (fixture == NULL)
		return -1;
	strcpy(fixture->directory, "/tmp/tcx-XXXXXX");
	*state = fixture;
	return mkdtemp(fixture->directory) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	tcx_snmpd_conf_clear(&fixture->conf);
	nftw(fixture->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(fixture);
	return 0;
}

static const char *path_of(struct fixture *fixture, const char *name)
{
	snprintf(fixture->path, sizeof(fixture->path), "%s/%s", fixture->directory, name);
	return fixture->path;
}

static void write_bytes(struct fixture *fixture, const char *name, const char *bytes, size_t len)
{
	FILE *file = fopen(path_of(fixture, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void write_text(struct fixture *fixture, const char *name, const char *text)
{
	write_bytes(fixture, name, text, strlen(text));
}

static const struct tcx_snmpd_conf *read_text(struct fixture *fixture, const char *text)
{
	write_text(fixture, "snmpd.conf", text);
	assert_int_equal(tcx_snmpd_conf_read(&fixture->conf, fixture->path), 0);
	tcx_snmpd_conf_finish(&fixture->conf);
	return &fixture->conf;
}

/* A line with one %s, which becomes the fixture's folder. */
static const struct tcx_snmpd_conf *read_in_folder(struct fixture *fixture, const char *format)
{
	char text[256];

	snprintf(text, sizeof(text), format, fixture->directory);
	return read_text(fixture, text);
}

static bool has_note(const struct tcx_snmpd_conf *conf, const char *part)
{
	for (size_t i = 0; i < conf->note_count; i++)
		if (strstr(conf->notes[i], part) != NULL)
			return true;
	return false;
}

static void assert_who(const struct tcx_snmpd_access *access, const char *wanted)
{
	char who[2 * TCX_SNMPD_WORD_MAX];

	snprintf(who, sizeof(who), "%s %s", access->kind, access->name);
	assert_string_equal(who, wanted);
}

static void test_debian_file(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf = read_text(fixture, debian);

	assert_true(conf->master);
	assert_string_equal(conf->socket, "");
	assert_int_equal(conf->perms.socket, 0);
	assert_int_equal(conf->note_count, 0);
	assert_int_equal(conf->access_count, 3);
	assert_who(&conf->accesses[0], "community public");
	assert_who(&conf->accesses[1], "IPv6 community public");
	assert_who(&conf->accesses[2], "user authPrivUser");
	assert_string_equal(conf->accesses[2].view, "systemonly");
	assert_non_null(strstr(conf->accesses[0].place, "/snmpd.conf:10"));
	assert_int_equal(SIGHT("systemonly", sys), VACM_SUCCESS);
	assert_int_equal(SIGHT("systemonly", tcp), VACM_NOTINVIEW);
}

static void test_added_view_line_shows(void **state)
{
	struct fixture *fixture = *state;
	char text[1024];

	snprintf(text, sizeof(text), "%sincludeDir %s/conf.d\n", debian, fixture->directory);
	assert_int_equal(mkdir(path_of(fixture, "conf.d"), 0755), 0);
	write_text(fixture, "conf.d/tcpextd.conf", "view systemonly included .1.3.6.1.2.1.6\n");
	read_text(fixture, text);
	assert_int_equal(SIGHT("systemonly", tcp), VACM_SUCCESS);
	assert_int_equal(fixture->conf.file_count, 2);
	assert_non_null(strstr(fixture->conf.include_dir, "/conf.d"));
}

static void test_include_dir_takes_conf_only(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkdir(path_of(fixture, "conf.d"), 0755), 0);
	write_text(fixture, "conf.d/c.txt", "master agentx\n");
	write_text(fixture, "conf.d/.hidden.conf", "master agentx\n");
	write_text(fixture, "conf.d/old.conf~", "master agentx\n");
	write_text(fixture, "conf.d/own.conf.dpkg-dist", "master agentx\n");
	write_text(fixture, "conf.d/README.local", "master agentx\n");
	read_in_folder(fixture, "includeDir %s/conf.d\n");
	assert_false(fixture->conf.master);
	assert_int_equal(fixture->conf.note_count, 1);
	assert_true(has_note(&fixture->conf, "c.txt"));
}

static void test_include_file_beside(void **state)
{
	struct fixture *fixture = *state;

	write_text(fixture, "more.conf", "agentXSocket tcp:localhost:705 \t\n");
	read_text(fixture, "includeFile more.conf\n");
	assert_string_equal(fixture->conf.socket, "tcp:localhost:705");
	assert_int_equal(fixture->conf.note_count, 0);
}

static void test_missing_includes_are_noted(void **state)
{
	struct fixture *fixture = *state;

	read_text(fixture,
		  "includeFile gone.conf\nincludeDir /nonexistent/conf.d\nincludeSearch x\n"
		  "master agentx\n");
	assert_true(fixture->conf.master);
	assert_true(has_note(&fixture->conf, ":1: "));
	assert_true(has_note(&fixture->conf, "gone.conf"));
	assert_true(has_note(&fixture->conf, "/nonexistent/conf.d"));
	assert_int_equal(fixture->conf.note_count, 3);
}

static void test_file_that_includes_itself(void **state)
{
	struct fixture *fixture = *state;

	write_text(fixture, "b.conf",
		   "includeFile snmpd.conf\nincludeFile b.conf\nmaster agentx\n");
	read_text(fixture, "includeFile snmpd.conf\nincludeFile b.conf\nrocommunity x\n");
	assert_true(fixture->conf.master);
	assert_int_equal(fixture->conf.file_count, 2);
	assert_int_equal(fixture->conf.access_count, 1);
}

static void test_deep_includes_end(void **state)
{
	struct fixture *fixture = *state;
	char name[32];
	char text[64];

	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "%d.conf", i);
		snprintf(text, sizeof(text), "includeFile %d.conf\n", i + 1);
		write_text(fixture, name, text);
	}
	read_text(fixture, "includeFile 0.conf\n");
	assert_int_equal(fixture->conf.file_count, 17);
	assert_true(has_note(&fixture->conf, "too many files"));
}

static void test_missing_file(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(tcx_snmpd_conf_read(&fixture->conf, path_of(fixture, "no")), ENOENT);
	assert_int_equal(fixture->conf.note_count, 0);
	assert_int_equal(tcx_snmpd_conf_read(&fixture->conf, fixture->directory), EISDIR);
	assert_int_equal(fixture->conf.note_count, 1);
}

static void test_pipe_does_not_block(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkfifo(path_of(fixture, "pipe"), 0600), 0);
	assert_int_equal(tcx_snmpd_conf_read(&fixture->conf, fixture->path), EINVAL);
}

static void test_no_newline_and_crlf(void **state)
{
	struct fixture *fixture = *state;

	read_text(fixture, "rocommunity a default -V v\r\nview v included .1\r\nmaster agentx");
	assert_true(fixture->conf.master);
	assert_string_equal(fixture->conf.accesses[0].view, "v");
	assert_int_equal(SIGHT("v", tcp), VACM_SUCCESS);
}

static void test_long_line(void **state)
{
	struct fixture *fixture = *state;
	size_t len = 1 << 20;
	char *text = malloc(len + 64);

	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "rocommunity ", 12);
	strcpy(text + len, "\nview v included .");
	memset(text + len / 2, '.', 1000);
	read_text(fixture, text);
	free(text);
	assert_int_equal(fixture->conf.access_count, 1);
	assert_true(strlen(fixture->conf.accesses[0].name) <
		    sizeof(fixture->conf.accesses[0].name));
	assert_int_equal(fixture->conf.note_count, 1);
}

static void test_bytes_that_are_no_text(void **state)
{
	static const char bytes[] =
		"view \0v included .1\n\033[31m x\nmaster agentx\n\n  \n\"\nview \"";
	struct fixture *fixture = *state;

	write_bytes(fixture, "snmpd.conf", bytes, sizeof(bytes) - 1);
	assert_int_equal(tcx_snmpd_conf_read(&fixture->conf, fixture->path), 0);
	assert_true(fixture->conf.master);
	assert_false(has_note(&fixture->conf, "\033"));
}

static void test_master_is_off(void **state)
{
	struct fixture *fixture = *state;

	assert_false(read_text(fixture, "master agentx\nmaster no\n")->master);
	assert_int_equal(fixture->conf.note_count, 0);
}

static void test_master_with_a_comment_behind(void **state)
{
	struct fixture *fixture = *state;

	assert_false(read_text(fixture, "master agentx # for tcpextd\n")->master);
	assert_true(has_note(&fixture->conf, "nothing behind it"));
}

static void test_perms(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf =
		read_text(fixture, "agentxperms 0660 0755 Debian-snmp snmpgroup # why\n");

	assert_int_equal(conf->perms.socket, 0660);
	assert_int_equal(conf->perms.directory, 0755);
	assert_string_equal(conf->perms.user, "Debian-snmp");
	assert_string_equal(conf->perms.group, "snmpgroup");
}

static void test_perms_cut_short(void **state)
{
	struct fixture *fixture = *state;

	read_text(fixture, "agentXPerms 777\n");
	assert_int_equal(fixture->conf.perms.socket, 0777);
	assert_int_equal(fixture->conf.perms.directory, -1);
	assert_string_equal(fixture->conf.perms.user, "");
}

static void test_sections(void **state)
{
	struct fixture *fixture = *state;

	read_text(fixture,
		  "[snmp] rocommunity one\nrocommunity two\n[snmp] # behind\nrocommunity three\n"
		  "[snmpd] rocommunity four\nrocommunity five\n[snmpd]\nrocommunity six\n");
	assert_int_equal(fixture->conf.access_count, 3);
	assert_who(&fixture->conf.accesses[0], "community two");
	assert_who(&fixture->conf.accesses[1], "community four");
	assert_who(&fixture->conf.accesses[2], "community six");
}

static void test_all_is_shown_without_a_view(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf = read_text(fixture, "rwcommunity \"a b\" 10.0.0.0/8\n");

	assert_who(&conf->accesses[0], "community a b");
	assert_string_equal(conf->accesses[0].view, "_all_");
	assert_int_equal(SIGHT("_all_", tcp), VACM_SUCCESS);
}

static void test_oid_in_place_of_a_view(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf =
		read_text(fixture, "rocommunity a default .1.3.6.1.2.1.1\nrouser b auth .1.3\n");

	assert_string_equal(conf->accesses[0].oid, ".1.3.6.1.2.1.1");
	assert_int_equal(SIGHT(conf->accesses[0].view, sys), VACM_SUCCESS);
	assert_int_equal(SIGHT(conf->accesses[0].view, tcp), VACM_NOTINVIEW);
	assert_int_equal(SIGHT(conf->accesses[1].view, tcp), VACM_SUCCESS);
}

static void test_options_and_contexts(void **state)
{
	struct fixture *fixture = *state;

	read_text(fixture, "rocommunity -v 2c a default -V v\nrouser -s tsm b priv -V w\n"
			   "rocommunity c default -V v netns1\nrocommunity d default -V v *\n"
			   "authcommunity read,write e default -V v\nauthcommunity log f\n");
	assert_int_equal(fixture->conf.access_count, 5);
	assert_who(&fixture->conf.accesses[0], "community a");
	assert_int_equal(fixture->conf.accesses[0].versions, TCX_SNMPD_V2C);
	assert_who(&fixture->conf.accesses[1], "user b");
	assert_string_equal(fixture->conf.accesses[1].view, "w");
	assert_string_equal(fixture->conf.accesses[2].context, "netns1");
	assert_who(&fixture->conf.accesses[3], "community d");
	assert_string_equal(fixture->conf.accesses[3].context, "");
	assert_who(&fixture->conf.accesses[4], "community e");
}

static void test_com2sec(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf = read_text(
		fixture,
		"com2sec reader default secret\ncom2sec -Cn other hidden default x\n"
		"group readers v1 reader\ngroup readers v2c reader\ngroup readers usm bob\n"
		"access readers \"\" any noauth exact most none none\n"
		"access readers ctx any noauth exact all none none\n"
		"access others \"\" any noauth exact all none none\n"
		"access readers \"\" v1 noauth exact none none none\n"
		"setaccess readers \"\" usm auth exact read some\n"
		"setaccess readers \"\" any noauth exact write all\n"
		"authaccess write,notify readers -s v1 all\n"
		"authaccess read,notify readers -s v1 old\n");

	assert_int_equal(conf->access_count, 6);
	assert_who(&conf->accesses[0], "community secret");
	assert_string_equal(conf->accesses[0].view, "most");
	assert_string_equal(conf->accesses[0].source, "default");
	assert_int_equal(conf->accesses[0].versions, TCX_SNMPD_V1 | TCX_SNMPD_V2C);
	assert_non_null(strstr(conf->accesses[0].place, ":6"));
	assert_string_equal(conf->accesses[1].context, "ctx");
	assert_string_equal(conf->accesses[2].view, "old");
	assert_int_equal(conf->accesses[2].versions, TCX_SNMPD_V1);
	assert_who(&conf->accesses[3], "user bob");
	assert_string_equal(conf->accesses[3].view, "most");
	assert_string_equal(conf->accesses[4].context, "ctx");
	assert_string_equal(conf->accesses[5].view, "some");
}

/* Who comes in a context reads what its lines allow there, and nothing in the default one. */
static void test_communities_of_a_context(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf =
		read_text(fixture, "com2sec -Cn other reader default secret\n"
				   "group readers v2c reader\n"
				   "access readers \"\" any noauth exact none none none\n"
				   "access readers \"\" any noauth exact nowhere none none\n"
				   "access readers other any noauth exact there none none\n"
				   "access readers oth any noauth prefix too none none\n");

	assert_int_equal(conf->access_count, 2);
	assert_string_equal(conf->accesses[0].view, "there");
	assert_string_equal(conf->accesses[0].context, "other");
	assert_string_equal(conf->accesses[1].view, "too");
	assert_string_equal(conf->accesses[1].context, "other");
}

/* Whether any line lets the one of this name into the context. */
static bool reads(const struct tcx_snmpd_conf *conf, const char *name, const char *context)
{
	for (size_t i = 0; i < conf->access_count; i++)
		if (strcmp(conf->accesses[i].name, name) == 0 &&
		    tcx_doctor_lets_in(&conf->accesses[i], context))
			return true;
	return false;
}

static void test_users_in_contexts(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf =
		read_text(fixture, "rouser any\nrouser level auth\nrouser view auth -V v\n"
				   "rouser default auth -V v \"\"\nrouser one auth -V v red\n"
				   "rouser some auth -V v c*\nrouser all auth -V v *\n"
				   "rouser oid auth .1.3 red\nrouser part auth .1.3\n"
				   "group g usm exact\naccess g \"\" any noauth exact v none none\n"
				   "group h usm both\naccess h r any noauth prefix v none none\n");
	static const struct {
		const char *name;
		bool unsaid, in_default, in_red, in_c1;
	} wanted[] = {
		{"any", true, true, true, true},     {"level", true, true, true, true},
		{"view", true, true, true, true},    {"default", false, true, false, false},
		{"one", false, false, true, false},  {"some", false, false, false, true},
		{"all", false, true, true, true},    {"oid", false, false, true, false},
		{"part", true, true, true, true},    {"exact", false, true, false, false},
		{"both", false, false, true, false},
	};

	assert_int_equal(conf->access_count, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		const char *name = wanted[i].name;

		assert_string_equal(conf->accesses[i].name, name);
		assert_int_equal(conf->accesses[i].unsaid, wanted[i].unsaid);
		assert_int_equal(reads(conf, name, ""), wanted[i].in_default);
		assert_int_equal(reads(conf, name, "red"), wanted[i].in_red);
		assert_int_equal(reads(conf, name, "c1"), wanted[i].in_c1);
	}
}

/* com2sec says which context it is, whatever an access line would let in. */
static void test_communities_in_contexts(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf = read_text(
		fixture, "com2sec plain default plain\ncom2sec -Cn red plain default of-red\n"
			 "group g v2c plain\naccess g \"\" any noauth prefix v none none\n"
			 "access g blue any noauth exact v none none\n"
			 "rocommunity own default -V v blue\nrocommunity every default -V v *\n");

	assert_true(reads(conf, "plain", ""));
	assert_false(reads(conf, "plain", "red"));
	assert_false(reads(conf, "plain", "blue"));
	assert_true(reads(conf, "of-red", "red"));
	assert_false(reads(conf, "of-red", ""));
	assert_true(reads(conf, "own", "blue"));
	assert_false(reads(conf, "own", ""));
	assert_true(reads(conf, "every", ""));
	assert_false(reads(conf, "every", "red"));
	assert_int_equal(conf->shut_count, 0);
}

static void test_communities_that_are_shut_out(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf = read_text(
		fixture, "com2sec -Cn red guest default of-red\ncom2sec -Cn blue guest default b\n"
			 "com2sec -Cn green stray default g\ngroup guests v1 guest\n"
			 "group guests v2c guest\naccess guests \"\" any noauth exact v none none\n"
			 "access guests blue any noauth exact v none none\n");

	assert_int_equal(conf->shut_count, 2);
	assert_string_equal(conf->shut[0].context, "red");
	assert_string_equal(conf->shut[0].group, "guests");
	assert_non_null(strstr(conf->shut[0].place, "/snmpd.conf:1"));
	assert_string_equal(conf->shut[1].context, "green");
	assert_string_equal(conf->shut[1].name, "stray");
	assert_string_equal(conf->shut[1].group, "");
}

static void test_addresses_and_users(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf =
		read_text(fixture, "agentaddress 127.0.0.1,[::1]\nagentAddress udp:192.0.2.1\n"
				   "createUser -e 0x80 ann SHA \"some words\" AES other-words\n"
				   "createUser bob MD5 words-of-bob DES\ncreateUser eve\n");

	assert_string_equal(conf->addresses, "127.0.0.1,[::1],udp:192.0.2.1");
	assert_int_equal(conf->user_count, 3);
	assert_string_equal(conf->users[0].name, "ann");
	assert_string_equal(conf->users[0].auth_type, "SHA");
	assert_string_equal(conf->users[0].auth, "some words");
	assert_string_equal(conf->users[0].priv, "other-words");
	assert_string_equal(conf->users[1].priv_type, "DES");
	assert_string_equal(conf->users[1].priv, "words-of-bob");
	assert_string_equal(conf->users[2].auth_type, "");
}

/* Whatever the words behind are; of these nothing is kept. */
static void test_sinks(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf =
		read_text(fixture, "trapcommunity secret\n#trapsink 192.0.2.1\n"
				   "TrapSink 192.0.2.1 secret 162\ntrap2sink udp:192.0.2.2\n"
				   "informsink\ninformsink -Ci 192.0.2.3\n[other]\n"
				   "trap2sink 192.0.2.4\n[snmpd] trapsess -v3 -A \"a secret\" x\n"
				   "monitor trapsink\n");

	assert_int_equal(conf->sink_count, 4);
	for (size_t i = 0; i < 4; i++) {
		const char *line = strrchr(conf->sinks[i], ':');

		assert_non_null(line);
		assert_string_equal(line, ((const char *[]){":3", ":4", ":6", ":9"})[i]);
		assert_int_equal(line - conf->sinks[i], strlen(fixture->path));
		assert_memory_equal(conf->sinks[i], fixture->path, strlen(fixture->path));
	}
}

/* Only an i behind -C asks for answers; a community may have one. */
static void test_informs(void **state)
{
	struct fixture *fixture = *state;

	read_text(fixture, "trap2sink 192.0.2.1\ntrapsess -v2c -c inside 192.0.2.2\n");
	assert_int_equal(fixture->conf.sink_count, 2);
	assert_int_equal(fixture->conf.inform_count, 0);
	tcx_snmpd_conf_clear(&fixture->conf);
	read_text(fixture, "informsink 192.0.2.1\ntrapsess -v2c -Ci -c other 192.0.2.2\n"
			   "trapsess -c other -Cri 192.0.2.3\n");
	assert_int_equal(fixture->conf.inform_count, 3);
}

/* A path is of 4095 octets at most. */
static void test_path_too_long_to_include(void **state)
{
	struct fixture *fixture = *state;
	char text[4300] = "includeFile ";

	memset(text + strlen(text), 'x', 4200);
	strcpy(text + 4200, "\nmaster agentx\n");
	read_text(fixture, text);
	assert_true(fixture->conf.master);
	assert_true(has_note(&fixture->conf, "the path to include is too long"));
	assert_int_equal(fixture->conf.note_count, 1);
}

static void test_longest_line_wins(void **state)
{
	struct fixture *fixture = *state;

	read_text(fixture, "view v excluded .1.3.6.1.2.1.6\nview v included .1.3.6.1.2.1\n"
			   "view v excluded .1\nview w included .1.3.6.1.2.1.6.5\n"
			   "view x included .1\nview x excluded .1.3.6.1.2.1.6.13\n");

	assert_int_equal(SIGHT("v", tcp), VACM_NOTINVIEW);
	assert_int_equal(SIGHT("v", sys), VACM_SUCCESS);
	assert_int_equal(SIGHT("w", tcp), VACM_SUBTREE_UNKNOWN);
	assert_int_equal(SIGHT("x", tcp), VACM_SUBTREE_UNKNOWN);
	assert_int_equal(SIGHT("x", sys), VACM_SUCCESS);
	assert_int_equal(SIGHT("undefined", tcp), VACM_NOTINVIEW);
}

static void test_masks(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf = read_text(
		fixture, "view v included .1.3.6.1.2.1.99 fc\nview w included .1.3.6.1.2.1.99 fe\n"
			 "view x included .1.3.6.1.2.1.99 ff:zz\nview y included .1.3 1ff\n");

	assert_int_equal(SIGHT("v", tcp), VACM_SUCCESS);
	assert_int_equal(SIGHT("w", tcp), VACM_NOTINVIEW);
	assert_int_equal(conf->note_count, 2);
}

static void test_names_in_oids(void **state)
{
	struct fixture *fixture = *state;
	const struct tcx_snmpd_conf *conf = read_text(
		fixture, "view a included iso\nview b included .iso.org.dod.internet.2.1.tcp\n"
			 "view c included SNMPv2-SMI::mib-2.6\nview d included mib-2.tcp.\n"
			 "view e included system\n");

	assert_int_equal(conf->note_count, 0);
	assert_int_equal(SIGHT("a", tcp), VACM_SUCCESS);
	assert_int_equal(SIGHT("b", tcp), VACM_SUCCESS);
	assert_int_equal(SIGHT("c", tcp), VACM_SUCCESS);
	assert_int_equal(SIGHT("d", tcp), VACM_SUCCESS);
	assert_int_equal(SIGHT("e", tcp), VACM_NOTINVIEW);
}

static void test_wrong_views_are_noted(void **state)
{
	struct fixture *fixture = *state;
	char text[640] =
		"view a-name-that-has-more-than-32-characters included .1\nview v\nview v maybe "
		".1\nview v included somethingElse\nview v included 1..3\n"
		"view v included 1.4294967296\nview v included .\nview v included 1";

	for (int i = 0; i < 128; i++)
		strcat(text, ".1");
	read_text(fixture, text);
	assert_int_equal(SIGHT("v", tcp), VACM_NOTINVIEW);
	assert_int_equal(fixture->conf.note_count, 8);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_debian_file),
		TEST(test_added_view_line_shows),
		TEST(test_include_dir_takes_conf_only),
		TEST(test_include_file_beside),
		TEST(test_missing_includes_are_noted),
		TEST(test_file_that_includes_itself),
		TEST(test_deep_includes_end),
		TEST(test_missing_file),
		TEST(test_pipe_does_not_block),
		TEST(test_no_newline_and_crlf),
		TEST(test_long_line),
		TEST(test_bytes_that_are_no_text),
		TEST(test_master_is_off),
		TEST(test_master_with_a_comment_behind),
		TEST(test_perms),
		TEST(test_perms_cut_short),
		TEST(test_sections),
		TEST(test_all_is_shown_without_a_view),
		TEST(test_oid_in_place_of_a_view),
		TEST(test_options_and_contexts),
		TEST(test_communities_of_a_context),
		TEST(test_users_in_contexts),
		TEST(test_communities_in_contexts),
		TEST(test_communities_that_are_shut_out),
		TEST(test_addresses_and_users),
		TEST(test_sinks),
		TEST(test_informs),
		TEST(test_path_too_long_to_include),
		TEST(test_com2sec),
		TEST(test_longest_line_wins),
		TEST(test_masks),
		TEST(test_names_in_oids),
		TEST(test_wrong_views_are_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
