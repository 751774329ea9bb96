#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A master that takes nothing of what is registered, or not the sessions of groups, or no contexts: the log has a line for what lasts, and
what was refused is taken later.
"""

import contextlib

import harness
from harness import check, check_equal, wait_for
from master import CLOSE, CONTEXT, OPEN, PING, REGISTER, REMOVE_CAPS
from pairs import AGAIN, PING_S, QUICK, STEADY, begin_all, end_all, hangs_up, ready, refuses, silent, wait_wrong
from test_faithless_master import BREAKS, CODES
from test_namespaces import Names


def refused(site):
    """All registrations are refused, with each code: a line for each group, and one when it is taken."""
    found = begin_all(site, {f"error {code}": refuses(code) for code in CODES if code > 250}, STEADY, REGISTER, REMOVE_CAPS)
    for name, wrong, pair in found:
        wait_for(lambda: f"{name}: all is refused, {wrong.times()} times", lambda: pair.connection() and pair.connection().count(PING))
        wrong.end()
    for name, wrong, pair in found:
        wait_for(lambda: f"{name}: all is taken, of {len(pair.lines('refuses'))}: {len(pair.lines('takes the group'))}",
                 lambda: pair.lines("takes the group") and len(pair.lines("takes the group")) == len(pair.lines("refuses")))
        groups = [line.partition("(group ")[2].partition(")")[0] for line in pair.lines("refuses")]
        check(len(groups) > 10 and len(set(groups)) == len(groups),
              f"{name}, {wrong.times()} times: a line for each of {len(groups)} groups", groups)
        pair.must_be_right()
    check_equal(len({len(pair.connection().granted) for _, _, pair in found}), 1, "all have as many registrations then")
    end_all(found, sum(wrong.seen for _, wrong, _ in found))


def groups(site):
    """Groups that have nothing to show are left to the master, and taken back: each Close, and each Open then, goes wrong in each way."""
    found = begin_all(site, BREAKS, f"{QUICK}maxAge 3\n")
    ready(found)
    snmp = site.folder / "proc/net/snmp"
    for kind, what, change in ((CLOSE, "the Close of a group", lambda: snmp.rename(site.folder / "kept")),
                               (OPEN, "its next Open", lambda: (site.folder / "kept").rename(snmp))):
        for _, wrong, pair in found:
            wrong.begin(kind)
        change()
        if kind == CLOSE:
            wait_wrong(found, what, 1)
        for name, wrong, pair in found:  # where the session was lost meanwhile, there may be nothing to be taken back
            wait_for(lambda: f"{name}: the groups; the log: {pair.agent.log()[-3:]}",
                     lambda: kind == CLOSE or wrong.times() or pair.lines("something to show again"))
            wrong.end()
            pair.must_be_right()
        times = sum(wrong.times() for _, wrong, _ in found)
        check(times > 0, f"{what} goes wrong, {times} times: what there is is shown")
    for name, _, pair in found:
        wait_for(lambda: f"{name}: all is shown; the log: {pair.agent.log()[-3:]}",
                 lambda: not pair.lines("nothing to show") or pair.lines("something to show again"), AGAIN)
        pair.must_be_whole()
    end_all(found, sum(wrong.seen for _, wrong, _ in found))


def in_context(connection, pdu):
    return pdu.flags & CONTEXT


def contexts(site):
    """Contexts of namespaces are refused, with each code, or find silence or a hang-up: one line, and taken later."""
    ways = {**{f"error {code}": refuses(code) for code in (257, 262, 263, 266, 267, 268, 300, 65535)}, "silence": silent, "a hang-up": hangs_up,
            "a request in place of the answer": BREAKS["a request in place of the answer"]}
    with Names(site) as names:
        for name in "abc":
            names.add(name)
        found = begin_all(site, ways, f"{QUICK}namespace {names['*']}\n", REGISTER, where=in_context)
        refusals = [one for one in found if one[0].startswith("error")]
        wait_wrong([one for one in found if one not in refusals], "a registration in a context", 3)
        wait_wrong(refusals, "a registration in a context", 10)  # of each of three, three may be the library's own
        for name, wrong, pair in found:
            pair.must_be_right()
            wait_for(lambda: f"{name}: all contexts are there; the log: {pair.agent.log()[-3:]}", lambda: in_all(pair, names), AGAIN)
            lines, sessions = pair.lines("refuses|takes"), len(pair.lines("connected"))
            check(len(lines) <= 2 * sessions and bool(lines) == name.startswith("error"),
                  f"{name}: {wrong.seen} times, {sessions} sessions, {len(lines)} lines", lines)
        end_all(found, sum(wrong.seen for _, wrong, _ in found))


def in_all(pair, names):
    """Whether each context is registered and answers."""
    connection = pair.connection()
    with contextlib.suppress(harness.Failure, OSError):
        for name in "abc":
            packet = next(connection.packets)
            connection.send(connection.get([f"{harness.OBJECTS}.8.1.0"], packet=packet, context=names[name].encode()))
            if connection.answer(packet, PING_S).error:
                return False
        return all(any(names[name].encode() in body for body in connection.granted) for name in "abc")
    return False


if __name__ == "__main__":
    harness.main(refused, groups, contexts)
