#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Telegraf, Cacti and LibreNMS are not here to try their files. But what these ask for, by the managers' documents, is there: the
names of rows by their column, and behind each name the kernel's value.
"""

import contextlib
import re
import xml.etree.ElementTree as xml

import managers
import test_tables as tables
from harness import Skip, check, check_equal, main, wait_for

NAMELESS = {"0.0"}  # of serviceTable: sockets of which nobody knows whose they are


def column(site, oid):
    """The values by the rest of the OID."""
    oid = oid.strip(".")
    return {found[len(oid) + 1:]: value.value for found, value in site.walk(oid)}


def named(site, labels, values):
    """The values of a column by the names of another."""
    names, numbers = column(site, labels), column(site, values)
    check(set(numbers) <= set(names), f"every value of {values} has a name in {labels}", sorted(set(numbers) - set(names)))
    return {names[index]: value for index, value in numbers.items() if index in names}


def telegraf(site):
    """Telegraf: tables whose fields name rows by a tag."""
    try:
        import tomllib
    except ImportError:
        raise Skip("needs tomllib, of Python 3.11") from None
    wanted = managers.start(site)
    conf = tomllib.loads((managers.FILES / "telegraf/tcpextd.conf").read_text())["inputs"]["snmp"][0]
    measurements = {table["name"]: {field["name"]: field for field in table["field"]} for table in conf["table"]}
    check_equal([name for name, fields in measurements.items() if not fields["row"].get("is_tag")], [], "each table has a tag that names rows")
    nstat = measurements["tcpext_nstat"]
    found = named(site, nstat["row"]["oid"], nstat["nstatValue"]["oid"])
    managers.equal({name: found[name] for name in wanted if name in found}, wanted, "counters are the kernel's")
    listen = measurements["tcpext_tcpListen"]
    with contextlib.ExitStack() as stack:
        tables.listener(site, stack, ("127.0.0.1", 7001))
        tables.connect(site, stack, ("127.0.0.1", 7001))
        check_equal(named(site, listen["row"]["oid"], listen["tcpListenQueue"]["oid"]).get("127.0.0.1:7001"), 1, "a listener has its name")
    check_equal(listen["tcpListenUse"].get("conversion"), "float(2)", "hundredths become percent")
    known = next(field for field in conf["field"] if field["name"] == "snapshotKnown")
    check_equal(site.get(known["oid"])[0].value, site.get(managers.OIDS["snapshotKnown"])[0].value, "a scalar")


def cacti(site):
    """Cacti: indexes are cut out of the OIDs of the column that names rows, and put behind those of fields."""
    wanted = managers.start(site)
    for path in sorted((managers.FILES / "cacti").glob("*.xml")):
        query = xml.parse(path).getroot()
        cut = re.compile(query.find("oid_index_parse").text.removeprefix("OID/REGEXP:"))
        names = {cut.sub(r"\1", f".{oid}"): value.value for oid, value in site.walk(query.find("oid_index").text.strip("."))}
        fields = {field.tag: column(site, field.find("oid").text) for field in query.find("fields") if field.find("direction").text == "output"}
        check_equal({name: set(numbers) - set(names) - NAMELESS for name, numbers in fields.items() if set(numbers) - set(names) - NAMELESS}, {},
                    f"{path.name}: {len(names)} rows, and each value has a name")
        if "nstatValue" in fields:
            found = {names[index]: value for index, value in fields["nstatValue"].items()}
    managers.equal({name: found[name] for name in wanted if name in found}, wanted, "counters are the kernel's")


def librenms(site):
    """LibreNMS: sensors of health with the thresholds' limits, in percent, and of the rate of each counter."""
    try:
        import yaml
    except ImportError:
        raise Skip("needs yaml (Debian: python3-yaml)") from None
    managers.start(site, "refreshInterval 0.1\nrateTime 1\n")
    sensors = yaml.safe_load((managers.FILES / "librenms/tcpextd.yaml").read_text())["modules"]["sensors"]
    data = {entry["value"].partition("::")[2]: entry for kind in sensors.values() for entry in kind["data"]}
    health = {row["object"] for row in managers.ROWS["health"]}
    check_equal(health - set(data), set(), "each value of health is a sensor")
    conntrack = data["healthConntrackUse"]
    check_equal([conntrack.get(name) for name in ("divisor", "warn_limit", "high_limit")], [100, 80, 95], "limits of two thresholds, in percent")
    oid = data["nstatRate32"]["num_oid"].removesuffix(".{{ $index }}")
    check(wait_for("there are rates", lambda: len(column(site, oid)) > 100), "each counter has a rate")


if __name__ == "__main__":
    main(telegraf, cacti, librenms)
