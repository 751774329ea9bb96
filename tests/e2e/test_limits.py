#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Requests that are too much for snmpd's way to the agent: no manager's request costs the session, and no flood of them lasts."""

import pathlib
import re
import threading

import ber
import harness
from harness import OBJECTS, check, check_equal, wait_for

DESCRIPTION, VALUE = f"{OBJECTS}.2.1.5", f"{OBJECTS}.2.1.3"
SCALAR = f"{OBJECTS}.8.24.0"
PORTS = (161, 1161, 2161, 3161)  # snmpd listens on
FLOOD_S = 5
AGAIN_S = 45  # three times what is promised
MEMORY_MIB = 64  # that snmpd and agent may have, when no request waits in memory


def longest(site):
    rows = site.walk(DESCRIPTION, repetitions=25)
    return max(rows, key=lambda row: 4 * row[0].count(".") + len(row[1].value))[0]


def columns(site):
    return [oid for oid, _ in site.walk(VALUE, repetitions=25)]


def one_session(agent):
    lines = [line for line in agent.log() if re.search("lost|connected", line)]
    check(len(lines) == 1 and agent.alive(), "the session is the first one", agent.log())


def too_long(site):
    """GETs whose answer or request is longer than snmpd and agent can pass on: an error at once, and nothing else."""
    site.snmpd()
    agent = site.agent()
    name, values = longest(site), columns(site)
    cases = ((f"151 times {name}", [name] * 151), (f"all {len(values)} values, and some once more", (values * 3)[:900]),
             ("1,260 times a scalar", [SCALAR] * 1260), ("2,000 times a scalar", [SCALAR] * 2000))
    with ber.Manager(site.snmp) as manager, ber.Manager(site.snmp) as other:
        for what, names in cases:
            before = other.send(ber.GET, [SCALAR])
            long = manager.send(ber.GET, names)
            after = other.send(ber.GET, [values[0]])
            answer = manager.receive()
            check_equal((answer.number, answer.error), (long, ber.TOO_BIG), f"a GET of {what}: tooBig")
            found = sorted([other.receive(), other.receive()])
            check_equal([(one.number, one.error, len(one.varbinds)) for one in found], [(before, 0, 1), (after, 0, 1)],
                        "another manager's GETs around it are answered")
        check_equal(manager.ask(ber.GET, [name] * 150).error, 0, "one varbind less: it is answered")
    one_session(agent)


def bulk(site):
    """A GETBULK of the names that are too much for a GET returns what fits, also where snmpd leaves it at no hundred varbinds."""
    site.snmpd(more="maxGetbulkResponses -1\n")
    agent = site.agent()
    name = longest(site)
    with ber.Manager(site.snmp) as manager:
        for what, names in ((f"151 times {name}", [name] * 151), ("400 values", columns(site)[:400])):
            answer = manager.ask(ber.GETBULK, names, repetitions=5)
            check(answer.error == 0 and len(answer.varbinds) >= len(names), f"of {what}: {len(answer.varbinds)} varbinds", answer[:3])
    one_session(agent)


def memory_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024


def flood(site):
    """Requests by four transports, faster than they can be answered: afterwards both serve again, by themselves."""
    snmpd = site.snmpd(options=[f"udp:127.0.0.1:{port}" for port in PORTS[1:]])
    agent = site.agent("agentXPingInterval 5\nagentXTimeout 3\n")
    name = longest(site)
    floods = [threading.Thread(target=site.run, args=("python3", "-B", harness.HERE / "flood.py", FLOOD_S, name, *PORTS))
              for _ in range(2)]
    for thread in floods:
        thread.start()
    for thread in floods:
        thread.join()
    site.wait_served(agent, AGAIN_S)
    check(snmpd.alive() and agent.alive(), "both are there, and serve")
    for process, what in ((agent, "the agent"), (snmpd, "snmpd")):
        if harness.has_sanitizer(process):
            continue  # it keeps what is freed
        check(memory_mib(process) < MEMORY_MIB, f"{what} had at most {memory_mib(process)} MiB")
    check(len(agent.log()) < 20, f"the log has {len(agent.log())} lines", agent.log()[:20])


if __name__ == "__main__":
    harness.main(too_long, bulk, flood)
