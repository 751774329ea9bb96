#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""collectd with etc/collectd: its series have the names of the rows and the kernel's values."""

import contextlib
import math
import re

import managers
import harness
import kernel
import test_tables as tables
from harness import Process, check, main
from managers import wait_for

CONF = """\
Hostname "manager"
BaseDir "{folder}"
PIDFile "{folder}/collectd.pid"
TypesDB "/usr/share/collectd/types.db"
Interval 1
LoadPlugin snmp
LoadPlugin csv
<Plugin csv>
  DataDir "{folder}/csv"
  StoreRates false
</Plugin>
Include "{files}/collectd/tcpextd.conf"
<Plugin snmp>
  <Host "web1">
    Address "127.0.0.1"
    Version 2
    Community "public"
    BulkSize {bulk}
    Collect {collect}
  </Host>
</Plugin>
"""


def series(site):
    """The last value of each, by tcpext-GROUP/TYPE-NAME, without the date in names of files."""
    found = {}
    for path in (site.folder / "csv").glob("web1/tcpext*/*"):
        lines = path.read_text().splitlines()
        with contextlib.suppress(ValueError, IndexError):  # the header alone, or half a line
            found[f"{path.parent.name}/{re.sub('-[0-9]{4}(-[0-9]{2}){2}$', '', path.name)}"] = float(lines[-1].split(",")[1])
    return found


def collect(site, *data, bulk=0):
    names = " ".join(f'"{name}"' for name in data)
    conf = site.write("plugins.conf", CONF.format(folder=site.folder, files=managers.FILES, bulk=bulk, collect=names))
    site.start(Process, site.inside(managers.need("collectd", "collectd-core"), "-f", "-C", conf), site.folder / "collectd.log")


def shows(site, wanted):
    """Waits until series have these values, and gives them."""
    def found():
        return {name: value for name, value in series(site).items() if name in wanted}

    wait_for(lambda: f"collectd shows it: {harness.differences(found(), wanted)}; it says {(site.folder / 'collectd.log').read_text()}",
             lambda: found() == wanted)
    return found()


def counters(site):
    """All counters, each by its name."""
    wanted = managers.start(site)
    collect(site, "nstat", "nstatGauge", bulk=50)
    names = {name: f"tcpext-nstat/derive-{name}" for name in wanted}
    gauge = {"tcpext-nstat/gauge-TcpCurrEstab": kernel.Counters(kernel.read_live(site))["TcpCurrEstab"]}
    found = shows(site, {names[name]: value for name, value in wanted.items()} | gauge)
    managers.equal({name: found[names[name]] for name in names}, wanted, "a gauge and counters are the kernel's")


def rows_and_scalars(site):
    """Rows have the names that the agent gives them, shares are in percent, and what is not there has no value."""
    with contextlib.ExitStack() as stack:
        tables.listener(site, stack, ("127.0.0.1", 7001), backlog=3)
        tables.connect(site, stack, ("127.0.0.1", 7001))
        managers.start(site, "refreshInterval 1\nhealthWindow 1\n")
        collect(site, "tcpListenQueue", "tcpListenUse", "tcpListenDrops", "health", "healthNumber", "snapshotKnown", "limitTcpMemMax")
        shows(site, {"tcpext-tcpListenQueue/gauge-127.0.0.1:7001": 1, "tcpext-tcpListenUse/percent-127.0.0.1:7001": 25,
                     "tcpext-tcpListenDrops/derive-127.0.0.1:7001": 0, "tcpext-health/percent-healthListenerUse": 25,
                     "tcpext-health/gauge-healthMemoryPressures": 0, "tcpext/gauge-snapshotKnown": site.get(harness.KNOWN)[0].value})
        check(True, "one of four places is taken")
        absent = series(site).get("tcpext/gauge-limitTcpMemMax")
        check(absent is None or math.isnan(absent), "a limit of the first namespace has no value here", absent)


if __name__ == "__main__":
    main(counters, rows_and_scalars)
