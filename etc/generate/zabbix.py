# SPDX-License-Identifier: BSD-2-Clause
"""etc/zabbix: a template in the format of Zabbix 6.0, which 7.0 imports, too."""
import hashlib
import json
import re

from rows import ABOUT, first_sentence

TEMPLATE = "Linux TCP-IP by tcpextd"  # a technical name has no "/" and no "("
TITLE = "Linux TCP/IP by tcpextd (SNMP)"
DESCRIPTION = (
    "TCP/IP of a Linux host, by the agent tcpextd: health, which is what counters say when they are put together; "
    "the counters that most matter; listeners, UDP sockets and services, which are discovered. Discovery of all "
    "other counters is off until you turn it on. Limits are macros. tcpextd-counters(7) explains each object.")
GROUP = {"uuid": "846977d1dfed4968bc5f8bdb363285bc", "name": "Templates/Operating systems"}  # Zabbix's own

# --- What is shown ------------------------------------------------------------------------------------------

AGENT = ("snapshotAge", "snapshotMaxAge", "snapshotCost", "snapshotFailures", "snapshotLastFailure",
         "snapshotUnknown", "snapshotAgentVersion", "healthActive", "healthWorst")
HEALTH = (  # graphs: a value is in the first whose expression takes all of its name behind "health"
    ("Health: what TCP sends again", "RetransData|RetransSegments|RetransSpurious|OutOfOrder"),
    ("Health: how TCP sends again", "Retrans.*"),
    ("Health: connections that begin", "ListenDrops|Syncookies|ConnectFails"),
    ("Health: connections that end badly", "Resets|Abort.*"),
    ("Health: datagrams, messages and fragments that are lost", "Udp.*Errors|IcmpErrors|ReasmFails"),
    ("Health: how full queues and limits are", ".*Use"),
    ("Health: what TCP receives", "FastPath.*|Prunes|Collapses"),
    ("Health: other values", ".*"),
)
COUNTERS = (  # graphs, by nstat's names
    ("TCP segments", ("TcpInSegs", "TcpOutSegs", "TcpRetransSegs")),
    ("TCP connections", ("TcpActiveOpens", "TcpPassiveOpens", "TcpAttemptFails", "TcpEstabResets", "TcpOutRsts",
                         "TcpCurrEstab")),
    ("Clients that are turned away", ("TcpExtListenDrops", "TcpExtListenOverflows", "TcpExtTCPReqQFullDrop",
                                      "TcpExtTCPReqQFullDoCookies")),
    ("TCP that waits in vain", ("TcpExtTCPTimeouts", "TcpExtTCPSynRetrans", "TcpExtTCPAbortOnTimeout")),
    ("TCP data that finds no room", ("TcpExtPruneCalled", "TcpExtTCPRcvQDrop", "TcpExtTCPBacklogDrop")),
    ("UDP datagrams", ("UdpInDatagrams", "UdpOutDatagrams", "UdpNoPorts", "UdpRcvbufErrors", "UdpSndbufErrors")),
    ("Packets that are dropped within the host", ("IpInDiscards", "IpOutDiscards", "IpOutNoRoutes",
                                                  "SoftnetDropped", "NfConntrackDrop")),
)
HEADLINES = ("healthRetransData", "healthListenDrops", "healthConnectFails", "healthListenerUse",
             "healthUdpSocketUse", "healthTcpMemoryUse")

# Tables whose rows are discovered: what a row is; the columns that say in text which one; those that become
# items; whether these have triggers; which rows are left out unless a macro of the host says otherwise.
EPHEMERAL = r":(3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|60\d{3})( |$)"  # ip_local_port_range
TABLES = {
    "tcpListenTable": ("Listener", ("tcpListenName", "tcpListenService"),
                       ("Use", "Full", "Drops", "SynReceived", "Established"), True, "^$"),
    "udpSocketTable": ("UDP socket", ("udpSocketName", "udpSocketService"),
                       ("Use", "Drops", "ReceiveQueue"), True, EPHEMERAL),
    "serviceTable": ("Service", ("serviceName", "servicePath"),
                     ("Use", "Drops", "Established", "ReceiveQueue", "SendQueue"), False, "^$"),
    "namespaceTable": ("Namespace", ("namespaceName", "namespaceContext"),
                       ("Active", "Worst", "WorstSeverity", "ListenDrops", "RcvbufErrors", "RetransSegs"), True, "^$"),
}
# A row that came while the columns were walked lacks one of them, and is left for the next time.
LABEL = """\
var rows = JSON.parse(value).filter(function (row) {
    return row['{#NAME}'];
});
rows.forEach(function (row) {
    row['{#LABEL}'] = row['{#NAME}'] + (row['{#DETAIL}'] ? ' (' + row['{#DETAIL}'] + ')' : '');
});
return JSON.stringify(rows);"""
# Of those that may be many, and come and go, the worst come first, and others are left for the time when they are worse.
WORST = {"namespaceTable": ("namespaceWorstSeverity", "namespaceActive", "namespaceListenDrops", "namespaceRcvbufErrors",
                            "namespaceRetransSegs")}
WORST_FIRST = """\
rows.sort(function (one, other) {{
    return [{words}].reduce(function (found, word) {{
        return found || (other[word] || 0) - (one[word] || 0);
    }}, 0);
}});
return JSON.stringify(rows.slice(0, {count}));"""
NSTAT = {"counter": "1", "gauge": "2"}  # nstatKind of what becomes items

INTERVAL = 60  # seconds, as the macro has it: a value of health is of the last finished minute
MACROS = (
    ("INTERVAL", "1m", "How often values are read. What ends in TIME has to be twice this, or more."),
    ("DISCOVERY.INTERVAL", "10m", "How often rows of tables are looked for."),
    ("NODATA.TIME", "5m", "How long there may be no answer."),
    ("CLEAR.TIME", "2m", "How long a value has to be back, by a tenth of its limit, until a problem is over."),
    ("QUIET.TIME", "10m", "Without a value for so long, as where no traffic is to be judged, it is over, too."),
    ("SOCKET.FULL.LIMIT", "0", "How many sockets of a listener may turn clients away."),
    ("SOCKET.USE.LIMIT", "80", "How full the queue of a socket may be, in percent."),
    ("SOCKET.DROPS.LIMIT", "1", "How much may be dropped at a socket per second."),
    ("SOCKET.TIME", "3m", "How long one of these has to be passed."),
    ("NAMESPACE.COUNT", "100", "How many network namespaces are discovered, the worst first."),
    ("NAMESPACE.DROPS.LIMIT", "0", "How many connections the listeners of one may drop in a minute, for SOCKET.TIME."),
    ("NAMESPACE.LOSS.LIMIT", "0", "How many datagrams full buffers of one may lose in a minute, for SOCKET.TIME."),
)
ROW_TRIGGERS = {  # of columns that end so: the limit, what passing it is, and how bad
    "Use": ("SOCKET.USE.LIMIT", "queue more than {} % full", "WARNING"),
    "Drops": ("SOCKET.DROPS.LIMIT", "more than {} drops per second", "AVERAGE"),
    "Full": ("SOCKET.FULL.LIMIT", "queue full, clients are turned away", "HIGH"),
    "ListenDrops": ("NAMESPACE.DROPS.LIMIT", "more than {} connections dropped in a minute", "AVERAGE"),
    "RcvbufErrors": ("NAMESPACE.LOSS.LIMIT", "more than {} datagrams lost in a minute", "WARNING"),
}
PRIORITIES = {"info": "INFO", "warning": "WARNING", "critical": "HIGH"}
WORSE = ("INFO", "WARNING", "AVERAGE", "HIGH")

UNITS = {"percent": ("%", "0.01"), "milliseconds": ("s", "0.001"), "microseconds": ("s", "0.000001"),
         "octets": ("B", None)}
WORDS = {"Acks": "ACKs", "Conntrack": "connection tracking", "Csum": "checksum", "Cwnd": "congestion window",
         "Fails": "failures", "Hystart": "HyStart", "Icmp": "ICMP", "Rcvbuf": "receive buffer",
         "Reasm": "reassembly", "Retrans": "retransmission", "Segs": "segments", "Sndbuf": "send buffer", "Syn": "SYN",
         "Syncookies": "SYN cookies", "Tcp": "TCP", "Udp": "UDP"}
COLOURS = ("1A7C11", "F63100", "2774A4", "A54F10", "FC6EA3", "6C59DC", "AC8C14", "611F27")
DEFAULTS = {"operator": "MATCHES_REGEX", "sortorder": "0", "units": "", "x": "0", "y": "0", "yaxisside": "LEFT"}
GRAPH, HEADLINE = (12, 5), (4, 2)  # width and height on the dashboard, which is 24 wide


def files(rows):
    yield "zabbix/tcpextd.yaml", f"# {ABOUT}\n" + "".join(yaml(dict(zabbix_export=export(rows))))


def export(rows):
    template = dict(uuid=uuid(), template=TEMPLATE, name=TITLE, description=DESCRIPTION,
                    groups=[dict(name=GROUP["name"])],
                    items=list(items(rows)), discovery_rules=list(rules(rows)),
                    macros=sorted(macros(rows), key=lambda one: one["macro"]), dashboards=[dashboard()])
    return dict(version="6.0", groups=[GROUP], templates=[template], triggers=list(triggers(rows)),
                graphs=list(graphs(rows)))


def uuid(*names):
    """Of version 4 by its bits, and always the same of an object, so that an import finds what is there."""
    digits = hashlib.sha1("/".join((TEMPLATE, *names)).encode()).hexdigest()
    return f"{digits[:12]}4{digits[12:15]}a{digits[15:30]}"


def words(descriptor, prefix=""):
    """Of healthUdpRcvbufErrors: UDP receive buffer errors."""
    found = re.findall("[A-Z]?[a-z0-9]+", descriptor.removeprefix(prefix))
    text = " ".join(WORDS.get(word, word.lower()) for word in found)
    return text[0].upper() + text[1:]


def macro(*names):
    return "{$TCPEXTD." + re.sub("[- ]", ".", ".".join(names).upper()) + "}"


# --- Items --------------------------------------------------------------------------------------------------

def items(rows):
    age, *others = (item(rows.scalar[name], f"Agent: {words(name)}", "agent") for name in AGENT)
    yield age | dict(triggers=[no_data()])
    yield from others
    yield from (item(row, health_name(row), "health") for row in rows.health)
    counters = {row["name"]: row for row in rows.counters}
    yield from (counter_item(rows, counters[name]) for _, names in COUNTERS for name in names)


def health_name(row):
    return f"Health: {words(row['object'], 'health')}"


def counter_item(rows, row):
    """By the counter's own object, or else by its row of nstatTable: RFC1213's may have 32 bits, or be a sum."""
    name = row["name"]
    index = ".".join(map(str, [len(name), *name.encode()]))
    value = column(rows.table["nstatTable"], "nstatValue")["oid"]
    oid = rows.scalar[row["object"]]["oid"] if row["object"] else f"{value}.{index}"
    return item(row | dict(object=name, oid=oid), f"Counter: {name}", "counter")


def item(row, name, component, index=""):
    """What is not there for a time, or with this kernel, has no value, and is no fault. index: of discovery."""
    unit, factor = UNITS.get(row["unit"], (row["unit"] or "", None))
    steps, more = [step("CHECK_NOT_SUPPORTED", "")], dict(units=unit)
    if factor:
        steps.append(step("MULTIPLIER", factor))
        more["value_type"] = "FLOAT"
    if row["kind"] == "counter":
        steps.append(step("CHANGE_PER_SECOND", ""))
        more = dict(units=f"{unit}/s", value_type="FLOAT")
    if row["kind"] == "text":
        steps.append(step("DISCARD_UNCHANGED_HEARTBEAT", "1d"))
        more = dict(trends="0", value_type="CHAR")
    return dict(uuid=uuid("item", row["object"]), name=name, type="SNMP_AGENT",
                snmp_oid=row["oid"] + (".{#SNMPINDEX}" if index else ""), key=key(row["object"], index),
                delay=macro("INTERVAL"), history="7d", **more, description=f"{row['object']}: {row['text']}",
                preprocessing=steps, tags=[tag("component", component)])


def step(kind, parameter):
    return dict(type=kind, parameters=[parameter])


def tag(name, value):
    return dict(tag=name, value=value)


def key(name, index=""):
    return f"tcpextd.{name}" + (f"[{index}]" if index else "")


def column(table, name):
    return next(row for row in table["columns"] if row["object"] == name)


# --- Triggers -----------------------------------------------------------------------------------------------

def no_data():
    """The only trigger of one item, which Zabbix has with the item."""
    time = macro("NODATA.TIME")
    return trigger("no-data", f"tcpextd: no answer for {time}", "AVERAGE",
                   dict(expression=f"nodata({place('snapshotAge')},{time})=1"),
                   "Are the host, snmpd and tcpextd up? On the host `tcpextd --doctor' tells what is wrong.")


def triggers(rows):
    yield trigger("stale", "tcpextd: the kernel's counters cannot be read", "AVERAGE",
                  dict(expression=f"min({place('snapshotAge')},#2)>last({place('snapshotMaxAge')})"),
                  "What was read last is too old to be served. snapshotLastFailure has the cause.")
    for row in rows.health:
        yield from the_worst_alone(health_trigger(row, threshold) for threshold in row["thresholds"])


def health_trigger(row, threshold):
    limit, time = macro(threshold.name, "LIMIT"), macro(threshold.name, "TIME")
    than = "more than" if threshold.over == ">" else "less than"
    percent = " %" if row["unit"] == "percent" else ""
    beyond = passed(place(row["object"]), limit, time, threshold.over, threshold.seconds >= INTERVAL)
    return trigger(threshold.name, f"{health_name(row)}: {than} {limit}{percent}", PRIORITIES[threshold.severity],
                   beyond, f"{threshold.reason}\n\n{row['advice']}")


def row_trigger(what, row, suffix):
    limit, passing, priority = ROW_TRIGGERS[suffix]
    return trigger(row["object"], f"{what} {{#LABEL}}: {passing.format(macro(limit))}", priority,
                   passed(place(row["object"], "{#SNMPINDEX}"), macro(limit), macro("SOCKET.TIME")),
                   f"{row['object']}: {first_sentence(row['text'])}")


def severity_triggers(what, found):
    """Of thresholds that the agent watches in a row: one for each severity, of which one at a time is there."""
    for word, number in found["WorstSeverity"]["values"].items():
        active, severity = (place(found[suffix]["object"], "{#SNMPINDEX}") for suffix in ("Active", "WorstSeverity"))
        yield trigger(f"{found['Worst']['object']}.{word}", f"{what} {{#LABEL}}: a threshold of severity {word} is crossed",
                      PRIORITIES[word],
                      dict(expression=f"last({active})>0 and last({severity})={number} and not ({quiet(active)})"),
                      f"The item {words('Worst')} says which. {first_sentence(found['Active']['text'])}")


def quiet(value):
    """The agent answers, and has had no value."""
    return f"count({value},{macro('QUIET.TIME')})=0 and last({place('snapshotAge')})>=0"


def passed(value, limit, time, over=">", several=True):
    """All values of a time have passed the limit: several, as one may be a burst. It is over as the agent's own
    thresholds are, or when the agent answers and has no value: each snapshotAge makes Zabbix look at this anew."""
    least, most, back = ("min", "max", f"<=0.9*{limit}") if over == ">" else ("max", "min", f">=1.1*{limit}")
    return dict(expression=f"{least}({value},{time}){over}{limit} and count({value},{time})>{int(several)}",
                recovery_mode="RECOVERY_EXPRESSION",
                recovery_expression=f"{most}({value},{macro('CLEAR.TIME')}){back} or ({quiet(value)})")


def trigger(name, title, priority, expressions, text):
    return dict(uuid=uuid("trigger", name), **expressions, name=title, opdata="{ITEM.LASTVALUE1}",
                priority=priority, description=text, manual_close="YES", tags=[tag("threshold", name)])


def the_worst_alone(found):
    """Of one value, or row, each depends on the next worse one, so that there is one problem."""
    order = sorted(found, key=lambda one: WORSE.index(one["priority"]))
    for one, worse in zip(order, order[1:]):
        named = {name: worse[name] for name in ("name", "expression", "recovery_expression") if name in worse}
        yield one | dict(dependencies=[named])
    yield from order[-1:]


def place(name, index=""):
    return f"/{TEMPLATE}/{key(name, index)}"


def macros(rows):
    for name, value, text in MACROS:
        yield dict(macro=macro(name), value=value, description=text)
    for name, (what, *_, left_out) in TABLES.items():
        yield dict(macro=macro(what, "MATCHES"), value=".", description=f"Rows of {name} that are discovered.")
        yield dict(macro=macro(what, "NOT.MATCHES"), value=left_out, description=f"Rows of {name} that are not.")
    for row in rows.health:
        for threshold in row["thresholds"]:
            limit = threshold.limit / (100 if row["unit"] == "percent" else 1)
            yield dict(macro=macro(threshold.name, "LIMIT"), value=f"{limit:g}",
                       description=f"Of {row['object']}. {threshold.reason}")
            yield dict(macro=macro(threshold.name, "TIME"), value=f"{threshold.seconds // INTERVAL + 1}m",
                       description=f"How long {row['object']} has to be beyond its limit.")


# --- Discovery ----------------------------------------------------------------------------------------------

def rules(rows):
    yield from (table_rule(rows.table[name], *how) for name, how in TABLES.items())
    yield from (nstat_rule(rows.table["nstatTable"], kind) for kind in NSTAT)


def table_rule(table, what, labels, suffixes, has_triggers, _):
    found = {suffix: column(table, table["object"].removesuffix("Table") + suffix) for suffix in suffixes}
    shown = [item(row, f"{what} {{#LABEL}}: {words(suffix)}", what.lower(), "{#SNMPINDEX}")
             for suffix, row in found.items()]
    watched = [row_trigger(what, row, suffix) for suffix, row in found.items() if suffix in ROW_TRIGGERS]
    if "WorstSeverity" in found:
        watched += severity_triggers(what, found)
    conditions = [("MATCHES_REGEX", macro(what, "MATCHES")), ("NOT_MATCHES_REGEX", macro(what, "NOT.MATCHES"))]
    asked = dict(zip(("{#NAME}", "{#DETAIL}"), labels))
    asked |= {f"{{#BAD{i}}}": name for i, name in enumerate(WORST.get(table["object"], ()))}
    return rule(table, table["object"], f"{what}s", asked,
                "{#LABEL}", conditions, lifetime="1h" if table["object"] in WORST else "7d",
                preprocessing=[step("JAVASCRIPT", script(asked, what))], item_prototypes=shown,
                trigger_prototypes=list(the_worst_alone(watched)) if has_triggers else [],
                graph_prototypes=[graph(f"{what} {{#LABEL}}", [one for one in shown if one.get("value_type") != "CHAR"])])


def script(asked, what):
    """Of a rule: it names the rows, and orders them where it asks how bad each is."""
    bad = ", ".join(f"'{word}'" for word in asked if "BAD" in word)
    if not bad:
        return LABEL
    return LABEL.replace("return JSON.stringify(rows);", WORST_FIRST.format(words=bad, count=macro(what, "COUNT")))


def nstat_rule(table, kind):
    row = column(table, "nstatValue") | dict(object=f"nstat.{kind}", kind=kind)
    prototype = item(row, "nstat: {#NAME}", "nstat", "{#NAME}") | dict(description="{#TEXT}")
    labels = {"{#NAME}": "nstatLabel", "{#KIND}": "nstatKind", "{#TEXT}": "nstatDescription"}
    conditions = [("MATCHES_REGEX", f"^{NSTAT[kind]}$")]
    return rule(table, f"nstat.{kind}", f"All {kind}s", labels, "{#KIND}", conditions, status="DISABLED",
                item_prototypes=[prototype])


def rule(table, name, title, labels, filtered, conditions, **more):
    oids = ",".join(f"{word},{column(table, name)['oid']}" for word, name in labels.items())
    found = [dict(macro=filtered, value=value, operator=operator, formulaid=letter)
             for letter, (operator, value) in zip("AB", conditions)]
    return dict(uuid=uuid("rule", name), name=title, type="SNMP_AGENT", snmp_oid=f"discovery[{oids}]",
                key=key("discovery", name), delay=macro("DISCOVERY.INTERVAL"), lifetime="7d",
                filter=dict(evaltype="AND", conditions=found), description=first_sentence(table["text"])) | more


# --- Graphs and the dashboard -------------------------------------------------------------------------------

def graphs(rows):
    found = {one["key"]: one for one in items(rows)}
    left = [row["object"] for row in rows.health]
    for title, expression in HEALTH:
        taken = [name for name in left if re.fullmatch(f"health(?:{expression})", name)]
        left = [name for name in left if name not in taken]
        yield graph(title, [found[key(name)] for name in taken])
    yield from (graph(title, [found[key(name)] for name in names]) for title, names in COUNTERS)


def graph(title, shown):
    return dict(uuid=uuid("graph", title), name=title, graph_items=[
        dict(sortorder=str(i), color=COLOURS[i % len(COLOURS)], yaxisside=side(one, shown[0]),
             item=dict(host=TEMPLATE, key=one["key"])) for i, one in enumerate(shown)])


def side(one, first):
    return "LEFT" if one["units"] == first["units"] else "RIGHT"


def dashboard():
    headlines = [headline(i * HEADLINE[0], name) for i, name in enumerate(HEADLINES)]
    pages = dict(Health=headlines + drawn(HEALTH, HEADLINE[1]), Counters=drawn(COUNTERS),
                 Sockets=[drawn_rows(i, what) for i, (what, *_) in enumerate(TABLES.values())])
    return dict(uuid=uuid("dashboard"), name="TCP/IP",
                pages=[dict(name=name, widgets=widgets) for name, widgets in pages.items()])


def headline(x, name):
    """The last value, and nothing else."""
    shown = widget("ITEM", (x, 0), HEADLINE, dict(type="INTEGER", name="show", value="2"),
                   field("ITEM", "itemid", key=key(name)))
    return shown | dict(name=words(name, "health"))


def drawn(titled, top=0):
    """Graphs in rows of two."""
    return [widget("GRAPH_CLASSIC", (i % 2 * GRAPH[0], top + i // 2 * GRAPH[1]), GRAPH,
                   field("GRAPH", "graphid", name=title)) for i, (title, _) in enumerate(titled)]


def drawn_rows(i, what):
    """Four graphs of rows of a table at a time."""
    width, height = 2 * GRAPH[0], 2 * GRAPH[1]
    two = [dict(type="INTEGER", name=name, value="2") for name in ("columns", "rows")]
    return widget("GRAPH_PROTOTYPE", (0, i * height), (width, height), *two,
                  field("GRAPH_PROTOTYPE", "graphid", name=f"{what} {{#LABEL}}"))


def widget(kind, corner, size, *fields):
    numbers = dict(zip(("x", "y", "width", "height"), map(str, corner + size)))
    return dict(type=kind, **numbers, fields=list(fields))


def field(kind, name, /, **shown):
    return dict(type=kind, name=name, value=dict(host=TEMPLATE, **shown))


# --- YAML ---------------------------------------------------------------------------------------------------

def yaml(node, indent=""):
    """Lines of a mapping, as Zabbix writes it: without defaults and empty lists. Texts stand as in JSON."""
    for name, value in node.items():
        if value == [] or value == DEFAULTS.get(name):
            continue
        if isinstance(value, dict):
            yield f"{indent}{name}:\n"
            yield from yaml(value, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{name}:\n"
            yield from (line for entry in value for line in yaml_entry(entry, indent))
        else:
            yield f"{indent}{name}: {yaml_text(value)}"


def yaml_entry(entry, indent):
    first, *others = yaml(entry, indent + "  ") if isinstance(entry, dict) else [yaml_text(entry)]
    yield f"{indent}- {first.lstrip()}"
    yield from others


def yaml_text(text):
    return json.dumps(text, ensure_ascii=False) + "\n"
