#!/usr/bin/env python3
"""What the agent does with the process, the files and the rights that it is given: pid file, log, descriptors, user."""

import os
import signal

import harness
from harness import AGENT, check, check_equal

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
    """One that has started, with a log of its own."""
    (site.folder / "tcpextd.log").unlink(missing_ok=True)
    agent = site.agent(options=options, wait=False)
    agent.wait_log("started")
    return agent


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
    refuses(site, line(site, "-p", pid_file), ("tcpextd.pid",), "a pipe is refused, without waiting for its reader")
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


harness.main(pid_file_of_others, pid_file_after_user, pid_file_locked)
