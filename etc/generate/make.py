#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""make.py ROWS FOLDER [ROOT]: writes below FOLDER what is made for managers from rows.json. ROOT is where
LINUX-TCPEXT-MIB begins, if not at its usual place."""
import pathlib
import sys

import grafana
import others
import prometheus
import prometheus_node
import prometheus_rules
import zabbix
from rows import Rows

# Modules whose files(rows) gives pairs of a path below FOLDER and the text.
GENERATORS = (grafana, others, prometheus, prometheus_node, prometheus_rules, zabbix)


def main(path, folder, root=None):
    rows = Rows(path, root)
    for generator in GENERATORS:
        for name, text in generator.files(rows):
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
