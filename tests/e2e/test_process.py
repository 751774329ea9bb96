#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the agent does with the process, the files and the rights that it is given: pid file, log, descriptors, user."""

import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess

import harness
from harness import AGENT, check, check_equal, wait_for

USER = 65534


def line(site, *options):
    """An agent of its own accord: it needs no snmpd for what is tried here."""
    return (AGENT, "-f", "-C", "-x", site.master, "-Le", *options)


def refuses(site, argv, words, what):
    """The start ends with 1 and one line that has these words."""
    done = site.run(*argv)
    lines = done.stderr.splitlines()
    return check(done.returncode == 1 and len(lines) == 1 and all(word in lines[0] for word in words), what, done)


def agent_with(site, *options):
    """One that has started."""
    agent = site.agent(options=options, wait=False)
    agent.wait_log("started")
    return agent


def count(path, words):
    return path.read_text().count(words)


def pid_file_of_others(site):
    """-p writes to no file but its own: nothing that somebody put there is emptied or given away."""
    folder = site.folder / "run"
    folder.mkdir()
    os.chown(folder, USER, USER)
    precious = site.write("precious", "a line\n")
    pid_file = folder / "tcpextd.pid"

    def untouched():
        found = precious.stat()
        return (precious.read_text(), found.st_uid, found.st_mode & 0o777) == ("a line\n", 0, 0o644)

    for user in ((), ("-u", USER)):
        pid_file.symlink_to(precious)
        refuses(site, line(site, "-p", pid_file, *user), ("tcpextd.pid", "symbolic link"), f"a symbolic link is refused {user}")
        check(pid_file.is_symlink() and untouched(), "what it points to is as it was")
        pid_file.unlink()
        os.link(precious, pid_file)
        refuses(site, line(site, "-p", pid_file, *user), ("tcpextd.pid", "hard link"), f"a hard link is refused {user}")
        check(untouched(), "the file is as it was")
        pid_file.unlink()
    os.mkfifo(pid_file)
    refuses(site, line(site, "-p", pid_file), ("tcpextd.pid", "no regular file"), "a pipe is refused, without waiting for its reader")
    check(pid_file.is_fifo(), "and stays")
    pid_file.unlink()
    pid_file.write_text("77\n")
    os.chown(pid_file, USER, USER)
    refuses(site, line(site, "-p", pid_file), ("tcpextd.pid", f"belongs to user {USER}"), "a file of another user is refused")
    check_equal(pid_file.read_text(), "77\n", "and keeps what it holds")


def pid_file_after_user(site):
    """With -u the pid file stays root's, and is removed or emptied all the same."""
    pid_file = site.folder / "tcpextd.pid"
    agent = agent_with(site, "-p", pid_file, "-u", USER)
    found = pid_file.stat()
    check_equal((pid_file.read_text(), found.st_uid, found.st_mode & 0o777), (f"{agent.pid}\n", 0, 0o644), "it is root's, and all may read it")
    agent.end()
    check_equal(pid_file.read_text(), "", "in a folder of root's it is emptied")
    agent = agent_with(site, "-p", pid_file, "-u", USER)
    check_equal(pid_file.read_text(), f"{agent.pid}\n", "the next start takes it")
    agent.end()
    folder = site.folder / "run"
    folder.mkdir()
    os.chown(folder, USER, USER)
    agent = agent_with(site, "-p", folder / "pid", "-u", USER)
    agent.end()
    check_equal(os.listdir(folder), [], "in a folder of the user's it is removed")


def pid_file_locked(site):
    """A second agent is told of the first; one that was killed is in nobody's way."""
    pid_file = site.folder / "tcpextd.pid"
    first = agent_with(site, "-p", pid_file)
    refuses(site, line(site, "-p", pid_file), (f"process {first.pid} ", "runs already"), "a second agent is told which the first one is")
    check_equal(pid_file.read_text(), f"{first.pid}\n", "the file still has the first one's id")
    first.end(signal.SIGKILL)
    check_equal(pid_file.read_text(), f"{first.pid}\n", "kill -9 leaves the file")
    second = agent_with(site, "-p", pid_file)
    check_equal(pid_file.read_text(), f"{second.pid}\n", "a new start takes it")
    pid_file.unlink()
    other = site.write("tcpextd.pid", "another's\n")
    second.end()
    check_equal(other.read_text(), "another's\n", "at its end it leaves alone what is not its own")
    other.write_text("1234567890 and more\n")
    third = agent_with(site, "-p", pid_file)
    check_equal(pid_file.read_text(), f"{third.pid}\n", "nothing of an old file remains")
    third.end()
    check(not pid_file.exists(), "and it is removed")


def log_after_user(site):
    """The log of -Lf goes on after SIGHUP, though the user of -u may not open the file anew."""
    agent = agent_with(site, "-u", USER)

    def reload(number):
        agent.send(signal.SIGHUP)
        return wait_for("the configuration is read again", lambda: count(old, "read again") == number)

    old = agent.log_file
    reload(1)
    check(count(old, "opened anew") == 0, "a file that is at its place is not opened anew, and nothing is said of it", agent.log())
    old = old.rename(site.folder / "old.log")
    reload(2)
    check(count(old, "cannot be opened anew: Permission denied") == 1 and count(old, "logrotate") == 1,
          "one that was renamed goes on, and says what to do", old.read_text())
    check(not agent.log_file.exists(), "for there is no other")
    agent.log_file.touch()
    os.chown(agent.log_file, USER, USER)
    agent.send(signal.SIGHUP)
    agent.wait_log("read again")
    agent.end()
    check(re.search("ends$", agent.log()[-1]) and count(old, "ends") == 0, "a file that the user may write is taken", agent.log())


def log_of_others(site):
    """Who may write to the log's folder leads -Lf to no other file; a link of root's is followed."""
    folder = site.folder / "run"
    folder.mkdir()
    os.chown(folder, USER, USER)
    precious = site.write("precious", "a line\n")
    log = folder / "tcpextd.log"
    argv = (AGENT, "-f", "-C", "-x", site.master, "-u", USER, "-Lf", log)
    for options in (), ("-A",):
        log.symlink_to(precious)
        os.chown(log, USER, USER, follow_symlinks=False)
        refuses(site, (*argv, *options), ("tcpextd.log", "symbolic link"), f"another user's symbolic link is refused {options}")
        precious.rename(site.folder / "away")
        refuses(site, (*argv, *options), ("tcpextd.log", "symbolic link"), f"one that leads nowhere likewise {options}")
        check(not precious.exists(), "and makes no file")
        (site.folder / "away").rename(precious)
        log.unlink()
        os.link(precious, log)
        refuses(site, (*argv, *options), ("tcpextd.log", "hard link"), f"a hard link is refused {options}")
        check_equal(precious.read_text(), "a line\n", "the file is as it was")
        log.unlink()
    os.mkfifo(log)
    refuses(site, argv, ("tcpextd.log",), "a pipe that nobody reads is refused, without waiting for its reader")
    log.unlink()
    log.symlink_to(precious)
    agent = site.start(harness.Process, site.inside(*argv), site.folder / "out")
    wait_for("the agent has started", lambda: "started" in precious.read_text())
    check_equal(agent.end(), 0, "with a link of root's it runs")
    check(log.is_symlink() and "a line" not in precious.read_text(), "the file that it leads to is the log")


def log_to_fifo(site):
    """A FIFO that nobody reads in the place of the log: SIGHUP does not hold up the agent, and the log goes on."""
    agent = agent_with(site)
    old = agent.log_file.rename(site.folder / "old.log")
    os.mkfifo(agent.log_file)
    agent.send(signal.SIGHUP)
    wait_for("the configuration is read again", lambda: count(old, "read again") == 1)
    check_equal(count(old, "cannot be opened anew"), 1, "the file that was there before says why it goes on")
    check_equal(agent.end(), 0, "the agent ends")


def mib_folder(site):
    """The agent opens nothing below MIBDIRS, which may hold a FIFO."""
    mibs = site.folder / "mibs"
    mibs.mkdir()
    os.mkfifo(mibs / "A-MIB.txt")
    site.snmpd()
    agent = site.agent(under=("env", f"MIBDIRS={mibs}"))
    check_equal(agent.end(), 0, "it serves and ends")


def log_appended(site):
    """-Lf empties its file at each start, with -A it does not, wherever the option stands."""
    log = site.folder / "log"
    for options in ((), ("-A", "-Lf", log), ("-Lf", log, "-A")):
        log.write_text("what was there\n")
        where = options or ("-Lf", log)
        agent = site.start(harness.Process, site.inside(AGENT, "-f", "-C", "-x", site.master, *where), site.folder / "out")
        wait_for("the agent has started", lambda: "started" in log.read_text())
        agent.end()
        check_equal(log.read_text().startswith("what was there\ntcpextd"), "-A" in options, f"{' '.join(map(str, where[:-1]))} ...")


def full_disk(site):
    """No room for log or pid file: exit status 1, one line on standard error, no empty file."""
    disk = site.folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk]).returncode != 0:
        raise harness.Skip("needs to mount a tmpfs")
    try:
        (disk / "all").write_bytes(bytes(4096))
        for foreground in (("-f",), ()):
            for what, options in (("log", ("-Lf", disk / "log")), ("pid", ("-Lf", site.folder / "log", "-p", disk / "pid"))):
                refuses(site, (AGENT, *foreground, "-C", "-x", site.master, *options), (what, "No space left on device"),
                        f"the {what} file, {foreground}")
                wait_for("nothing runs", lambda: not site.pids())
        check_equal(os.listdir(disk), ["all"], "nothing is left there")
    finally:
        subprocess.run(["umount", disk])


def no_standard_descriptors(site):
    """Closed standard descriptors are /dev/null: none of the agent's own is taken for them."""
    site.snmpd()
    for closed in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"):
        shell = f'exec "$@" {closed}'
        agent = site.start(harness.Agent, site.inside("sh", "-c", shell, "sh", AGENT, "-f", "-C", "-x", site.master, "-Lf",
                                                      site.folder / "tcpextd.log"), site.folder)
        site.wait_served(agent)
        numbers = [number for number, text in enumerate(("<&-", ">&-", "2>&-")) if text in closed.split()]
        check(all(harness.leads_nowhere(agent.pid, number) for number in numbers), f"{closed}: /dev/null")
        before = ticks(agent.pid)
        site.wait_readings(3)
        check(ticks(agent.pid) - before < 100, f"{closed}: it rests between two readings", ticks(agent.pid) - before)
        check_equal(agent.end(), 0, f"{closed}: and ends")
        check_equal(agent.log()[-1], "tcpextd ends", f"{closed}: the log is whole")


def ticks(pid):
    """Hundredths of a second that a process has used of a processor."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 100 // os.sysconf("SC_CLK_TCK")


def find_prlimit():
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        raise harness.Skip("needs prlimit (Debian: util-linux)")
    return prlimit


def limited_file(site):
    """A log that may not grow is no end of the agent; one that may not even begin is no start."""
    prlimit, log = find_prlimit(), site.folder / "tcpextd.log"
    refuses(site, (prlimit, "--fsize=10", AGENT, "-f", "-C", "-x", site.master, "-Lf", log), ("tcpextd.log", "File too large"), "10 octets are too few")
    site.snmpd()
    agent = site.agent()
    size = log.stat().st_size
    resource.prlimit(agent.pid, resource.RLIMIT_FSIZE, (size, size))
    agent.send(signal.SIGHUP)
    site.wait_readings(3)
    check(agent.alive() and log.stat().st_size == size, "it serves, though nothing more goes into its log")
    check_equal(agent.end(), 0, "and ends as it should")


def few_descriptors(site):
    """A start without descriptors enough names that as its cause, however many there are."""
    prlimit = find_prlimit()
    for name in harness.SANITIZERS:
        del site.environment[name]  # a report has no descriptor, either
    for limit in range(7, 64):
        output = site.folder / f"out-{limit}"
        agent = site.start(harness.Process, site.inside(prlimit, f"--nofile={limit}", *line(site)), output)
        wait_for("it has started, or ended", lambda: not agent.alive() or "started" in output.read_text())
        if agent.alive():
            break
        check("Too many open files" in output.read_text() and "memory" not in output.read_text(), f"with {limit}", output.read_text())
    check(agent.alive() and limit > 8, f"with {limit} it starts")


def no_rights(site):
    """After -u there is no right to be had any more, in no thread; -g alone does not leave root by mistake."""
    site.snmpd(more="agentXPerms 0666 0755\n")
    agent = site.agent(options=("-u", USER))
    threads = list(pathlib.Path(f"/proc/{agent.pid}/task").iterdir())
    check(len(threads) > 1, "there is the thread that starts those that read")
    wanted = {"Uid": [str(USER)] * 4, "NoNewPrivs": ["1"], **{f"Cap{name}": ["0" * 16] for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")}}
    for thread in threads:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # it has just ended
            status = {word: rest.split() for word, rest in re.findall(r"^(\w+):(.*)$", (thread / "status").read_text(), re.MULTILINE)}
            check_equal({word: status[word] for word in wanted}, wanted, f"thread {status['Name'][0]}")
    agent.end()
    refuses(site, line(site, "-g", USER), ("-g alone", "give -u"), "-g alone is refused")
    done = site.run(AGENT, "--doctor", "-C", "-x", site.master, "-g", USER)
    check("-g alone" in done.stdout, "the doctor says so, too", done.stdout)
    agent = agent_with(site, "-u", "root", "-g", USER)
    check(agent.alive(), "root can be meant")


def processes_alone(site):
    """Under a /proc of subset=pid there are no counters; the line names the procRoot that has them, and that works."""
    inside = ("unshare", "-m", "sh", "-c", 'mount -t proc -o subset=pid proc /proc || exit 77; exec "$@"', "sh")
    site.snmpd()
    done = site.run(*inside, AGENT, "-C", "--print")
    if done.returncode == 77:
        raise harness.Skip(f"needs a procfs with subset=pid (Linux 5.8): {done.stderr.strip()}")
    check(done.returncode == 1 and "subset=pid" in done.stderr, "--print cannot read", done)
    told = re.search("'(procRoot .*)'", done.stderr)
    if not check(told, "and says what to write", done.stderr):
        return
    conf = site.write("tcpextd.conf", told[1] + "\n")
    agent = site.start(harness.Agent, site.inside(*inside, AGENT, "-f", "-C", "-c", conf, "-x", site.master, "-Lf",
                                                  site.folder / "tcpextd.log"), site.folder)
    site.wait_served(agent)
    check_equal(site.get(f"{harness.MIB2}.4.2.0")[0].syntax, "INTEGER", f"with {told[1]} it serves")


harness.main(pid_file_of_others, pid_file_after_user, pid_file_locked, log_after_user, log_of_others, log_to_fifo, mib_folder,
             log_appended, full_disk, no_standard_descriptors, limited_file, few_descriptors, no_rights, processes_alone)
