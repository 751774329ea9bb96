#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""snmpnstat prints by SNMP, line for line, what nstat prints on the host; and it says what is wrong where it cannot."""

import json
import os
import pathlib
import re
import socket
import stat
import sys
import threading

import harness
from harness import MIB2, OBJECTS, ROOT, V2C, V3, check, check_equal, wait_for
from test_namespaces import Names, send

SNMPNSTAT = pathlib.Path(os.environ.get("SNMPNSTAT", harness.AGENT.parent / "snmpnstat")).resolve()
ONE = "TcpExtListenDrops"
# tcpInSegs.0, tcpExtListenDrops.0, nstatValue."Ip6InReceives"
SHOWN = (f"{MIB2}.6.10.0", f"{OBJECTS}.8.24.0", f"{OBJECTS}.2.1.2.13." + ".".join(str(ord(c)) for c in "Ip6InReceives"))
VIEW_WITHOUT = harness.ALL + f"view seen excluded .{ROOT}\n"

SNMP = "Ip: Forwarding InReceives OutRequests\nIp: 1 {0} {1}\nTcp: RtoMin CurrEstab InSegs\nTcp: 200 {0} {0}\n"
NETSTAT = "TcpExt: SyncookiesSent ListenDrops NewOne\nTcpExt: {1} {0} {0}\n"


def client(site, *words, how=V2C, address=None, **more):
    return site.run(SNMPNSTAT, "-t10", *how, *words[:-1], address or site.address, *words[-1], **more)


def lines(done):
    return done.stdout.splitlines()


def state(site):
    folder = site.folder / ".local/state/snmpnstat"
    return sorted(folder.iterdir()) if folder.exists() else []


def is_same(ours, theirs):
    """nstat's JSON has 32 bits of a number, where the true one has 64."""
    def cut(match):
        return f"{match[1]}{int(match[2]) % 2 ** 32}"
    return ours == theirs or re.sub(r'(": ?)(\d{10,})', cut, ours) == theirs


def compare(site, what, options, root="/proc", env=None, patterns=()):
    """The same options for both programs."""
    theirs = site.run("nstat", *options, *patterns, env={"PROC_ROOT": str(root), **(env or {})})
    ours = client(site, *options, patterns)
    check(ours.returncode == 0 and not ours.stderr, f"{what} {' '.join(options)}: exit status 0", ours)
    different = [pair for pair in zip(lines(ours), lines(theirs)) if not is_same(*pair)]
    check(len(lines(ours)) == len(lines(theirs)) and not different, f"{what} {' '.join((*options, *patterns))}: {len(lines(theirs))} lines as nstat's",
          (len(lines(ours)), len(lines(theirs)), different[:3]))


def frozen(site):
    """Kernels old and new, as proc roots of both: with each option that says what to print."""
    site.snmpd()
    for name in ("2.6.32", "3.10", "6.1", "7.3", "quirk-future", "quirk-icmpmsg-wrapped", "quirk-no-ipv6"):
        root = harness.SOURCE / "tests/fixtures" / name
        agent = site.agent(f"procRoot {root}\n")
        for options in (("-as",), ("-asz",), ("-a", "-s", "-j"), ("-aszj",), ("-asjp",)):
            compare(site, name, options, root)
        compare(site, name, ("-asz",), root, patterns=("Tcp*", "Ip6In[A-D]*"))
        compare(site, name, ("-asz",), root, patterns=("TcpInSegs", "IpInReceives", ONE))
        compare(site, name, ("-asjp",), root, patterns=("NoSuch*",))
        agent.end()


def live(site):
    """A namespace that rests after some traffic."""
    site.run(sys.executable, harness.HERE / "traffic.py")
    site.snmpd()
    site.agent("refreshInterval 2\n")
    site.wait_readings(2)
    for options in (("-as",), ("-asz",), ("-asj",)):
        compare(site, "live", options)


def more(site):
    """A pattern finds the counters of files that nstat does not read; without one they are not shown."""
    site.snmpd()
    site.agent(f"procRoot {harness.SOURCE}/tests/fixtures/7.3\n")
    names = {line.split()[0] for line in lines(client(site, "-asz", ("Softnet*", "Sockstat*")))}
    check({"SoftnetDropped", "SockstatTcpInuse"} < names, "a pattern finds softnet's and sockstat's", names)
    check(names.isdisjoint(line.split()[0] for line in lines(client(site, "-asz", ()))[1:]), "and without it there are none of them")
    check_equal([line.split()[0] for line in lines(client(site, "-asz", ("SoftnetDropped", ONE, ONE)))], ["#kernel", ONE, "SoftnetDropped"],
                "names are found likewise, each once, in the order of nstatPosition")


def history(site):
    """Growth since the last time, by nstat's rules: what is not shown is not updated."""
    root = site.folder / "proc"
    env = {"NSTAT_HISTORY": str(site.folder / "nstat.history")}

    def write(*numbers):
        site.write("proc/net/snmp", SNMP.format(*numbers))
        site.write("proc/net/netstat", NETSTAT.format(*numbers))
        site.write("proc/net/snmp6", f"Ip6InReceives {numbers[0]}\n")

    write(10, 0)
    site.snmpd()
    agent = site.agent(f"procRoot {root}\nrefreshInterval 0.1\n")

    def step(what, numbers, options=(), patterns=()):
        with agent.held():
            write(*numbers)
        wait_for("the agent reads the new numbers", lambda: {value.value for value in site.get(*SHOWN)} == {numbers[0]})
        compare(site, what, options, root, env, patterns)

    step("the first time", (10, 0), patterns=(ONE,))
    check_equal([oct(path.stat().st_mode) for path in state(site)], [oct(stat.S_IFREG | 0o600)], "there is one file, of mode 0600")
    check_equal(oct(state(site)[0].parent.stat().st_mode & 0o777), oct(0o700), "in a folder of mode 0700")
    step("all later", (15, 3))
    step("one name", (20, 3), patterns=(ONE,))
    step("not updated", (25, 4), options=("-s",))
    step("with zeros", (30, 4), options=("-z",))
    step("ignored and updated", (40, 4), options=("-a",), patterns=("Ip*",))
    step("the rest", (50, 4))
    step("backwards", (45, 4), options=("-z",))
    step("a pattern", (60, 5), patterns=("TcpExt*",))
    step("after patterns, JSON", (70, 6), options=("-j",))
    step("history alone", (80, 7), options=("--nooutput",))
    step("after that", (90, 7))
    step("reset", (95, 7), options=("-r",))
    step("after the reset", (100, 7), options=("-rs",))
    step("and without history", (100, 7))


def aged(site):
    """A history from before the host's start counts no more; one from after it does."""
    site.snmpd()
    site.agent(f"procRoot {harness.SOURCE}/tests/fixtures/6.1\n")
    first = client(site, ())
    check(len(lines(first)) > 100 and not first.stderr, "the first time shows the counters", first.stderr)
    check_equal(lines(client(site, ())), ["#kernel"], "the second time shows no growth")
    os.utime(state(site)[0], (1, 1))
    again = client(site, ())
    check_equal((lines(again), again.stderr), (lines(first), "snmpnstat: history is aged out, resetting\n"), "one of 1970 is told of, and not used")
    check_equal(lines(client(site, (ONE,))), ["#kernel"], "and it is written anew")
    os.utime(state(site)[0], (1, 1))
    check_equal([line.split()[0] for line in lines(client(site, (ONE,)))], ["#kernel", ONE], "it is not used for a name either")
    check_equal(lines(client(site, ())), ["#kernel"], "and it is written whole then")


def rates(site):
    """The third column has the agent's mean rates, and - where it has none."""
    root = harness.SOURCE / "tests/fixtures/7.3"
    site.snmpd()
    agent = site.agent(f"procRoot {root}\nrateTime 3600\n")
    found = lines(client(site, "-asz", "--rates", ()))
    check({line[48:] for line in found[1:]} == {"     -"}, "before rateTime has passed there are none", found[:5])
    agent.end()
    site.agent(f"procRoot {root}\nrefreshInterval 0.1\nrateTime 1\n")
    theirs = [re.sub("^(.*CurrEstab.*)   0.0$", r"\1     -", line) for line in lines(site.run("nstat", "-asz", env={"PROC_ROOT": str(root)}))]
    wait_for("there are rates of all but gauges, and of what stands still they are 0.0",
             lambda: lines(client(site, "-asz", "--rates", ())) == theirs)
    check_equal({line[48:] for line in lines(client(site, "-aszd", "1", ("SockstatTcp*",)))[1:]}, {"     -"}, "a gauge has no rate; -d 1 is --rates")
    check_equal(lines(client(site, "-aszd5", (ONE,))), lines(client(site, "-asz", "--rates", (ONE,))), "and so is -d5")


def whose(site):
    """Each host, each context and each community has a history; what is not sound is not believed."""
    site.snmpd(more="com2secunix reader default other\nrouser tester authpriv -V seen extra\n")
    site.agent()
    for how in (V2C, ("-v2c", "-c", "other"), V3):
        check(client(site, (), how=how).returncode == 0, f"asked by {how[-1]}")
    names = [path.name for path in state(site)]
    check(len(names) == 3 and not any("public" in name or "other" in name for name in names), "three files, and no community in their names", names)
    path = next(path for path in state(site) if "+" not in path.name)
    path.write_text("TcpInSegs 5\n")
    done = client(site, (), how=V3)
    check(done.returncode == 1 and not done.stdout and "-r removes it" in done.stderr, "what is no history is refused", done)
    check(client(site, "-r", (), how=V3).returncode == 0, "-r does remove it")
    path.unlink()
    path.symlink_to(site.folder / "elsewhere")
    done = client(site, (), how=V3)
    check(done.returncode == 1 and "symbolic link" in done.stderr and not (site.folder / "elsewhere").exists(), "a link is not followed", done)
    done = client(site, "-as", (), env={"HOME": "", "XDG_STATE_HOME": ""})
    check(done.returncode == 0, "without history there need be no place for it", done.stderr)
    done = client(site, "-a", (), env={"HOME": "", "XDG_STATE_HOME": ""})
    check(done.returncode == 1 and "XDG_STATE_HOME" in done.stderr, "else it says where one could be", done)
    client(site, (), env={"XDG_STATE_HOME": str(site.folder / "state")})
    check((site.folder / "state/snmpnstat").is_dir(), "XDG_STATE_HOME is the place")


def packets(done):
    return done.stderr.count("Sending ")


def economy(site):
    """Names are asked for alone, in one PDU; the rest needs no walk of all objects."""
    site.snmpd()
    site.agent(f"procRoot {harness.SOURCE}/tests/fixtures/7.3\n")
    check_equal(packets(client(site, "-das", (ONE, "TcpInSegs"))), 1, "two names: one request")
    everything = client(site, "-das", ())
    check(packets(everything) < 25, f"all {len(lines(everything)) - 1}: {packets(everything)} requests")


class Between(threading.Thread):
    """Stands between client and snmpd, and lets each request pass only when there is a newer snapshot than for the last one."""

    def __init__(self, site):
        super().__init__(daemon=True)
        self.site = site
        self.path = site.folder / "between"
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.requests = 0

    def run(self):
        near, _ = self.listener.accept()
        far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        far.connect(str(self.site.snmp))
        before = 0
        while True:
            request = near.recv(65536)
            if not request:
                return
            wait_for("a new snapshot", lambda: (self.site.sequence() or 0) > before)
            self.requests += 1
            far.sendall(request)
            answer = far.recv(65536)
            before = self.site.sequence()  # that of the answer, or a newer one
            near.sendall(answer)


def instants(site):
    """All values are of one instant, or it says that they are not."""
    site.write("proc/net/netstat", netstat(1))
    site.snmpd()
    agent = site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 0.1\n")
    names = [f"TcpExtName{i}" for i in range(20)]
    between = Between(site)
    between.start()
    done = client(site, "-as", names, address=f"unix:{between.path}")
    check(done.returncode == 0 and len(lines(done)) == 21 and "not of one instant" in done.stderr, "it says so where each PDU has a newer snapshot", done)
    check_equal(between.requests, 10, "after five attempts of two PDUs")
    for number in range(2, 22):
        change = threading.Timer(0.001 * number, renew, (site, agent, number))
        change.start()
        done = client(site, "-as", ())
        change.join()
        values = {line.split()[1] for line in lines(done)[1:]}
        if len(values) != 1 and "not of one instant" not in done.stderr:
            check(False, "one number in all of an answer", (values, done.stderr))
            return
    check(True, "twenty answers while the numbers change: each has one number, or says that it has not")


def netstat(number):
    names = [f"Name{i}" for i in range(200)]
    return f"TcpExt: {' '.join(names)}\nTcpExt:{f' {number}' * len(names)}\n"


def renew(site, agent, number):
    with agent.held():
        site.write("proc/net/netstat", netstat(number))


HOLD = """\
import socket, sys
held = []
def add(family, kind, address, backlog=None):
    one = socket.socket(family, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.bind(address)
    one.listen(backlog) if backlog is not None else None
    held.append(one)
    return one
add(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 8080), 1)
add(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 8081), 5)
for port in range(9001, 9061):
    add(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.2", port), 7)
add(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 5353))
for i in range(4):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", 8080))
    held.append(client)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(50):
    sender.sendto(bytes(100), ("127.0.0.1", 5353))
sender.close()
print("ready", flush=True)
sys.stdin.read()
"""


def by_ss(site, *options):
    """Local address, Recv-Q and Send-Q of each socket."""
    return {words[3]: words[1:3] for words in map(str.split, site.run("ss", "-Hn", *options).stdout.splitlines())}


def by_client(site, *words):
    rows = [line.split() for line in lines(client(site, *words, ()))[1:]]
    return {row[6]: row[2:4] for row in rows}, {row[6]: row for row in rows}


def queues(site):
    """Listeners and UDP sockets have the queues that ss shows on the host, and tell what was lost."""
    site.snmpd()
    site.agent("tableInterval 1\n")
    held = harness.subprocess.Popen(site.inside(sys.executable, "-c", HOLD), stdin=harness.subprocess.PIPE, stdout=harness.subprocess.PIPE)
    site.processes.append(HeldProcess(held))
    held.stdout.readline()
    wait_for("--listeners has what ss has", lambda: by_client(site, "--listeners")[0] == by_ss(site, "-tl"))
    found, rows = by_client(site, "--listeners")
    check(len(found) > 61 and rows["127.0.0.1:8080"][:5] == ["tcp", "LISTEN", "2", "1", "100.00"], f"{len(found)} listeners, one of them full", rows)
    wait_for("its drops are counted", lambda: int(by_client(site, "--listeners")[1]["127.0.0.1:8080"][5]) > 0)
    # snmpd opens sockets of its own now and then.
    wait_for("--sockets has what ss has", lambda: by_client(site, "--sockets")[0] == by_ss(site, "-ua"))
    row = by_client(site, "--sockets")[1]["127.0.0.1:5353"]
    check(row[0] == "udp" and int(row[5]) > 0, "the UDP socket tells that it lost datagrams", row)
    both = lines(client(site, "--listeners", "--sockets", ("127.0.0.1:8080", "*:5353")))
    check_equal([line.split()[0] for line in both], ["Netid", "tcp", "udp"], "both, by patterns")


class HeldProcess:
    """What a site ends at its end."""

    def __init__(self, popen):
        self.popen = popen

    def kill(self):
        self.popen.kill()
        self.popen.wait()
        self.popen.stdin.close()
        self.popen.stdout.close()


def health(site):
    """Values of health with their words, and the thresholds that are crossed."""
    site.snmpd()
    agent = site.agent("refreshInterval 0.1\n")
    done = client(site, "--health", ())
    check(re.match(r"Of \d+ values \d+ are above 0", lines(done)[-1]) and "crossed" not in done.stdout, "without thresholds there is none crossed", done)
    done = client(site, "--health", "-z", ("healthRetransData",))
    check(lines(done)[0] == "healthRetransData: not known" and lines(done)[-1] == "Of 1 values 0 are above 0, and 1 are not known.",
          "what is not known is not 0", done)
    done = client(site, "--health", "-z", ("healthTimeWaitUse",))
    check_equal(lines(done)[0], "healthTimeWaitUse: 0.00 %", "what is 0 is shown with -z")
    agent.end()
    site.write("proc/net/snmp", SNMP.format(10, 0))
    site.agent(f"refreshInterval 0.1\nprocRoot {site.folder}/proc\nthreshold segments TcpInSegs value > 5 severity critical\n")
    wait_for("the threshold is told of", lambda: lines(client(site, "--health", ()))[0]
             == "Thresholds that are crossed: 1; the worst: segments (critical)")


def namespaces(site):
    """A line for each namespace, the worst first, with its context; without a threshold nobody judges."""
    with Names(site) as names:
        site.snmpd()
        agent = site.agent(f"namespace {names['*']}\nthreshold ports UdpNoPorts value > 10 severity critical\nrefreshInterval 0.1\n")
        check_equal([line.split()[:4] for line in lines(client(site, "--namespaces", ()))], [["Context", "Name", "Kind", "Health"]], "none yet")
        good, bad = names.add("good", 5), names.add("bad", 5)

        def shown(*words):
            return [line.split() for line in lines(client(site, "--namespaces", *words, ()))[1:]]

        wait_for(lambda: f"both are well: {shown()}", lambda: sorted(row[:6] for row in shown()) ==
                 [[one, one, "named", "well", "0", "-"] for one in sorted((good, bad))])
        send(bad, 10)
        wait_for(lambda: f"the worst is first: {shown()}", lambda: [row[:6] for row in shown()] ==
                 [[bad, bad, "named", "critical", "1", "ports"], [good, good, "named", "well", "0", "-"]])
        check(float(shown()[0][-1]) < harness.DEADLINE, "its age is in seconds", shown())
        found = json.loads(client(site, "--namespaces", "-j", ()).stdout)["namespaces"]
        check_equal([(row["context"], row["kind"], row["health"], row["crossed"], row["worst"]) for row in found],
                    [(bad, "named", "critical", 1, "ports"), (good, "named", "well", 0, None)], "JSON has the same")
        check_equal([row["name"] for row in json.loads(client(site, "--namespaces", "-jp", (names["g*"],)).stdout)["namespaces"]], [good],
                    "by a pattern")
        agent.end()
        site.agent(f"namespace {names['*']}\n")
        wait_for(lambda: f"nobody judges: {shown()}", lambda: [row[3:6] for row in shown()] == [["-", "-", "-"]] * 2)


def options(site):
    """Letters that nstat and net-snmp both have; what is wrong is told in a line."""
    site.snmpd()
    site.agent()
    wanted = lines(client(site, "-asz", (ONE,)))
    for words in (("-a", "-z", "-s"), ("--ignore", "--zeros", "--noupdate"), ("-zsa",), ("-az", "-r", "2", "-s"), ("-azsr2",)):
        check_equal(lines(client(site, *words, (ONE,))), wanted, f"{' '.join(words)} is as -asz")
    done = site.run(SNMPNSTAT, site.address, ONE, "-asz", *V2C)
    check_equal(lines(done), wanted, "options may come last")
    check_equal(lines(site.run(SNMPNSTAT, *V2C, "-asz", "--", site.address, ONE)), wanted, "none comes behind --")
    check_equal(lines(client(site, "-asz", (ONE,), how=V3)), wanted, "-a with a hash behind it is net-snmp's")
    site.write("snmp.conf", "defVersion 2c\ndefCommunity public\n")
    check_equal(lines(site.run(SNMPNSTAT, "-asz", site.address, ONE)), wanted, "snmp.conf has the community")
    (site.folder / "snmp.conf").unlink()
    json.loads(client(site, "-asj", ()).stdout)
    for word, says in (("-h", "Usage: snmpnstat"), ("--help", "--zeros"), ("-V", "snmpnstat "), ("--version", "net-snmp")):
        done = site.run(SNMPNSTAT, word)
        check(done.returncode == 0 and says in done.stdout and not done.stderr, f"{word} is answered", done)
    for words, says in ((("-q", "host"), "'q'"), (("--zero", "host"), "'--zero'"), ((), "host"), (("-v",), "'v'"), (("-v9", "host"), "9"),
                        (("--watch", "0", "host"), "0.1 to 86400"), (("--watch", "host", "--health"), "beside '--watch'"),
                        (("-f", "hosts", "--health", "--namespaces"), "no other output")):
        done = site.run(SNMPNSTAT, *words)
        check(done.returncode == 1 and not done.stdout and says in done.stderr and "snmpnstat -h" in done.stderr, f"{words} is refused", done)


def explained(site):
    """--explain asks no host; of what is not known here it says so."""
    known = site.run(SNMPNSTAT, "--explain", ONE)
    check(known.returncode == 0 and ONE in known.stdout and not known.stderr, "a counter", known)
    done = site.run(SNMPNSTAT, "--explain", "TcpExtNorThis", ONE)
    check_equal((done.returncode, done.stdout), (1, known.stdout), "one that is not known, and one that is")
    check("TcpExtNorThis is not known here" in done.stderr, "it says which one", done.stderr)
    done = site.run(SNMPNSTAT, "--explain")
    check(done.returncode == 1 and "give a counter" in done.stderr, "none", done)
    done = site.run("sh", "-c", 'exec "$@" >/dev/full', "sh", SNMPNSTAT, "--explain", ONE)
    check(done.returncode == 1 and "standard output cannot be written" in done.stderr, "a full disk is told of", done)


def says(site, what, text, *words, **more):
    done = client(site, "-as", *words, **more)
    check(done.returncode == 1 and lines(done) in ([], ["#kernel"]) and text in done.stderr and len(done.stderr.splitlines()) == 1, f"{what}: {text}", done)


def errors(site):
    """Each failure has a sentence that says what to do."""
    snmpd = site.snmpd()
    says(site, "no agent", "no tcpextd is connected", ())
    for word in ("--health", "--listeners", "--sockets", "--namespaces"):
        says(site, f"no agent, {word}", "no tcpextd is connected", word, ())
    says(site, "no agent, a name", "tcpextd --doctor", (ONE,))
    agent = site.agent("refreshInterval 0.1\nmaxAge 0.5\n" f"procRoot {site.folder}/proc\n", wait=False)
    wait_for("the agent is connected", lambda: site.sequence() is not None)
    says(site, "no counters", "no counters that are fresh", ())
    agent.end()
    agent = site.agent()
    says(site, "an unknown counter", "has no counter TcpExtListenDrop", ("TcpExtListenDrop",))
    says(site, "a setting", "has no counter IpForwarding", ("IpForwarding",))
    says(site, "SNMPv1", "-v2c or -v3", (), how=("-v1", "-c", "public"))
    says(site, "a wrong community", "does not know the community", "-t1", "-r0", (), how=("-v2c", "-c", "wrong"))
    says(site, "an unknown user", "Unknown user name", (), how=("-v3", "-l", "noAuthNoPriv", "-u", "nobody"))
    with open("/dev/full", "w") as full:
        done = harness.subprocess.run(site.inside(SNMPNSTAT, *V2C, "-as", site.address), stdout=full, stderr=harness.subprocess.PIPE,
                                      text=True, env=site.environment)
    check(done.returncode == 1 and "standard output cannot be written" in done.stderr, "a full disk is told of", done)
    done = site.run("sh", "-c", 'exec "$@" >&-', "sh", SNMPNSTAT, *V2C, "-as", site.address)
    check(done.returncode == 1 and "Bad file descriptor" in done.stderr, "output that is closed is no socket of the client", done)
    done = client(site, (), address="unix:/no/such/socket")
    check(done.returncode == 1 and not done.stdout and done.stderr, "a host that is not there is told of", done)
    agent.end()
    snmpd.end()
    site.snmpd(seen=VIEW_WITHOUT)
    site.agent(wait=False).wait_log("connected")
    says(site, "the view leaves it out", "view of this community leaves it out", ())


harness.main(frozen, live, more, history, aged, rates, whose, economy, instants, queues, health, namespaces, options, explained, errors)
