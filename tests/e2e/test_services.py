#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whose sockets they are: tcpListenService, udpSocketService and serviceTable against ss and its cgroups, with cgroups that the test
makes, goes through, and removes. A socket is of the cgroup that its program was in when it opened it, so this one program opens them
all."""

import collections
import contextlib
import ctypes
import os
import pathlib
import platform
import random
import re
import socket
import time

import harness
import test_kernel_tables as told
import test_tables as tables
from harness import NO_INSTANCE, OBJECTS, Skip, check, check_equal, wait_for

LISTENER, DATAGRAMS, SERVICES = f"{OBJECTS}.20.1.14", f"{OBJECTS}.31.1.12", f"{OBJECTS}.39.1"
KERNEL_TABLE = 13
NAME, PATH, LISTENERS, ESTABLISHED, CONNECTING, CLOSING, UDP, RECEIVE, SEND, DROPS, SINCE, USE = range(3, 15)
HEX = "0123456789abcdef" * 4


# --- Cgroups ------------------------------------------------------------------------------------------------------------------

def mount_cgroup2():
    """A descriptor of a mount that nobody else sees, and that goes with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    fsopen, fsconfig, fsmount, create, fs = 430, 431, 432, 6, -1
    with contextlib.suppress(OSError):
        fs = libc.syscall(fsopen, b"cgroup2", 1)
        if fs >= 0 and libc.syscall(fsconfig, fs, create, None, None, 0) == 0:
            mount = libc.syscall(fsmount, fs, 1, 0)
            os.close(fs)
            if mount >= 0:
                return mount
    raise Skip(f"cgroup2 cannot be mounted: {os.strerror(ctypes.get_errno())}")


class Cgroups:
    """Cgroups of the test's own, below one that is removed with them."""

    def __init__(self):
        self.mount = mount_cgroup2()
        self.root = pathlib.Path(f"/proc/self/fd/{self.mount}")
        self.name = f"tcx-{os.getpid()}-{random.randrange(16 ** 6):06x}"
        self.top = self.root / self.name
        found = re.search(r"^0::(/.*)$", pathlib.Path("/proc/self/cgroup").read_text(), re.M)
        self.home = self.root / found[1].lstrip("/") if found else None

    def __enter__(self):
        if self.home is None or not (self.home / "cgroup.procs").exists():
            raise Skip("this program is in no cgroup of the tree, or in one that is not seen here")
        try:
            self.top.mkdir()
            self.enter("probe")
            self.leave()
        except OSError as error:
            raise Skip(f"no cgroup can be made and entered: {error}") from None
        return self

    def __exit__(self, *_):
        self.leave()
        folders = [path for path, _, _ in os.walk(self.top, topdown=False)]
        wait_for("all cgroups are gone", lambda: all([self.is_gone(folder) for folder in folders]))
        os.close(self.mount)

    def is_gone(self, folder):
        """Whoever is in there has to leave it."""
        with contextlib.suppress(OSError):
            for pid in pathlib.Path(folder, "cgroup.procs").read_text().split():
                (self.home / "cgroup.procs").write_text(pid)
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        return not os.path.exists(folder)

    def enter(self, path):
        (self.top / path).mkdir(parents=True, exist_ok=True)
        (self.top / path / "cgroup.procs").write_text(str(os.getpid()))

    def leave(self):
        (self.home / "cgroup.procs").write_text(str(os.getpid()))

    @contextlib.contextmanager
    def inside(self, path):
        """What is opened here is of that cgroup."""
        self.enter(path)
        try:
            yield
        finally:
            self.leave()

    def path(self, below):
        """What servicePath shows."""
        return f"/{self.name}/{below}"


def with_tree(site, *argv, name="tree"):
    """Words of a command line that sees the tree, as `ip netns exec' leaves nothing of /sys/fs/cgroup."""
    folder = site.folder / name
    folder.mkdir(exist_ok=True)
    return ("sh", "-c", 'mount -t cgroup2 none "$0" && exec "$@"', folder, *argv)


def agent(site, **how):
    return site.agent(tables.FAST, under=with_tree(site, name="a\ttree"), **how)


# --- What ss shows ------------------------------------------------------------------------------------------------------------

CLOSED = ("FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "LAST-ACK", "CLOSING", "UNCONN")


def by_ss(site):
    """The sums of each cgroup, by its path."""
    rows = collections.defaultdict(collections.Counter)
    for option in ("-t", "-u"):
        # Of names that are not UTF-8 something has to be made that is.
        for line in site.run(*with_tree(site), "sh", "-c", f"ss -anHOm {option} --cgroup | cat -v").stdout.splitlines():
            state, receive, send = line.split()[:3]
            cgroup = re.search(r" cgroup:(\S+)", line)
            if not cgroup:
                continue
            row = rows[cgroup[1]]
            memory = {name: int(number) for name, number in re.findall(r"([a-z]+)(\d+)", re.search(r"skmem:\(([^)]*)\)", line)[1])}
            row[UDP if option == "-u" else LISTENERS if state == "LISTEN" else ESTABLISHED if state == "ESTAB" else
                CLOSING if state in CLOSED else CONNECTING] += 1
            if state == "LISTEN" or option == "-u":
                row[DROPS] += memory["d"]
                use = 10000 * memory["r"] // memory["rb"] if option == "-u" else 10000 * int(receive) // (int(send) + 1)
                row[USE] = max(row.get(USE, 0), use)
            if state != "LISTEN":
                row[RECEIVE] += int(receive)
                row[SEND] += int(send)
    return {path: counted(row) for path, row in rows.items()}


def by_snmp(site):
    """The same, and the whole rows by their index."""
    shown, whole = {}, collections.defaultdict(dict)
    for oid, value in site.walk(SERVICES, how=tables.HEX, repetitions=20):
        column, _, index = oid.removeprefix(SERVICES + ".").partition(".")
        whole[index][int(column)] = bytes.fromhex(tables.octets(value)).decode() if int(column) in (NAME, PATH) else value.value
    for row in whole.values():
        shown[row.get(PATH)] = counted({column: value for column, value in row.items() if column not in (NAME, PATH, SINCE)})
    return shown, whole


def counted(row):
    """Without what is 0; the use is there if there is a queue."""
    return {column: value for column, value in row.items() if value or column == USE}


def index_of(name, path):
    """The index of a row."""
    number = 2166136261
    for octet in os.fsencode(path):
        number = (number ^ octet) * 16777619 % 2**32
    octets = name.encode()[:64]
    return ".".join(map(str, (len(octets), *octets, number)))


def cell(site, column, name, path):
    return site.get(f"{SERVICES}.{column}.{index_of(name, path)}")[0]


def whose(site, port):
    """tcpListenService and udpSocketService of a port of 127.0.0.1, or None."""
    index = tables.inet_index(1, "127.0.0.1", 0, port)
    values = site.get(f"{LISTENER}.{index}", f"{DATAGRAMS}.{index}", how=tables.HEX)
    return tuple(None if value == NO_INSTANCE else bytes.fromhex(tables.octets(value)).decode() for value in values)


def must_be(site, port, wanted, what):
    wait_for(lambda: f"port {port}: {what}: {wanted}, not {whose(site, port)}", lambda: whose(site, port) == wanted)
    check(True, f"port {port}: {what}: {wanted}")


def open_both(site, stack, port, backlog=1):
    """A listener and a UDP socket of a port."""
    one = tables.listener(site, stack, ("127.0.0.1", port), backlog)
    with tables.inside(site):
        other = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
    other.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    other.bind(("127.0.0.1", port))
    return one, other


# --- Cases --------------------------------------------------------------------------------------------------------------------

NAMES = {6001: ("system.slice/nginx.service", "nginx.service"),
         6002: ("user.slice/user@7.service/app.slice/nginx.service", "nginx.service"),
         6003: (f"kubepods.slice/cri-containerd-{HEX}.scope", HEX[:12]),
         6004: ("machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt", "qemu-1-vm"),
         6005: ("just/a-group", "a-group"),
         6006: ("system.slice/odd \udcff\u00e4\t.service", "odd \\xff\u00e4\\x09.service"),
         6007: ("x" * 100 + "/" + "y" * 200 + ".service", "y" * 200 + ".service")}


def same_as_ss(site):
    """Each service with all its sockets, as ss adds them up; and each port with its service."""
    site.snmpd()
    with Cgroups() as groups, contextlib.ExitStack() as stack, told.hold_sockets(site) as holder:
        for port, (path, _) in NAMES.items():
            with groups.inside(path):
                server, _ = open_both(site, stack, port, 16)
                client = tables.connect(site, stack, ("127.0.0.1", port))
            accepted = stack.enter_context(server.accept()[0])
            client.send(b"unread")
            if port % 2:
                accepted.shutdown(socket.SHUT_WR)
        agent(site)

        def both():
            begin = time.monotonic()
            site.getnext(f"{SERVICES}.{LISTENERS}")
            wait_for("serviceTable is newer than that",
                     lambda: tables.info(site, tables.AGE, KERNEL_TABLE).value < 1000 * (time.monotonic() - begin))
            return by_snmp(site), by_ss(site)
        (shown, whole), wanted = told.steady(told.queues(site), both)
        escaped = {groups.path(path): groups.path(path) for path, _ in NAMES.values()}
        escaped[groups.path(NAMES[6004][0])] = groups.path("machine.slice/machine-qemu\\x5cx2d1\\x5cx2dvm.scope/libvirt")
        escaped[groups.path(NAMES[6006][0])] = groups.path("system.slice/odd \\xff\u00e4\\x09.service")
        escaped[groups.path(NAMES[6007][0])] = groups.path(NAMES[6007][0])[:255]
        ours = {path: row for path, row in shown.items() if path and path.startswith(f"/{groups.name}/")}
        check_equal(len(ours), len(NAMES), "there is a row for each")
        for path, (below, name) in ((groups.path(below), (below, name)) for below, name in NAMES.values()):
            if below != NAMES[6006][0]:  # ss shows a name with a blank as two words
                check_equal(ours.get(escaped[path]), wanted.get(path), f"{name} of {below[:60]}: as ss adds it up")
        check_equal(shown.get("/"), wanted.get("/"), "so has the root")
        check(len(wanted["/"]) > 6 and sum(wanted["/"].values()) > 0, "which the other sockets are of", wanted["/"])
        check_equal([row for row in shown if row is None], [], "none is without a name")
        for port, (path, name) in NAMES.items():
            check_equal(whose(site, port), (name, name), f"port {port} is that of {name[:60]}")
            check(index_of(name, groups.path(path)) in whole, "its row has its name and a number of its path for index")
        holder.kill()


def moved(site):
    """A socket stays of the group that its program was in; one that is opened later is of the other."""
    site.snmpd()
    with Cgroups() as groups, contextlib.ExitStack() as stack:
        with groups.inside("first.service"):
            open_both(site, stack, 6001)
        agent(site)
        must_be(site, 6001, ("first.service", "first.service"), "opened in the first")
        with groups.inside("second.service"):
            open_both(site, stack, 6002)
            must_be(site, 6001, ("first.service", "first.service"), "its program has moved on")
        must_be(site, 6002, ("second.service", "second.service"), "opened in the second, which is new to the agent")
        with tables.inside(site):
            shared = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        check_equal(whose(site, 6003), (None, None), "there is no such row yet")
        for name in ("second.service", "first.service"):
            with groups.inside(name), tables.inside(site):
                shared = stack.enter_context(socket.socket())
                shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                shared.bind(("127.0.0.1", 6003))
                shared.listen(1)
        must_be(site, 6003, ("first.service", None), "of two that share a port the group that was made first")


def renamed_and_removed(site):
    """cgroup2 renames no group. One that is removed keeps its name as long as it has sockets, and its row goes on as it comes again."""
    site.snmpd()
    with Cgroups() as groups, contextlib.ExitStack() as stack:
        with groups.inside("gone.service"):
            one, other = open_both(site, stack, 6001)
        running = agent(site)
        must_be(site, 6001, ("gone.service", "gone.service"), "the group is there")
        path = groups.path("gone.service")
        since = cell(site, SINCE, "gone.service", path)
        refused = None
        try:
            (groups.top / "gone.service").rename(groups.top / "renamed.service")
        except OSError as error:
            refused = error.strerror
        check(refused is not None, "the kernel does not rename it", refused)
        check(groups.is_gone(groups.top / "gone.service"), "it is removed, though it has sockets")
        with groups.inside("other.service"):
            open_both(site, stack, 6002)
        must_be(site, 6002, ("other.service", "other.service"), "the tree has been searched since")
        check_equal(whose(site, 6001), ("gone.service", "gone.service"), "its sockets have its name still")
        lost = tables.datagrams(site, 6001, 50)
        with groups.inside("gone.service"):
            open_both(site, stack, 6003)
        must_be(site, 6003, ("gone.service", "gone.service"), "a new one of the same path")
        wait_for("both have one row", lambda: cell(site, UDP, "gone.service", path).value == 2)
        one.close()
        other.close()
        wait_for("the new one alone has it", lambda: cell(site, UDP, "gone.service", path).value == 1)
        check_equal((cell(site, DROPS, "gone.service", path).value, cell(site, SINCE, "gone.service", path)), (lost, since),
                    "what the old one lost is in it still, counted since then")
        running.end()
        check(groups.is_gone(groups.top / "gone.service"), "it is removed again")
        agent(site)
        must_be(site, 6002, ("other.service", "other.service"), "to an agent that is started anew")
        check_equal(whose(site, 6003), (None, None), "what is gone has no name")
        rows = by_snmp(site)[1]
        nameless = rows.get("0.0", {})
        check_equal((nameless.get(NAME), nameless.get(PATH), nameless.get(LISTENERS), nameless.get(UDP)), (None, None, 1, 1),
                    "and a row that has none either")
        check_equal(site.getnext(f"{SERVICES}.{UDP}")[0][0], f"{SERVICES}.{UDP}.0.0", "which is the first")


def who_loses(site):
    """The service that loses is the row whose serviceDrops grows, as many as its listener and its UDP socket do."""
    site.snmpd()
    with Cgroups() as groups, contextlib.ExitStack() as stack:
        for port, name in ((6001, "idle.service"), (6002, "busy.service")):
            with groups.inside(name):
                open_both(site, stack, port)
        agent(site)
        must_be(site, 6002, ("busy.service", "busy.service"), "its sockets")
        tables.clients(site, 6002, 8, turned_away=6)
        lost = tables.datagrams(site, 6002, 50)
        wanted = lost + sum(tables.drops_of(site, "-tl", 6002))
        wait_for("serviceDrops is that of both", lambda: cell(site, DROPS, "busy.service", groups.path("busy.service")).value == wanted)
        losing = {row[NAME] for row in by_snmp(site)[1].values() if row.get(DROPS, 0) > 0}
        check_equal(losing, {"busy.service"}, f"one service has lost {wanted}, and no other any")
        check(lost > 0 and wanted > lost, "connections and datagrams", (lost, wanted))


def as_nobody(site):
    """The agent may be nobody, and see a part of the tree: paths begin where that does. Of what it does not see it tells no name."""
    site.snmpd(more="agentXPerms 0777 0777\n")
    with Cgroups() as groups, contextlib.ExitStack() as stack:
        for port, path in ((6001, "part/inner.service"), (6002, "outer.service"), (6003, "part")):
            with groups.inside(path):
                open_both(site, stack, port)
        running = site.agent(tables.FAST, options=("-u", "nobody"), under=with_tree(site))
        must_be(site, 6001, ("inner.service", "inner.service"), "nobody sees the tree")
        running.end()
        with groups.inside("part"):
            running = site.agent(tables.FAST, options=("-u", "nobody"), under=("unshare", "--cgroup", *with_tree(site)), wait=False)
            site.wait_served(running)
        must_be(site, 6001, ("inner.service", "inner.service"), "in a cgroup namespace")
        check_equal(whose(site, 6002), (None, None), "what is outside has no name")
        check_equal(whose(site, 6003), ("/", "/"), "its own root is /")
        check_equal(cell(site, PATH, "inner.service", "/inner.service").value, "/inner.service", "the path begins there")
        check_equal(running.log(), [line for line in running.log() if "services" not in line], "the log has nothing of it")
        running.end()
        (groups.top / "part").chmod(0o700)
        running = site.agent(tables.FAST, options=("-u", "nobody"), under=with_tree(site))
        must_be(site, 6002, ("outer.service", "outer.service"), "where it may not read one folder")
        check_equal((whose(site, 6003), whose(site, 6001)), (("part", "part"), (None, None)), "it sees the rest, and that folder")
        running.end()
        site.agent(tables.FAST, options=("-u", "nobody"))
        wait_for("the rows are there", lambda: tables.table(site, "tcpListenTable"))
        check_equal([whose(site, port) for port in (6001, 6002, 6003)], [(None, None)] * 3, "without a tree there is no name")
        check(list(by_snmp(site)[1]) == ["0.0"], "and one row, without a name", by_snmp(site)[1])


def without_sock_diag(site):
    """procfs does not tell of groups: neither columns nor rows, and no error."""
    if platform.machine() not in told.SOCKET_CALL:
        raise Skip(f"no number of the call socket() for {platform.machine()}")
    site.snmpd()
    with Cgroups() as groups, contextlib.ExitStack() as stack:
        with groups.inside("a.service"):
            open_both(site, stack, 6001)
        site.agent(tables.FAST, under=with_tree(site, "python3", "-B", harness.HERE / "without_sock_diag.py"))
        wait_for("the rows are there", lambda: tables.table(site, "tcpListenTable"))
        check_equal(whose(site, 6001), (None, None), "no column")
        check_equal(site.walk(SERVICES), [], "no row")
        check_equal((tables.info(site, tables.SOURCE, KERNEL_TABLE).value, tables.info(site, tables.ROWS, KERNEL_TABLE).value),
                    ("procfs", 0), "kernelTable says why")


if __name__ == "__main__":
    harness.main(same_as_ss, moved, renamed_and_removed, who_loses, as_nobody, without_sock_diag)
