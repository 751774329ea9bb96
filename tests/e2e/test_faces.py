#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The face that answers Get and GetNext in the session gives what net-snmp's library gives, octet by octet: the same generated
requests go to an agent with each of them.

SEED chooses the requests, FACES_REQUESTS is how many there are.

Masked are, of a response: its sysUpTime; what is behind an error, which masters pass over (RFC 2741, 7.2.5.2), and which of several
varbinds that cannot be written is told; and the values of MASKED. Where one name of a GetNext includes and another waits for a table, the library gives what it has by GET for the final
answer (check_getnext_results(), up to 5.10): a GetNext that it answers otherwise is asked again, once the table is there.
"""

import collections
import os
import random
import struct
import threading
import time

import ber
import harness
import test_tables as tables
from harness import MIB2, OBJECTS, check, check_equal, key, wait_for
from master import ADD_CAPS, BIG_ENDIAN, CONTEXT, GET, GETNEXT, Master, Octets, encode_oid, parse_answer

REQUESTS = int(os.environ.get("FACES_REQUESTS", 10000))
BATCH = 100
MANAGERS_REQUESTS = 300
AGAIN = 50  # times, as a table is due each second, and a busy machine is slow to read it
PAUSE = 0.1  # s between them
TESTSET, COMMITSET, UNDOSET, CLEANUPSET = 8, 9, 10, 11
GEN_ERROR, COMMIT_FAILED, NOT_WRITABLE = 5, 14, 17
END_OF_VIEW = 130

# What differs from one moment, or from one start of the agent, to the next.
MASKED = tuple(f"{OBJECTS}.{column}." for column in (
    "1.1", "1.2", "1.3", "1.6", "1.12",  # the snapshot's sequence, age, time and cost, and since when there was no discontinuity
    "1.13.1.4", "1.13.1.5",  # age and cost of each table
    "1.14.1.5", "1.14.1.6", "1.14.1.9",  # age and cost of each source, and since when there was no discontinuity
)) + (f"{MIB2}.2.2.1.9.",)  # ifLastChange

# With one snapshot nothing comes when a minute has passed.
CONF = "refreshInterval 3600\ntableInterval 1\ntableIdle 3600\ntableTimeout 20\nagentXPingInterval 30\nagentXTimeout 20\nagentXRetries 0\n"
NETSTAT = "TcpExt: SyncookiesSent ListenOverflows TCPSomethingNew\nTcpExt: 1 18446744073709551615 3\nIpExt: InOctets\nIpExt: 4\n"


class Face(harness.SlowFile):
    """An agent with one of the faces, over a proc root that stays as it is. Its table of connections comes when the test lets it."""

    def __init__(self, site, face, more=""):
        for name in ("tcp6", "udp", "udp6"):
            site.write(f"proc/net/{name}", tables.TITLES)
        site.write("proc/net/snmp", tables.SNMP)
        site.write("proc/net/netstat", NETSTAT)
        (site.folder / "tcp-gate").unlink(missing_ok=True)
        super().__init__(site, site.folder / "proc/net/tcp")
        site.environment["TCPEXTD_FACE"] = face
        self.agent = tables.denied_agent(site, f"procRoot {site.folder}/proc\n" + CONF + more, self.prefix, wait=False)

    def let(self):
        if self.is_being_read():
            self.feed(tables.TITLES + tables.LINES)


# --- Requests -----------------------------------------------------------------------------------------------------------------

def encode_name(ids, include, order, compact):
    prefix = 0
    if compact and tuple(ids[:4]) == (1, 3, 6, 1) and len(ids) > 4 and 0 < ids[4] < 256:
        prefix, ids = ids[4], ids[5:]
    return struct.pack(f"{order}BBBB{len(ids)}I", len(ids), prefix, include, 0, *ids)


def is_whole(body):
    """Whether it is pairs of names."""
    names = 0
    while body:
        size = 4 + 4 * body[0]
        if len(body) < max(size, 4):
            return False
        names, body = names + 1, body[size:]
    return names % 2 == 0


class Generator:
    """names are all instances, sorted."""

    def __init__(self, seed, names):
        self.random, self.names = random.Random(seed), names
        self.packet = 0

    def pick(self, *weighted):
        """One of (weight, what) pairs; a function is called."""
        what, = self.random.choices([what for _, what in weighted], [weight for weight, _ in weighted])
        return what() if callable(what) else what

    def existing(self):
        return self.random.choice(self.names)

    def cut(self):
        ids = self.existing()
        return ids[:self.random.randrange(1, len(ids))]

    def object(self):
        ids = self.existing()
        return ids[:-1] if ids[-1] == 0 else ids[:self.random.randrange(len(key(MIB2)) + 2, len(ids))]

    def beside(self):
        ids = list(self.existing())
        at = self.random.randrange(max(0, len(ids) - 4), len(ids))
        ids[at] = self.pick((3, max(0, ids[at] - 1)), (3, ids[at] + 1), (1, 0), (1, 1 << 31), (1, (1 << 32) - 1),
                            (1, lambda: self.random.randrange(1 << 32)))
        return tuple(ids)

    def longer(self):
        return self.existing() + tuple(self.random.randrange(300) for _ in range(self.random.randrange(1, 6)))

    def longest(self):
        ids = self.pick((1, self.existing), (1, self.object))
        return ids + (1,) * (self.random.choice((128, 129, 200, 255)) - len(ids))

    def outside(self):
        return self.random.choice(((), (0,), (0, 0), (0, 1), (1,), (1, 3, 6, 1), (1, 3, 6, 1, 0), (1, 3, 6, 1, 256, 1), (2,), (2, 5), (3, 1),
                                   key(MIB2), key(MIB2) + (1, 1, 0), key(MIB2) + (99,), key(OBJECTS), key(OBJECTS)[:-1]))

    def name(self):
        return self.pick((40, self.existing), (15, self.object), (5, self.cut), (15, self.beside), (8, self.longer), (2, self.longest),
                         (15, self.outside))

    def end(self, begin):
        behind = [name for name in self.random.sample(self.names, 5) if name > begin]
        return self.pick((25, ()), (40, behind[0] if behind else ()), (10, begin), (10, self.name), (10, begin[:-1] + (begin[-1] + 1,) if
                         begin and begin[-1] < (1 << 32) - 1 else ()), (5, self.object), (1, (0, 0)))

    def ranges(self, order):
        """The body of a Get or GetNext."""
        count = self.pick((50, 1), (30, lambda: self.random.randrange(2, 6)), (10, lambda: self.random.randrange(20, 61)), (1, 0),
                          (.5, lambda: self.random.randrange(300, 601)), (.2, 1700), (.1, 3000))
        pool = [(name, self.end(name)) for name in (self.name() for _ in range(min(count, 60)))]
        compact = self.random.random() < .9
        return b"".join(encode_name(begin, self.random.random() < .3, order, compact) + encode_name(end, 0, order, compact)
                        for begin, end in (pool[i % 60] for i in range(count)))

    def varbinds(self, order):
        """The body of a TestSet."""
        value = {2: struct.pack(order + "I", 7), 4: struct.pack(order + "I4s", 4, b"abcd"), 65: struct.pack(order + "I", 9)}
        kinds = self.random.choices(list(value), k=self.random.randrange(1, 4))
        return b"".join(struct.pack(order + "HH", kind, 0) + encode_name(self.registered(), 0, order, True) + value[kind] for kind in kinds)

    def registered(self):
        """Behind all that is registered the library refuses no test."""
        name = self.name()[:128]
        return name if name < self.names[-1] else self.existing()

    def malformed(self, body):
        """Without its end, or with more than there are."""
        body = body[:self.random.randrange(len(body))] if body and self.random.random() < .7 else body + b"\7\0\0\0"
        return body

    def context(self, order):
        name = self.random.choice((b"", b"other", b"\0other", b"o\0", b"x" * 32, b"x" * 33, b"y" * 300))
        octets = struct.pack(order + "I", len(name)) + name + b"\0" * (-len(name) % 4)
        return self.pick((9, octets), (1, lambda: octets[:self.random.randrange(len(octets))]))

    def pdu(self, kind, order, body, flags=0, transaction=None):
        self.packet += 1
        flags |= BIG_ENDIAN if order == ">" else 0
        header = struct.pack(order + "BBBBIIII", 1, kind, flags, 0, 1, transaction or self.packet, self.packet, len(body))
        return self.packet, header + body

    def request(self):
        """Packet number, octets, and whether it must be answered; at once those that belong together."""
        order = self.pick((1, ">"), (1, "<"))
        kind = self.pick((45, GET), (50, GETNEXT), (5, TESTSET))
        if kind == TESTSET:
            packet, test = self.pdu(TESTSET, order, self.varbinds(order))
            return [(packet, test, True), (*self.pdu(CLEANUPSET, order, b"", transaction=packet), True)]
        body, flags = self.ranges(order), self.pick((95, 0), (1, 1), (1, 7))
        if self.random.random() < .04:
            body = self.malformed(body)
        whole = is_whole(body)
        if self.random.random() < .04:
            body, flags, whole = self.context(order) + body, flags | CONTEXT, False
        one = (*self.pdu(kind, order, body, flags), whole)
        return [one] * self.pick((98, 1), (1, 2))


# --- Answers ------------------------------------------------------------------------------------------------------------------

def masked(pdu):
    """A response with zeros for what is masked."""
    body = bytearray(pdu.body)
    body[:4] = bytes(4)
    octets = Octets(pdu.body, pdu.flags)
    _, error, _ = octets.take("IHH")
    if error:
        return pdu._replace(body=bytes(body[:6 if error == NOT_WRITABLE else 8]))
    while octets.data:
        begin = len(body) - len(octets.data)
        name, _, _ = octets.varbind()
        if name.startswith(MASKED):
            end = len(body) - len(octets.data)
            value = begin + 4 + len(encode_oid(name))
            body[value:end] = bytes(end - value)
    return pdu._replace(body=bytes(body))


def same(one, other):
    return one == other or (one is not None and other is not None and masked(one) == masked(other))


def differences(one, other):
    """What two responses have that the other has not."""
    if one is None or other is None or one[:5] != other[:5]:
        return one, other
    one, other = parse_answer(one), parse_answer(other)
    return one[:2], other[:2], [pair for pair in zip(one.varbinds, other.varbinds) if pair[0] != pair[1]]


# --- The two ------------------------------------------------------------------------------------------------------------------

def answers(face, connection, packets):
    """Waits until all are there. The table comes whenever it is wanted."""
    def are_there():
        face.let()
        return all(packet in connection.answers for packet in packets)

    wait_for(lambda: f"answers to {[packet for packet in packets if packet not in connection.answers][:5]}", are_there, pause=0.001)
    return [connection.answers[packet] for packet in packets]


def all_names(face, connection):
    """Every instance, once all tables are there."""
    names, last, packet = [], "1", 1 << 24
    while True:
        packet += 1
        connection.send(connection.getnext([last], packet=packet))
        (last, kind, _), = parse_answer(answers(face, connection, [packet])[0]).varbinds
        if kind == END_OF_VIEW:
            return names
        names.append(key(last))


def give(face, connection, requests):
    """Sends all, in batches, and returns the answers by packet number. The library bears a CleanupSet only once it has answered
    the TestSet."""
    connection.answers.clear()
    for i in range(0, len(requests), BATCH):
        batch = requests[i:i + BATCH]
        for cleanup in (False, True):
            connection.send(b"".join(octets for _, octets, _ in batch if (octets[1] == CLEANUPSET) == cleanup))
            answers(face, connection, [packet for packet, octets, must in batch if must and (octets[1] == CLEANUPSET) == cleanup])
    return dict(connection.answers)


def by_master(site, name, run, more=""):
    """What run(face, connection) finds with one of the faces."""
    with Master(site) as master, Face(site, name, more) as face:
        connection = master.connection(1)
        wait_for("the agent has registered all", lambda: connection.count(ADD_CAPS))
        found = run(face, connection)
        check(not connection.ended and len(master.connections) == 1, f"{name}: by one connection")
        check_equal(face.agent.end(), 0, f"{name}: it ends in good order")
        return found


def requests_of(generator):
    requests = []
    while len(requests) < REQUESTS:
        requests += generator.request()
    return requests


def differing(requests, ours, theirs):
    return [(packet, octets, must) for packet, octets, must in requests if not same(ours.get(packet), theirs.get(packet))]


def as_library(face, connection, requests, ours):
    found = give(face, connection, requests)
    for _ in range(AGAIN):
        again = [request for request in differing(requests, ours, found) if request[1][1] == GETNEXT]
        if not again:
            break
        time.sleep(PAUSE)
        found.update(give(face, connection, again))
    return found


def generated(site):
    """A master that asks as no snmpd does: every answer of both faces is the same, and where one is silent both are."""
    def first(face, connection):
        names = all_names(face, connection)
        requests = requests_of(Generator(harness.SEED, names))
        return names, requests, give(face, connection, requests)

    print(f"  SEED={harness.SEED}", flush=True)
    names, requests, ours = by_master(site, "session", first)
    same_names, theirs = by_master(site, "library", lambda face, connection: (all_names(face, connection),
                                                                              as_library(face, connection, requests, ours)))
    check_equal(same_names, names, f"both have the same {len(names)} instances")
    kinds = collections.Counter(octets[1] for _, octets, _ in requests)
    errors = collections.Counter(parse_answer(pdu).error for pdu in theirs.values())
    different = differing(requests, ours, theirs)
    check_equal(len(different), 0, f"{len(requests)} requests, {dict(kinds)} by type, are answered alike, {len(theirs)} of them at all,"
                f" {dict(errors)} by error; SEED={harness.SEED}")
    for packet, octets, _ in different[:5]:
        print(f"       {octets[:1000].hex()}\n       {differences(ours.get(packet), theirs.get(packet))}")


# --- Set ----------------------------------------------------------------------------------------------------------------------

def refused(site):
    """Nothing can be written. Tests of one transaction, sent at once, are refused one by one; of what comes behind a test that went
    well nothing is done."""
    def run(face, connection):
        generator = Generator(harness.SEED, [key(f"{MIB2}.4.2.0")])
        integer = struct.pack(">HH", 2, 0) + encode_name(generator.names[0], 0, ">", True) + struct.pack(">I", 7)
        wanted, requests = {}, []
        for kind, count, answer in [(TESTSET, number, (NOT_WRITABLE, 1)) for number in (3, 1, 2, 1)] * 5 + [
                (COMMITSET, 0, (COMMIT_FAILED, 0)), (UNDOSET, 0, (0, 0)), (CLEANUPSET, 0, (NOT_WRITABLE, 1)), (CLEANUPSET, 0, (NOT_WRITABLE, 1))]:
            packet, octets = generator.pdu(kind, ">", integer * count, transaction=9)
            wanted[packet] = answer
            requests.append(octets)
        connection.send(b"".join(requests))
        found = {answer.packet: parse_answer(answer)[:2] for answer in answers(face, connection, list(wanted))}
        check_equal(found, wanted, "each has its answer")

    by_master(site, "session", run)


# --- A table that does not come --------------------------------------------------------------------------------------------------

def overdue(site):
    """A table that takes longer than tableTimeout: by both faces the same error for whoever waits, and answers for all others."""
    def run(face, connection):
        row, before, segments = f"{tables.ENTRY['tcpConnTable']}.1.{tables.FIRST}", f"{MIB2}.6.9.0", f"{MIB2}.6.10.0"
        connection.send(connection.get([segments, row, segments], packet=7) + connection.getnext([before, row], packet=8))
        wait_for("both are answered", lambda: {7, 8} <= set(connection.answers))
        connection.send(connection.get([segments], packet=9))
        wait_for("and another one", lambda: 9 in connection.answers)
        return [parse_answer(connection.answers[packet])[:2] for packet in (7, 8, 9)]

    for name in ("session", "library"):
        check_equal(by_master(site, name, run, "tableTimeout 1\n"), [(GEN_ERROR, 2), (GEN_ERROR, 2), (0, 0)], name)


# --- Through snmpd ------------------------------------------------------------------------------------------------------------

def managers_requests(generator):
    """Kind, names and repetitions."""
    def name():
        while True:
            ids = generator.name()
            if ids[:4] == (1, 3, 6, 1) and len(ids) < 128:
                return ".".join(map(str, ids))

    return [(generator.pick((3, ber.GET), (3, ber.GETNEXT), (2, ber.GETBULK)),
             [name() for _ in range(generator.pick((5, 1), (4, lambda: generator.random.randrange(2, 12)), (1, 40)))],
             generator.random.randrange(12)) for _ in range(MANAGERS_REQUESTS)]


def ask(manager, face, kind, names, repetitions):
    def receive():
        found.append(manager.receive())

    found = []
    number = manager.send(kind, names, repetitions=repetitions if kind == ber.GETBULK else 0)
    thread = threading.Thread(target=receive, daemon=True)
    thread.start()
    wait_for("an answer", lambda: face.let() or not thread.is_alive(), pause=0.001)
    if [answer.number for answer in found] != [number]:
        raise harness.Failure(f"request {number} has no answer")
    return found[0]


def seen_by_managers(answer, ours):
    """Without the values that are masked, and those that snmpd has itself."""
    if answer.error:
        return answer._replace(number=0, varbinds=[])
    return answer._replace(number=0, varbinds=[(name, None if name.startswith(MASKED) or key(name) not in ours else value)
                                     for name, value in answer.varbinds])

def by_snmpd(site, face_name, requests, names, wanted=None):
    """The answers, for managers; those that are not as wanted are asked for again."""
    with Face(site, face_name) as face, ber.Manager(site.snmp, harness.DEADLINE) as manager:
        wait_for("the agent is served", lambda: face.let() or site.sequence())
        ask(manager, face, ber.GETNEXT, list(tables.ENTRY.values()), 0)  # has all tables read, also those without rows
        found = [None] * len(requests)
        for _ in range(AGAIN if wanted else 1):
            for i, request in enumerate(requests):
                if wanted is None or found[i] != wanted[i]:
                    found[i] = seen_by_managers(ask(manager, face, *request), names)
            if found == wanted:
                break
            time.sleep(PAUSE)
        face.agent.end()
        return found


def managers(site):
    """Managers' requests, generated likewise, through a real snmpd."""
    print(f"  SEED={harness.SEED}", flush=True)
    names = by_master(site, "session", all_names)
    requests = managers_requests(Generator(harness.SEED, names))
    site.snmpd(seen="".join(f"view seen included .{subtree}\n" for subtree in (harness.ROOT, *(f"{MIB2}.{i}" for i in (2, 4, 5, 6, 7, 31)))))
    by_session = by_snmpd(site, "session", requests, names)
    by_library = by_snmpd(site, "library", requests, names, by_session)
    different = [(request, one[1:3], other[1:3], [pair for pair in zip(one.varbinds, other.varbinds) if pair[0] != pair[1]])
                 for request, one, other in zip(requests, by_session, by_library) if one != other]
    check_equal(different, [], f"{len(requests)} requests of managers are answered alike; SEED={harness.SEED}")


if __name__ == "__main__":
    harness.main(generated, refused, overdue, managers)
