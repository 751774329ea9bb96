"""Makes the modules of the end-to-end tests importable, and keeps Python from leaving its caches in the source tree."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
