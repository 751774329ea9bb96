#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who may ask, and what: through snmpd and with --master nothing can be written, nothing outside a view is answered, and no text shows
what the manuals do not name."""

import concurrent.futures
import json
import re
import struct

import ber
import harness
import master as scripted
from harness import MIB2, OBJECTS, V3, check, check_equal, key, parse_answer, wait_for
from test_standalone import FROZEN, is_compared, start

ROWS = json.loads((harness.SOURCE / "mibs/rows.json").read_text())
NO_SUCH_NAME, NOT_WRITABLE = 2, 17
SET = 0xa3
WALK = {"repetitions": 20, "patience": ("-t60", "-r0")}  # snmpd asks for each repetition by itself
GROUPS = (*(f"{MIB2}.{number}" for number in (2, 3, 4, 5, 6, 7)), OBJECTS)


def through_snmpd(site, access, conf=""):
    site.snmpd(whole=f"master agentx\nagentXSocket {site.master}\nagentXTimeout 15\n{access}")
    return site.agent(conf)


def as_master(site, access, conf=""):
    return start(site, conf, access=access)


WAYS = {"snmpd": through_snmpd, "--master": as_master}


def stop(site):
    """So that the other way can have the sockets."""
    for process in reversed(site.processes):
        process.kill()


# --- Nothing can be written ---------------------------------------------------------------------------------------------------

WRITERS = """\
createUser tester SHA "authentic words" AES "private words"
com2sec writer default public
com2secunix writer default public
group writers v1 writer
group writers v2c writer
group writers usm tester
view everything included .1
access writers "" any noauth exact everything everything none
"""


def prefixes():
    """Of all objects of ours, by their number of parts."""
    found = {}
    columns = [dict(column, mib=table["mib"]) for table in ROWS["tables"] for column in table["columns"]]
    for row in [*ROWS["scalars"], *columns]:
        oid = f"{harness.ROOT if row['mib'] == 'LINUX-TCPEXT-MIB' else MIB2}.{row['oid']}"
        found.setdefault(len(key(oid)), set()).add(oid)
    return found


def instances(site):
    """Every instance that is ours, as a walk finds it."""
    ours = prefixes()
    return [oid for group in GROUPS for oid, _ in site.walk(group, **WALK)
            if any(".".join(oid.split(".")[:size]) in objects for size, objects in ours.items())]


def set_request(version, number, name):
    """SET of a name to 1."""
    varbinds = ber.element(0x30, ber.element(0x30, ber.oid(name) + ber.integer(1)))
    pdu = ber.integer(number) + ber.integer(0) + ber.integer(0) + varbinds
    return ber.element(0x30, ber.integer(version) + ber.element(4, b"public") + ber.element(SET, pdu))


def set_all(site, names, version):
    """What comes to a SET of each: error and index."""
    found = {}
    with ber.Manager(site.snmp, 60) as manager:
        for begin in range(0, len(names), 20):
            for number in range(begin, min(begin + 20, len(names))):
                manager.plug.sendall(set_request(version, number + 1, names[number]))
            for _ in names[begin:begin + 20]:
                answer = manager.receive()
                found[names[answer.number - 1]] = (answer.error, answer.index)
    return found


def set_as_user(site, name):
    return site.tool("snmpset", V3, (), (name, "i", "1")).stderr


def values(site):
    return {oid: value for group in GROUPS for oid, value in site.walk(group, **WALK) if is_compared(oid)}


def sets(site):
    """Each instance refuses to be written, by each version, though whoever asks may write; and nothing changes."""
    for way, begin in WAYS.items():
        begin(site, WRITERS, FROZEN)
        values(site)  # has all tables read, which shows in kernelTable
        before, names = values(site), instances(site)
        check(len(names) > 1000, f"{way}: {len(names)} instances")
        for version, error in ((0, NO_SUCH_NAME), (1, NOT_WRITABLE)):
            found = set_all(site, names, version)
            check_equal(found, {name: (error, 1) for name in names}, f"{way}: each refuses by version {('1', '2c')[version]}")
        first = {".".join(name.split(".")[:-2]): name for name in names}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda name: set_as_user(site, name), list(first.values())[::60]))
        check({"notWritable" in text for text in found} == {True}, f"{way}: and by version 3, {len(found)} of them", found[:3])
        after = values(site)
        check_equal({oid: value for oid, value in after.items() if oid in before}, before, f"{way}: and nothing has changed")
        stop(site)


TEST_SET, COMMIT_SET, UNDO_SET, CLEANUP_SET = 8, 9, 10, 11


def test_set(name, packet, kind=TEST_SET):
    """TestSet of a name to 1, or what may follow it."""
    body = struct.pack("!HH", 2, 0) + scripted.encode_oid(name) + struct.pack("!I", 1) if kind == TEST_SET else b""
    return scripted.encode(kind, 1, packet, packet, body)


def sets_agentx(site):
    """Likewise where a master lets them pass: a TestSet of each instance, and CommitSet, UndoSet and CleanupSet in any order."""
    through_snmpd(site, WRITERS, FROZEN)
    names = instances(site)
    stop(site)
    with scripted.Master(site) as master:
        site.agent(FROZEN, wait=False)
        connection = master.registered()
        check(len(names) > 1000, f"{len(names)} instances")
        for number, name in enumerate(names, 1000000):
            connection.send(test_set(name, number) + test_set(name, number + 1000000, CLEANUP_SET))
        found = {}
        for number, name in enumerate(names, 1000000):
            answer = connection.answer(number)
            found[name] = (answer.error, answer.index)
        check_equal(found, {name: (NOT_WRITABLE, 1) for name in names}, "each refuses")
        for number, kind in enumerate((COMMIT_SET, UNDO_SET, CLEANUP_SET, COMMIT_SET, CLEANUP_SET, UNDO_SET, TEST_SET, COMMIT_SET), 3000000):
            connection.send(test_set(names[0], number, kind))
        answer = connection.ask([names[0]])
        check((answer.error, answer.varbinds[0][1] != 129) == (0, True), "and serves what it did", answer)


# --- Views, contexts, users and communities -----------------------------------------------------------------------------------

VIEWS = {
    "whole": ((True, "1"),),
    "part": ((True, f"{MIB2}.6"), (False, f"{MIB2}.6.9.0"), (False, f"{MIB2}.6.12"), (True, f"{OBJECTS}.1"), (False, f"{OBJECTS}.1.11"),
             (False, f"{OBJECTS}.1.14.1.3"), (True, f"{OBJECTS}.8.5.0"), (True, f"{OBJECTS}.8.7")),
}

ASKED = """\
createUser nobody
createUser auth SHA "authentic words"
createUser tester SHA "authentic words" AES "private words"
createUser other SHA "authentic words"
{views}
{communities}
group nobodies usm nobody
group auths usm auth
group testers usm tester
group others usm other
access wholes "" any noauth exact whole none none
access parts "" any noauth exact part none none
access nobodies "" usm noauth exact part none none
access auths "" usm auth exact part none none
access testers "" usm priv exact whole none none
access others elsewhere usm auth exact whole none none
"""


def community(version, name):
    return (version, "-c", name)


def user(name, level, *more):
    keys = {"noAuthNoPriv": (), "authNoPriv": ("-a", "SHA", "-A", "authentic words"),
            "authPriv": ("-a", "SHA", "-A", "authentic words", "-x", "AES", "-X", "private words")}
    return ("-v3", "-u", name, "-l", level, *keys[level], *more)


# Who asks, and what view it has; None: nothing is answered.
TABLE = {
    "v1, a community for all": (community("-v1", "public"), "whole"),
    "v2c, a community for all": (community("-v2c", "public"), "whole"),
    "v1, a community for a part": (community("-v1", "part"), "part"),
    "v2c, a community for a part": (community("-v2c", "part"), "part"),
    "v1, a wrong community": (community("-v1", "wrong"), None),
    "v2c, a wrong community": (community("-v2c", "wrong"), None),
    "v2c, an empty community": (community("-v2c", ""), None),
    "v2c, a community of v1 alone": (community("-v2c", "old"), None),
    "v2c, a name of a user": (community("-v2c", "nobody"), None),
    "v3, without authentication": (user("nobody", "noAuthNoPriv"), "part"),
    "v3, with authentication": (user("auth", "authNoPriv"), "part"),
    "v3, authentication that lacks": (user("auth", "noAuthNoPriv"), None),
    "v3, a wrong passphrase": (user("auth", "authNoPriv", "-A", "another one"), None),
    "v3, encrypted": (user("tester", "authPriv"), "whole"),
    "v3, encryption that lacks": (user("tester", "authNoPriv"), None),
    "v3, a wrong key": (user("tester", "authPriv", "-X", "another one"), None),
    "v3, nobody's name": (user("stranger", "noAuthNoPriv"), None),
    "v3, a name of a community": (user("public", "noAuthNoPriv"), None),
    "v3, a context that is none": (user("tester", "authPriv", "-n", "nowhere"), None),
    "v3, another context": (user("other", "authNoPriv", "-n", "elsewhere"), None),
    "v3, a user of another context": (user("other", "authNoPriv"), None),
}


def lines():
    """For snmpd.conf and tcpextd.conf alike."""
    views = "\n".join(f"view {name} {'included' if has else 'excluded'} .{oid}" for name, parts in VIEWS.items() for has, oid in parts)
    groups = {"public": ("wholes", ("v1", "v2c")), "part": ("parts", ("v1", "v2c")), "old": ("wholes", ("v1",))}
    communities = "\n".join(f"com2sec {name} default {name}\ncom2secunix {name} default {name}\n"
                            + "\n".join(f"group {group} {version} {name}" for version in versions)
                            for name, (group, versions) in groups.items())
    return ASKED.format(views=views, communities=communities)


def is_seen(view, oid):
    """RFC 3415: the longest of what a name begins with says it."""
    found = [(len(key(part)), has) for has, part in VIEWS[view] if f"{oid}.".startswith(f"{part}.")]
    return max(found)[1] if found else False


def patience(how, view):
    """Where nothing is to come: by version 3 there is a report nearly always, and by the others silence() asks again."""
    return ("-t10", "-r1") if view is not None else ("-t3", "-r0") if how[0] == "-v3" else ("-t1", "-r0")


def asked(site, way, label, all_of_it):
    how, view = TABLE[label]
    names = (f"{MIB2}.6.5.0", f"{MIB2}.6.9.0", f"{OBJECTS}.1.11.0", f"{OBJECTS}.8.5.0", f"{OBJECTS}.8.6.0")
    lone = [parse_answer(site.tool("snmpget", how, (), (name,), patience=patience(how, view)).stdout)
            for name in names[:1 if view is None else len(names)]]
    if view is None:
        tools = ("snmpgetnext", "snmpbulkget")[:1 + (how[0] != "-v1")]
        more = [site.tool(tool, how, (), ("1.3.6.1.2.1",), patience=patience(how, view)).stdout for tool in tools]
        return [(f"{way}: {label}: nothing is answered", [found for found in lone if found] + [text for text in more if parse_answer(text)], [])]
    def has(oid):
        """Version 1 has no Counter64."""
        return is_seen(view, oid) and not (how[0] == "-v1" and all_of_it[oid].syntax == "Counter64")

    wanted = [[(name, all_of_it[name])] if has(name) else [] for name in names]
    found = [[one for one in answer if one[1].value is not None and is_compared(one[0])] for answer in lone]
    results = [(f"{way}: {label}: GET", found, wanted)]
    roots = ("1.3",) if view == "part" and way == "--master" else (f"{MIB2}.6", f"{MIB2}.7", OBJECTS)
    for repetitions in (None, 7) if how[0] != "-v1" else (None,):
        walk = [one for root in roots for one in site.walk(root, how=how, repetitions=repetitions)]
        outside = [oid for oid, _ in walk if not is_seen(view, oid)]
        wanted = {oid: value for oid, value in all_of_it.items()
                  if has(oid) and is_compared(oid)}
        found = {oid: value for oid, value in walk if is_compared(oid) and oid in wanted}
        results.append((f"{way}: {label}: {'GETBULK' if repetitions else 'GETNEXT'}", (outside, found), ([], wanted)))
    if view == "part":
        edges = (f"{MIB2}.5", f"{MIB2}.6.8.0", f"{MIB2}.6.11.0", f"{OBJECTS}.1.10.0", f"{OBJECTS}.1.14.1.2")
        wanted = [min((oid for oid in all_of_it if has(oid) and key(oid) > key(edge)), key=key) for edge in edges]
        results.append((f"{way}: {label}: GETNEXT at the view's edges", [site.getnext(edge, how=how)[0][0] for edge in edges], wanted))
    return results


def silence(site, way):
    """No answer comes late: what has none is asked again, with what has one behind it."""
    def send(version, community):
        return [manager.send(kind, [f"{MIB2}.6.5.0"], version=version, community=community, repetitions=7 * (kind == ber.GETBULK))
                for kind in (ber.GET, ber.GETNEXT, ber.GETBULK)[:2 + version]]

    who = [how for how, view in TABLE.values() if view is None and how[0] != "-v3"]
    with ber.Manager(site.snmp, 60) as manager:
        silent = [number for version, _, name in who for number in send(("-v1", "-v2c").index(version), name)]
        good = send(1, "public")
        found = []
        while not set(good) <= set(found):
            found.append(manager.receive().number)
    check_equal(sorted(found), good, f"{way}: {len(silent)} requests of {len(who)} who may not ask have no answer before that of one who may")


def views(site):
    """A table of who asks: each gets what its view has, by each kind of request, and nothing else is ever answered."""
    for way, begin in WAYS.items():
        begin(site, lines(), FROZEN)
        site.walk(OBJECTS, **WALK)  # has all tables read, which shows in kernelTable
        all_of_it = {oid: value for group in (f"{MIB2}.6", f"{MIB2}.7", OBJECTS) for oid, value in site.walk(group, **WALK)}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for results in pool.map(lambda label: asked(site, way, label, all_of_it), TABLE):
                for what, found, wanted in results:
                    check_equal(found, wanted, what)
        silence(site, way)
        stop(site)


IN_NAMESPACE = """\
createUser auth SHA "authentic words"
com2sec public default public
com2secunix public default public
com2sec -Cn {context} inside default inside
com2secunix -Cn {context} inside default inside
group wholes v2c public
group insiders v2c inside
group auths usm auth
view whole included .1
view few included .{objects}.8
view few excluded .{objects}.8.7
access wholes "" any noauth exact whole none none
access insiders {context} any noauth exact few none none
access auths {context} usm auth exact few none none
"""


DENIED, SILENCE = "authorizationError", "Timeout"  # as tools print them


def in_namespace(site):
    """In the context of a namespace a view holds as in the default one, and who may ask there may ask nowhere else."""
    group, hidden = f"{OBJECTS}.8", f"{OBJECTS}.8.7.0"
    with harness.Site("other") as other:
        inside = {"v2c": community("-v2c", "inside"), "v3": user("auth", "authNoPriv", "-n", other.netns)}
        for way, begin in WAYS.items():
            begin(site, IN_NAMESPACE.format(context=other.netns, objects=OBJECTS), f"namespace {other.netns}\n")
            wait_for("the namespace is served", lambda: site.get(f"{group}.1.0", how=inside["v2c"])[0].value == 0)
            # Whoever may ask for all has names that the other does not.
            served = [oid for oid, _ in site.walk(group, **WALK) if oid != hidden]
            for version, how in inside.items():
                for repetitions in None, 7:
                    found = [oid for oid, _ in site.walk("1.3" if way == "--master" else OBJECTS, how=how, repetitions=repetitions)]
                    check_equal(found, served, f"{way}: {version}: {'GETBULK' if repetitions else 'GETNEXT'}: all that the view has, and nothing else")
                lone = [parse_answer(site.tool("snmpget", how, (), (oid,)).stdout) for oid in (hidden, f"{MIB2}.6.5.0", f"{OBJECTS}.1.10.0")]
                check_equal([one for answer in lone for one in answer if one[1].value is not None], [], f"{way}: {version}: GET of others has no value")
            strangers = {
                "in the default context": (user("auth", "authNoPriv"), DENIED),
                "without authentication": (user("auth", "noAuthNoPriv", "-n", other.netns), DENIED),
                "in one that is none": (user("auth", "authNoPriv", "-n", "nowhere"), SILENCE),
            }
            for what, (how, refusal) in strangers.items():
                done = site.tool("snmpget", how, (), (f"{group}.1.0",), patience=("-t3", "-r0") if refusal == SILENCE else ("-t10", "-r1"))
                check((parse_answer(done.stdout), refusal in done.stderr) == ([], True), f"{way}: the same user {what}: {refusal}", done)
            check_equal(site.get(f"{group}.1.0", how=inside["v3"])[0].value, 0, f"{way}: behind that, the user is answered where it may ask")
            stop(site)


# --- What texts show ----------------------------------------------------------------------------------------------------------

# What tcpextd(8) says is shown of the system. All others are of the catalogue, whose texts name files of the kernel.
FREE = {"kernelTableSource", "counterSourceFile", "nstatDescription", "ifDescr", "ifIp6Name", "tcpListenName", "udpSocketName",
        "tcpListenService", "udpSocketService", "serviceName", "servicePath", "snapshotLastFailure", "counterSourceLastFailure",
        "namespaceName", "namespaceContext", "thresholdName", "thresholdRow"}
VERSION = re.search(r"AC_INIT\(\[tcpextd\], \[([^]]+)\]", (harness.SOURCE / "configure.ac").read_text())[1]


def texts(site):
    """With default settings no text has a word of the configuration, and none a path but those of files of the kernel and of cgroups."""
    objects = {f"{harness.ROOT if row.get('mib') == 'LINUX-TCPEXT-MIB' else MIB2}.{row['oid']}": row["object"] for row in
               [*ROWS["scalars"], *(dict(column, mib=table["mib"]) for table in ROWS["tables"] for column in table["columns"])] if row["kind"] == "text"}
    for way, begin in WAYS.items():
        begin(site, WRITERS)
        found = {}
        for group in GROUPS:
            for oid, value in site.walk(group, **WALK):
                name = next((name for prefix, name in objects.items() if oid.startswith(f"{prefix}.")), None)
                if name is not None and value.syntax == "STRING":
                    found.setdefault(name, set()).add(value.value)
        check(len(found) > 8, f"{way}: {len(found)} objects have texts")
        told = {name: text for name, all_of_it in found.items() for text in all_of_it
                if any(word in text for word in (str(site.folder), site.netns, "tcpextd.conf", "public", "private words"))}
        check_equal(told, {}, f"{way}: none has a word of the configuration, nor where it is")
        told = {name: text for name, all_of_it in found.items() for text in all_of_it if name not in FREE and re.search(r"(^| )/", text)}
        check_equal(told, {}, f"{way}: no other has a path")
        check_equal(found.get("snapshotAgentVersion"), {VERSION}, f"{way}: the version alone tells of the agent")
        stop(site)


def listens(site):
    """Nobody can connect to the agent, nor send it anything; with --master at its addresses alone."""
    for way, begin in WAYS.items():
        agent = begin(site, WRITERS)
        lines = [line for line in site.run("ss", "-Hlntuxp").stdout.splitlines() if f"pid={agent.pid}," in line]
        wanted = [] if way == "snmpd" else sorted(("127.0.0.1:161", str(site.snmp)))
        check_equal(sorted(line.split()[4] for line in lines), wanted, f"{way}: where it listens")
        stop(site)


if __name__ == "__main__":
    harness.main(sets, sets_agentx, views, in_namespace, texts, listens)
