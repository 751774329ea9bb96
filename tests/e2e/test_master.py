#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A master that asks for too much, that is silent, or that is gone: no session is lost for more than its own cause, and the agent
can always be ended."""

import contextlib
import pathlib
import signal
import socket
import struct
import threading
import time

import harness
from harness import MIB2, OBJECTS, Process, check, check_equal, wait_for
from master import CLOSE, LONGEST, OPEN, NO_ERROR, PING, REGISTER, RESPONSE, TOO_BIG, UNSUPPORTED_CONTEXT, Master, encode

DESCRIPTION = f"{OBJECTS}.2.1.5"
SCALAR = f"{OBJECTS}.8.24.0"
IF_INDEX = f"{MIB2}.2.2.1.1"
QUICK = "agentXPingInterval 3\nagentXTimeout 2\nagentXRetries 0\n"
STEADY = "agentXPingInterval 6\nagentXTimeout 5\nagentXRetries 0\n"
END = 15  # three times what is promised

ALL_DESCRIPTIONS = 2000  # more rows than there are


def longest_description(connection):
    """Its instance, and what a varbind of it adds to an answer."""
    names = [DESCRIPTION]
    best = (0, "")
    for _ in range(ALL_DESCRIPTIONS):
        answer = connection.ask(names, connection.getnext)
        (name, _, value), = answer.varbinds
        if not name.startswith(DESCRIPTION + "."):
            return best[1], best[0]
        best = max(best, (answer.size - 28, name))
        names = [name]
    raise harness.Failure("the column does not end")


def same_session(connection, agent):
    """The agent serves on, by the first connection."""
    answer = connection.ask([SCALAR])
    check_equal((answer.error, [name for name, _, _ in answer.varbinds]), (0, [SCALAR]), "the next request is answered")
    check(not connection.ended and agent.alive(), "by the same connection")


def long_answer(site):
    """An answer that net-snmp would drop gets tooBig, at once; one that just fits is given."""
    with Master(site) as master:
        agent = site.agent(STEADY, wait=False)
        connection = master.registered()
        name, size = longest_description(connection)
        fit = (LONGEST - 28) // size
        answer = connection.ask([name] * fit)
        check_equal((answer.error, len(answer.varbinds)), (0, fit), f"{fit} times the longest description: {answer.size} octets")
        check(answer.size <= LONGEST, "no more than net-snmp takes")
        for count in (fit + 1, 2 * fit, 10 * fit):
            answer = connection.ask([name] * count)
            check_equal((answer.error, answer.index, answer.varbinds), (TOO_BIG, 1, []), f"{count} times: tooBig")
        check_equal(len(connection.ask([SCALAR] * 1000, connection.getnext).varbinds), 1000, "1000 GETNEXTs of a scalar: answered")
        same_session(connection, agent)
        check_equal(len(master.connections), 1, "there was no other connection")


def long_request(site):
    """A request that is longer than net-snmp takes gets an error, and is passed over; what comes behind it is answered."""
    with Master(site) as master:
        agent = site.agent(STEADY, wait=False)
        connection = master.registered()
        for request, count in ((connection.get, 2000), (connection.getnext, 1300), (connection.get, 200000)):
            packet, behind = next(connection.packets), next(connection.packets)
            data = request([SCALAR] * count, packet=packet)
            check(len(data) > LONGEST, f"a request of {len(data)} octets")
            connection.send(data + connection.get([SCALAR], packet=behind))
            answer = connection.answer(packet)
            check_equal((answer.error, answer.index, answer.varbinds), (TOO_BIG, 1, []), "is refused with tooBig")
            check_equal(len(connection.answer(behind).varbinds), 1, "the one behind it is answered")
        before = len(connection.answers)
        connection.send(encode(RESPONSE, 1, 1, 4711, b"\0" * 100000))
        same_session(connection, agent)
        check_equal(len(connection.answers), before, "an answer that is too long is passed over in silence")
        check_equal(len(master.connections), 1, "there was no other connection")


def in_pieces(site):
    """PDUs that come octet by octet, and many at once."""
    with Master(site) as master:
        agent = site.agent(STEADY, wait=False)
        connection = master.registered()
        packet = next(connection.packets)
        pieces = connection.get([SCALAR], packet=packet) + connection.get([SCALAR] * 1800, packet=packet + 1)[:60]
        with connection.sending:  # or what the agent asks is answered between two pieces
            for octet in pieces:
                connection.plug.sendall(bytes([octet]))
            connection.plug.sendall(connection.get([SCALAR] * 1800, packet=packet + 1)[60:])
        check_equal(len(connection.answer(packet).varbinds), 1, "one in pieces is answered")
        check_equal(connection.answer(packet + 1).error, TOO_BIG, "one that is too long is refused")
        packets = [packet + 2 + i for i in range(50)]
        connection.send(b"".join(connection.get([SCALAR], packet=packet) for packet in packets))
        check_equal([len(connection.answer(packet).varbinds) for packet in packets], [1] * 50, "fifty at once are answered")
        connection.packets = iter(range(packets[-1] + 1, packets[-1] + 100))
        same_session(connection, agent)


def ends(agent, what):
    agent.send(signal.SIGTERM)
    check_equal(agent.wait(END), 0, f"SIGTERM {what}: it ends in good order")
    check("tcpextd ends" in agent.log()[-1], "and says so", agent.log())


def obeys(agent, site, conf):
    """SIGHUP is obeyed, whatever the master does."""
    site.write("tcpextd.conf", conf + "refreshInterval 2\n")
    agent.send(signal.SIGHUP)
    agent.wait_log("configuration read again")
    check(True, "SIGHUP is obeyed")


PATIENT = "agentXTimeout 20\nagentXRetries 0\nagentXPingInterval 30\n"


def silent(site):
    """A master that accepts and says nothing, at any stage: SIGTERM ends the agent, patient as it may be."""
    for kind, what in ((OPEN, "while it opens a session"), (REGISTER, "while it registers"), (CLOSE, "when it takes leave")):
        with Master(site, silent=[kind]) as master:
            agent = site.agent(PATIENT, wait=False)
            wait_for("the agent asks", lambda: kind == CLOSE and agent.log()[-1:] and "connected" in agent.log()[-1]
                     or master.connection(1).count(kind))
            ends(agent, what)
            agent.log_file.unlink()


def deaf(site):
    """A master that does not even accept, with a queue that is full."""
    with Master(site, accepts=False, backlog=0) as master:
        agent = site.agent(QUICK, wait=False)
        agent.wait_log("no AgentX master")
        obeys(agent, site, QUICK)
        ends(agent, "while nobody accepts")


def silent_ping(site):
    """A master that answers no ping: the session begins anew, reloads are obeyed."""
    with Master(site, silent=[PING]) as master:
        agent = site.agent(QUICK, wait=False)
        wait_for("it has connected again", lambda: len(master.connections) > 2)
        obeys(agent, site, QUICK)
        check_equal(master.connection(1).count(PING), 1, "a ping that is not answered is the last thing of its session")
        ends(agent, "meanwhile")


def silent_register(site):
    """A master that answers no Register: the session is given up after the first."""
    with Master(site, silent=[REGISTER]) as master:
        agent = site.agent(QUICK, wait=False)
        second = master.connection(2)
        first = master.connection(1)
        wait_for("the first session ends", lambda: first.ended)
        check_equal([pdu.kind for pdu in first.received], [OPEN, OPEN, REGISTER], "one Register, of a group with a session of its own, sent once, and no more")
        obeys(agent, site, QUICK)
        wait_for("the second one ends", lambda: second.ended)
        master.silent.clear()
        last = master.registered(len(master.connections) + 1)
        same_session(last, agent)
        ends(agent, "of an agent that has lived through that")


def leaves(site):
    """A reload takes leave. What the master asks meanwhile waits for no table: its registration goes, and with it what the
    library would answer it by."""
    with Master(site, silent=[CLOSE]) as master:
        agent = site.agent(STEADY + "registerPriority 100\n", wait=False)
        connection = master.registered()
        site.write("tcpextd.conf", STEADY + "registerPriority 99\nprocRoot /proc/self\n")
        agent.send(signal.SIGHUP)
        wait_for("the agent takes leave", lambda: connection.count(CLOSE))
        answer = connection.ask([IF_INDEX], connection.getnext)
        check(answer.error != 0, "a table that has not been read yet: an error", answer)
        check_equal(len(connection.ask([SCALAR]).varbinds), 1, "a counter is answered")
        close, = [pdu for pdu in connection.received if pdu.kind == CLOSE]
        connection.acknowledge(close)
        master.silent.clear()
        second = master.registered(2)
        same_session(second, agent)
        check_equal(second.ask([IF_INDEX], second.getnext).error, 0, "the table is there afterwards")


def hangs_up(site):
    """A master that ends each connection: the agent comes once in each agentXPingInterval, not twice as often each time."""
    for kind in (OPEN, REGISTER):
        with Master(site, hang_up=[kind]) as master:
            agent = site.agent("agentXPingInterval 2\nagentXTimeout 1\n", wait=False)
            begin = time.monotonic()
            wait_for("eight connections", lambda: len(master.connections) >= 8)
            seconds = time.monotonic() - begin
            check(seconds > 9, f"eight tries take {seconds:.1f} s; with as many alarms again each time they would take six")
            ends(agent, "meanwhile")
            agent.log_file.unlink()


def full(site):
    """A master that floods the agent with requests and takes none of its answers: a session of its own cost, and an end."""
    with Master(site) as master:
        agent = site.agent(STEADY, wait=False)
        connection = master.registered()
        master.reading.clear()
        flood(connection)
        master.connection(2)
        check(True, "the agent gives the session up and begins another one")
        lines = [line for line in agent.log() if "lost" in line]
        check(len(lines) == 1 and "did not take what" in lines[0], "the log says so, once", agent.log())
        master.reading.set()
        same_session(master.registered(2), agent)
        check(len(agent.log()) < 10, "no line for each answer that could not be sent", len(agent.log()))
        connection = master.connection(2)
        master.reading.clear()
        flood(connection)
        ends(agent, "while it cannot send")


def gone(site):
    """A master that ends while the agent still has requests of its: it has ended, and is not said to take nothing."""
    with Master(site) as master:
        agent = site.agent(STEADY, wait=False)
        connection = master.registered()
        with agent.held():
            connection.send(connection.get([SCALAR], packet=1) * 5)
            connection.plug.shutdown(socket.SHUT_RDWR)
        check("ended" in agent.wait_log("lost")[0], "the log says that it has ended", agent.log())


SO_SNDBUFFORCE = 32  # of Linux; Python has no name for it
QUEUE = 64 << 20


def talks_on(site):
    """A master that never answers a Register, and never stops to send something else: SIGTERM ends the agent all the same."""
    with Master(site, silent=[REGISTER]) as master:
        agent = site.agent(PATIENT, wait=False)
        connection = master.connection(1)
        wait_for("the agent registers", lambda: connection.count(REGISTER))
        connection.plug.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, QUEUE)
        others = encode(RESPONSE, 1, 1, 4711, struct.pack("!IHH", 0, NO_ERROR, 0)) * 10000
        talk = threading.Thread(target=send_on, args=(connection, others))
        talk.start()
        ends(agent, "while there is always something to receive")
        talk.join()


def send_on(connection, data):
    with contextlib.suppress(OSError):
        while True:
            connection.send(data)


SILENT_NAME_SERVICE = "import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 53)); time.sleep(600)"


def nameless(site):
    """A name service that does not answer, asked for the master's host again and again: SIGTERM ends the agent all the same."""
    names = site.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:5 attempts:5\n")
    site.start(Process, site.inside("python3", "-c", SILENT_NAME_SERVICE), site.folder / "names.log")
    site.master = "tcp:master.example:705"
    agent = site.agent(QUICK, wait=False, under=("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', names))
    agent.wait_log("started")
    wait_for("it asks", lambda: "0100007F:0035" in pathlib.Path(f"/proc/{agent.pid}/net/udp").read_text().partition("0100007F:0035")[2])
    ends(agent, "while the name service is silent")


def contexts(site):
    """Requests in another context than the default one, in which nothing is registered: refused, and what is behind is answered."""
    with Master(site) as master:
        agent = site.agent(STEADY, wait=False)
        connection = master.registered()
        for name in (b"other", b"\0other"):
            packet = next(connection.packets)
            connection.send(connection.get([SCALAR], packet=packet, context=name))
            check_equal(connection.answer(packet).error, UNSUPPORTED_CONTEXT, f"a Get in context {name}: unsupportedContext")
            same_session(connection, agent)


def flood(connection):
    """Requests for long answers, until no more of them are taken."""
    connection.plug.settimeout(0.2)
    request = connection.get([DESCRIPTION] * 20 + [SCALAR] * 1000, packet=1)
    try:
        for _ in range(1000):
            connection.send(request)
    except OSError:
        return
    finally:
        connection.plug.settimeout(None)
    raise harness.Failure("the agent takes it all")


harness.main(long_answer, long_request, in_pieces, silent, deaf, silent_ping, silent_register, leaves, hangs_up, full, gone, talks_on, nameless,
             contexts)
