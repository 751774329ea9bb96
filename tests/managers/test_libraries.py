#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Libraries that people write their own managers with show what the kernel has: Net::SNMP of Perl, and easysnmp, snimpy and
pysnmp of Python.
"""

import shutil

import managers
import harness
import trapd
from harness import check_equal, main

VALUES = f"{harness.OBJECTS}.2.1.2"
LABELS = f"{harness.OBJECTS}.2.1.8"
MIB = str(harness.BUILD / "mibs/installed/LINUX-TCPEXT-MIB.txt")

SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's modules are of no other

# Without -maxmsgsize a table with long texts fails.
PERL = """
use Net::SNMP;
my ($labels, $values) = @ARGV;
my ($session, $error) = Net::SNMP->session(-hostname => "127.0.0.1", -version => "snmpv2c", -maxmsgsize => 65535);
die $error unless $session;
my $names = $session->get_table(-baseoid => $labels) or die $session->error;
my $numbers = $session->get_table(-baseoid => $values) or die $session->error;
print $names->{$_}, " ", $numbers->{$values . substr($_, length $labels)}, "\\n" for keys %$names;
"""

EASYSNMP = """
import sys, easysnmp
session = easysnmp.Session(hostname="127.0.0.1", community="public", version=2, use_numeric=True)
def walk(column):
    return {f"{item.oid}.{item.oid_index}".strip(".")[len(column):]: item.value for item in session.bulkwalk(column)}
labels, values = map(walk, sys.argv[1:])
for index in labels:
    print(labels[index], values[index])
"""

SNIMPY = """
import os
from snimpy.manager import Manager, load
load(os.environ["MIB"])
manager = Manager("127.0.0.1", "public", 2)
for name in manager.nstatValue:
    print(name, int(manager.nstatValue[name]))
"""

PYSNMP = """
import sys
from pysnmp.hlapi import *
def walk(column):
    found = {}
    for error, status, index, varbinds in bulkCmd(SnmpEngine(), CommunityData("public"), UdpTransportTarget(("127.0.0.1", 161)), ContextData(),
                                                  0, 50, ObjectType(ObjectIdentity(column)), lexicographicMode=False):
        assert not error and not status, (error, status)
        found.update({str(oid)[len(column):]: value.prettyPrint() for oid, value in varbinds})
    return found
labels, values = map(walk, sys.argv[1:])
for index in labels:
    print(labels[index], values[index])
"""


def shows(site, *argv, env=None):
    """The program prints pairs of name and value; those that stand still are the kernel's."""
    wanted = managers.start(site)
    done = site.run(*argv, LABELS, VALUES, env=env, timeout=managers.PATIENCE)
    check_equal((done.returncode, done.stderr), (0, ""), "it goes through")
    found = dict(line.split() for line in done.stdout.splitlines())
    managers.equal({name: int(found[name]) for name in wanted if name in found}, wanted, "counters are the kernel's")


def python(site, module, package, text, env=None):
    if shutil.which(SYSTEM_PYTHON) is None or site.run(SYSTEM_PYTHON, "-c", f"import {module}").returncode:
        raise harness.Skip(f"needs {module} (Debian: {package})")
    shows(site, SYSTEM_PYTHON, "-B", "-c", text, env=env)


def net_snmp_of_perl(site):
    """Net::SNMP, with get_table."""
    if site.run("perl", "-MNet::SNMP", "-e", "1").returncode:
        raise harness.Skip("needs Net::SNMP (Debian: libnet-snmp-perl)")
    shows(site, "perl", "-e", PERL)


def easysnmp(site):
    """easysnmp, with bulkwalk."""
    python(site, "easysnmp", "python3-easysnmp", EASYSNMP)


def snimpy(site):
    """snimpy, which has the MIB and calls rows by their names."""
    python(site, "snimpy", "python3-snimpy", SNIMPY, {"MIB": MIB, "SMIPATH": trapd.base_mibs()})


def pysnmp(site):
    """pysnmp, with bulkCmd."""
    python(site, "pysnmp", "python3-pysnmp4", PYSNMP)


if __name__ == "__main__":
    main(net_snmp_of_perl, easysnmp, snimpy, pysnmp)
