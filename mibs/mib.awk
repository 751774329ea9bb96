# SPDX-License-Identifier: BSD-2-Clause
# mib.awk - write a MIB module: the rows, laid out by a skeleton
#
#   generate.sh mib MODULE ROOT > MODULE.txt
#
# root is the OID of linuxTcpExtMIB; the default is { netSnmpPlaypen 1213 }. released is the folder of the MIBs as
# they were released last: what they say of conformance stays word by word, and what is not in their groups gets
# groups of its own (RFC 2580, 7.1 to 7.3).
#
# Markers of the skeletons:
#
#   @import-syntaxes@           base syntaxes of the rows, enterprises if needed
#   @import-root@               the module that names the node above the root
#   @root-prose@                where the module is registered, and what of it
#   @root-identity@             the value of MODULE-IDENTITY, and nodes above it
#   @objects@                   all nodes, scalars and tables
#   @notifications@             all notifications
#   @conformance@               their groups, and who has to implement which
#   @includes STATEMENT@        the names of all groups, or, of a released AGENT-CAPABILITIES, those that it has

BEGIN {
    enterprises = "1.3.6.1.4.1"
    playpen = enterprises ".8072.9999.9999"
    margin = "            "
    width = 72
    max_access["hidden"] = "not-accessible"
    max_access["readable"] = "read-only"
    max_access["notified"] = "accessible-for-notify"
    set_root(root == "" ? playpen ".1213" : root)
}

function begin_text() {
    read_released()
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
    else if (word[1] == "notifications")
        put_notifications()
    else if (word[1] == "conformance")
        put_conformance()
    else if (word[1] == "includes")
        put_includes(word[2])
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

# 128 sub-ids are the most that an OID may have; instances of thresholdTable, indexed
# by texts of up to 32, 32 and 40 characters, are the longest: 1.38.1.4.32.context.32.name.40.row
# below the root.
function check_arcs(    i, unused) {
    for (i = 1; i <= arcs; i++)
        if (arc_below[i] !~ /^(0|[1-9][0-9]*)$/ || arc_below[i] + 0 > 4294967295)
            fail("root=" root_oid ": " arc_below[i] " is not a sub-identifier")
    if (split(root_oid, unused, /\./) > 128 - 111)
        fail("root=" root_oid ": more than " 128 - 111 " sub-identifiers")
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
    put_clauses(max_access[access[row]], "current", filled(text[row]))
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

# A counter that the kernel has dropped keeps its object, for older kernels, and what was released its group, so its status.
function status(row) {
    if (name[row] in released_status)
        return released_status[name[row]]
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


# --- Notifications ---------------------------------------------------------------

function put_notifications(    i, descriptor) {
    put_heading(notification_title)
    for (i = 1; i <= notifications; i++) {
        descriptor = notification[i]
        print descriptor " NOTIFICATION-TYPE"
        put_list("OBJECTS", objects_in[descriptor])
        print "    STATUS      current"
        put_text("    ", "DESCRIPTION", notification_text[descriptor])
        put_place(notification_node, i)
    }
}

function put_list(clause, words,    i, count, word) {
    print "    " clause " {"
    count = split(words, word, / /)
    for (i = 1; i <= count; i++)
        put_item(word[i], i < count)
    print "    }"
}


# --- What is released ------------------------------------------------------------

# Leaves released_status[object], released_in[object], the group of an object or notification, released_group[name],
# released_includes[statement], and released_text, the statements of conformance.
function read_released() {
    read_released_mib(released "/LINUX-TCPEXT-MIB.txt")
    read_released_capabilities(released "/LINUX-TCPEXT-CAPS-MIB.txt")
}

# In the layout that this file writes.
function read_released_mib(path,    line, word, object, group, in_text) {
    while (released != "" && (getline line < path) > 0) {
        split(line, word, / +/)
        if (word[2] == "OBJECT-TYPE")
            object = word[1]
        else if (word[2] == "STATUS" && object != "") {
            released_status[object] = word[3]
            object = ""
        } else if (word[2] ~ /^(OBJECT|NOTIFICATION)-GROUP$/)
            released_group[group = word[1]] = 1
        else if (word[2] == "STATUS")
            group = ""
        else if (group != "" && line ~ /^        [a-z]/)
            released_in[unlisted(word[2])] = group
        else if (word[2] == "MODULE-COMPLIANCE")
            released_compliance[word[1]] = in_text = 1
        if (in_text && line != "END")
            released_text = released_text line "\n"
    }
}

function read_released_capabilities(path,    line, word, statement, in_list) {
    while (released != "" && (getline line < path) > 0) {
        split(line, word, / +/)
        if (word[2] == "AGENT-CAPABILITIES")
            statement = word[1]
        else if (word[2] == "INCLUDES")
            in_list = 1
        else if (word[2] == "}")
            in_list = 0
        else if (in_list)
            released_includes[statement] = released_includes[statement] " " unlisted(word[2])
    }
}

function unlisted(item) {
    sub(/,$/, "", item)
    return item
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
    add_notification_group()
}

function add_notification_group(    i) {
    for (i = 1; i <= notifications; i++)
        add_to_group(notification[i])
    add_groups(notification_node, "Group", "current", notification_group, notification_title ".", "")
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
    add_groups(is_node[t] ? t : substr(entry[t], 1, length(entry[t]) - 5), "Group", "current", group_number[t],
        table_title[t] ".", condition[t])
}

function add_counter_group(p, state, suffix, number,    i, row) {
    for (i = 1; i <= members[p]; i++) {
        row = member[p, i]
        if (sub_id[row] + 0 && status(row) == state)
            add_to_group(name[row])
    }
    add_groups(node[p], suffix, state, number, title[p] ": counters of /proc/" file[p] \
        (state == "current" ? "." : " that only older kernels print."), \
        "Mandatory on hosts whose kernel prints counters of this group in /proc/" file[p] " (" title[p] ").")
}

# To the new one that add_groups() ends with. What is released has a group already.
function add_to_group(object) {
    if (!(object in released_in))
        waiting[++waits] = object
}

# Those that are released, and one for what is new: fooGroup, fooGroup2 ..., 1000 apart.
function add_groups(stem, suffix, state, number, words, condition_,    name_, i) {
    name_ = stem suffix
    for (i = 2; name_ in released_group; i++) {
        add_group(name_, state, number, words, condition_)
        name_ = stem suffix i
        number += 1000
    }
    if (waits)
        add_group(name_, state, number, words, condition_)
    for (i = 1; i <= waits; i++)
        in_group[object_groups, i] = waiting[i]
    waits = 0
}

function add_group(name_, state, number, words, condition_) {
    object_groups++
    group_name[object_groups] = name_
    group_status[object_groups] = state
    group_number_[object_groups] = number
    group_text[object_groups] = words
    group_condition[object_groups] = condition_
    group_size[object_groups] = name_ in released_group ? 0 : waits
    must_be_new(name_)
    if (number in group_with)
        fail(name_ " and " group_with[number] " have the number " number)
    group_with[number] = name_
}

function put_conformance() {
    printf "%s", released_text
    put_compliance("linuxTcpExtCompliance", 1, "current", "What an agent implements that claims to conform to " \
        "this module. Where a group below is mandatory, its objects have an instance if and only if the running " \
        "kernel prints the counter.")
    put_compliance("linuxTcpExtOldCompliance", 2, "deprecated", "What an agent implements besides, to serve all " \
        "counters of kernels that print some which the newest one has dropped.")
    put_object_groups()
}

# A new statement when there are new groups of that status.
function put_compliance(stem, number, state, words,    name_, i) {
    if (!count_new(state))
        return
    name_ = stem
    for (i = 2; name_ in released_compliance; i++) {
        name_ = stem i
        number += 2
    }
    print name_ " MODULE-COMPLIANCE"
    print "    STATUS      " state
    put_text("    ", "DESCRIPTION", words)
    print "    MODULE      -- this module"
    print "        MANDATORY-GROUPS {"
    put_mandatory(state)
    print "        }"
    put_conditions(state)
    print "    ::= { linuxTcpExtCompliances " number " }\n"
}

function count_new(state,    g, count) {
    for (g = 1; g <= object_groups; g++)
        count += group_status[g] == state && group_size[g]
    return count
}

# Of the deprecated ones none is mandatory: it asks for what all need.
function put_mandatory(state,    g, count, list, i) {
    for (g = 1; g <= object_groups; g++)
        if (state == "current" ? group_condition[g] == "" : group_name[g] ~ /^(snapshot|nstat)Group$/)
            list[++count] = group_name[g]
    for (i = 1; i <= count; i++)
        print "            " list[i] (i < count ? "," : "")
}

# A compliance statement may not ask for groups whose status is not its own.
function put_conditions(state,    g) {
    for (g = 1; g <= object_groups; g++)
        if (group_status[g] == state && group_condition[g] != "") {
            print "\n        GROUP       " group_name[g]
            put_text("        ", "DESCRIPTION", group_condition[g])
        }
}

function put_object_groups(    g) {
    for (g = 1; g <= object_groups; g++)
        if (group_size[g])
            put_object_group(g)
}

function put_object_group(g,    i, words) {
    for (i = 1; i <= group_size[g]; i++)
        words = words (i > 1 ? " " : "") in_group[g, i]
    print group_name[g] " " (is_notification_group(g) ? "NOTIFICATION" : "OBJECT") "-GROUP"
    put_list(is_notification_group(g) ? "NOTIFICATIONS" : "OBJECTS", words)
    print "    STATUS      " group_status[g]
    put_text("    ", "DESCRIPTION", group_text[g])
    print "    ::= { linuxTcpExtGroups " group_number_[g] " }\n"
}

function put_item(word, more) {
    print "        " word (more ? "," : "")
}

function is_notification_group(g) {
    return index(group_name[g], notification_node) == 1
}

function put_includes(statement,    g, words, count, word) {
    words = substr(released_includes[statement], 2)
    if (words == "")
        for (g = 1; g <= object_groups; g++)
            words = words (g > 1 ? " " : "") group_name[g]
    count = split(words, word, / /)
    for (g = 1; g <= count; g++)
        put_item(word[g], g < count)
}
