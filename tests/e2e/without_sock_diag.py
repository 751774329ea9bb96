# SPDX-License-Identifier: BSD-2-Clause
"""Runs a program to which the kernel denies sock_diag: without_sock_diag.py PROGRAM [ARGUMENT...]"""

import os
import platform
import sys

from test_kernel_tables import SOCKET_CALL, deny_sock_diag

deny_sock_diag(SOCKET_CALL[platform.machine()])
os.execv(sys.argv[1], sys.argv[1:])
