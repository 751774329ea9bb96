#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A walk never goes backwards and never stops early: with counters absent, from any OID, and while the files change under it."""

import bisect
import json
import random
import threading

import harness
import kernel
from harness import END_OF_VIEW, MIB2, NO_INSTANCE, NO_OBJECT, OBJECTS, ROOT, V1, V2C, check, check_equal, key, wait_for

SYNTAXES = {**kernel.SYNTAXES, "TruthValue": "INTEGER", "DisplayString": "STRING|Hex-STRING", "PhysAddress": "STRING|Hex-STRING",
            "TimeTicks": "Timeticks", "OBJECT IDENTIFIER": "OID"}
WAYS = ((V1, None), (V2C, None), *((V2C, number) for number in (1, 7, 25, 50)))
# Of the rest of the machine's tables, which grow and shrink as they like, these walks want to know nothing.
SEEN = "view seen included .1\nview seen excluded .1.3.6.1.2.1.25\nview seen excluded .1.3.6.1.4.1.8072.1.2\n"


def backwards(varbinds):
    """The OIDs that do not come behind the one before them."""
    oids = [key(oid) for oid, _ in varbinds]
    return [".".join(map(str, after)) for before, after in zip(oids, oids[1:]) if after <= before]


def name_of(way):
    how, repetitions = way
    return f"{how[0][1:]} walk" if repetitions is None else f"bulk walk, {repetitions} repetitions"


def whole(site):
    """Everything that snmpd and the agent have, from end to end."""
    site.snmpd(SEEN)
    agent = site.agent()
    mib = kernel.read_mib()
    expected = kernel.everything(kernel.Counters(kernel.read_live(site)), mib)
    for way in ((V2C, None), (V2C, 7), (V2C, 50)):
        found = site.walk("1", how=way[0], repetitions=way[1])
        check(not backwards(found), f"{name_of(way)}: {len(found)} instances, each behind the one before", backwards(found)[:5])
        oids = {oid for oid, _ in found}
        check_equal(sorted(set(expected) - oids, key=key), [], f"{name_of(way)}: all of the agent's are among them")
        last = found[-1][0]
        check(key(last) > key(ROOT) and not last.startswith(ROOT), f"{name_of(way)}: it goes on behind the agent's", last)
    check(agent.alive(), "the agent lives")


def read_rows():
    """OID to syntax of all that rows.json has, as the tools of net-snmp print it."""
    with open(harness.SOURCE / "mibs" / "rows.json", encoding="ascii") as file:
        rows = json.load(file)
    objects = rows["counters"] + rows["scalars"] + [column for table in rows["tables"] for column in table["columns"]
                                                     if column["readable"] and not column.update(mib=table["mib"])]
    return {f"{ROOT if row['mib'] == 'LINUX-TCPEXT-MIB' else MIB2}.{row['oid']}": SYNTAXES.get(row["syntax"], row["syntax"])
            for row in objects if row["oid"]}


def syntaxes(site):
    """Each value has the syntax of its row in rows.json, and ours are of objects that have one."""
    rows = read_rows()
    site.snmpd()
    site.agent()
    found = site.walk(MIB2) + site.walk(OBJECTS)
    by_row = {oid: [row for row in rows if oid.startswith(row + ".")] for oid, _ in found}
    check_equal([oid for oid in by_row if oid.startswith(OBJECTS) and len(by_row[oid]) != 1], [], "each of ours has its row")
    wrong = [(oid, value.syntax, rows[by_row[oid][0]]) for oid, value in found
             if by_row[oid] and value.syntax not in rows[by_row[oid][0]].split("|")]
    check_equal(wrong, [], f"{sum(map(bool, by_row.values()))} values have the syntax of their rows")
    seen = {row for match in by_row.values() for row in match}
    columns = [row for row in rows if row.startswith((f"{MIB2}.2.2.1.", f"{MIB2}.4.20.1.", f"{OBJECTS}.1.13.", f"{OBJECTS}.18."))]
    check_equal([row for row in columns if row not in seen], [], f"{len(columns)} columns of tables are among them")


def above(site):
    """A GET of a table, of its entry or of a column, without an index, is answered with no instance or object."""
    site.snmpd()
    agent = site.agent()
    tables = [f"{MIB2}.{arcs}" for arcs in ("2.2", "3", "3.1", "4", "4.20", "4.21", "4.22", "6.13", "7.5")] + [f"{OBJECTS}.2", f"{OBJECTS}.1.13"]
    oids = [table + tail for table in tables for tail in ("", ".1", ".1.1", ".1.2")]
    check_equal([value for oid in oids for value in site.get(oid) if value not in (NO_OBJECT, NO_INSTANCE)], [], f"{len(oids)} OIDs have no value")
    check(agent.alive(), "the agent lives")


def thin(text, chance):
    """The same file with names missing at random, and their values."""
    lines = text.splitlines()
    if ":" not in lines[0]:
        return "\n".join(line for line in lines if chance() or "Ip6InReceives" in line) + "\n"
    kept = []
    for names, values in zip(lines[0::2], lines[1::2]):
        columns = [pair for pair in zip(names.split(), values.split()) if pair[0].endswith(":") or chance()]
        if len(columns) > 1:
            kept += [" ".join(column) for column in zip(*columns)]
    return "\n".join(kept) + "\n" if kept else text


def absent(site):
    """Half of all counters missing, at random."""
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    mib = kernel.read_mib()
    texts = kernel.read_texts("/proc")
    site.snmpd()
    for share in (0.5, 0.05):
        for name in kernel.FILES[:3]:
            if name in texts:
                site.write(f"proc/{name}", thin(texts[name], lambda: dice.random() < share))
        wanted = kernel.everything(kernel.Counters(kernel.read_texts(site.folder / "proc")), mib)
        private = {oid: value for oid, value in wanted.items() if oid.startswith(OBJECTS)}
        agent = site.agent(f"procRoot {site.folder}/proc\n")
        for way in WAYS:
            found = site.walk(OBJECTS, how=way[0], repetitions=way[1])
            mine = {oid: value for oid, value in private.items() if way[0] != V1 or value.syntax != "Counter64"}
            check(not backwards(found), f"{share:.0%} there, {name_of(way)}: never backwards (seed {seed})", backwards(found)[:5])
            check_equal({oid: value for oid, value in found if harness.is_counter(oid)}, mine,
                        f"{share:.0%} there, {name_of(way)}: what is there, and nothing else (seed {seed})")
        agent.end()


def odd_oids(instances, dice, count):
    """OIDs in and around the agent's: beginnings, neighbours, and things that no instance begins with."""
    numbers = (0, 1, 2, 5, 64, 127, 128, 255, 256, 65535, 2**31 - 1, 2**31, 2**32 - 1)
    found = []
    while len(found) < count:
        parts = list(key(dice.choice(instances)))
        what = dice.randrange(4)
        if what == 0:
            parts = parts[:dice.randrange(len(key(MIB2)), len(parts) + 1)]
        elif what == 1:
            place = dice.randrange(len(key(MIB2)), len(parts))
            parts[place] = max(0, parts[place] + dice.choice((-1, 1)))
        elif what == 2:
            parts[dice.randrange(len(key(MIB2)), len(parts))] = dice.choice(numbers)
        room = 128 - len(parts)
        parts += [dice.choice(numbers) for _ in range(dice.choice((0, 0, 1, 2, min(room, 60), room)))][:room]
        found.append(".".join(map(str, parts)))
    return found


def anywhere(site):
    """GETNEXT of any OID gives the first instance behind it, as the full walk has it."""
    seed = random.randrange(10**6)
    groups = "".join(f"view seen included .{MIB2}.{group}\n" for group in (5, 6, 7))
    site.snmpd(f"view seen included .{OBJECTS}\n{groups}")
    for name, text in kernel.read_texts("/proc").items():
        site.write(f"proc/{name}", text)
    site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 3600\n")
    site.walk("1", repetitions=25)  # has all tables read, which kernelTable tells of before it comes to them
    walk = [oid for oid, _ in site.walk("1", repetitions=25)]
    counters, mib = kernel.Counters(kernel.read_texts(site.folder / "proc")), kernel.read_mib()
    expected = {**kernel.private(counters, mib), **kernel.nstat_table(counters, mib)}
    check_equal(sorted(set(expected) - set(walk), key=key), [], f"the full walk has all {len(expected)} that it must have")
    keys = [key(oid) for oid in walk]
    asked = odd_oids(walk, random.Random(seed), 1200)
    wrong = []
    for i in range(0, len(asked), 40):
        for oid, (found, value) in harness.paired(asked[i:i + 40], site.getnext(*asked[i:i + 40])):
            place = bisect.bisect_right(keys, key(oid))
            if (value != END_OF_VIEW) if place == len(walk) else (found != walk[place]):
                wrong.append((oid, found, walk[place:place + 1]))
    check(not wrong, f"{len(asked)} OIDs, {len(walk)} instances (seed {seed})", wrong[:5])


class Writer(threading.Thread):
    """Puts one state after the other in the place of the files, each file whole: a reader of one that is being written would
    see the end of the state before behind the new one."""

    def __init__(self, root, states):
        super().__init__(daemon=True)
        self.root = root
        self.states = states
        self.over = threading.Event()

    def run(self):
        i = 0
        while not self.over.wait(0.07):
            i += 1
            for name, text in self.states[i % len(self.states)].items():
                new = self.root / f"{name}.new"
                new.write_text(text)
                new.rename(self.root / name)

    def stop(self):
        self.over.set()
        self.join()


def changing(site):
    """ICMP types and other counters come and go while walks are under way."""
    mib = kernel.read_mib()
    full = kernel.read_texts("/proc")
    dice = random.Random(1)
    icmp = ("IcmpMsg: InType0 InType3 OutType200\nIcmpMsg: 1 2 3\n", "IcmpMsg: InType8 OutType3\nIcmpMsg: 4 5\n", "")
    states = [{**full, "net/snmp": full["net/snmp"].replace("IcmpMsg:", "Message:") + more} for more in icmp]
    states[1]["net/netstat"] = thin(full["net/netstat"], lambda: dice.random() < 0.8)
    states[2]["net/snmp6"] = thin(full.get("net/snmp6", "Ip6InReceives 1\n"), lambda: dice.random() < 0.5)
    sets = [set(kernel.everything(kernel.Counters(state), mib)) for state in states]
    always, ever = set.intersection(*sets), set.union(*sets)
    for name, text in states[0].items():
        site.write(f"proc/{name}", text)
    site.snmpd()
    agent = site.agent(f"refreshInterval 0.1\nmaxAge 60\nprocRoot {site.folder}/proc\n")
    before = site.sequence()
    writer = Writer(site.folder / "proc", states)
    writer.start()
    seen = []

    def round_of_walks():
        for way in WAYS[1:]:
            seen.append((name_of(way), site.walk_counters(how=way[0], repetitions=way[1])))
        return all(any(oid in dict(found) for _, found in seen) and any(oid not in dict(found) for _, found in seen)
                   for oid in (f"{OBJECTS}.16.1.3.200", f"{OBJECTS}.16.1.2.8"))

    try:
        round_of_walks()
        wait_for("walks that met this ICMP type and walks that did not", round_of_walks)
        fresh = site.sequence()
    finally:
        writer.stop()
    check(not [found for _, found in seen if backwards(found)], f"{len(seen)} walks, none goes backwards")
    early = [(name, sorted(always - set(dict(found)), key=key)[:3]) for name, found in seen if always - set(dict(found))]
    check(not early, f"each has the {len(always)} instances that never went", early[:3])
    strange = [(name, sorted(set(dict(found)) - ever, key=key)[:3]) for name, found in seen if set(dict(found)) - ever]
    check(not strange, f"none has any but the {len(ever)} that there ever were", strange[:3])
    check(fresh > before and agent.alive(), f"meanwhile the agent read {fresh - before} snapshots")


harness.main(whole, syntaxes, above, absent, anywhere, changing)
