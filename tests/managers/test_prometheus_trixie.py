#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""etc/prometheus/snmp.yml with the snmp_exporter of Debian 13, which has the format from 0.23 on, and asks in contexts."""

import scrape
from harness import check_equal, main
from managers import wait_for
from test_manuals import shown
from test_namespaces import Names
from test_prometheus import CROSSED, discover, generated, health, namespaces, node_exporter, nstat, scalars, tables


def contexts(site):
    """With the lines of tcpextd.conf(5), and targets by the program beside snmp.yml, each context shows its own."""
    with Names(site) as names:
        counts = {names.add("a", 5): 5, names.add("b", 7): 7}
        site.snmpd(more=shown("CONTEXTS", "view everything"))
        site.agent(f"namespace {names['*']}\n{CROSSED}")
        site.write("snmp.conf", "defVersion 2c\ndefCommunity public\n")
        scrape.start_exporter(site)

        def no_ports(context):
            _, values = scrape.scrape(site, "tcpextd", snmp_context=context, auth="watcher_v3")
            return values.get(("udpNoPorts",))

        wait_for(lambda: f"each has its own: {list(map(no_ports, counts))}", lambda: {one: no_ports(one) for one in counts} == counts)
        scrape.start_prometheus(site)
        discover(site, site.folder / "prometheus/namespaces.json", "127.0.0.1")
        wanted = {f"127.0.0.1@{one}": (one, float(count > 6)) for one, count in counts.items()}

        def active():
            found = scrape.ask(site, 'healthActive{job="tcpextd_contexts"}')
            return {one["metric"]["instance"]: (one["metric"]["namespace"], float(one["value"][1])) for one in found}

        wait_for(lambda: f"Prometheus has both: {active()}", lambda: active() == wanted)
        check_equal([one["metric"]["instance"] for one in scrape.ask(site, 'up{job="tcpextd_contexts"} == 0')], [], "none is down")


scrape.trixie = True
main(scalars, health, nstat, tables, namespaces, contexts, generated, node_exporter)
