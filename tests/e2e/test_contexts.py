#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Five hundred contexts: what they cost, what is served in them, and how they come and go while snmpd and the agent run."""

import os
import pathlib
import random
import re
import subprocess
import threading

import harness
import master
from harness import ABSENT, DEADLINE, MIB2, OBJECTS, V2C, Failure, Process, check, check_equal, private_kib, wait_for

PROGRAM = pathlib.Path("tests/e2e/many_contexts").absolute()
CONNECTED = re.compile(r"^connected [0-9.]+ ([0-9]+)$", re.M)
COUNT = 500
MEMORY = 12 << 10  # octets for each context
SOME = [0, 7, COUNT - 1]
LATE = range(COUNT, COUNT + 20)
ACCESS = "".join(f"com2sec -Cn context{n} guest default in{n}\ncom2secunix -Cn context{n} guest default in{n}\n"
                 for n in [*SOME, *LATE]) + "group guests v2c guest\naccess guests context any noauth prefix seen seen none\n"
DESCRIPTION = f"{OBJECTS}.2.1.5"
TCP_SCALARS = [f"{MIB2}.6.{number}.0" for number in (*range(1, 13), 14, 15, 17, 18)]
FORWARDING = f"{MIB2}.4.1.0"
ROOTS = [MIB2, OBJECTS]  # that are registered in a context
ROUNDS = 200  # of coming and going


class Many(Process):
    """The program, whose contexts come and go by its FIFO."""

    def __init__(self, argv, site, count, name):
        self.orders = site.folder / f"{name}.orders"
        os.mkfifo(self.orders)
        super().__init__(site.inside(*argv, site.master, count, self.orders), site.folder / f"{name}.log", env=site.environment)

    def order(self, *lines):
        with open(self.orders, "w") as sink:
            sink.writelines(f"{line}\n" for line in lines)

    def add(self, *numbers):
        self.order(*(f"+context{n}" for n in numbers))

    def remove(self, *numbers):
        self.order(*(f"-context{n}" for n in numbers))

    def log(self):
        """What it says, but for that it connects."""
        return [line for line in self.output.read_text().splitlines() if not line.startswith("connected ")]


def start(site, count, name="many"):
    """The program, connected, and the octets that it has allocated. `make bench` has the time."""
    process = Many((PROGRAM,), site, count, name)
    site.processes.append(process)
    found = wait_for("it connects", lambda: CONNECTED.search(process.output.read_text()), 2 * DEADLINE)
    return process, int(found[1])


def within(number):
    return ("-v2c", "-c", f"in{number}")


def names(varbinds):
    return [name for name, _ in varbinds]


def is_served(site, number):
    """What snmpd does not know it does not answer at all; what it knew once has no objects."""
    try:
        return site.get(FORWARDING, how=within(number), patience=("-t1", "-r0"))[0].syntax == "INTEGER"
    except Failure:
        return False


def wait_served(site, number):
    wait_for(f"context{number} is served", lambda: is_served(site, number))


def contexts(site):
    """Costs and values."""
    site.snmpd(more=ACCESS)
    process, base = start(site, 0, "none")
    process.kill()
    process, octets = start(site, COUNT)
    each = (octets - base) // COUNT
    if harness.has_sanitizer(process):
        harness.skip("memory: a sanitizer keeps more of each allocation, and what is freed")
    else:
        check(each <= MEMORY, f"a context costs {each} octets")
    for number in SOME:
        how = within(number)
        check_equal(names(site.walk(f"{MIB2}.6", how=how, repetitions=20)), TCP_SCALARS, f"tcp in context{number}")
        check(len(site.walk(DESCRIPTION, how=how, repetitions=20)) > 300, f"nstatTable of context{number}")
        done = site.tool("snmpset", how, (), (FORWARDING, "i", "1"))
        check(done.returncode != 0 and "notWritable" in done.stderr, "nothing can be set there", done.stderr)
    check_equal(site.get(f"{MIB2}.6.1.0", how=V2C)[0].value, site.get(f"{MIB2}.6.1.0", how=within(7))[0].value, "the same value")
    done = site.tool("snmpget", within(COUNT), (), (f"{MIB2}.6.1.0",), patience=("-t2", "-r0"))
    check("Counter" not in done.stdout and "INTEGER" not in done.stdout, "nothing in a context that nobody has", done.stdout)
    check(process.alive(), "it is there still")


def come_and_go(site):
    """A context is added to a session, removed, and added again."""
    site.snmpd(more=ACCESS)
    process, _ = start(site, 1)
    late = LATE[0]
    check(not is_served(site, late), "it is not there")
    process.add(late)
    wait_served(site, late)
    whole = names(site.walk(".1.3", how=within(late), repetitions=20))
    check_equal(whole, names(site.walk(".1.3", how=within(0), repetitions=20)), "what is shown in a late one is what any other one shows")
    process.remove(late)
    wait_for("it is gone", lambda: site.get(FORWARDING, how=within(late))[0] in ABSENT.values())
    check_equal(site.walk(".1.3", how=within(late), repetitions=20), [], "a walk of it ends at once")
    check(is_served(site, 0), "another one stays")
    process.add(late)
    wait_served(site, late)
    check_equal(names(site.walk(".1.3", how=within(late), repetitions=20)), whole, "it is all back")
    check_equal(process.log(), [], "none of that is in the log")
    check_equal(process.end(), 0, "it ends")


def walking(site, over, numbers):
    """Threads that walk these contexts until it is over."""
    def walk(number):
        while not over.is_set():
            subprocess.run(["snmpbulkwalk", *within(number), "-t1", "-r0", "-Cr20", site.address, ".1.3"], env=site.environment,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    threads = [threading.Thread(target=walk, args=[number]) for number in numbers]
    for thread in threads:
        thread.start()
    return threads


def names_again(site):
    """Contexts come and go under walks of them: nobody ends, and names that are used again take no memory."""
    snmpd = site.snmpd(more=ACCESS)
    process, _ = start(site, 0)
    process.add(*LATE)
    for number in LATE:
        wait_served(site, number)
    over, there, memory = threading.Event(), set(LATE), []
    threads = walking(site, over, random.sample(LATE, 4))
    try:
        for i in range(ROUNDS):
            number = random.choice(LATE)
            (process.remove if number in there else process.add)(number)
            there ^= {number}
            if i % 20 == 0:  # orders are obeyed in turn
                wait_for("it obeys", lambda n=number: is_served(site, n) == (n in there))
                memory.append((private_kib(process), private_kib(snmpd)))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    check(process.alive() and snmpd.alive(), f"agent and snmpd have survived {ROUNDS} changes under walks")
    check_equal([n for n in LATE if is_served(site, n)], sorted(there), "what is there is served, and nothing else")
    check_equal(process.log(), [], "nothing of that is in the log")
    if not harness.has_sanitizer(process):
        settled = memory[len(memory) // 2:]
        check(all(max(kib) - min(kib) <= 64 for kib in zip(*settled)), "memory of agent and snmpd stays as it is", memory)


def registered(connection):
    """What a connection has registered: (context, root) for each."""
    found = []
    for pdu in list(connection.received):
        if pdu.kind == master.REGISTER:
            octets = master.Octets(pdu.body, pdu.flags)
            context = octets.string().decode() if pdu.flags & master.CONTEXT else ""
            octets.take("BBBB")
            found.append((context, octets.oid()))
    return found


def elsewhere(connection):
    return [(context, root) for context, root in registered(connection) if context]


def what_is_sent(site):
    """What a master hears: two registrations of each context, once, and after a new connection none of one that has gone."""
    with master.Master(site) as played:
        process, _ = start(site, 3)
        connection = played.registered(1)
        check_equal(sorted(elsewhere(connection)), sorted((f"context{n}", root) for n in range(3) for root in ROOTS), "two for each")
        process.remove(1)
        process.add(LATE[0], 2)
        wait_for("the late one", lambda: (f"context{LATE[0]}", OBJECTS) in elsewhere(connection))
        process.add(1)
        process.remove(1)
        process.add(LATE[1])
        wait_for("the last one", lambda: (f"context{LATE[1]}", OBJECTS) in elsewhere(connection))
        late = elsewhere(connection)[6:]
        check_equal(sorted(set(late) - {(f"context{n}", root) for n in LATE[:2] for root in "012"}),
                    sorted((f"context{n}", root) for n in LATE[:2] for root in ROOTS), "what comes late is registered, nothing twice")
        check_equal(connection.count(master.UNREGISTER), 0, "nothing is unregistered")
        connection.plug.shutdown(2)
        connection = played.registered(2)
        check_equal(sorted(elsewhere(connection)), sorted((f"context{n}", root) for n in (0, 2, *LATE[:2]) for root in ROOTS),
                    "the next session has those that are there")
        process.add(1)
        wait_for("that is registered", lambda: len(elsewhere(connection)) == 10)
        check_equal(sorted(elsewhere(connection)[8:]), sorted(("context1", root) for root in ROOTS), "the one that comes again is added")
        check_equal(process.end(), 0, "it ends")


def master_stops(site):
    """SIGTERM ends the agent while the master takes its registrations, and answers no more."""
    with master.Master(site) as played:
        process, _ = start(site, COUNT)
        played.registered(1)
        played.registrations = COUNT
        played.connection(1).plug.shutdown(2)
        wait_for("it registers again", lambda: len(played.connections) > 1 and played.connection(2).count(master.REGISTER) > COUNT)
        check_equal(process.end(), 0, "it ends")


def restarts(site):
    """A new snmpd gets all that is there."""
    snmpd = site.snmpd(more=ACCESS)
    process, _ = start(site, COUNT)
    process.remove(7)
    wait_for("it is gone", lambda: not is_served(site, 7))
    snmpd.kill()
    site.snmpd(more=ACCESS)
    for number in (0, COUNT - 1):
        wait_served(site, number)
    check(not is_served(site, 7), "what had gone stays away")
    process.add(7)
    wait_served(site, 7)


def taken(site):
    """Contexts that another agent has: said once for all, and asked for again."""
    site.snmpd(more=ACCESS)
    first, _ = start(site, 10, "first")
    second, _ = start(site, 8, "second")
    lines = [line for line in second.log() if "(context " in line]
    check(len(lines) == 1 and "at priority 100: another agent holds it" in lines[0], "one line tells of all contexts", second.log())
    check(is_served(site, 7), "the first one serves on")
    first.end()
    wait_for("it takes over", lambda: "the master takes all contexts now" in second.log())
    check(is_served(site, 7), "the second one serves it")


harness.main(contexts, come_and_go, names_again, what_is_sent, master_stops, restarts, taken)
