# SPDX-License-Identifier: BSD-2-Clause
# json.awk - write rows.json: all that is served, for programs
#
#   generate.sh json > rows.json
#
# OIDs are below the root of their MIB, as in tests/mib/oids.txt; "mibs" has the roots.
# null is what a thing does not have. A record is a line, so that a change is one.

BEGIN {
    playpen = "1.3.6.1.4.1.8072.9999.9999.1213"
    mib2 = "1.3.6.1.2.1"
    kind_of["Counter32"] = kind_of["Counter64"] = "counter"
    kind_of["Gauge32"] = kind_of["KernelNumber"] = kind_of["ThousandthsPerSecond"] = kind_of["HundredthsOfPercent"] = "gauge"
    kind_of["INTEGER"] = kind_of["Integer32"] = kind_of["Unsigned32"] = kind_of["TruthValue"] = "integer"
    kind_of["TimeTicks"] = kind_of["TimeStamp"] = "time"
    kind_of["SnmpAdminString"] = kind_of["DisplayString"] = kind_of["CounterText"] = "text"
}

END {
    if (failed)
        exit 1
    check_rows()
    print "{"
    print quote("about") ": " quote("Made by mibs/json.awk of tcpextd from the rows of mibs: never edit it") ","
    put_mibs()
    open_list("sources")
    for (i = 1; i <= sources; i++)
        put_source(i, source[i])
    open_list("sections")
    for (i = 1; i <= sections; i++)
        put_section(section[i])
    open_list("counters")
    for (i = 1; i <= sections; i++)
        put_counters(section[i])
    open_list("scalars")
    for (i = 1; i <= showing; i++)
        put_showing(shows[i])
    for (i = 1; i <= tables; i++)
        if (is_node[table[i]])
            put_cells(table[i])
    open_list("health")
    for (i = 1; i <= healths; i++)
        put_health(health[i])
    open_list("kernel_tables")
    for (i = 1; i <= kernel_tables; i++)
        put_kernel_table(i, kernel_table[i])
    open_list("tables")
    for (i = 1; i <= tables; i++)
        if (!is_node[table[i]])
            put_table(table[i])
    open_list("notifications")
    for (i = 1; i <= notifications; i++)
        put_notification(i, notification[i])
    open_list("notified")
    for (i = 1; i <= tables; i++)
        put_notified(table[i])
    print "\n]\n}"
}

# rows.awk wants these two for its skeletons; there is none here.
function begin_text() {
}

function marker(word) {
}

function put_mibs() {
    print quote("mibs") ": {"
    print "  " pair("LINUX-TCPEXT-MIB", playpen) ","
    print "  " pair("RFC1213-MIB", mib2) ", " pair("TCP-MIB", mib2) ", " pair("UDP-MIB", mib2)
    print "},"
}


# --- Records: begin_record(), add() for each member, end_record() --------------------------------

function open_list(word) {
    printf "%s%s: [", lists++ ? "\n],\n" : "", quote(word)
    records = 0
}

function begin_record() {
    record = ""
}

function add(word, value) {
    record = record (record == "" ? "" : ", ") quote(word) ": " value
}

function end_record() {
    printf "%s\n  {%s}", records++ ? "," : "", record
}

# Rows have neither quotes nor backslashes in their texts.
function quote(words,    i, count, part, all) {
    count = split(words, part, "\n")
    for (i = 1; i <= count; i++)
        all = all (i > 1 ? "\\n" : "") part[i]
    return "\"" all "\""
}

function or_null(words) {
    return words == "" ? "null" : quote(words)
}

function pair(word, value) {
    return quote(word) ": " quote(value)
}


# --- Files and counters --------------------------------------------------------------

function put_source(number, id) {
    begin_record()
    add("index", number)
    add("id", quote(id))
    add("path", quote(source_path[id]))
    add("format", quote(format[id]))
    add("prefix", or_null(put_in_front[id]))
    add("per", quote(per[id]))
    add("set", quote(source_set[id]))
    add("title", quote(source_title[id]))
    add("absent", or_null(absent[id]))
    end_record()
}

function put_section(p) {
    begin_record()
    add("prefix", quote(p))
    add("title", quote(title[p]))
    add("source", quote(source_of_section[p]))
    add("node", arc[p] + 0 ? quote(node[p]) : "null")
    add("oid", arc[p] + 0 ? quote("1." arc[p]) : "null")
    end_record()
}

function put_counters(p,    i) {
    for (i = 1; i <= members[p]; i++)
        put_counter(member[p, i], arc[p], 0)
    for (i = 1; i <= columns[p]; i++)
        put_counter(column[p, i], place[table_of_types(p)] ".1", 1)
}

function put_counter(row, below, per_type,    nstat, has_object) {
    nstat = prefix[row] key[row]
    has_object = sub_id[row] + 0
    begin_record()
    add("name", quote(nstat))
    add("section", quote(prefix[row]))
    add("source", quote(source_of(row)))
    add("file", quote(source_path[source_of(row)]))
    add("field", or_null(kernel_word(row)))
    add("per_type", per_type ? "true" : "false")
    add("mib", has_object ? quote("LINUX-TCPEXT-MIB") : "null")
    add("object", has_object ? quote(name[row]) : "null")
    add("oid", has_object ? quote("1." below "." sub_id[row]) : "null")
    add("syntax", has_object ? quote(syntax[row]) : "null")
    add("kind", quote(kind[row]))
    add("unit", quote(unit[row]))
    add("since", quote(since[row]))
    add("until", or_null(until[row]))
    add("shown_by", list_of(shown[nstat]))
    add("text", quote(text[row]))
    end_record()
}

function list_of(words,    i, count, part, all) {
    count = split(words, part, /, /)
    for (i = 1; i <= count; i++)
        all = all (i > 1 ? ", " : "") quote(part[i])
    return "[" all "]"
}


# --- Scalars and tables ----------------------------------------------------------------

function put_showing(row,    first) {
    first = row_of[first_shown[row]]
    begin_record()
    add("mib", quote(mib2_module(group_shown[row], name[row])))
    add("object", quote(name[row]))
    add("oid", quote(arc_of[group_shown[row]] "." sub_id[row]))
    add("module", quote(group_shown[row]))
    add("syntax", quote(syntax[row]))
    add("kind", quote(kind_of[syntax[row]]))
    add("unit", first ? or_null(unit[first]) : "null")
    add("counters", "[" (first ? quote(first_shown[row]) : "") \
        (second_shown[row] == "NONE" ? "" : ", " quote(second_shown[row])) "]")
    add("text", first ? quote(text[first]) : "null")
    end_record()
}

function put_kernel_table(number, id) {
    begin_record()
    add("index", number)
    add("id", quote(id))
    add("title", quote(kernel_title[id]))
    add("survey", quote(survey_title[survey_of[id]]))
    end_record()
}

function put_cells(node_,    i) {
    for (i = 1; i <= cells[node_]; i++)
        if (access[cell[node_, i]] != "notified")
            put_cell(node_, cell[node_, i])
}

function put_notified(node_,    i) {
    for (i = 1; i <= cells[node_]; i++)
        if (access[cell[node_, i]] == "notified")
            put_cell(node_, cell[node_, i])
}

function put_cell(node_, row) {
    begin_record()
    add_place(node_, name[row], oid_of(node_) "." sub_id[row])
    add_nature(row)
    end_record()
}

function put_notification(number, descriptor,    words) {
    words = objects_in[descriptor]
    gsub(/ /, ", ", words)
    begin_record()
    add("notification", quote(descriptor))
    add("oid", quote("0." number))
    add("objects", list_of(words))
    add("text", quote(notification_text[descriptor]))
    end_record()
}

# How the scalars of the node health come about.
function put_health(row,    i, all) {
    begin_record()
    add("object", quote(name[row]))
    add("over", quote(tolower(over[row])))
    add("unit", quote(unit[row]))
    add("minimum", minimum[row] + 0)
    add("numerator", terms_of(row, "NUMERATOR"))
    add("denominator", terms_of(row, "DENOMINATOR"))
    add("limit", or_null(limit_object[row]))
    add("worst", or_null(worst_column[row]))
    add("formula", quote(formula(row)))
    add("advice", quote(advice[row]))
    for (i = 1; i <= defaults[row]; i++)
        all = all (i > 1 ? ", " : "") "{" pair("name", default_name[row, i]) ", " \
            pair("words", default_words[row, i]) ", " pair("reason", default_why[row, i]) "}"
    add("thresholds", "[" all "]")
    end_record()
}

# Signed names, such as "-TcpExtTCPSynRetrans"; "?" stands before one that some kernels lack.
function terms_of(row, part,    i, all) {
    for (i = 1; i <= terms[row]; i++)
        if (term_part[row, i] == part)
            all = all (all == "" ? "" : ", ") quote((term_as[row, i] ~ /_IF$/ ? "?" : "") \
                (term_as[row, i] ~ /^PLUS/ ? "+" : "-") term_counter[row, i])
    return "[" all "]"
}

function put_table(t,    i, count, all, kept) {
    count = list_cells(t)
    for (i = 1; i <= count; i++) {
        begin_record()
        add("object", quote(name[listed[i]]))
        add("oid", quote(oid_of(t) ".1." sub_id[listed[i]]))
        add("index", is_index[listed[i]] ? "true" : "false")
        add("readable", access[listed[i]] == "hidden" ? "false" : "true")
        add_nature(listed[i])
        all = all (i > 1 ? "," : "") "\n    {" record "}"
    }
    begin_record()
    add_place(t, t, oid_of(t))
    add("text", or_null(filled(table_text[t])))
    add("columns", "[" all "]")
    end_record()
}

function add_place(t, object, oid) {
    add("mib", quote(is_ours(t) ? "LINUX-TCPEXT-MIB" : "RFC1213-MIB"))
    add("object", quote(object))
    add("oid", quote(oid))
    add("module", quote(module[t]))
    add("title", quote(table_title[t]))
    add("kernel_table", instances[t] == "KERNEL" ? quote(instances_of[t]) : "null")
}

function add_nature(row) {
    add("syntax", quote(syntax[row]))
    add("limits", limits[row] ~ /^\(/ ? quote(limits[row]) : "null")
    add("values", limits[row] ~ /^[a-z]/ ? values_of(limits[row]) : "null")
    add("kind", kind_in(row))
    add("unit", or_null(unit[row]))
    add("text", or_null(filled(text[row])))
}

# What a row of nstatTable is, the row itself says.
function kind_in(row) {
    if (row in kind)
        return quote(kind[row])
    return name[row] == "nstatValue" ? "null" : or_null(kind_of[syntax[row]])
}

function values_of(words,    i, count, part, all) {
    count = split(words, part, /[() ]+/)
    for (i = 1; i + 1 <= count; i += 2)
        all = all (i > 1 ? ", " : "") quote(part[i]) ": " part[i + 1]
    return "{" all "}"
}
