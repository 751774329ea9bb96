# SPDX-License-Identifier: BSD-2-Clause
"""snmptrapd in a site's namespace: what snmpd sends to its sinks, as names of LINUX-TCPEXT-MIB and as values."""

import collections
import datetime
import glob
import os
import re
import shutil

import harness
from harness import Process, Skip, wait_for

ENGINE = "80001f88040102030405"  # snmpd's; a trap of version 3 is of its sender's engine
USER = '-l authPriv -u tester -a SHA -A "authentic words" -x AES -X "private words"'

# How they come, and the line of snmpd.conf that says so.
SINKS = {
    "trap, v1": "trapsink 127.0.0.1 public",
    "trap, v2c": "trap2sink 127.0.0.1 public",
    "inform, v2c": "informsink 127.0.0.1 public",
    "trap, v3": f"trapsess -v3 {USER} 127.0.0.1",
    "inform, v3": f"trapsess -Ci -v3 {USER} 127.0.0.1",
}
HOW = {"TRAP2, SNMP v2c": "trap, v2c", "INFORM, SNMP v2c": "inform, v2c", "TRAP2, SNMP v3": "trap, v3", "INFORM, SNMP v3": "inform, v3"}

CONF = """\
authCommunity log public
createUser -e 0x{engine} tester SHA "authentic words" AES "private words"
createUser tester SHA "authentic words" AES "private words"
authUser log tester
format1 trap, v1|%q|%v\\n
format2 %P|-|%v\\n
"""

MIB = "LINUX-TCPEXT-MIB::"
NAMES = ("notifiedContext", "notifiedName", "notifiedRow", "notifiedObject", "notifiedKind", "notifiedValue", "notifiedValue32",
         "notifiedLimit", "notifiedLimit32", "notifiedSeverity", "notifiedState", "notifiedEvent", "notifiedTime", "notifiedText")

# what: the name of the notification; values: of its objects, by their names without MIB and instance, in their order.
Trap = collections.namedtuple("Trap", "how what values")


def sinks(*kinds):
    """Lines for snmpd.conf."""
    return f"exactEngineID 0x{ENGINE}\n" + "".join(f"{SINKS[kind]}\n" for kind in kinds or SINKS)


def base_mibs():
    """Where the MIBs are that ours needs."""
    found = [folder for name in ("SMIPATH", "MIBDIRS") for folder in os.environ.get(name, "").split(":") if folder]
    found += glob.glob("/usr/lib/erlang/lib/snmp-*/mibs") + ["/usr/share/snmp/mibs", "/usr/share/snmp/mibs/ietf", "/var/lib/mibs/ietf"]
    if not any(glob.glob(f"{folder}/SNMPv2-SMI*") for folder in found):
        raise Skip("needs the base MIBs, for SNMPv2-SMI and its kin: erlang-snmp, or SMIPATH")
    return ":".join(found)


def value_of(text):
    """A number, a date or text. What has the number and the name of an enumeration is the name."""
    syntax, _, rest = text.partition(": ")
    if syntax in ("Gauge32", "Timeticks"):
        return int(re.search(r"\d+", rest)[0])
    if syntax == "INTEGER":
        return rest.partition("(")[0]
    date = re.fullmatch(r"(\d+)-(\d+)-(\d+),(\d+):(\d+):(\d+)\.(\d),([+-])(\d+):(\d+)", rest)
    if date is None:
        return rest.strip('"')
    zone = datetime.timedelta(hours=int(date[9]), minutes=int(date[10])) * (1 if date[8] == "+" else -1)
    return datetime.datetime(*map(int, date.group(1, 2, 3, 4, 5, 6)), int(date[7]) * 100000, datetime.timezone(zone))


def parse(line):
    how, what, varbinds = line.split("|", 2)
    values = {}
    for varbind in varbinds.split("\t"):
        name, _, value = varbind.partition(" = ")
        if name.endswith(".1.1.4.1.0"):
            what = value.partition(": ")[2]
        elif name.startswith(MIB):
            values[name[len(MIB):].partition(".")[0]] = value_of(value)
    how = HOW.get(how.rpartition(",")[0], HOW.get(", ".join(how.split(", ")[:2]), how))
    return Trap(how, what[len(MIB):], values) if what.startswith(MIB) else None


class Trapd(Process):
    """Listens for traps and informs of SNMPv1, v2c and v3."""

    def __init__(self, site):
        if shutil.which("snmptrapd", path=harness.PATH) is None:
            raise Skip("needs snmptrapd")
        conf = site.write("snmptrapd.conf", CONF.format(engine=ENGINE))
        environment = dict(site.environment, MIBDIRS=f"{base_mibs()}:{harness.BUILD}/mibs/installed", MIBS="LINUX-TCPEXT-MIB",
                           SNMP_PERSISTENT_DIR=str(site.folder / "persist-trapd"))
        super().__init__(site.inside("snmptrapd", "-f", "-Lo", "-C", "-c", conf, "-OU", "udp:127.0.0.1:162"),
                         site.folder / "snmptrapd.out", env=environment)
        site.processes.append(self)
        wait_for("snmptrapd listens", lambda: ":00A2 " in site.run("cat", "/proc/net/udp").stdout)

    def traps(self, how=None, what=None):
        """What has come so far from LINUX-TCPEXT-MIB."""
        lines = [line for line in self.output.read_text().splitlines() if line.count("|") >= 2]
        found = [trap for trap in map(parse, lines) if trap]
        return [trap for trap in found if how in (None, trap.how) and what in (None, trap.what)]

    def came(self, count, how=None, what=None):
        """As many, once they are there."""
        return wait_for(lambda: f"{count} of {how} {what}; there are {self.traps()}",
                        lambda: (lambda found: found if len(found) >= count else None)(self.traps(how, what)))
