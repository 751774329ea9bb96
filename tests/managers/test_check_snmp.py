#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""check_snmp with what etc/icinga2 and etc/nagios make of health: by Icinga 2 itself, and by the lines of Nagios."""

import os
import re
import shlex

import managers
import harness
from harness import Process, check, check_equal, main
from managers import PATIENCE, wait_for

OK, WARNING, CRITICAL, UNKNOWN = range(4)
CONNTRACK = "healthConntrackUse"
PROC = {"net/snmp": "Ip: Forwarding InReceives\nIp: 1 42\n", "sys/net/netfilter/nf_conntrack_max": "1000\n"}


def track(site, count):
    """So many connections of 1,000, which the agent has read."""
    site.write("proc/sys/net/netfilter/nf_conntrack_count", f"{count}\n")
    wait_for(f"{CONNTRACK} is of {count}", lambda: site.get(managers.OIDS[CONNTRACK])[0].value == 10 * count)


def start(site):
    managers.need_default_root()
    plugin = managers.need("check_snmp", "monitoring-plugins-standard")
    for name, text in {**PROC, "sys/net/netfilter/nf_conntrack_count": "1\n"}.items():
        site.write(f"proc/{name}", text)
    site.snmpd()
    site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 0.2\nthreshold busy {CONNTRACK} percent > 80 severity warning\n")
    return plugin


# --- Nagios -------------------------------------------------------------------------------------------------------------------

def nagios_checks(plugin):
    """Of etc/nagios: command lines by the names of services, with the macros filled in as Nagios does."""
    text = (managers.FILES / "nagios/tcpextd.cfg").read_text()
    usual = {"$USER1$/check_snmp": plugin, "$USER7$": "public", "$HOSTADDRESS$": "127.0.0.1"}
    found = {}
    for name, words in re.findall(r"service_description (\S+)\n\s*check_command check_tcpextd!(.*)", text):
        found[name] = re.search(r"command_line (.*)", text)[1]
        for macro, value in {**usual, **{f"$ARG{i}$": word for i, word in enumerate(words.split("!"), 1)}}.items():
            found[name] = found[name].replace(macro, value)
    return found


def nagios(site):
    """The lines of Nagios find what is over a limit, and what is not there."""
    commands = nagios_checks(start(site))
    check_equal(set(commands), {row["object"] for row in managers.ROWS["health"] if row["thresholds"]}, "all of health with a threshold is checked")

    def said(name):
        done = site.run(*shlex.split(commands[name]))
        return done.returncode, [int(number) for number in re.findall(r"\d+(?=\*? hundredths)", done.stdout)]

    for count, state in ((700, OK), (801, WARNING), (951, CRITICAL)):
        track(site, count)
        check_equal(said(CONNTRACK), (state, [10 * count]), f"{count} connections of 1,000")
    check_equal(said("healthListenDrops"), (UNKNOWN, []), "what is not there is unknown")


NAGIOS = """\
define timeperiod {
  timeperiod_name always
  alias always
  monday 00:00-24:00
}
define command {
  command_name none
  command_line /bin/true
}
define contact {
  contact_name admin
  host_notification_period always
  service_notification_period always
  host_notification_commands none
  service_notification_commands none
}
define service {
  name generic-service
  register 0
  check_period always
  notification_period always
  contacts admin
}
define host {
  host_name web1
  address 127.0.0.1
  hostgroups tcpextd
  check_period always
  notification_period always
  max_check_attempts 1
  contacts admin
}
"""


def nagios_itself(site):
    """Nagios takes the file."""
    program = managers.need("nagios4", "nagios4-core")
    site.write("objects.cfg", NAGIOS)
    options = {"cfg_file": f"{managers.FILES}/nagios/tcpextd.cfg", "log_file": f"{site.folder}/log", "check_result_path": site.folder,
               "temp_path": site.folder, "nagios_user": "root", "nagios_group": "root", "illegal_macro_output_chars": "`~$&|'\"<>"}
    text = f"cfg_file={site.folder}/objects.cfg\n" + "".join(f"{name}={value}\n" for name, value in options.items())
    conf = site.write("nagios.cfg", text)
    done = site.run(program, "-v", conf, timeout=PATIENCE)
    count = len(nagios_checks(""))
    check(done.returncode == 0 and f"Checked {count} services" in done.stdout and "Total Warnings: 0" in done.stdout, f"it has {count} services",
          done.stdout)


def whole(site):
    """The one check of all, of the files' first comments, is of the agent's own thresholds."""
    plugin = start(site)
    for name in ("nagios/tcpextd.cfg", "icinga2/tcpextd.conf"):
        line = re.search(r"check_snmp (-H web1 .*)", (managers.FILES / name).read_text())[1].replace("web1", "127.0.0.1")
        for count, state, worst in ((700, OK, ""), (801, WARNING, "busy")):
            track(site, count)
            wait_for("the threshold has followed", lambda: site.get(managers.OIDS["healthActive"])[0].value == state)
            done = site.run(plugin, *line.split())
            check(done.returncode == state and worst in done.stdout, f"{name}: {count} connections of 1,000", done)


# --- Icinga 2 -----------------------------------------------------------------------------------------------------------------

ICINGA2 = """\
include <itl>
include <plugins>
const PluginDir = "{plugins}"
const NodeName = "localhost"
object CheckerComponent "checker" {{ }}
object PerfdataWriter "results" {{
  service_perfdata_path = "{folder}/results"
  service_temp_path = "{folder}/results.new"
  host_perfdata_path = "{folder}/hosts"
  host_temp_path = "{folder}/hosts.new"
  service_format_template = "$service.name$ $service.state_id$ $service.output$"
  rotation_interval = 1s
}}
object Host "web1" {{
  check_command = "dummy"
  address = "127.0.0.1"
  vars.tcpextd = true
}}
{text}
"""


def icinga2(site):
    """Icinga 2 takes the file, and its own checks find the same."""
    program = managers.need("icinga2", "icinga2-bin icinga2-common")
    plugin = start(site)
    track(site, 801)
    text = (managers.FILES / "icinga2/tcpextd.conf").read_text()
    conf = site.write("icinga2.conf", ICINGA2.format(folder=site.folder, plugins=os.path.dirname(plugin), text=text))
    (site.folder / "icinga2").mkdir()
    options = [f"-D{name}={site.folder}/icinga2" for name in ("DataDir", "LogDir", "CacheDir", "SpoolDir", "InitRunDir")]
    site.environment.update(ICINGA2_USER="root", ICINGA2_GROUP="root")
    argv = (program, "daemon", "-c", conf, *options)
    done = site.run(*argv, "-C", timeout=PATIENCE)
    if not check(done.returncode == 0 and "warning" not in done.stdout, "its configuration is valid", done.stdout):
        return
    daemon = site.start(Process, site.inside(*argv), site.folder / "icinga2.log")

    def results():
        lines = [line for path in site.folder.glob("results.[0-9]*") for line in path.read_text().splitlines()]
        return [line for line in lines if line.startswith(f"{CONNTRACK} ")]

    wait_for(lambda: f"Icinga 2 warns of 801 connections of 1,000; there are {results()}, and it says {daemon.output.read_text()}",
             lambda: any(re.match(rf"{CONNTRACK} {WARNING} .*8010", line) for line in results()))
    check(True, "801 connections of 1,000")


if __name__ == "__main__":
    main(nagios, nagios_itself, whole, icinga2)
