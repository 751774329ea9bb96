# SPDX-License-Identifier: BSD-2-Clause
"""Makes the modules of the end-to-end tests importable, and keeps Python from leaving its caches in the source tree."""

import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
