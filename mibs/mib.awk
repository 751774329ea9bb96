# mib.awk - write a MIB module: the rows of counters.def and snapshot.def, laid
# out by a skeleton
#
#   awk -v root=OID -f rows.awk -f mib.awk \
#       counters.def snapshot.def templates/LINUX-TCPEXT-MIB.txt.in > LINUX-TCPEXT-MIB.txt
#
# root is the OID of linuxTcpExtMIB; the default is { netSnmpPlaypen 1213 }.
#
# Markers of the skeletons; "groups" are those of counters.def that hold scalars:
#
#   @import-syntaxes@           base syntaxes of the rows, enterprises if needed
#   @import-root@               the module that names the node above the root
#   @root-prose@                where the module is registered, and what of it
#   @root-identity@             the value of MODULE-IDENTITY, and nodes above it
#   @snapshot@                  the scalars of snapshot.def
#   @scalars FIRST LAST@        the node and the objects of each group with such an arc
#   @sequence PREFIX@           the members of a table row that COLUMN rows give
#   @columns PREFIX ENTRY@      those columns themselves
#   @members PREFIX@            their names, for an OBJECTS clause
#   @members snapshot@          the names of the scalars of snapshot.def
#   @object-groups@             the OBJECT-GROUPs of each group
#   @compliance STATUS@         a GROUP clause for each OBJECT-GROUP of that status
#   @includes@                  the names of all these OBJECT-GROUPs

BEGIN {
    enterprises = "1.3.6.1.4.1"
    playpen = enterprises ".8072.9999.9999"
    margin = "            "
    width = 72
    set_root(root == "" ? playpen ".1213" : root)
}

function begin_text() {
    split_groups()
}

function marker(word) {
    if (word[1] == "import-syntaxes")
        put_import_syntaxes()
    else if (word[1] == "import-root")
        put_import_root()
    else if (word[1] == "root-prose")
        put_root_prose()
    else if (word[1] == "root-identity")
        put_root_identity()
    else if (word[1] == "snapshot")
        put_snapshot()
    else if (word[1] == "scalars")
        put_scalars(word[2], word[3])
    else if (word[1] == "sequence")
        put_sequence(word[2])
    else if (word[1] == "columns")
        put_columns(word[2], word[3])
    else if (word[1] == "members")
        put_members(word[2])
    else if (word[1] == "object-groups")
        put_object_groups()
    else if (word[1] == "compliance")
        put_compliance(word[2])
    else if (word[1] == "includes")
        put_includes()
    else
        fail("unknown marker @" word[1] "@")
}


# --- The root --------------------------------------------------------------------

# Leaves base, the imported node that the root hangs below, and arcs, arc_below[1
# ... arcs], the way down from it; the last one is the root's own.
function set_root(oid,    base_oid) {
    if (oid !~ /^[0-9]+(\.[0-9]+)+$/ || index(oid, enterprises ".") != 1)
        fail("root=" oid ": not an OID below " enterprises)
    in_playpen = index(oid, playpen ".") == 1
    base = in_playpen ? "netSnmpPlaypen" : "enterprises"
    base_oid = in_playpen ? playpen : enterprises
    arcs = split(substr(oid, length(base_oid) + 2), arc_below, /\./)
    root_oid = oid
    check_arcs()
}

# 128 sub-ids are the most that an OID may have; instances of nstatTable, indexed
# by a name of up to 64 characters, are the longest: 1.2.1.5.64.name below the root.
function check_arcs(    i, unused) {
    for (i = 1; i <= arcs; i++)
        if (arc_below[i] !~ /^(0|[1-9][0-9]*)$/ || arc_below[i] + 0 > 4294967295)
            fail("root=" root_oid ": " arc_below[i] " is not a sub-identifier")
    if (split(root_oid, unused, /\./) > 128 - 69)
        fail("root=" root_oid ": more than " 128 - 69 " sub-identifiers")
}

function put_import_syntaxes(    i, list, used) {
    for (i = 1; i <= rows; i++)
        if (sub_id[i] + 0)
            used[syntax[i]] = 1
    list = "Counter64, Gauge32, Unsigned32"
    if ("Integer32" in used)
        list = list ", Integer32"
    if (base == "enterprises")
        list = list ", enterprises"
    print "    " list
}

function put_import_root() {
    if (in_playpen) {
        print "    netSnmpPlaypen"
        print "        FROM NET-SNMP-MIB"
    }
}

function put_root_prose() {
    if (in_playpen)
        put_paragraph("This copy is registered below netSnmpPlaypen, the arc " \
            "that net-snmp keeps for private use without registration. Nobody " \
            "hands out numbers there, so another module may sit at the same " \
            "place. An organisation with an arc of its own should move the " \
            "module to it, with the option --with-mib-root of tcpextd's configure " \
            "script; names and sub-identifiers stay as they are.")
    else
        put_paragraph("This copy is registered at " root_oid ", the place " \
            "that whoever built it chose with the option --with-mib-root of " \
            "tcpextd's configure script. Copies with another root differ from it " \
            "in nothing else: names and sub-identifiers are the same.")
}

function put_paragraph(words) {
    print fold(words, margin, margin, width)
}

# RFC 2578 wants MODULE-IDENTITY first, so the nodes above it are named after it.
function put_root_identity(    i, above) {
    above = arcs > 1 ? "linuxTcpExtAbove" arcs - 1 : base
    print "    ::= { " above " " arc_below[arcs] " }"
    if (arcs > 1)
        print "\n-- The nodes between " base " and linuxTcpExtMIB.\n"
    above = base
    for (i = 1; i < arcs; i++) {
        print "linuxTcpExtAbove" i " OBJECT IDENTIFIER ::= { " above " " arc_below[i] " }"
        above = "linuxTcpExtAbove" i
    }
}


# --- Objects ---------------------------------------------------------------------

function put_snapshot(    i) {
    for (i = 1; i <= scalars; i++)
        put_object(scalar[i], "snapshot", text[scalar[i]], "")
}

function put_scalars(first, last,    a) {
    for (a = first + 0; a <= last + 0; a++)
        if (holds_scalars(a))
            put_scalar_group(at[a])
}

function holds_scalars(a) {
    return (a in at) && members[at[a]] > 0
}

function put_scalar_group(p,    i, row) {
    print "--"
    print fold(title[p] " (/proc/" file[p] ")", "-- ", "-- ", width)
    print "--\n"
    print node[p] " OBJECT IDENTIFIER ::= { linuxTcpExtObjects " arc[p] " }\n"
    for (i = 1; i <= members[p]; i++) {
        row = member[p, i]
        if (sub_id[row] + 0)
            put_counter(row, node[p])
    }
}

function put_columns(p, entry,    i) {
    for (i = 1; i <= columns[p]; i++)
        put_counter(column[p, i], entry)
}

function put_counter(row, parent) {
    put_object(row, parent, text[row] " " releases(row), kernel_field(row))
}

function put_object(row, parent, words, reference) {
    print name[row] " OBJECT-TYPE"
    print "    SYNTAX      " syntax[row]
    if (unit[row] != "")
        print "    UNITS       \"" unit[row] "\""
    print "    MAX-ACCESS  read-only"
    print "    STATUS      " status(row)
    put_text("    ", "DESCRIPTION", words)
    if (reference != "")
        put_text("    ", "REFERENCE", reference)
    print "    ::= { " parent " " sub_id[row] " }\n"
}

# A counter that the kernel has dropped keeps its object, for older kernels.
function status(row) {
    return until[row] == "" ? "current" : "deprecated"
}

function put_text(indent, clause, words,    inner) {
    inner = indent "        "
    print indent clause
    print fold(words "\"", inner "\"", inner, width)
}

function put_sequence(p,    i, row) {
    for (i = 1; i <= columns[p]; i++) {
        row = column[p, i]
        printf "    %-16s%s%s\n", name[row], syntax[row], (i < columns[p] ? "," : "")
    }
}


# --- Conformance -----------------------------------------------------------------

# Two OBJECT-GROUPs may come of a group: of the current objects, by the group's own
# arc, and of the deprecated ones, 100 further on.
function split_groups(    a) {
    for (a = 1; a <= last_arc; a++)
        if (holds_scalars(a)) {
            add_object_group(at[a], "current", "Group", group_number_of(a))
            add_object_group(at[a], "deprecated", "OldGroup", group_number_of(a) + 100)
        }
}

# Groups 21 and 22 are those of kernelTable and counterSourceTable, which have no arc.
function group_number_of(a) {
    return a > 20 ? a + 2 : a
}

function add_object_group(p, state, suffix, number,    i, row) {
    for (i = 1; i <= members[p]; i++) {
        row = member[p, i]
        if (sub_id[row] + 0 && status(row) == state)
            in_group[object_groups + 1, ++group_size[object_groups + 1]] = name[row]
    }
    if (!group_size[object_groups + 1])
        return
    object_groups++
    group_name[object_groups] = node[p] suffix
    group_prefix[object_groups] = p
    group_status[object_groups] = state
    group_number[object_groups] = number
}

function put_object_groups(    g) {
    for (g = 1; g <= object_groups; g++)
        put_object_group(g)
}

function put_object_group(g,    i) {
    print group_name[g] " OBJECT-GROUP"
    print "    OBJECTS {"
    for (i = 1; i <= group_size[g]; i++)
        put_item(in_group[g, i], i < group_size[g])
    print "    }"
    print "    STATUS      " group_status[g]
    put_text("    ", "DESCRIPTION", group_text(g))
    print "    ::= { linuxTcpExtGroups " group_number[g] " }\n"
}

function group_text(g,    p) {
    p = group_prefix[g]
    return title[p] ": counters of /proc/" file[p] \
        (group_status[g] == "current" ? "." : " that only older kernels print.")
}

function put_item(word, more) {
    print "        " word (more ? "," : "")
}

function put_members(p,    i) {
    if (p == "snapshot")
        for (i = 1; i <= scalars; i++)
            put_item(name[scalar[i]], i < scalars)
    else
        for (i = 1; i <= columns[p]; i++)
            put_item(name[column[p, i]], i < columns[p])
}

# A compliance statement may not ask for groups whose status is not its own.
function put_compliance(state,    g) {
    for (g = 1; g <= object_groups; g++)
        if (group_status[g] == state) {
            print "\n        GROUP       " group_name[g]
            put_text("        ", "DESCRIPTION", group_condition(group_prefix[g]))
        }
}

function group_condition(p) {
    return "Mandatory on hosts whose kernel prints counters of this group in /proc/" \
        file[p] " (" title[p] ")."
}

function put_includes(    g) {
    for (g = 1; g <= object_groups; g++)
        put_item(group_name[g], g < object_groups)
}
