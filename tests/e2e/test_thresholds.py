#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Thresholds of tcpextd.conf: they are crossed and cleared as what they watch goes up and down, and thresholdTable shows it."""

import re
import signal

import harness
from harness import AGENT, NO_INSTANCE, OBJECTS, Process, Value, check, check_equal, wait_for

ACTIVE, WORST, SEVERITY, SINCE = (f"{OBJECTS}.37.{i}.0" for i in range(1, 5))
TABLE = f"{OBJECTS}.38.1"
LABEL, OBJECT, KIND, DIRECTION, LIMIT, STATE, VALUE, VALUE32, SEVERE, BEGAN, CROSSINGS, CHANGED = range(4, 16)
UNKNOWN, NORMAL, CROSSED = 1, 2, 3
LISTENERS_ROWS = f"{OBJECTS}.1.13.1.3.8"  # kernelTableRows: not there while the agent does not hold the table

DEFAULTS = re.findall(r"^THRESHOLD\(", (harness.SOURCE / "mibs/health.def").read_text(), re.MULTILINE)

# In the namespace: connections of a program to itself; a listener that accepts nothing; and clients that it turns away.
CONNECTIONS = """
import socket, time
server = socket.create_server(("127.0.0.1", 4000))
held = []
for _ in range(5):
    held += [socket.create_connection(("127.0.0.1", 4000)), server.accept()[0]]
time.sleep(3600)
"""
LISTENER = """
import socket, time
server = socket.create_server(("127.0.0.1", 4001), backlog=1)
time.sleep(3600)
"""
CLIENTS = """
import socket, time
while True:
    held = [socket.socket() for _ in range(8)]
    for one in held:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", 4001))
    time.sleep(0.1)
"""


def at(column, name, row=""):
    """A cell. Of its index each text begins with its length; the context is empty."""
    index = "".join(f".{len(text)}" + "".join(f".{ord(c)}" for c in text) for text in ("", name, row))
    return f"{TABLE}.{column}{index}"


def cell(site, column, name, row=""):
    return site.get(at(column, name, row))[0].value


def wait_state(site, wanted, name, row=""):
    """None: there is no such row."""
    wait_for(lambda: f"'{name} {row}' is {wanted}, not {cell(site, STATE, name, row)}", lambda: cell(site, STATE, name, row) == wanted)
    check(True, f"'{name} {row}' is {('gone', 'unknown', 'normal', 'crossed')[wanted or 0]}")


def python(site, text):
    return site.start(Process, site.inside("python3", "-c", text), site.folder / "python.out")


def reload(site, agent, conf):
    """SIGHUP with a configuration that is good."""
    lines = len(agent.log())
    site.write("tcpextd.conf", harness.patience(conf) + conf)
    agent.send(signal.SIGHUP)
    wait_for(lambda: f"the configuration is read again; {agent.log()[lines:]}", lambda: "configuration read again" in agent.log()[lines:])


def counters(site):
    """A gauge and a rate of the namespace: crossed, and cleared."""
    site.snmpd()
    agent = site.agent("rateTime 1\nrefreshInterval 0.5\n"
                       "threshold estab TcpCurrEstab value > 3.5 severity critical\n"
                       "threshold opens TcpActiveOpens growth > 1K\n"
                       "threshold drops TcpExtListenDrops rate > 0.5 clear 0.1\n")
    wait_state(site, NORMAL, "estab")
    wait_state(site, NORMAL, "drops")
    check_equal(site.get(ACTIVE, WORST, SEVERITY, SINCE), [Value("Gauge32", 0)] + 3 * [NO_INSTANCE], "nothing is crossed")
    held = python(site, CONNECTIONS)
    wait_state(site, CROSSED, "estab")
    wait_for("all connections are there", lambda: cell(site, VALUE, "estab") == "10")
    names = [at(column, "estab") for column in (LABEL, OBJECT, KIND, DIRECTION, LIMIT, VALUE32, SEVERE, CROSSINGS)]
    check_equal([value.value for value in site.get(*names)], ["estab", "TcpCurrEstab", 1, 1, "3.5", 10, 3, 1], "its row")
    check_equal(site.get(ACTIVE, WORST, SEVERITY, SINCE)[:3], [Value("Gauge32", 1), Value("STRING", "estab"), Value("INTEGER", 3)],
                "the scalars tell of it")
    check_equal(cell(site, BEGAN, "estab"), site.get(SINCE)[0].value, "and since when")
    held.end()
    wait_state(site, NORMAL, "estab")
    check_equal((cell(site, CROSSINGS, "estab"), site.get(ACTIVE)[0].value), (1, 0), "it was crossed once, and is not any more")
    listener, clients = python(site, LISTENER), python(site, CLIENTS)
    wait_state(site, CROSSED, "drops")
    clients.end()
    listener.end()
    wait_state(site, NORMAL, "drops")
    check_equal([line for line in agent.log() if "threshold" in line], [], "nothing of it is in the log")


def listeners(site):
    """Rows of tcpListenTable, which is read though nobody asks for it: those that are full, and those that drop."""
    site.snmpd()
    conf = "tableInterval 1\ntableIdle 1\nthreshold queue tcpListenQueue percent > 80\nthreshold drops tcpListenDrops rate > 0.5 clear 0.1\n"
    agent = site.agent(conf)
    row = "127.0.0.1:4001"
    wait_state(site, NORMAL, "queue")
    wait_state(site, NORMAL, "drops")
    check_equal(cell(site, STATE, "queue", row), None, "no row before there is one")
    listener = python(site, LISTENER)
    clients = python(site, CLIENTS)
    wait_state(site, CROSSED, "queue", row)
    wait_state(site, CROSSED, "drops", row)
    check_equal((cell(site, STATE, "queue"), cell(site, VALUE, "queue")), (NORMAL, "0"), "no further row is crossed")
    check_equal(cell(site, VALUE, "queue", row), "100.00", "its queue is full")
    check_equal(cell(site, LABEL, "queue", row), f"queue {row}", "it says which row it is")
    wait_for("each row counts", lambda: site.get(ACTIVE)[0].value == 2)
    clients.end()
    wait_state(site, NORMAL, "drops", row)
    check_equal(cell(site, STATE, "queue", row), CROSSED, "the queue stays full")
    reload(site, agent, conf + "threshold more TcpInErrs growth > 1\n")
    check_equal((cell(site, STATE, "queue", row), cell(site, CROSSINGS, "queue", row)), (CROSSED, 1), "a reload keeps the states of rows")
    listener.end()
    wait_state(site, None, "queue", row)
    wait_state(site, None, "drops", row)
    check_equal(site.get(ACTIVE)[0].value, 0, "what is gone is not crossed")
    check(site.get(LISTENERS_ROWS)[0].value is not None, "the table is held")
    reload(site, agent, "tableInterval 1\ntableIdle 1\n")
    wait_for("the table is let go", lambda: site.get(LISTENERS_ROWS)[0] == NO_INSTANCE)
    check_equal(site.get(ACTIVE, at(STATE, "queue")), [NO_INSTANCE, NO_INSTANCE], "without thresholds there is nothing")


def snmp(site, established):
    site.write("proc/net/snmp", f"Tcp: MaxConn CurrEstab\nTcp: -1 {established}\n")


def states(site):
    """Over a proc root: SIGHUP keeps what stays, and a file that cannot be read makes unknown without clearing."""
    site.snmpd()
    snmp(site, 9)
    site.write("proc/net/netstat", "TcpExt: ListenDrops Turns\nTcpExt: 5 6\n")
    base = f"procRoot {site.folder}/proc\nrefreshInterval 0.2\nmaxAge 1\n"
    estab, turns = "threshold estab TcpCurrEstab value > 5 clear 2\n", "threshold turns TcpExtTurns value > 5\n"
    agent = site.agent(base + estab + turns + "threshold max TcpMaxConn value < 5\nthreshold absent SctpCurrEstab value < 5\n")
    wait_state(site, CROSSED, "estab")
    wait_state(site, CROSSED, "turns")  # a counter that the agent does not know, but this kernel prints
    wait_state(site, UNKNOWN, "max")  # -1 stands for no number
    wait_state(site, UNKNOWN, "absent")  # what is not there is not less than anything
    began = cell(site, BEGAN, "estab")
    snmp(site, 3)
    wait_for("the value is another one", lambda: cell(site, VALUE, "estab") == "3")
    reload(site, agent, base + estab.replace("\n", " every 5s severity info\n") + "threshold other TcpCurrEstab value > 2\n")
    wait_state(site, CROSSED, "other")
    check_equal((cell(site, STATE, "estab"), cell(site, BEGAN, "estab")), (CROSSED, began), "between clear and limit it stays crossed")
    check_equal((cell(site, STATE, "turns"), cell(site, STATE, "max")), (None, None), "those that were taken out are gone")
    reload(site, agent, base + estab.replace("> 5", "> 6"))
    wait_state(site, NORMAL, "estab")  # it begins anew with another limit
    snmp(site, 9)
    wait_state(site, CROSSED, "estab")
    (site.folder / "proc/net/snmp").unlink()
    wait_state(site, UNKNOWN, "estab")
    check_equal(site.get(at(VALUE, "estab"), ACTIVE, WORST), [NO_INSTANCE, Value("Gauge32", 1), Value("STRING", "estab")],
                "unknown: there is no value, and nothing is cleared")
    snmp(site, 3)
    wait_state(site, CROSSED, "estab")
    check_equal(cell(site, CROSSINGS, "estab"), 1, "it goes on as it was")
    snmp(site, 2)
    wait_state(site, NORMAL, "estab")
    reload(site, agent, base + estab + "no threshold estab\n")
    check_equal(site.get(ACTIVE), [NO_INSTANCE], "all are taken out")


class Grown:
    """Counters of a proc root that grow by so much with each call."""

    def __init__(self, site):
        self.site, self.opens, self.drops = site, 0, 0

    def by(self, opens, drops):
        self.opens += opens
        self.drops += drops
        self.site.write("proc/net/snmp", f"Tcp: PassiveOpens\nTcp: {self.opens}\n")
        self.site.write("proc/net/netstat", f"TcpExt: ListenDrops\nTcpExt: {self.drops}\n")
        return True


def health(site):
    """A value of health, over windows that finish: crossed, cleared, and unknown while too little happens."""
    site.snmpd()
    grown = Grown(site)
    grown.by(0, 0)
    state_of_value = f"{OBJECTS}.36.1.5.10"  # healthState of healthListenDrops
    site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 0.2\nhealthWindow 1\nthreshold defaults\n"
               "threshold listen-drops healthListenDrops percent > 50\n")
    wait_state(site, UNKNOWN, "listen-drops")
    check_equal(len(site.walk(f"{TABLE}.{STATE}")), len(DEFAULTS), "the default thresholds are there")
    wait_for("crossed", lambda: grown.by(10, 90) and cell(site, STATE, "listen-drops") == CROSSED)
    value = wait_for("it has the value of a window", lambda: grown.by(10, 90) and cell(site, VALUE, "listen-drops"))
    check(80 < float(value) < 100, f"{value} % of what came was dropped, as was made")
    wait_for("healthTable says so; another one is unknown", lambda: grown.by(10, 90) and
             site.get(state_of_value, f"{OBJECTS}.36.1.5.1") == [Value("INTEGER", 4), Value("INTEGER", 2)])
    check_equal(cell(site, STATE, "retransmissions"), UNKNOWN, "what this kernel does not count is unknown")
    wait_state(site, UNKNOWN, "listen-drops")
    check_equal(site.get(ACTIVE, WORST), [Value("Gauge32", 1), Value("STRING", "listen-drops")], "while nothing happens nothing is cleared")
    wait_for("cleared", lambda: grown.by(100, 0) and cell(site, STATE, "listen-drops") == NORMAL)
    wait_for("healthTable says so", lambda: grown.by(100, 0) and site.get(state_of_value) == [Value("INTEGER", 3)])
    check_equal((site.get(ACTIVE), cell(site, CROSSINGS, "listen-drops")), ([Value("Gauge32", 0)], 1), "it was crossed once")


def others(site):
    """What is no server does not mind thresholds; and a wrong name is told with the nearest one."""
    conf = "threshold estab TcpCurrEstab value > 3\nthreshold queue tcpListenQueue percent > 80\n"
    plain, watching = site.write("plain.conf", ""), site.write("watching.conf", conf)
    names = [[line.split()[0] for line in site.run(AGENT, "-C", "-c", path, "--print", "all").stdout.splitlines()]
             for path in (plain, watching)]
    check(names[0] == names[1] and len(names[0]) > 100, "--print prints the same")
    said = [site.run(AGENT, "-C", "-c", path, "-x", site.master, "--doctor").stdout.replace(str(path), "") for path in (plain, watching)]
    check(len(said[0].splitlines()) == len(said[1].splitlines()) > 5, "the doctor says as much", said)
    wrong = site.write("wrong.conf", "\nthreshold a tcpExtListenDrop growth > 3\n")
    for task in ((), ("--print",)):
        done = site.run(AGENT, "-f", "-C", "-c", wrong, "-x", site.master, *task)
        check(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and f"{wrong}: line 2: threshold a: " in done.stderr and
              "the nearest name is TcpExtListenDrops;" in done.stderr, "a name that nobody knows is refused", done.stderr)


if __name__ == "__main__":
    harness.main(counters, listeners, states, health, others)
