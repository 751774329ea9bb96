#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""MRTG with etc/mrtg: what it logs is the kernel's."""

import re

import managers
import harness
from harness import check_equal, main


def lines_for(site, names):
    """What the command of the file's first comment gives, for these names."""
    file = managers.FILES / "mrtg/tcpextd.cfg"
    command = re.search(r"(grep .*?) >web1.cfg", file.read_text().replace("\n#", ""))[1]
    words = {"tcpExtListenDrops|healthRetransData": "|".join(f"_{name}]" for name in names), "tcpextd.cfg": str(file), "web1": "127.0.0.1"}
    for old, new in words.items():
        command = command.replace(old, new)
    return site.run("sh", "-c", command).stdout


def counters(site):
    """Of each counter that was asked for, the value that it keeps for the next time."""
    program = managers.need("mrtg", "mrtg")
    wanted = {managers.NAMES[name]: value for name, value in managers.start(site).items() if name in managers.NAMES}
    site.write("web1.cfg", lines_for(site, wanted))
    conf = site.write("mrtg.cfg", f"WorkDir: {site.folder}/work\nInclude: {site.folder}/web1.cfg\n")
    (site.folder / "work").mkdir()
    done = site.run(program, conf, env={"LANG": "C"}, timeout=2 * managers.PATIENCE)
    check_equal(done.returncode, 0, "it goes through")
    logs = {path.stem: path for path in (site.folder / "work").glob("*.log")}
    names = {name: f"127.0.0.1_{name.lower()}" for name in wanted}
    found = {name: int(logs[stem].read_text().split()[1]) for name, stem in names.items() if stem in logs}
    managers.equal(found, wanted, "counters are the kernel's")


if __name__ == "__main__":
    main(counters)
