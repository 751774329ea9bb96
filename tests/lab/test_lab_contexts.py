#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every experiment of the lab once more, with both sides served by one agent, as two contexts."""

import sys

import test_lab

if __name__ == "__main__":
    sys.exit(test_lab.main(sys.argv[1:], contexts=True))
