#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""snmpnstat -f asks many hosts at once: a line for each, the worst first, and what is wrong with a host is in its line."""

import os
import pathlib
import re
import subprocess
import sys

import answers
import harness
from harness import OBJECTS, V2C, V3, check, check_equal, wait_for

SNMPNSTAT = pathlib.Path(os.environ.get("SNMPNSTAT", harness.AGENT.parent / "snmpnstat")).resolve()
# Each address of 127/8 is a host, then. The many ports are since what waits at one must not be lost while snmpd has no processor.
PORTS = range(1161, 1171)
EVERYWHERE = ("udp:0.0.0.0:161", "udp6:[::]:161", *(f"udp:0.0.0.0:{port}" for port in PORTS))
ONCE = ("-t5", "-r0")
BOOTS = "1.3.6.1.6.3.10.2.1.2.0"  # snmpEngineBoots.0


def addresses(count, ports=PORTS):
    return [f"127.1.{i // 250}.{i % 250 + 1}:{ports[i % len(ports)]}" for i in range(count)]


def ask(site, lines, *words, how=V2C, under=(), **more):
    """The file has these lines. Gives what came, and the lines as a dictionary of host and rest."""
    path = site.write("hosts", "".join(f"{line}\n" for line in lines))
    done = site.run(*under, SNMPNSTAT, *how, "-f", path, "--health", *words, **more)
    return done, dict(map(cut, done.stdout.splitlines()[:-1]))


def cut(line):
    host, _, rest = line.partition(" ")
    return host, " ".join(rest.split())


def counts(done):
    """Of the last line: how many hosts, and how many of each kind."""
    return [int(number) for number in re.findall(r"\d+", done.stdout.splitlines()[-1])]


def serve(site, conf="", **more):
    site.udp = EVERYWHERE
    site.snmpd(**more)
    return site.agent("refreshInterval 0.1\n" + conf)


def thousand(site):
    """A thousand hosts by one real snmpd, and thirty that are silent: each has its line."""
    serve(site, "threshold defaults\n")
    hosts, silent = addresses(970), addresses(30, [9])
    done, found = ask(site, hosts + silent, *ONCE)
    check_equal((done.returncode, done.stderr), (2, ""), "the exit status says that some are unknown")
    check_equal(set(found), {*hosts, *silent}, "each host has a line")
    check_equal({found[host] for host in hosts}, {"well"}, "those that answer are well")
    check_equal({found[host] for host in silent}, {"unknown does not answer"}, "it says which ones do not")
    check_equal(list(found)[:30], silent, "these come first, in the order of the file")
    check_equal(counts(done), [1000, 0, 30, 0, 0, 970], "the last line counts them")
    done, found = ask(site, addresses(300), *ONCE, under=("prlimit", "--nofile=48:48"))
    check_equal((done.returncode, counts(done)), (0, [300, 0, 0, 0, 0, 300]), "few descriptors are enough")


def ways(site):
    """Hosts are what snmpget takes; each may have its own community, and - is standard input."""
    serve(site, more="com2sec6 reader default public\ncom2sec other default other\ngroup others v2c other\n"
          "view little included .1.3.6.1.2.1.1\naccess others \"\" any noauth exact little none none\n")
    lines = ("127.0.0.1  # a comment", "", "# another", "\tlocalhost:161\r", "udp:127.1.1.1:161", "[::1]:161", "udp6:[::1]", "::1", site.address,
             "127.1.1.2 other", "127.1.1.3 wrong", "tcp:127.0.0.1:161", "unix:/no/such", "no.such.invalid", "127.0.0.1:x", "[::1")
    done, found = ask(site, lines, *ONCE)
    well = ("127.0.0.1", "localhost:161", "udp:127.1.1.1:161", "[::1]:161", "udp6:[::1]", "::1", site.address)
    check_equal({host: found.get(host) for host in well}, {host: "well" for host in well}, "these are asked")
    wanted = {"127.1.1.2": "shows nothing", "127.1.1.3": "does not answer", "tcp:127.0.0.1:161": "give udp", "unix:/no/such": "No such file",
              "no.such.invalid": "has no address", "127.0.0.1:x": "has no address", "[::1": "is no address"}
    for host, text in wanted.items():
        check(found.get(host, "").startswith("unknown ") and text in found[host], f"{host}: {text}", found.get(host))
    check_equal(len(found), len(well) + len(wanted), "and nothing else")
    done = subprocess.run(site.inside(SNMPNSTAT, *V2C, "-f", "-", "--health"), input="127.0.0.1\n", capture_output=True, text=True,
                          env=site.environment)
    check_equal((done.returncode, cut(done.stdout.splitlines()[0])), (0, ("127.0.0.1", "well")), "standard input has them")


SILENT = """\
import socket, sys
held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
held.bind(("127.0.0.1", 53))
print("ready", flush=True)
sys.stdin.read()
"""


def names(site):
    """Servers of names that do not answer keep nobody waiting who has an address."""
    serve(site)
    resolv = site.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n")
    with subprocess.Popen(site.inside(sys.executable, "-c", SILENT), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as held:
        check_equal(held.stdout.readline(), "ready\n", "there is such a server")
        under = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', resolv)
        done, found = ask(site, ["host.example", "127.0.0.1", *(f"host{i}.example:161" for i in range(40))], *ONCE, under=under)
        few, _ = ask(site, [*(f"host{i}.example" for i in range(40)), *addresses(100)], *ONCE, under=("prlimit", "--nofile=48:48", *under))
        held.stdin.close()
    check_equal((done.returncode, counts(done), done.stderr), (2, [42, 0, 41, 0, 0, 1], ""), "one has an address")
    check_equal((counts(few), few.stderr), ([140, 0, 40, 0, 0, 100], ""), "their descriptors are missing to nobody")
    check("has no address: " in found["host.example"] and found["127.0.0.1"] == "well", "and the others are told of", found)


def judged(site):
    """The agent's thresholds decide; where it has none, the default limits do."""
    site.write("proc/net/snmp", "Tcp: InSegs\nTcp: 10\n")
    site.write("proc/sys/net/netfilter/nf_conntrack_count", "970\n")
    site.write("proc/sys/net/netfilter/nf_conntrack_max", "1000\n")
    root = f"procRoot {site.folder}/proc\n"
    agent = serve(site, root)
    wanted = "critical healthConntrackUse 97.00 %, of the default limit > 95 %, and 1 more"
    wait_for("a line of the default limit", lambda: ask(site, ["127.0.0.1"])[1]["127.0.0.1"] == wanted)
    agent.end()
    agent = site.agent(root + "refreshInterval 0.1\nthreshold segments TcpInSegs value > 5 severity warning\n")
    wait_for("a line of the threshold alone", lambda: ask(site, ["127.0.0.1"])[1]["127.0.0.1"] == "warning segments")
    agent.end()
    agent = site.agent(root + "refreshInterval 0.1\nthreshold conntrack healthConntrackUse percent > 80 severity info\n"
                       "threshold segments TcpInSegs value > 5 severity info\n")
    lines = ("info conntrack: healthConntrackUse 97.00 %, and 1 more", "info segments, and 1 more")
    wait_for("a line of two thresholds", lambda: ask(site, ["127.0.0.1"])[1]["127.0.0.1"] in lines)
    agent.end()
    site.agent(root + "refreshInterval 0.1\nthreshold segments TcpInSegs value > 50 severity critical\n")
    done, found = ask(site, ["127.0.0.1"])
    check_equal((done.returncode, found["127.0.0.1"]), (0, "well"), "a host whose thresholds are not crossed is well")


WANTED = {
    "well": "well", "twice": "well", "late": "well", "critical": "critical disk, and 2 more", "info": "info talk", "zero": "warning a",
    "severity": "unknown answers with what is no health", "nameless": "unknown answers with what is no health",
    "types": "unknown answers with what is no health", "texts": "unknown answers with what is no health",
    "less": "unknown answers with what is no health", "none": "unknown answers with what is no health",
    "more": "unknown answers with what is no health", "others": "unknown answers with what is no health",
    "nulls": "unknown answers with what is no health", "absent": "unknown shows nothing", "young": "unknown its agent has no value",
    "denied": "unknown refuses the request: authorizationError", "big": "unknown refuses the request: (tooBig)",
    "error": "unknown refuses the request: Unknown Error", "id": "unknown does not answer, but for", "get": "unknown does not answer, but for",
    "trap": "unknown does not answer, but for", "report": "unknown ", "junk": "unknown does not answer, but for",
    "cut": "unknown does not answer, but for", "silent": "unknown does not answer", "escape": "warning \\x1b[2J\\x07\\xff" + 57 * "x",
}


def hostile(site):
    """What is no answer of an agent is told so, and harms no other host's line."""
    (site.folder / "persist/cert_indexes").mkdir(parents=True)  # the library speaks of folders that it makes
    check_equal(set(WANTED), set(answers.KINDS), "each kind of answer has what is wanted")
    ports = {kind: 2000 + i for i, kind in enumerate(sorted(WANTED))}
    held = subprocess.Popen(site.inside(sys.executable, "-B", harness.HERE / "answers.py", OBJECTS, *(f"{port}={kind}" for kind, port in ports.items())),
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with held:
        check_equal(held.stdout.readline(), "ready\n", "hosts answer")
        done, found = ask(site, [f"127.0.0.1:{port}" for port in ports.values()], *ONCE)
        held.stdin.close()
    check_equal((done.returncode, done.stderr), (2, ""), "nothing else is said")
    for kind, port in ports.items():
        line = found.get(f"127.0.0.1:{port}", "")
        check(line == WANTED[kind] if " " not in WANTED[kind] else line.startswith(WANTED[kind]), f"{kind}: {WANTED[kind]}", line)
    check(done.stdout.isprintable() or set(done.stdout) - {"\n"} <= set(map(chr, range(32, 127))), "nothing of it is an escape code", done.stdout)


def secure(site):
    """With SNMPv3 nobody waits for the engine ID of another; keys are those of snmp.conf as well."""
    serve(site)
    hosts, silent = addresses(60), addresses(20, [9])
    done, found = ask(site, [*silent, *hosts], *ONCE, how=V3)
    check_equal((done.returncode, counts(done)), (2, [80, 0, 20, 0, 0, 60]), "some answer, others do not")
    site.write("snmp.conf", 'defVersion 3\ndefSecurityName tester\ndefSecurityLevel authPriv\ndefAuthType SHA\ndefAuthPassphrase "authentic words"\n'
               'defPrivType AES\ndefPrivPassphrase "private words"\n')
    done, found = ask(site, [*hosts, "127.2.0.1 nowhere"], *ONCE, how=())
    check_equal({found[host] for host in hosts}, {"well"}, "snmp.conf has the user")
    check(found.get("127.2.0.1@nowhere", "").startswith("unknown "), "a host may have its own context", found)
    done, found = ask(site, hosts[:2], "-l", "noAuthNoPriv", "-u", "nobody", how=("-v3",))
    check_equal(set(found.values()), {"unknown refuses: Unknown user name"}, "an unknown user is refused")
    done, found = ask(site, hosts[:2], how=(*V3[:8], "wrong words", *V3[9:]))
    check(all(line.startswith("unknown refuses: Authentication failure") for line in found.values()), "and a wrong passphrase", found)


def copies(site):
    """Copies of a machine have one engine ID and clocks of their own: each is heard."""
    for port, boots in ((1001, 9), (1002, 3), (1003, 5)):
        conf = site.write(f"{port}.conf", f"exactEngineID 0x80001f880410203040\noldEngineID 0x80001f880410203040\nengineBoots {boots}\n"
                          + harness.SNMPD_CONF.format(master=site.folder / f"{port}.master") + harness.ALL)
        site.start(harness.Process, site.inside("snmpd", "-f", "-Lo", "-C", "-c", conf, f"udp:0.0.0.0:{port}"), site.folder / f"{port}.log")
        wait_for("it answers", lambda port=port: site.run("snmpget", *V3, "-Oqv", f"127.0.0.1:{port}", BOOTS).stdout.strip() == str(boots + 1))
    done, found = ask(site, addresses(60, [1001, 1002, 1003]), *ONCE, how=V3)
    check_equal((counts(done), len(found)), ([60, 0, 60, 0, 0, 0], 60), "there is no agent")
    check(all("shows nothing" in line for line in found.values()), "and each host says so", found)


def refused(site):
    """What cannot be is told before anybody is asked."""
    path = site.write("hosts", "127.0.0.1\n")
    os.chmod(path, 0o666)
    good = site.write("good", "127.0.0.1\n")
    for text, says in (("host a b\n", "line 1: behind"), ("a\nh\xf6st\n", "line 2: it has octets"), ("# none\n\n", "no host"), ("a\0b\n", "no text"),
                       ("h\x1b[2J\n", "line 1: it has octets"), ("a\n" * 20001, "line 20001: there are too many"), ("a" * 4194305, "too long")):
        bad = site.write("bad", text)
        done = site.run(SNMPNSTAT, *V2C, "-f", bad, "--health")
        check(done.returncode == 1 and not done.stdout and says in done.stderr and str(bad) in done.stderr, f"a file that is bad: {says}", done)
    for words, says in ((("-f", path, "--health"), "everybody may write"), (("-f", site.folder, "--health"), "a folder"), (("-f", "/no/such", "--health"), "No such"),
                        (("-f", good), "--health"), (("-f", good, "--health", "host"), "takes no 'host'"), (("-f", good, "--health", "-j"), "no other output"),
                        (("-f",), "'f'"), (("-f", good, "--health", "-v1"), "-v2c or -v3")):
        done = site.run(SNMPNSTAT, *V2C, *words)
        check(done.returncode == 1 and not done.stdout and says in done.stderr, f"{' '.join(map(str, words))}: {says}", done)


harness.main(thousand, ways, names, judged, hostile, secure, copies, refused)
