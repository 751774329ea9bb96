# SPDX-License-Identifier: BSD-2-Clause
"""Holds the lock of a socket for as long as an experiment wants.

A program that sends holds the lock while the kernel copies its data. Here the data lies in a page that is not there yet, and
userfaultfd lets us decide when it comes: until then the socket is in use, and whatever arrives for it has to wait.
"""

import contextlib
import ctypes
import mmap
import os
import platform
import struct
import threading

import harness

NUMBERS = {"x86_64": 323, "aarch64": 282, "riscv64": 282, "loongarch64": 282, "ppc64le": 364, "s390x": 355}
UFFD_API, REGISTER_MODE_MISSING = 0xaa, 1
LIBC = ctypes.CDLL(None, use_errno=True)


def io_numbers(number, size):
    """_IOWR(0xaa, number, size)"""
    return 3 << 30 | size << 16 | 0xaa << 8 | number


UFFDIO_API = io_numbers(0x3f, 24)
UFFDIO_REGISTER = io_numbers(0x00, 32)
UFFDIO_ZEROPAGE = io_numbers(0x04, 32)


class Page:
    """A page of memory that nobody has filled."""

    def __init__(self):
        number = NUMBERS.get(platform.machine())
        self.descriptor = LIBC.syscall(number, os.O_CLOEXEC) if number else -1
        if self.descriptor < 0:
            raise harness.Skip("no userfaultfd here")
        self.memory = mmap.mmap(-1, mmap.PAGESIZE)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.control(UFFDIO_API, struct.pack("QQQ", UFFD_API, 0, 0))
        self.control(UFFDIO_REGISTER, struct.pack("QQQQ", self.address, mmap.PAGESIZE, REGISTER_MODE_MISSING, 0))

    def control(self, request, argument):
        data = ctypes.create_string_buffer(argument, len(argument))
        if LIBC.ioctl(self.descriptor, ctypes.c_ulong(request), data) != 0:
            raise harness.Skip(f"userfaultfd: {os.strerror(ctypes.get_errno())}")

    def fill(self):
        """Whoever waits for the page goes on."""
        with contextlib.suppress(harness.Skip):  # nobody waited, or it came by itself
            self.control(UFFDIO_ZEROPAGE, struct.pack("QQQq", self.address, mmap.PAGESIZE, 0, 0))

    def wait_touched(self):
        """Until somebody waits for the page."""
        os.read(self.descriptor, 32)

    def close(self):
        os.close(self.descriptor)


@contextlib.contextmanager
def held(connection):
    """The connection's socket is in use by a program, which sends an octet in the end."""
    page = Page()
    thread = threading.Thread(target=connection.send, args=(memoryview(page.memory)[:1],), daemon=True)
    thread.start()
    try:
        page.wait_touched()
        yield
    finally:
        page.fill()
        thread.join()
        page.close()
