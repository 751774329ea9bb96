#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each call by which the agent and its libraries enter the kernel fails once: what is served stays true, the agent comes back, and
nothing is left open.

FAILING=all tries each call, and each error; else SEED makes the choice.
"""

import errno
import signal

import failing
import harness
from harness import check, check_equal

ROUNDS, STARTS, INTERRUPTED = 28, 14, 6  # of a choice
LESS = 0
MANY_LINES = 100
FEW = 4  # calls of a round, of which the next may have less than two

OPENED = ("EMFILE", "ENFILE", "ENOMEM", "EACCES", "EIO", "ENOENT", "EINTR")
SEEN = ("ENOMEM", "EACCES", "EIO", "ENOENT")
MADE = ("EMFILE", "ENFILE", "ENOMEM")
# What may become of a call; by its first word where functions are of a kind.
ERRORS = {
    "open": OPENED, "open64": OPENED, "openat": OPENED, "openat64": OPENED, "__open_2": OPENED, "__open64_2": OPENED, "__openat_2": OPENED,
    "__openat64_2": OPENED, "fopen": OPENED, "fopen64": OPENED, "fdopen": ("ENOMEM",), "opendir": OPENED, "fdopendir": ("ENOMEM",),
    "readdir": ("EIO", "ENOENT"), "readdir64": ("EIO", "ENOENT"), "scandir": ("ENOMEM", "ENOENT"), "scandir64": ("ENOMEM", "ENOENT"),
    "close": ("EIO", "EINTR"), "access": SEEN, "euidaccess": SEEN, "stat": SEEN, "stat64": SEEN, "lstat": SEEN, "lstat64": SEEN,
    "fstat": SEEN, "fstat64": SEEN, "fstatat": SEEN, "fstatat64": SEEN, "statfs": SEEN, "statfs64": SEEN, "fstatfs": SEEN,
    "fstatfs64": SEEN, "readlink": SEEN, "readlinkat": SEEN, "realpath": SEEN, "__realpath_chk": SEEN,
    "fcntl": ("EMFILE", "EAGAIN"), "fcntl64": ("EMFILE", "EAGAIN"), "dup2": ("EMFILE", "EBUSY"), "dup3": ("EMFILE", "EBUSY"),
    "lseek": ("EINVAL",), "lseek64": ("EINVAL",), "ftruncate": ("ENOSPC", "EIO"), "ftruncate64": ("ENOSPC", "EIO"),
    "fallocate": ("ENOSPC", "EOPNOTSUPP", "EINTR"), "fallocate64": ("ENOSPC", "EOPNOTSUPP", "EINTR"), "unlink": ("EACCES", "EIO"),
    "mkdir": ("EACCES", "ENOSPC"), "rename": ("EACCES", "ENOSPC"),
    "pread": ("EIO", "ENOMEM", "EINTR", "ESRCH", LESS), "pread64": ("EIO", "ENOMEM", "EINTR", "ESRCH", LESS),
    "read": ("EIO", "EINTR", "EAGAIN"), "write": ("ENOSPC", "EIO", "EINTR", LESS),
    "socket": (*MADE, "ENOBUFS", "EACCES", "EAFNOSUPPORT"), "bind": ("EADDRINUSE", "ENOMEM", "EACCES"),
    "connect": ("ECONNREFUSED", "EAGAIN", "EINTR", "EACCES"), "listen": ("EADDRINUSE",), "accept": MADE, "getsockname": ("ENOBUFS",),
    "getsockopt": ("ENOPROTOOPT",), "setsockopt": ("ENOPROTOOPT", "ENOMEM"), "shutdown": ("ENOTCONN",),
    "send": ("EPIPE", "ENOBUFS", "EINTR", LESS), "sendto": ("ENOBUFS", "ENOMEM", "EINTR", "EPERM"), "sendmsg": ("EPIPE", "ENOBUFS", "EINTR"),
    "recv": ("ECONNRESET", "ENOMEM", "EINTR", LESS), "recvfrom": ("ECONNRESET", "ENOMEM", "EINTR", LESS),
    "__recvfrom_chk": ("ECONNRESET", "ENOMEM", "EINTR"), "recvmsg": ("ENOBUFS", "ENOMEM", "EINTR", "EAGAIN"),
    "select": ("EINTR", "ENOMEM"), "poll": ("EINTR", "ENOMEM"), "epoll_create1": MADE, "epoll_ctl": ("ENOMEM", "ENOSPC"),
    "epoll_wait": ("EINTR",), "eventfd": MADE, "signalfd": MADE, "timerfd_create": MADE,
    "pipe": (),  # the library's own alone, and it tells nobody (subagent_init())
    "pipe2": MADE,
    "inotify_init1": MADE, "inotify_add_watch": ("ENOSPC", "ENOMEM", "EACCES"), "ioctl": ("ENODEV", "ENOTTY", "EPERM"),
    "setns": ("ENOMEM", "EPERM"), "prctl": ("EINVAL", "EPERM"), "syscall": ("ENOSYS", "EPERM"), "getrlimit": ("EPERM",),
    "setrlimit": ("EPERM",), "fork": ("EAGAIN", "ENOMEM"), "setsid": ("EPERM",), "setpriority": ("EACCES",), "setgroups": ("EPERM",),
    "setresuid": ("EAGAIN", "EPERM"), "setresgid": ("EPERM",), "initgroups": ("ENOMEM", "EPERM"), "if_nameindex": ("ENOBUFS",),
    "getmntent_r": ("ENOMEM",), "pthread_create": ("EAGAIN",),
}
WAITS = ("read", "pread", "pread64", "recv", "recvfrom", "recvmsg", "send", "sendto", "write", "select", "poll", "epoll_wait", "open", "openat",
         "connect")


def number_of(error):
    return getattr(errno, error) if error else LESS


def rounds(site):
    """While it serves: a reload, readings, tables and requests."""
    with harness.Site("other") as other:
        held = failing.Held(site, other, failing.Failing(site, "failing.so"))
        held.start()
        held.learn()
        counted = held.count_round()
        tried = failing.trials(counted, ROUNDS, ERRORS)
        good = sum(held.survives(f"call {at} of {name}() fails with {error or 'less'}", name, at, number_of(error)) for name, at, error in tried)
        failing.tell("a round", tried, good, held.had)
        waits = [name for name in WAITS if name in counted]
        for name in waits if failing.ALL else failing.CHANCE.sample(waits, min(INTERRUPTED, len(waits))):
            what = f"each second {name}() is interrupted"
            check(held.survives(what, name, 1, errno.EINTR, failing.EACH_SECOND, MANY_LINES), what)
            had = held.failing.failed()
            check(had > 0 or counted[name] < FEW, f"{what}: {had} times, of {counted[name]} calls in a round before")
        check(held.agent.end() == 0, "it ends as it should")


def starts(site):
    """While it starts: it serves in the end, or ends at once and says why."""
    with harness.Site("other") as other:
        held = failing.Held(site, other, failing.Failing(site, "failing.so"))
        held.start()
        held.learn()
        # At its end LeakSanitizer waits for ever for a descriptor, when the limit stays at none.
        errors = {**ERRORS, "setrlimit": ()} if harness.has_sanitizer(held.agent) else ERRORS
        tried = failing.trials(held.count_start(), STARTS, errors)
        good = sum(held.starts(f"call {at} of {name}() fails with {error or 'less'}", name, at, number_of(error)) for name, at, error in tried)
        failing.tell("a start", tried, good, held.had)


def limit_stays(site):
    """The kernel does not lower the limit of open files, as -Lf wants: it says so, and ends."""
    fails = failing.Failing(site, "failing.so", own=True)
    site.snmpd()
    site.agent(under=fails.prefix).end()
    for name, when in ("getrlimit", "it is read"), ("setrlimit", "it is lowered"):
        fails.fail(name, 2, errno.EPERM)  # the first one raises it
        (site.folder / "tcpextd.out").unlink()
        agent = site.agent(under=fails.prefix, wait=False)
        harness.wait_for("it has ended", lambda: not agent.alive())
        check_equal((agent.popen.returncode, agent.said()[:1]),
                    (1, ["tcpextd: -L: the limit of open files cannot be changed: Operation not permitted"]), f"when {when}")


def config_goes(site):
    """A configuration file that is gone when the library opens it: the old configuration stays in force, and the log says so."""
    fails = failing.Failing(site, "failing.so")
    site.snmpd()
    agent = site.agent("refreshInterval 0.5\n", under=fails.prefix)
    name = next(name for name in ("fopen64", "fopen") if name in fails.count())
    fails.fail(name, 1, errno.ENOENT)
    agent.send(signal.SIGHUP)
    agent.wait_log("tcpextd.conf: was there, and then could not be opened")
    agent.wait_log("old configuration stays")
    check_equal(site.get(harness.INTERVAL), [harness.Value("Gauge32", 500)], "the interval is the old one")


if __name__ == "__main__":
    harness.main(rounds, starts, limit_stays, config_goes)
