#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""etc/prometheus/snmp.yml with the snmp_exporter of Debian 13, which has the format from 0.23 on."""

import scrape
from harness import main
from test_prometheus import generated, health, node_exporter, nstat, scalars, tables

scrape.trixie = True
main(scalars, health, nstat, tables, generated, node_exporter)
