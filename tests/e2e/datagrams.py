# SPDX-License-Identifier: BSD-2-Clause
"""Sends datagrams that nobody takes, at a changing rate, and records what the kernel counts of them, until it is ended.

Run by the tests with `ip netns exec`. Arguments: SECONDS:DATAGRAMS ..., so many each tick for so long; the last one is for good.
It prints lines "BEGAN ENDED UdpNoPorts": the number was read between these two times of CLOCK_MONOTONIC.
"""

import socket
import sys
import time

TICK = 0.02
NOBODY = ("127.0.0.1", 9)


def no_ports(file):
    """UdpNoPorts."""
    file.seek(0)
    names, values = (line.split() for line in file.read().splitlines() if line.startswith("Udp:"))
    return int(values[names.index("NoPorts")])


def plan(arguments):
    """(until when, how many each tick), from now on."""
    end = time.monotonic()
    for argument in arguments:
        seconds, count = argument.split(":")
        end += float(seconds)
        yield end, int(count)


def main():
    phases = list(plan(sys.argv[1:]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, open("/proc/thread-self/net/snmp") as file:
        while True:
            began = time.monotonic()
            while len(phases) > 1 and began > phases[0][0]:
                phases.pop(0)
            for _ in range(phases[0][1]):
                sender.sendto(b"", NOBODY)
            before = time.monotonic()
            print(before, end=" ")
            number = no_ports(file)
            print(time.monotonic(), number, flush=True)
            time.sleep(TICK)


main()
