# SPDX-License-Identifier: BSD-2-Clause
# mib.awk - write a MIB module: the rows, laid out by a skeleton
#
#   generate.sh mib MODULE ROOT > MODULE.txt
#
# root is the OID of linuxTcpExtMIB; the default is { netSnmpPlaypen 1213 }.
#
# Markers of the skeletons:
#
#   @import-syntaxes@           base syntaxes of the rows, enterprises if needed
#   @import-root@               the module that names the node above the root
#   @root-prose@                where the module is registered, and what of it
#   @root-identity@             the value of MODULE-IDENTITY, and nodes above it
#   @objects@                   all nodes, scalars and tables
#   @object-groups@             their OBJECT-GROUPs
#   @mandatory@                 the names of those that are asked of every agent
#   @compliance STATUS@         a GROUP clause for each other one of that status
#   @includes@                  the names of all OBJECT-GROUPs

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
    else if (word[1] == "objects")
        put_objects()
    else if (word[1] == "object-groups")
        put_object_groups()
    else if (word[1] == "mandatory")
        put_mandatory()
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

function put_import_syntaxes(    list) {
    list = "Counter64, Gauge32, Unsigned32"
    if ("Counter32" in used)
        list = list ", Counter32"
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

# In the order of their OIDs. A section of types is shown by its table.
function put_objects(    a) {
    for (a = 1; a <= last_arc; a++)
        if (a in table_at)
            put_tables(table_at[a])
        else if (a in at)
            put_counters(at[a])
}

# A table or node, and the tables that hang below it.
function put_tables(t,    i) {
    put_heading(table_title[t] (instances[t] == "TYPES" ? " (/proc/" file[instances_of[t]] ")" : ""))
    put_table(t)
    for (i = 1; i <= tables; i++)
        if (is_ours(table[i]) && parent[table[i]] == t)
            put_table(table[i])
}

function put_heading(words) {
    print "--"
    print fold(words, "-- ", "-- ", width)
    print "--\n"
}

function put_table(t,    i, count) {
    if (is_node[t])
        print t " OBJECT IDENTIFIER ::= { " parent[t] " " place[t] " }\n"
    else
        put_frame(t)
    count = list_cells(t)
    for (i = 1; i <= count; i++)
        if (listed[i] in prefix)
            put_counter(listed[i], entry[t])
        else
            put_cell(listed[i], is_node[t] ? t : entry[t])
}

# The table, its entry, and the type of that.
function put_frame(t,    type) {
    type = toupper(substr(entry[t], 1, 1)) substr(entry[t], 2)
    put_head(t, "SEQUENCE OF " type, "not-accessible", filled(table_text[t]))
    put_place(parent[t], place[t])
    put_head(entry[t], type, "not-accessible", entry_text[t])
    put_index(t)
    put_place(t, 1)
    print type " ::= SEQUENCE {"
    put_sequence(t)
    print "}\n"
}

function put_head(descriptor, syntax_, access_, words) {
    print descriptor " OBJECT-TYPE"
    print "    SYNTAX      " syntax_
    put_clauses(access_, "current", words)
}

function put_clauses(access_, status_, words) {
    print "    MAX-ACCESS  " access_
    print "    STATUS      " status_
    put_text("    ", "DESCRIPTION", words)
}

function put_place(parent_, number) {
    print "    ::= { " parent_ " " number " }\n"
}

# On a line of its own each, where one line would be too long.
function put_index(t,    i, row, list, line) {
    for (i = 1; i <= cells[t]; i++) {
        row = cell[t, i]
        if (access[row] == "hidden") {
            list = list (list == "" ? "" : ",\n") "                    " name[row]
            line = line (line == "" ? "" : ", ") name[row]
        }
    }
    if (length(line) > width - 20)
        print "    INDEX       {\n" list "\n                }"
    else
        print "    INDEX       { " line " }"
}

# What the row of a table has, by list_cells().
function put_sequence(t,    count, i, longest) {
    count = list_cells(t)
    for (i = 1; i <= count; i++)
        if (length(name[listed[i]]) > longest)
            longest = length(name[listed[i]])
    for (i = 1; i <= count; i++)
        printf "    %-" longest "s %s%s\n", name[listed[i]], syntax[listed[i]], (i < count ? "," : "")
}

function put_counters(p,    i, row) {
    put_heading(title[p] " (/proc/" file[p] ")")
    print node[p] " OBJECT IDENTIFIER ::= { linuxTcpExtObjects " arc[p] " }\n"
    for (i = 1; i <= members[p]; i++) {
        row = member[p, i]
        if (sub_id[row] + 0)
            put_counter(row, node[p])
    }
}

function put_counter(row, parent_) {
    put_syntax(row)
    put_clauses("read-only", status(row), text[row] whose(row) " " releases(row))
    put_text("    ", "REFERENCE", kernel_field(row))
    put_place(parent_, sub_id[row])
}

function put_cell(row, parent_) {
    put_syntax(row)
    put_clauses(access[row] == "hidden" ? "not-accessible" : "read-only", "current", filled(text[row]))
    if (row in reference)
        put_text("    ", "REFERENCE", reference[row])
    put_place(parent_, sub_id[row])
}

function put_syntax(row) {
    print name[row] " OBJECT-TYPE"
    if (limits[row] ~ /^[a-z]/)
        put_enumeration(limits[row])
    else
        print "    SYNTAX      " syntax[row] (limits[row] == "" ? "" : " " limits[row])
    if (unit[row] != "")
        print "    UNITS       \"" unit[row] "\""
}

function put_enumeration(words,    i, count, word) {
    print "    SYNTAX      INTEGER {"
    count = split(words, word, / /)
    for (i = 1; i <= count; i++)
        print "                    " word[i] (i < count ? "," : "")
    print "                }"
}

# A counter that the kernel has dropped keeps its object, for older kernels.
function status(row) {
    return until[row] == "" ? "current" : "deprecated"
}

function put_text(indent, clause, words,    inner, i, count, part) {
    inner = indent "        "
    print indent clause
    count = split(words "\"", part, PARAGRAPH)
    print fold(part[1], inner "\"", inner, width)
    for (i = 2; i <= count; i++) {
        print ""
        print fold(part[i], inner, inner, width)
    }
}


# --- Conformance -----------------------------------------------------------------

# Of a section of counters two may come: of the current objects, by the section's own arc,
# and of the deprecated ones, 100 further on.
function split_groups(    a, i) {
    for (a = 1; a <= last_arc; a++)
        if (a in table_at) {
            for (i = 1; i <= tables; i++)
                if (is_ours(table[i]) && (table[i] == table_at[a] || parent[table[i]] == table_at[a]))
                    add_table_group(table[i])
        } else if (a in at) {
            add_counter_group(at[a], "current", "Group", group_number_of(a))
            add_counter_group(at[a], "deprecated", "OldGroup", group_number_of(a) + 100)
        }
}

# Groups 21 and 22 are those of kernelTable and counterSourceTable, which have no arc.
function group_number_of(a) {
    return a > 20 ? a + 2 : a
}

function add_table_group(t,    count, i) {
    count = list_cells(t)
    for (i = 1; i <= count; i++)
        if (access[listed[i]] != "hidden")
            add_to_group(name[listed[i]])
    add_group(is_node[t] ? t : substr(entry[t], 1, length(entry[t]) - 5), "Group", "current", group_number[t])
    group_text[object_groups] = table_title[t] "."
    group_condition[object_groups] = condition[t]
}

function add_counter_group(p, state, suffix, number,    i, row) {
    for (i = 1; i <= members[p]; i++) {
        row = member[p, i]
        if (sub_id[row] + 0 && status(row) == state)
            add_to_group(name[row])
    }
    if (!group_size[object_groups + 1])
        return
    add_group(node[p], suffix, state, number)
    group_text[object_groups] = title[p] ": counters of /proc/" file[p] \
        (state == "current" ? "." : " that only older kernels print.")
    group_condition[object_groups] = "Mandatory on hosts whose kernel prints counters of this group in /proc/" \
        file[p] " (" title[p] ")."
}

# To the one that add_group() begins next.
function add_to_group(object) {
    in_group[object_groups + 1, ++group_size[object_groups + 1]] = object
}

function add_group(stem, suffix, state, number) {
    object_groups++
    group_name[object_groups] = stem suffix
    group_status[object_groups] = state
    group_number_[object_groups] = number
    must_be_new(stem suffix)
    if (number in group_with)
        fail(group_name[object_groups] " and " group_with[number] " have the number " number)
    group_with[number] = group_name[object_groups]
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
    put_text("    ", "DESCRIPTION", group_text[g])
    print "    ::= { linuxTcpExtGroups " group_number_[g] " }\n"
}

function put_item(word, more) {
    print "        " word (more ? "," : "")
}

function put_mandatory(    g, count, list, i) {
    for (g = 1; g <= object_groups; g++)
        if (group_condition[g] == "")
            list[++count] = group_name[g]
    for (i = 1; i <= count; i++)
        print "            " list[i] (i < count ? "," : "")
}

# A compliance statement may not ask for groups whose status is not its own.
function put_compliance(state,    g) {
    for (g = 1; g <= object_groups; g++)
        if (group_status[g] == state && group_condition[g] != "") {
            print "\n        GROUP       " group_name[g]
            put_text("        ", "DESCRIPTION", group_condition[g])
        }
}

function put_includes(    g) {
    for (g = 1; g <= object_groups; g++)
        put_item(group_name[g], g < object_groups)
}
