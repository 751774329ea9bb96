# SPDX-License-Identifier: BSD-2-Clause
"""What the end-to-end tests share: a place to run in, snmpd, the agent, the net-snmp tools, and the counting of checks.

A Site is a temporary folder and a network namespace of its own. Whatever runs there is ended by its process id, and both go
when the site closes: at the end, at an exception, at SIGTERM and SIGINT. A test waits for conditions, with a deadline; it
never takes the passing of time for a proof.
"""

import collections
import contextlib
import ctypes
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("top_srcdir", HERE.parent.parent)).resolve()
BUILD = pathlib.Path(os.environ.get("top_builddir", SOURCE)).resolve()
AGENT = pathlib.Path(os.environ.get("TCPEXTD", BUILD / "tcpextd")).resolve()
SLOW = AGENT.parent / "tests/e2e/slow.so"
ROOT = os.environ.get("MIB_ROOT", "1.3.6.1.4.1.8072.9999.9999.1213")
OBJECTS = ROOT + ".1"
SEQUENCE, AGE, TIME, INTERVAL, MAX_AGE, COST, FAILURES, LAST_FAILURE, KNOWN, UNKNOWN, VERSION, DISCONTINUITY = (
    f"{OBJECTS}.1.{i}.0" for i in range(1, 13))
MIB2 = "1.3.6.1.2.1"
SCALARS_OF = {4: 23, 5: 26, 6: 18, 7: 9}  # group of mib-2 to its last scalar of ours; what comes behind is snmpd's

SEED = os.environ.get("SEED", "1")  # of what tests choose; the same each time, so that what fails is what was changed
DEADLINE = 30  # seconds that a condition may take on a busy machine
PATH = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
GRACE = float(os.environ.get("GRACE", "0"))  # seconds in which what a test leaves behind may end by itself
TOOLS = ("ip", "nstat", "snmpd", "snmpget", "snmpgetnext", "snmpwalk", "snmpbulkget", "snmpbulkwalk", "snmpset")

V1 = ("-v1", "-c", "public")
V2C = ("-v2c", "-c", "public")
V3 = ("-v3", "-l", "authPriv", "-u", "tester", "-a", "SHA", "-A", "authentic words", "-x", "AES", "-X", "private words")


class Failure(Exception):
    """A case cannot go on: something that it needs did not happen."""


class Skip(Exception):
    """A case cannot run here, and why."""


# --- Counting -----------------------------------------------------------------------------------------------------------------

tally = collections.Counter()
reasons = []  # of what was skipped


def check(good, what, detail=""):
    """One thing that could be false. Prints it, counts it, and goes on either way."""
    tally["passed" if good else "failed"] += 1
    print(f"  {'ok  ' if good else 'FAIL'} {what}" + ("" if good or detail == "" else f": {detail}"), flush=True)
    return good


def check_equal(found, wanted, what):
    """The same for two values; dictionaries say where they differ."""
    if found == wanted:
        return check(True, what)
    if isinstance(found, dict) and isinstance(wanted, dict):
        return check(False, what, differences(found, wanted))
    return check(False, what, f"found {found!r}, wanted {wanted!r}")


def differences(found, wanted):
    missing = [key for key in wanted if key not in found]
    extra = [key for key in found if key not in wanted]
    other = [f"{key} is {found[key]}, not {wanted[key]}" for key in wanted if key in found and found[key] != wanted[key]]
    return (f"{len(missing)} missing {missing[:5]}, {len(extra)} too many {extra[:5]}, "
            f"{len(other)} different {other[:5]}")


def skip(why):
    tally["skipped"] += 1
    reasons.append(str(why))
    print(f"  skip {why}", flush=True)


def paired(some, others):
    """zip() of lists that must be equally long; its strict=True came after Python 3.9."""
    if len(some) != len(others):
        raise Failure(f"{len(some)} and {len(others)} do not make pairs: {some[:5]}, {others[:5]}")
    return zip(some, others)


def wait_for(what, condition, seconds=DEADLINE, pause=0.02):
    """Polls until the condition gives something true, and returns that. what may be a function, to be asked at the end."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"after {seconds} s still not: {what() if callable(what) else what}")
        time.sleep(pause)


# --- Running the cases --------------------------------------------------------------------------------------------------------

def missing():
    """Why nothing can run here, or None."""
    if os.geteuid() != 0:
        return "needs root, for a network namespace"
    absent = [tool for tool in TOOLS if shutil.which(tool, path=PATH) is None]
    if absent:
        return "needs " + ", ".join(absent) + " (Debian: iproute2 snmp snmpd)"
    if not os.access(AGENT, os.X_OK):
        return f"needs the agent, and {AGENT} is none; build it or set TCPEXTD"
    return no_namespace()


def no_namespace():
    """Why no network namespace can be made and entered here, or None. A chroot whose / is no mount point has the first alone."""
    probe = f"tcx-probe-{os.getpid()}"
    for argv in (["add", probe], ["exec", probe, "true"]):
        done = subprocess.run(["ip", "netns", *argv], capture_output=True, text=True)
        if done.returncode:
            break
    subprocess.run(["ip", "netns", "del", probe], capture_output=True)
    return f"needs network namespaces: {done.stderr.strip()}" if done.returncode else None


def leave(number, frame):
    """A signal becomes an exception once; from then on only the cleaning up matters."""
    for other in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def run_case(case):
    print(f"{case.__name__}: {case.__doc__ or ''}".rstrip(), flush=True)
    try:
        with Site(case.__name__) as site:
            case(site)
    except Skip as why:
        skip(why)
    except Failure as error:
        check(False, f"{case.__name__} goes through", error)
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        check(False, f"{case.__name__} goes through", f"{type(error).__name__}: {error}")


def main(*cases):
    """Runs each case in a site of its own and ends the program as automake wants it."""
    os.environ["PATH"] = PATH
    why = missing()
    if why:
        print(f"skipped: {why}")
        sys.exit(77)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    wanted = sys.argv[1:]
    for case in cases:
        if not wanted or case.__name__ in wanted:
            run_case(case)
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    if not tally["passed"] + tally["failed"]:
        print(f"skipped: {'; '.join(dict.fromkeys(reasons))}")
    sys.exit(1 if tally["failed"] else 0 if tally["passed"] else 77)


# --- Answers of the tools -----------------------------------------------------------------------------------------------------

class Value(collections.namedtuple("Value", "syntax value")):
    """A number for the numeric syntaxes, else text; for what is not there the syntax alone tells."""

    def __str__(self):
        return f"{self.syntax} {self.value}"


NO_INSTANCE = Value("noSuchInstance", None)
NO_OBJECT = Value("noSuchObject", None)
END_OF_VIEW = Value("endOfMibView", None)
ABSENT = {"No Such Instance": NO_INSTANCE, "No Such Object": NO_OBJECT, "No more variables": END_OF_VIEW}
NUMBERS = ("Counter32", "Counter64", "Gauge32", "INTEGER")


def key(oid):
    """What OIDs are sorted by."""
    return tuple(int(part) for part in oid.strip(".").split("."))


def parse_value(text):
    for begin, value in ABSENT.items():
        if text.startswith(begin):
            return value
    if text == '""':
        return Value("STRING", "")
    syntax, _, rest = text.partition(": ")
    if syntax in NUMBERS:
        return Value(syntax, int(rest))
    if syntax == "Timeticks":
        return Value(syntax, int(rest[1:rest.index(")")]))
    if syntax == "STRING":
        return Value(syntax, re.sub(r"\\(.)", r"\1", rest.strip('"')))
    if syntax == "OID":
        return Value(syntax, rest.strip("."))
    return Value(syntax, " ".join(rest.split()))  # hexadecimal is in lines of 16


def parse_answer(text):
    """The varbinds of an output with -On, in their order."""
    varbinds = []
    for line in text.splitlines():
        match = re.match(r"\.([\d.]+) = ?(.*)", line)
        if match:
            varbinds.append([match[1], match[2]])
        elif varbinds and line:
            varbinds[-1][1] += "\n" + line
    return [(oid, parse_value(value)) for oid, value in varbinds]


def is_counter(oid):
    """An object of the agent's that shows a counter: not one of the snapshot group, not a text nor what comes after a minute, not
    a table of sockets or of snmpd's."""
    parts = key(oid)
    if oid.startswith(MIB2 + "."):
        return len(parts) == 9 and parts[8] == 0 and parts[7] <= SCALARS_OF[parts[6]]
    own = parts[len(key(OBJECTS)):]
    return (1 < own[0] < 18 or 21 <= own[0] < 30) and not (own[:2] == (2, 1) and own[2] in (5, 9, 10, 11))


# --- Processes ----------------------------------------------------------------------------------------------------------------

def die_with_parent():
    """In the child: whatever happens to the test, its processes do not outlive it."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A program in the background, with its output in a file."""

    def __init__(self, argv, output, **popen):
        self.output = pathlib.Path(output)
        with open(output, "ab") as sink:
            self.popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                                          preexec_fn=die_with_parent, **popen)
        self.pid = self.popen.pid

    def alive(self):
        return self.popen.poll() is None

    def descriptors(self):
        """How many it has open. A file that is read just now has one for a moment."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def send(self, number):
        if self.alive():
            self.popen.send_signal(number)

    def wait(self, seconds=DEADLINE):
        """The exit status."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.popen.args[-1]} (process {self.pid}) does not end") from None

    def end(self, number=signal.SIGTERM):
        self.send(number)
        return self.wait()

    def kill(self):
        self.send(signal.SIGCONT)
        return self.end(signal.SIGKILL)


def may_end(process):
    """A moment before it is killed, so that it leaves what it counts at its end."""
    if GRACE and isinstance(process, Process):
        process.send(signal.SIGCONT)
        process.send(signal.SIGTERM)
        with contextlib.suppress(Failure):
            process.wait(GRACE)


def has_sanitizer(process):
    """Freed memory waits in a quarantine then, so that counting it tells nothing; the sanitizer itself looks for leaks."""
    return "libasan" in pathlib.Path(f"/proc/{process.pid}/maps").read_text()


def private_kib(process):
    """What is the process's own: heap, stacks and written data, but no pages of files."""
    rollup = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(re.search(r"^Anonymous:\s+(\d+) kB", rollup, re.MULTILINE)[1])


class Agent(Process):
    """tcpextd, with a log of its own: lines of one that ran before are none of this one's."""

    def __init__(self, argv, folder, **popen):
        self.log_file = folder / "tcpextd.log"
        self.log_file.unlink(missing_ok=True)
        super().__init__(argv, folder / "tcpextd.out", **popen)

    def log(self):
        """Its lines."""
        return self.log_file.read_text().splitlines() if self.log_file.exists() else []

    def wait_log(self, pattern, seconds=DEADLINE):
        return wait_for(lambda: f"a line like '{pattern}' in the log, which is {self.log()}",
                        lambda: [line for line in self.log() if re.search(pattern, line)], seconds)

    @contextlib.contextmanager
    def held(self):
        """Stops it between two system calls, so that what it reads changes all at once."""
        def is_stopped():
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # a thread has just ended
                states = [stat.read_text().rpartition(")")[2].split()[0] for stat in pathlib.Path(f"/proc/{self.pid}/task").glob("*/stat")]
                return set(states) == {"T"}

        self.send(signal.SIGSTOP)
        try:
            wait_for("the agent stops", is_stopped)
            yield
        finally:
            self.send(signal.SIGCONT)

    def said(self):
        """What it wrote to standard output and error."""
        return self.output.read_text().splitlines()


class SlowFile:
    """A file that takes as long to open as the test wants, for programs that are started under this one's prefix."""

    def __init__(self, site, path):
        if not SLOW.exists():
            raise Skip(f"needs {SLOW}, which `make check` builds")
        self.path = path
        gate = site.folder / f"{path.name}-gate"
        self.gate = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        gate.unlink(missing_ok=True)
        self.gate.bind(str(gate))
        self.gate.listen()
        self.gate.setblocking(False)
        self.reader = None
        # AddressSanitizer wants to be loaded first, and need not be.
        self.prefix = ("/usr/bin/env", f"LD_PRELOAD={SLOW}", f"TCX_SLOW_FILE={path}", f"TCX_SLOW_SOCKET={gate}",
                       f"ASAN_OPTIONS={site.environment['ASAN_OPTIONS']}:verify_asan_link_order=0")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gate.close()
        if self.reader is not None:
            self.reader.close()

    def is_being_read(self):
        """Whether somebody waits to open it."""
        if self.reader is None:
            with contextlib.suppress(BlockingIOError):
                self.reader, _ = self.gate.accept()
        return self.reader is not None

    def let_go(self):
        """Lets it be opened; the next one waits again."""
        self.reader.close()
        self.reader = None

    def feed(self, text):
        """Writes what it holds and lets it be read."""
        self.path.write_text(text)
        self.let_go()


# --- The site -----------------------------------------------------------------------------------------------------------------

# Community public sees what view "seen" has, whatever transport a request comes by.
SNMPD_CONF = """\
master agentx
agentXSocket {master}
agentXTimeout 15
createUser tester SHA "authentic words" AES "private words"
rouser tester authpriv
com2sec reader default public
com2secunix reader default public
group readers v1 reader
group readers v2c reader
access readers "" any noauth exact seen seen none
"""
ALL = "view seen included .1\n"
SANITIZERS = ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")


def patience(conf):
    """How long the agent waits for an answer of the master, which must be less than agentXPingInterval."""
    if "agentXPingInterval" in conf:
        return "agentXTimeout 2\nagentXRetries 0\n"
    return "agentXTimeout 15\nagentXRetries 0\nagentXPingInterval 16\n"


class Site:
    """A temporary folder and a network namespace, with what runs in them."""

    udp = ("udp:127.0.0.1:161",)  # where snmpd listens, too

    def __init__(self, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"tcx-{name}-"))
        self.netns = f"tcx-{os.getpid()}-{random.randrange(16 ** 6):06x}"
        self.master = self.folder / "master"
        self.snmp = self.folder / "snmp"
        self.address = f"unix:{self.snmp}"
        self.processes = []
        self.environment = dict(os.environ, LC_ALL="C", MIBS="", SNMPCONFPATH=str(self.folder), HOME=str(self.folder),
                                SNMP_PERSISTENT_DIR=str(self.folder / "persist"))
        self.reports = self.folder / "reports"  # of sanitizers, also of a process that lives on or has no terminal
        for name in SANITIZERS:
            self.environment[name] = ":".join(filter(None, (os.environ.get(name), f"log_path={self.reports}/of")))

    def __enter__(self):
        try:
            self.folder.chmod(0o755)
            self.reports.mkdir()
            self.reports.chmod(0o1777)  # some agents are another user
            subprocess.run(["ip", "netns", "add", self.netns], check=True)
            subprocess.run(["ip", "-n", self.netns, "link", "set", "lo", "up"], check=True)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        with blocked_signals():
            self.close()

    def close(self):
        """Ends and removes all, and looks whether that is so."""
        for process in reversed(self.processes):
            may_end(process)
            process.kill()
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + DEADLINE
        while self.pids() and time.monotonic() < deadline:
            time.sleep(0.02)
        left = self.pids()
        for report in sorted(self.reports.glob("of.*")):
            check(False, "no sanitizer reports anything", report.read_text())
        if self.has_netns():
            subprocess.run(["ip", "netns", "del", self.netns])
        shutil.rmtree(self.folder, ignore_errors=True)
        if left or self.has_netns() or self.folder.exists():
            check(False, "nothing is left behind", f"processes {left}, {self.netns}, {self.folder}")

    def has_netns(self):
        return os.path.exists(f"/run/netns/{self.netns}")

    def pids(self):
        """Every process in the namespace; they are all ours."""
        if not self.has_netns():
            return []
        found = subprocess.run(["ip", "netns", "pids", self.netns], capture_output=True, text=True).stdout
        return [int(pid) for pid in found.split()]

    def inside(self, *argv):
        """A command line that runs in the namespace."""
        return ["ip", "netns", "exec", self.netns, *map(str, argv)]

    def socket(self, kind):
        """A socket of the namespace, for this program, which is elsewhere."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net") as ours, open(f"/run/netns/{self.netns}") as theirs:
            if libc.setns(theirs.fileno(), 0) != 0:
                raise Failure(f"{self.netns} cannot be entered: {os.strerror(ctypes.get_errno())}")
            try:
                return socket.socket(socket.AF_INET, kind)
            finally:
                libc.setns(ours.fileno(), 0)

    def run(self, *argv, env=None, timeout=DEADLINE):
        """Runs a program in the namespace to its end."""
        return subprocess.run(self.inside(*argv), capture_output=True, text=True, timeout=timeout,
                              env={**self.environment, **(env or {})})

    def write(self, name, text):
        """Puts a file there whole, as what the kernel shows is: nobody reads half of it, or it with the tail of the one before."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text)
        beside.replace(path)
        return path

    # Daemons

    def start(self, kind, argv, *arguments, **popen):
        process = kind(argv, *arguments, env=self.environment, **popen)
        self.processes.append(process)
        return process

    def snmpd(self, seen=ALL, more="", whole=None, options=(), under=()):
        """Starts snmpd, with the usual configuration or with a whole one, and waits until it listens. under are the words of a program
        that runs it."""
        usual = SNMPD_CONF.format(master=self.master) + seen + more
        conf = self.write("snmpd.conf", usual if whole is None else whole)
        for path in (self.snmp, self.master):
            path.unlink(missing_ok=True)
        process = self.start(Process, self.inside(*under, "snmpd", "-f", "-Lo", "-C", "-c", conf, *options, self.address,
                                                  *self.udp), self.folder / "snmpd.log")
        wait_for(f"snmpd listens on {self.snmp} and {self.master}",
                 lambda: not process.alive() or (connects(self.snmp) and connects(self.master)))
        if not process.alive():
            raise Failure(f"snmpd ended: {process.output.read_text()}")
        return process

    def agent(self, conf="", options=(), wait=True, under=()):
        """Starts tcpextd with this configuration and waits until snmpd serves its objects. It is patient with a busy machine.
        under are the words of a program that runs it."""
        path = self.write("tcpextd.conf", patience(conf) + conf)
        agent = self.start(Agent, self.inside(*under, AGENT, "-f", "-C", "-c", path, "-x", self.master,
                                              "-Lf", self.folder / "tcpextd.log", *options), self.folder)
        if wait:
            self.wait_served(agent)
        return agent

    def sequence(self, how=V2C):
        """snapshotSequence, or None while nobody answers for it."""
        with contextlib.suppress(Failure):
            return self.get(SEQUENCE, how=how, patience=("-t1", "-r0"))[0].value
        return None

    def wait_readings(self, count=1):
        """So many more than there are now."""
        sequence = wait_for("snapshotSequence is answered", self.sequence)
        wait_for(f"{count} more readings", lambda: (self.sequence() or 0) >= sequence + count)

    def wait_served(self, agent, seconds=DEADLINE):
        wait_for(lambda: f"the agent is served; its log: {agent.log()}", self.sequence, seconds)

    # Tools

    def tool(self, name, how, *arguments, address=None, patience=("-t10", "-r1"), netns=False):
        argv = [name, *how, *patience, "-On", "-Oe", "-OU", *arguments[0], address or self.address, *arguments[1]]
        try:
            return subprocess.run(self.inside(*argv) if netns else argv, capture_output=True, text=True, env=self.environment,
                                  timeout=2 * DEADLINE)
        except subprocess.TimeoutExpired:
            raise Failure(f"{name} {' '.join(arguments[1])[:200]} does not end") from None

    def ask(self, name, how, options, oids, **more):
        """The varbinds that a tool prints. No answer at all is a Failure."""
        done = self.tool(name, how, options, oids, **more)
        if done.returncode != 0 and "Timeout" in done.stderr or not done.stdout and done.stderr:
            raise Failure(f"{name} {' '.join(oids)[:200]}: {done.stderr.strip()}")
        return parse_answer(done.stdout)

    def get(self, *oids, how=V2C, **more):
        """The values of these instances, in their order."""
        return [value for _, value in self.ask("snmpget", how, (), oids, **more)]

    def get_all(self, oids, how=V2C, at_once=120, **more):
        """A dictionary of the values of many instances."""
        oids = list(oids)
        found = {}
        for i in range(0, len(oids), at_once):
            found.update(self.ask("snmpget", how, (), oids[i:i + at_once], **more))
        return found

    def getnext(self, *oids, how=V2C, **more):
        return self.ask("snmpgetnext", how, (), oids, **more)

    def walk(self, oid, how=V2C, repetitions=None, **more):
        """The varbinds of a subtree; -Cc keeps the tool from watching over the order: the tests do that."""
        if repetitions is None:
            found = self.ask("snmpwalk", how, ("-Cc", "-CI"), (oid,), **more)
        else:
            found = self.ask("snmpbulkwalk", how, ("-Cc", f"-Cr{repetitions}"), (oid,), **more)
        return [varbind for varbind in found if varbind[1] not in ABSENT.values()]


    def walk_counters(self, **more):
        """The varbinds of all objects that show a counter."""
        groups = [f"{MIB2}.{number}" for number in SCALARS_OF] + [OBJECTS]
        return [varbind for group in groups for varbind in self.walk(group, **more) if is_counter(varbind[0])]


def leads_nowhere(pid, descriptor):
    """Whether it is /dev/null. In a chroot the link in /proc has another path."""
    return os.stat(f"/proc/{pid}/fd/{descriptor}").st_rdev == os.stat("/dev/null").st_rdev


def connects(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0


@contextlib.contextmanager
def blocked_signals():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
