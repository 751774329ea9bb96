# SPDX-License-Identifier: BSD-2-Clause
"""Runs a program to which the kernel denies calls, as a service's or a container's filter may: seccomp.py ERROR CALL[=FIRST] ... --
PROGRAM [ARGUMENT...]. FIRST is the first argument of those calls that are meant."""

import ctypes
import errno
import os
import platform
import struct
import sys

ALLOW, ERRNO = 0x7fff0000, 0x00050000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_AT, FIRST_AT = 0, 16  # of struct seccomp_data
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2

MACHINES = ("x86_64", "aarch64")
CALLS = {
    "socket": (41, 198), "setns": (308, 268), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27), "eventfd2": (290, 19),
    "timerfd_create": (283, 85), "signalfd4": (289, 74), "epoll_create1": (291, 20), "pipe2": (293, 59), "setpriority": (141, 140),
    "fallocate": (285, 47), "fstatfs": (138, 44), "ioctl": (16, 29), "getdents64": (217, 61), "clone3": (435, 435), "capset": (126, 91),
}


def lines(call, first):
    """Of the filter: to deny this call, or else to go on."""
    deny = (RETURN, 0, 0, None)
    if first is None:
        return [(LOAD, 0, 0, NUMBER_AT), (EQUAL, 0, 1, call), deny]
    return [(LOAD, 0, 0, NUMBER_AT), (EQUAL, 0, 3, call), (LOAD, 0, 0, FIRST_AT), (EQUAL, 0, 1, first), deny]


def deny(error, calls):
    program = [line for call, first in calls for line in lines(call, first)] + [(RETURN, 0, 0, ALLOW)]
    octets = b"".join(struct.pack("HBBI", *line[:3], ERRNO | error if line[3] is None else line[3]) for line in program)
    room = ctypes.create_string_buffer(octets, len(octets))
    libc = ctypes.CDLL(None, use_errno=True)
    bpf = struct.pack("HL", len(program), ctypes.addressof(room))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, FILTER, bpf, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def main(error, *words):
    at = words.index("--")
    calls = [word.partition("=") for word in words[:at]]
    numbers = {name: numbers[MACHINES.index(platform.machine())] for name, numbers in CALLS.items()}
    deny(getattr(errno, error), [(numbers[name], int(first) if first else None) for name, _, first in calls])
    os.execv(words[at + 1], words[at + 1:])


if __name__ == "__main__":
    main(*sys.argv[1:])
