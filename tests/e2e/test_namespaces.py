#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Named network namespaces as contexts: they come and go while the agent runs, and each shows its own.

Names in /run/netns are the machine's, so those of a case begin with the name of its site, and no other test's do.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import time

import harness
import test_kernel_tables as told
import test_thresholds as told_of
import trapd
from harness import MIB2, OBJECTS, Failure, check, check_equal, wait_for

SECONDS = 3  # what goes has gone by then: a second for the agent, and what the kernel needs
NO_PORTS = f"{MIB2}.7.2.0"
NSTAT_VALUE = f"{OBJECTS}.2.1.2"


def how(context):
    return ("-v2c", "-c", f"to-{context}")


def access(*contexts):
    lines = "".join(f"com2sec -Cn {context} guest default to-{context}\ncom2secunix -Cn {context} guest default to-{context}\n"
                    for context in contexts)
    return lines + 'group guests v2c guest\naccess guests "" any noauth prefix seen seen none\n'


class Names:
    """Names of namespaces that are the case's own, and removed at its end."""

    def __init__(self, site):
        self.site = site
        self.all = set()

    def __getitem__(self, name):
        return f"{self.site.netns[4:]}{name}"

    def add(self, name, sent=None):
        """Makes one. sent: so many datagrams that nobody takes are counted there."""
        whole = self[name]
        subprocess.run(["ip", "netns", "add", whole], check=True)
        self.all.add(whole)
        subprocess.run(["ip", "-n", whole, "link", "set", "lo", "up"], check=True)
        if sent:
            send(whole, sent)
        return whole

    def delete(self, name):
        whole = self[name]
        subprocess.run(["ip", "netns", "del", whole], check=True)
        self.all.discard(whole)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for whole in self.all:
            subprocess.run(["ip", "netns", "del", whole])


SEND = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    for _ in range(int(sys.argv[1])):
        s.sendto(b"x", ("127.0.0.1", 9))
"""


def send(whole, count):
    subprocess.run(["ip", "netns", "exec", whole, "python3", "-B", "-c", SEND, str(count)], check=True)


def value(site, context, oid=NO_PORTS):
    """None: there is no answer, as of a context that nobody has."""
    with contextlib.suppress(Failure):
        return site.get(oid, how=how(context), patience=("-t1", "-r0"))[0].value
    return None


def shows(site, context, wanted, seconds=harness.DEADLINE):
    wait_for(lambda: f"context {context} has {wanted}: {value(site, context)}", lambda: value(site, context) == wanted, seconds)
    return check(True, f"context {context} shows {wanted}")


def comes_and_goes(site):
    """A name that is made is served, each with its own counters; one that is deleted is not, and the kernel frees it."""
    with Names(site) as names:
        first, second = names["a"], names["b"]
        site.snmpd(more=access(first, second))
        names.add("a", 5)
        agent = site.agent(f"namespace {names['*']}\n")
        shows(site, first, 5)
        names.add("b", 7)
        subprocess.run(["ip", "-n", site.netns, "link", "add", "far", "type", "veth", "peer", "name", "near", "netns", second], check=True)
        shows(site, second, 7)
        send(first, 2)
        shows(site, first, 7)
        check_equal(value(site, second), 7, "the other one has its own")
        check(len(site.walk(f"{MIB2}.2", how=how(second))) > 20, "interfaces of a context")
        names.delete("b")
        wait_for("the kernel has freed the deleted one", lambda: not told.ip_json(site, "link", "show", "type", "veth"), SECONDS)
        check(True, "its link has gone with it")
        wait_for("nothing is left of its context", lambda: value(site, second) is None)
        check_equal(value(site, first), 7, "the other one goes on")
        check(agent.alive() and agent.end() == 0, "it ends well")


def made_again(site):
    """A name that is deleted and made again at once is another namespace: nothing of the old one is shown as its own."""
    with Names(site) as names:
        whole = names["a"]
        site.snmpd(more=access(whole))
        names.add("a", 5)
        agent = site.agent(f"namespace {whole}\n")
        shows(site, whole, 5)
        since = value(site, whole, harness.DISCONTINUITY)
        with agent.held():
            names.delete("a")
            names.add("a", 3)
        shows(site, whole, 3)
        check(value(site, whole, harness.DISCONTINUITY) > since, "it has a discontinuity of its own")


def odd_names(site):
    """What is no name of a context, or is too long, is served under one that is made of it, which stays the same."""
    with Names(site) as names:
        site.snmpd(more=access("x"))
        names.add("with blank")
        names.add("x" * 40)
        names.add("plain")
        agent = site.agent(f"namespace {names['*']}\n")
        log = "\n".join(agent.wait_log("x{10}.* is served as context"))
        wait_for("both are told", lambda: len([line for line in agent.log() if "is served as context" in line]) == 2)
        found = dict(re.findall(r"namespace (.*) is served as context (\S+): ", "\n".join(agent.log())))
        check_equal(set(found), {names["with blank"], names["x" * 40]}, "who was told")
        check(all(re.fullmatch(r"[A-Za-z0-9._-]{1,32}", one) for one in found.values()), "the names can be used", found)
        check("plain" not in log, "one that needs none has its own")
        agent.end()
        again = site.agent(f"namespace {names['*']}\n")
        wait_for("both are told again", lambda: len([line for line in again.log() if "is served as context" in line]) == 2)
        check_equal(dict(re.findall(r"namespace (.*) is served as context (\S+): ", "\n".join(again.log()))), found, "the same names")


def names_of_a_master(site):
    """namespaceLimit counts the names that a master has had: a new one has room for others."""
    with Names(site) as names:
        first, second = names["a"], names["b"]
        snmpd = site.snmpd(more=access(first, second))
        names.add("a", 5)
        agent = site.agent(f"namespace {names['*']}\nnamespaceLimit 1\n")
        shows(site, first, 5)
        names.delete("a")
        names.add("b", 7)
        agent.wait_log(f"namespace {second} is not served as a context")
        time.sleep(1)  # the next one begins clearly later than this one did
        snmpd.kill()
        site.snmpd(more=access(first, second))
        shows(site, second, 7)
        names.add("a", 5)
        agent.wait_log(f"namespace {first} is not served as a context")
        check(value(site, first) is None, "and none for more than that")
        site.write("tcpextd.conf", harness.patience("") + f"namespace {names['*']}\nnamespaceLimit 2\n")
        agent.send(harness.signal.SIGHUP)
        shows(site, first, 5)


def not_twice(site):
    """The agent's own namespace has no context, nor has a second name of one that is served."""
    with Names(site) as names:
        first, second = names["a"], names["b"]
        site.snmpd(more=access(first, second, site.netns))
        names.add("a", 5)
        pathlib.Path(f"/run/netns/{second}").touch()
        names.all.add(second)
        subprocess.run(["mount", "--bind", f"/run/netns/{first}", f"/run/netns/{second}"], check=True)
        agent = site.agent(f"namespace {names['*']} {site.netns}\n")
        shows(site, first, 5)
        agent.wait_log(f"namespace {second} is that of {first}, and not served twice")
        agent.wait_log(f"namespace {site.netns} is that of the default context")
        check(value(site, second) is None, "the second name has no context")
        check(value(site, site.netns) is None, "the own one has no context")
        names.delete("a")
        shows(site, second, 5)


def keeps_name(site):
    """A second name of one that is served takes its context not away, whichever comes first by the alphabet."""
    with Names(site) as names:
        first, second = names["b"], names["a"]
        site.snmpd(more=access(first, second))
        names.add("b", 5)
        agent = site.agent(f"namespace {names['*']}\n")
        shows(site, first, 5)
        pathlib.Path(f"/run/netns/{second}").touch()
        names.all.add(second)
        subprocess.run(["mount", "--bind", f"/run/netns/{first}", f"/run/netns/{second}"], check=True)
        agent.wait_log(f"namespace {second} is that of {first}, and not served twice")
        check_equal(value(site, first), 5, "the first name stays")


def reload(site):
    """SIGHUP adds namespaces and takes them back."""
    with Names(site) as names:
        first, second = names["a"], names["b"]
        site.snmpd(more=access(first, second))
        names.add("a", 5)
        names.add("b", 7)
        agent = site.agent(f"namespace {first}\n")
        shows(site, first, 5)
        check(value(site, second) is None, "one that is not asked for is not served")
        site.write("tcpextd.conf", harness.patience("") + f"namespace {second}\n")
        agent.send(harness.signal.SIGHUP)
        shows(site, second, 7)
        wait_for("the first one is not served", lambda: value(site, first) is None)
        site.write("tcpextd.conf", harness.patience(""))
        agent.send(harness.signal.SIGHUP)
        wait_for("none is served", lambda: value(site, second) is None)
        check(site.sequence() is not None, "the default context is there")


def name_of(name):
    """The name of a counter in the index of nstatTable, behind its length."""
    return "".join(chr(int(one)) for one in name.partition(NSTAT_VALUE + ".")[2].split(".")[1:])


def same_as_nstat(site):
    """All counters of a context are those that nstat shows in its namespace."""
    with Names(site) as names:
        whole = names.add("a", 20)
        site.snmpd(more=access(whole))
        site.agent(f"namespace {whole}\n")
        shows(site, whole, 20)
        history = {**os.environ, "NSTAT_HISTORY": str(site.folder / "history")}
        done = subprocess.run(["ip", "netns", "exec", whole, "nstat", "-asz"], capture_output=True, text=True, env=history)
        wanted = {line.split()[0]: int(line.split()[1]) for line in done.stdout.splitlines() if not line.startswith("#")}
        found = {name_of(name): one.value for name, one in site.walk(NSTAT_VALUE, how=how(whole), repetitions=30)}
        shared = set(found) & set(wanted)
        check(len(shared) > 200, "most counters are known to both", len(shared))
        check_equal({name: found[name] for name in shared}, {name: wanted[name] for name in shared}, "and the same")


def crossed(site):
    """A threshold is watched in each context by itself: its rows and notifications say which."""
    sink = trapd.Trapd(site)
    with Names(site) as names:
        first, second = names["a"], names["b"]
        site.snmpd(more=access(first, second) + trapd.sinks("trap, v2c"))
        names.add("a", 3)
        names.add("b", 3)
        site.agent(f"namespace {names['*']}\nthreshold ports UdpNoPorts value > 10\n")
        shows(site, second, 3)
        send(second, 20)
        shows(site, second, 23)
        wait_for("it is crossed there", lambda: state(site, second) == told_of.CROSSED)
        check_equal(state(site, first), told_of.NORMAL, "not in the other one")
        check_equal(site.get(told_of.at(told_of.STATE, "ports"))[0].value, told_of.NORMAL, "nor in the default one")
        trap = sink.came(1, what="thresholdCrossedNotification")[0].values
        check_equal((trap["notifiedContext"], trap["notifiedName"], trap["notifiedValue"]), (second, "ports", "23"), "a notification says where")
        names.delete("b")
        trap = sink.came(1, what="thresholdClearedNotification")[0].values
        check_equal((trap["notifiedContext"], trap["notifiedState"]), (second, "unknown"), "it has ended with its namespace")
        check("is gone" in trap["notifiedText"], "which is said", trap["notifiedText"])


def state(site, context):
    """thresholdState of `ports'. Its index begins with the context."""
    index = "".join(f".{len(text)}" + "".join(f".{ord(c)}" for c in text) for text in (context, "ports", ""))
    return value(site, context, f"{told_of.TABLE}.{told_of.STATE}{index}")


# What the agent runs without: CAP_SYS_ADMIN, 21 of linux/capability.h.
WITHOUT = ("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin")


def refused(site):
    """Without CAP_SYS_ADMIN each name is told once, with a remedy, and the default context is served."""
    with Names(site) as names:
        first, second = names["a"], names["b"]
        site.snmpd(more=access(first, second))
        names.add("a", 5)
        names.add("b", 5)
        agent = site.agent(f"namespace {names['*']}\n", under=WITHOUT)
        for one in (first, second):
            agent.wait_log(f"/{one}: .*cannot be entered.*CAP_SYS_ADMIN")
        site.wait_readings(3)
        check_equal(len([line for line in agent.log() if "CAP_SYS_ADMIN" in line]), 2, "a line for each")
        check(value(site, first) is None or not isinstance(value(site, first), int), "nothing is shown that could not be read")


if __name__ == "__main__":
    harness.main(comes_and_goes, made_again, odd_names, names_of_a_master, not_twice, keeps_name, reload, same_as_nstat, crossed, refused)
