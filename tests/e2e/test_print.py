#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tcpextd --print prints what nstat -asz prints, and sockstat's words behind it; --print all prints the other files, too. All
without snmpd.
"""

import sys

import harness
import kernel
from harness import AGENT, Skip, check, check_equal, wait_for


def sockstat_lines(counters):
    return [f"{name:<32}{value:<16}{0:6.1f}" for name, value in counters.items() if name.startswith("Sockstat")]


def compare(site, what, conf, root):
    """The same proc root by both programs."""
    ours = site.run(AGENT, "-C", "-c", conf, "--print")
    theirs = site.run("nstat", "-asz", env={"PROC_ROOT": str(root)})
    check(ours.returncode == 0 and not ours.stderr, f"{what}: exit status 0", ours.stderr)
    lines = ours.stdout.splitlines()
    sockets = [line for line in lines if line.startswith("Sockstat")]
    rest = lines[:len(lines) - len(sockets)]
    different = [pair for pair in zip(rest, theirs.stdout.splitlines()) if pair[0] != pair[1]]
    check(rest == theirs.stdout.splitlines(), f"{what}: {len(rest) - 1} counters, line by line what nstat prints",
          (len(rest), len(theirs.stdout.splitlines()), different[:3]))
    check(lines[len(rest):] == sockets, f"{what}: sockstat's {len(sockets)} come behind them")
    compare_all(site, what, conf, root, lines)
    return sockets


def compare_all(site, what, conf, root, plain):
    """--print all has that and, behind it, the files that nstat does not read."""
    done = site.run(AGENT, "-C", "-c", conf, "--print", "all")
    check(done.returncode == 0 and not done.stderr, f"{what}: --print all ends with 0", done.stderr)
    lines = done.stdout.splitlines()
    names = [line.split()[0] for line in lines]
    check_equal(names[:len(plain)], [line.split()[0] for line in plain], f"{what}: --print all begins as --print does")
    counters = kernel.Counters(kernel.read_live(site) if root == "/proc" else kernel.read_texts(root))
    more = [name for name in counters if name not in counters.in_nstat and not name.startswith("Sockstat")]
    check_equal(names[len(plain):], more, f"{what}: and goes on with the {len(more)} of the other files")
    if root != "/proc":
        check_equal(lines[len(plain):], [f"{name:<32}{counters[name]:<16}{0:6.1f}" for name in more], f"{what}: and with their values")


def live(site):
    """A namespace that rests after some traffic."""
    site.run("ip", "link", "set", "lo", "mtu", "1500")
    site.run("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=0", "net.ipv4.ipfrag_time=1")
    site.run(sys.executable, harness.HERE / "traffic.py")
    wait_for("the lone fragments time out", lambda: kernel.Counters(kernel.read_live(site))["IpReasmTimeout"] == 3)
    sockets = compare(site, "live", site.write("tcpextd.conf", ""), "/proc")
    names = [line.split()[0] for line in sockets]
    check_equal(names, [line.split()[0] for line in sockstat_lines(kernel.Counters(kernel.read_live(site)))], "live: the words of sockstat")


def fixtures(site):
    """The project's fixtures, as proc roots of both."""
    folder = harness.SOURCE / "tests" / "fixtures"
    roots = sorted(root for root in folder.iterdir() if (root / "net").is_dir()) if folder.is_dir() else []
    if not roots:
        raise Skip(f"no fixtures in {folder}")
    for root in roots:
        sockets = compare(site, root.name, site.write("tcpextd.conf", f"procRoot {root}\n"), root)
        check_equal(sockets, sockstat_lines(kernel.Counters(kernel.read_texts(root))), f"{root.name}: the words and values of sockstat")


def broken(site):
    """What can be read is printed; the cause of the rest is on standard error, and the exit status is 1."""
    site.write("proc/net/snmp", "Ip: InReceives\nTcp: InSegs OutSegs\nTcp: 1 2\n")
    site.write("proc/net/snmp6", "Ip6InReceives\nUdp6NoPorts 3\n")
    site.write("proc/net/sockstat", "")
    done = site.run(AGENT, "-C", "-c", site.write("tcpextd.conf", f"procRoot {site.folder}/proc\n"), "--print")
    check_equal([line.split()[:2] for line in done.stdout.splitlines()],
                [["#kernel"], ["TcpInSegs", "1"], ["TcpOutSegs", "2"], ["Udp6NoPorts", "3"]], "what is whole is printed")
    causes = done.stderr.splitlines()
    check(done.returncode == 1 and len(causes) == 3 and all(line.startswith(f"tcpextd: {site.folder}/proc/net/") for line in causes)
          and all(word in line for word, line in zip(("Ip: the line", "Ip6InReceives", "it is empty"), causes)), "a cause for each file", causes)


def errors(site):
    """What cannot be printed: exit status 1 and one line."""
    site.write("bad/net/snmp", "Tcp: A B\nTcp: 1\n")
    site.write("wrong.conf", "refreshInterval often\n")
    cases = ((f"procRoot {site.folder}/none\n", "none/net/snmp"), (f"procRoot {site.folder}/bad\n", "bad/net/snmp: Tcp: "),
             ("refreshInterval often\n", "line 1: refreshInterval"))
    for conf, says in cases:
        done = site.run(AGENT, "-C", "-c", site.write("tcpextd.conf", conf), "--print")
        check(done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1 and says in done.stderr,
              f"'{conf.strip()}': exit status 1 and one line", done)
    with open("/dev/full", "w") as full:
        done = harness.subprocess.run(site.inside(AGENT, "-C", "--print"), stdout=full, stderr=harness.subprocess.PIPE, text=True)
    check(done.returncode == 1 and len(done.stderr.splitlines()) == 1, "nowhere to write: exit status 1 and one line", done)


harness.main(live, fixtures, broken, errors)
