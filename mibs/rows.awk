# SPDX-License-Identifier: BSD-2-Clause
# rows.awk - read the rows of sources.def, counters.def, mib2.def, tables.def and health.def
#
# The rows are X-macro calls, so that C reads them by #include.  This file is
# the other reader: it turns them into the arrays below and stops at the first
# row that breaks a rule.  It prints nothing; mib.awk, manual.awk and json.awk
# do, each given to awk after this one, as generate.sh does:
#
#   awk -f rows.awk -f mib.awk sources.def counters.def mib2.def tables.def health.def templates/SKELETON.txt.in
#
# A skeleton (any file named *.in, the last argument) is copied; each of its lines
# of the form "@word arguments@" calls marker() with an array of these words.  The
# program defines that, and begin_text(), called before the first line.  In lines
# that are too long, {files} stands for the files of counters.
#
# What the rows leave behind:
#
#   sources, source[1 ...]      ids of the SOURCE rows
#   source_path, format, put_in_front, per, source_set, source_title, absent     by id of a source
#   sections                    number of SECTION rows
#   section[1 ...]              their prefixes, in the order of the file
#   arc, node, file, title      by prefix; file is the path of the section's source
#   at[arc]                     the prefix that has this arc
#   members[prefix], member[prefix, 1 ...]    row numbers of its COUNTER rows
#   columns[prefix], column[prefix, 1 ...]    row numbers of its PER_TYPE rows
#   shown[nstat name]           RFC1213 objects that show this counter
#   arc_of[node]                of the NODE rows, and of linuxTcpExtObjects
#   shows[1 ... showing]        row numbers of the SCALAR rows
#   survey_title[id]            of the SURVEY rows
#   kernel_tables, kernel_table[1 ...], kernel_title[id], survey_of[id]      of KERNEL_TABLE rows
#   tables, table[1 ...]        descriptors of the TABLE and SCALARS rows
#   is_node, module, parent, place, instances, instances_of, group_number, table_title,
#   entry, condition, table_text, entry_text                  by descriptor of a table or node
#   cells[table], cell[table, 1 ...]          row numbers of its INDEX, COLUMN and COUNTED rows
#   prefix, sub_id, name, key, kind, unit, since, until, text, syntax
#                               by row number; name is the object's, key is the
#                               kernel's name without its prefix
#   limits, access, reference   by row number of an INDEX, COLUMN, COUNTED or NOTIFIED row
#   notifications, notification[1 ...]        descriptors of the NOTIFICATION rows
#   notification_text, objects_in             by descriptor of a notification; the objects have blanks between
#   notification_node, notification_group, notification_title
#   healths, health[1 ...]      row numbers of the HEALTH rows, which are cells of the node health, too
#   over, minimum, advice, worst_column, limit_object           by row number of one
#   terms[row], term_part, term_as, term_counter[row, 1 ...]                 of its TERM rows
#   defaults[row], default_name, default_words, default_why[row, 1 ...]      of its THRESHOLD rows
#
# POSIX awk: runs under mawk, gawk --posix, busybox awk and the one true awk.

BEGIN {
    PARAGRAPH = "\n\n"
    syntax_of["counter"] = "Counter64"
    syntax_of["gauge"] = "Gauge32"
    syntax_of["integer"] = "Integer32"

    arc_of["linuxTcpExtObjects"] = 1

    arguments["SOURCE"] = 9
    arguments["SECTION"] = 5
    arguments["COUNTER"] = 8
    arguments["PER_TYPE"] = 8
    arguments["NODE"] = 2
    arguments["SCALAR"] = 6
    arguments["SURVEY"] = 2
    arguments["KERNEL_TABLE"] = 5
    arguments["TABLE"] = 8
    arguments["SCALARS"] = 8
    arguments["ABOUT"] = 5
    arguments["INDEX"] = 9
    arguments["COLUMN"] = 7
    arguments["COUNTED"] = 5
    arguments["REFERENCE"] = 2
    arguments["NOTIFIED"] = 7
    arguments["NOTIFICATIONS"] = 3
    arguments["NOTIFICATION"] = 4
    arguments["HEALTH"] = 7
    arguments["TERM"] = 4
    arguments["LIMIT"] = 3
    arguments["WORST"] = 3
    arguments["THRESHOLD"] = 4
}

FNR == 1 { begin_file() }
FILENAME ~ /\.in$/ { copy($0); next }
{ scan($0) }
END { if (failed) exit 1; macro_must_be_closed() }


# --- Failing ------------------------------------------------------------------

# One line, file:line first; then nothing more is printed, and awk ends with 1.
function fail(why,    row) {
    row = macro == "" ? "" : macro "(" shortened() "): "
    print where() row why | "cat 1>&2"
    failed = 1
    exit 1
}

function where() {
    if (macro != "")
        return row_file ":" row_line ": "
    return FILENAME == "" ? "" : FILENAME ":" FNR ": "
}

# The first arguments are enough to find the row.
function shortened(    i, out) {
    for (i = 1; i <= n && i <= 3; i++)
        out = out (i > 1 ? ", " : "") args[i]
    return out
}


# --- The scanner: from lines to macro calls -------------------------------------

# The skeleton comes last: nothing is printed before all rows are known to be good.
function begin_file() {
    macro_must_be_closed()
    in_comment = in_directive = 0
    if (FILENAME ~ /\.in$/) {
        check_rows()
        begin_text()
    }
}

function macro_must_be_closed() {
    if (macro != "")
        fail("the row has no closing parenthesis")
}

# Comments and preprocessor lines belong to C alone.
function scan(line) {
    if (in_directive || (!in_comment && macro == "" && line ~ /^[ \t]*#/)) {
        in_directive = line ~ /\\$/
        return
    }
    while (line != "")
        line = in_comment ? after_comment(line) : after_token(line)
}

function after_comment(line,    end) {
    end = index(line, "*/")
    if (!end)
        return ""
    in_comment = 0
    return substr(line, end + 2)
}

function after_token(line,    token, rest) {
    if (!match(line, /"[^"]*"|\/\*|\/\/|[(),]|[A-Za-z0-9_]+/)) {
        must_be_blank(line)
        return ""
    }
    must_be_blank(substr(line, 1, RSTART - 1))
    token = substr(line, RSTART, RLENGTH)
    rest = substr(line, RSTART + RLENGTH)
    if (token == "//")
        return ""
    if (token == "/*")
        in_comment = 1
    else
        take_token(token)
    return rest
}

function must_be_blank(stray) {
    if (stray !~ /^[ \t]*$/)
        fail("stray text: " stray)
}

function take_token(token) {
    if (macro == "")
        open_row(token)
    else if (token == "(" && n == 0)
        n = 1
    else if (token == "(")
        fail("a parenthesis inside a row")
    else if (token == ",")
        args[++n] = ""
    else if (token == ")")
        close_row()
    else
        take_value(token)
}

function open_row(token) {
    if (!(token in arguments))
        fail("not a row: " token)
    macro = token
    row_file = FILENAME
    row_line = FNR
    n = 0
    args[1] = ""
}

# Parts of a string are joined as C joins them.
function take_value(token) {
    if (n == 0)
        fail("no opening parenthesis")
    if (token ~ /^"/)
        token = substr(token, 2, length(token) - 2)
    args[n] = args[n] token
}

function close_row() {
    if (n != arguments[macro])
        fail(n " arguments where " arguments[macro] " are due")
    check_texts()
    if (macro == "SOURCE")
        take_source(args[2])
    else if (macro == "SECTION")
        take_section(args[1], args[2], args[3], args[4], args[5])
    else if (macro == "COUNTER")
        take_counter(args[1], args[2])
    else if (macro == "PER_TYPE")
        take_type(args[1], args[2])
    else if (macro == "NODE")
        arc_of[args[1]] = args[2]
    else if (macro == "SCALAR")
        take_showing(args[1], args[3], args[5], args[6])
    else if (macro == "SURVEY")
        survey_title[args[1]] = args[2]
    else if (macro == "KERNEL_TABLE")
        take_kernel_table(args[2])
    else if (macro == "TABLE" || macro == "SCALARS")
        take_table(args[1])
    else if (macro == "ABOUT")
        take_about(args[1])
    else if (macro == "INDEX")
        take_index(args[1])
    else if (macro == "COLUMN")
        take_column(args[1], "readable")
    else if (macro == "COUNTED")
        take_counted(args[1], args[4])
    else if (macro == "NOTIFIED")
        take_column(args[1], "notified")
    else if (macro == "NOTIFICATIONS")
        take_notifications()
    else if (macro == "NOTIFICATION")
        take_notification(args[2])
    else if (macro == "HEALTH")
        take_health(args[2])
    else if (macro == "TERM")
        take_term(health_row(args[1]))
    else if (macro == "LIMIT")
        limit_object[health_row(args[1])] = known_object(args[3])
    else if (macro == "WORST")
        take_worst(health_row(args[1]))
    else if (macro == "THRESHOLD")
        take_threshold(health_row(args[1]))
    else
        reference[row_of_object(args[1])] = args[2]
    macro = ""
}

# What would break the MIB (a double dash ends a comment there, a quote ends a
# string) or C (a backslash).
function check_texts(    i) {
    for (i = 1; i <= n; i++) {
        if (args[i] ~ /[^ -~]/)
            fail("not ASCII: " args[i])
        if (args[i] ~ /--/)
            fail("two hyphens in a row: " args[i])
        if (macro == "ABOUT")
            gsub(/\\n\\n/, PARAGRAPH, args[i])
        if (args[i] ~ /\\/)
            fail("a backslash: " args[i])
    }
}


# --- The rows --------------------------------------------------------------------

function take_source(id) {
    must_follow(args[1], sources)
    if (id in source_path)
        fail("the source is declared twice")
    if (args[6] !~ /^(netns|host)$/)
        fail("unknown per: " args[6] " (netns or host)")
    if (args[7] !~ /^(core|more)$/)
        fail("unknown set: " args[7] " (core or more)")
    source[++sources] = id
    source_path[id] = args[3]
    format[id] = args[4]
    put_in_front[id] = args[5]
    per[id] = args[6]
    source_set[id] = args[7]
    source_title[id] = args[8]
    absent[id] = args[9]
}

function take_section(p, arc_, node_, source_, title_) {
    if (p in arc)
        fail("the section is declared twice")
    if (arc_ !~ /^(0|[1-9][0-9]*)$/)
        fail("not an arc: " arc_)
    if (arc_ + 0 && (arc_ + 0 in at))
        fail("the arc belongs to section " at[arc_ + 0])
    if (!(source_ in source_path))
        fail("unknown source " source_)
    section[++sections] = p
    if (arc_ + 0)
        at[arc_ + 0] = p
    arc[p] = arc_
    node[p] = node_
    source_of_section[p] = source_
    file[p] = source_path[source_]
    title[p] = title_
    if (arc_ + 0 > last_arc)
        last_arc = arc_ + 0
    if (arc_ + 0)
        must_be_new(node_)
}

# Sub-id 0 stands for a counter that RFC1213 shows and this MIB does not.
function take_counter(p, s) {
    add_row()
    if (s != "0") {
        must_follow(s, last_sub[p])
        last_sub[p] = s
    }
    member[p, ++members[p]] = rows
}

# Column 1 is the index: the first row is column 2.
function take_type(p, s) {
    add_row()
    must_follow(s, last_column[p] ? last_column[p] : 1)
    last_column[p] = s
    column[p, ++columns[p]] = rows
}

# COUNTER and PER_TYPE have the same arguments.
function add_row(    p) {
    p = args[1]
    if (!(p in arc))
        fail("unknown section " p)
    if (!(args[4] in syntax_of))
        fail("unknown kind " args[4] " (counter, gauge or integer)")
    if (args[6] !~ /^(<=)?[0-9]+(\.[0-9]+)+$/ || args[7] !~ /^([0-9]+(\.[0-9]+)+)?$/)
        fail("not a kernel release: " args[6] ", " args[7])
    rows++
    prefix[rows] = p
    sub_id[rows] = args[2]
    key[rows] = args[3]
    name[rows] = object_name(p args[3])
    kind[rows] = args[4]
    syntax[rows] = syntax_of[args[4]]
    unit[rows] = args[5]
    since[rows] = args[6]
    until[rows] = args[7]
    text[rows] = good_text(args[8])
    if (args[2] + 0)
        used[syntax[rows]] = 1
    row_of[p args[3]] = rows
    must_be_new(name[rows])
}

# A scalar of mib2.def: which counters, one or the sum of two, it shows.
function take_showing(group_, object, source1, source2) {
    note_shown(group_, object, source1)
    note_shown(group_, object, source2)
    rows++
    shows[++showing] = rows
    name[rows] = object
    sub_id[rows] = args[2]
    syntax[rows] = mib2_syntax(args[4])
    first_shown[rows] = source1
    second_shown[rows] = source2
    group_shown[rows] = group_
}

function mib2_syntax(token) {
    return token == "INTEGER" ? token : substr(token, 1, 1) tolower(substr(token, 2))
}

function mib2_module(group_, object) {
    return object ~ /^(tcp|udp)HC/ ? toupper(group_) "-MIB" : "RFC1213-MIB"
}

function note_shown(group_, object, counter) {
    if (counter == "NONE" || counter == "CONSTANT_0")
        return
    if (counter in shown)
        shown[counter] = shown[counter] ", "
    shown[counter] = shown[counter] mib2_module(group_, object) "::" object
}

function take_kernel_table(id) {
    must_follow(args[1], kernel_tables)
    kernel_table[++kernel_tables] = id
    if (!(args[3] in survey_title))
        fail("no SURVEY has the id " args[3])
    survey_of[id] = args[3]
    kernel_title[id] = args[5]
}

function take_table(t) {
    if (t in module)
        fail("the table is declared twice")
    if (args[5] == "KERNEL" && !(args[6] in kernel_title))
        fail("no KERNEL_TABLE has the id " args[6])
    table[++tables] = t
    is_node[t] = macro == "SCALARS"
    module[t] = args[2]
    parent[t] = args[3]
    place[t] = args[4]
    instances[t] = args[5]
    instances_of[t] = args[6]
    group_number[t] = args[7]
    table_title[t] = args[8]
    if (args[5] == "KERNEL")
        shown_by[args[6]] = shown_by[args[6]] " " t
    if (is_ours(t))
        take_our_table(t)
}

# The section of types has the place of its table already.
function take_our_table(t,    a) {
    a = place[t] + 0
    if (instances[t] == "TYPES" && node[instances_of[t]] == t)
        delete taken[tolower(t)]
    else if (parent[t] == "linuxTcpExtObjects" && ((a in at) || (a in table_at)))
        fail("the arc belongs to " ((a in at) ? "section " at[a] : table_at[a]))
    must_be_new(t)
    if (parent[t] == "linuxTcpExtObjects")
        table_at[a] = t
    if (a > last_arc)
        last_arc = a
}

function take_about(t) {
    table_must_be_known(t)
    entry[t] = args[2]
    condition[t] = args[3]
    table_text[t] = good_text(args[4])
    entry_text[t] = good_text(args[5])
    must_be_new(entry[t])
}

function table_must_be_known(t) {
    if (!(t in module))
        fail("unknown table " t)
}

function take_index(t) {
    add_cell(t, args[2], args[3], args[7], args[8], "", args[9])
    if (args[4] !~ /^(hidden|readable)$/)
        fail("unknown access: " args[4] " (hidden or readable)")
    access[rows] = args[4]
    is_index[rows] = 1
    indexes[t]++
}

function take_column(t, access_) {
    add_cell(t, args[2], args[3], args[4], args[5], args[6], args[7])
    access[rows] = access_
}

function take_notifications() {
    notification_node = args[1]
    notification_group = args[2]
    notification_title = args[3]
}

function take_notification(descriptor,    i, count, object) {
    must_follow(args[1], notifications)
    must_be_new(descriptor)
    notification[++notifications] = descriptor
    objects_in[descriptor] = args[3]
    notification_text[descriptor] = good_text(args[4])
    count = split(args[3], object, / /)
    for (i = 1; i <= count; i++)
        if (access[row_of_object(object[i])] != "notified")
            fail(object[i] " is no NOTIFIED row")
}

# The counter's own row has the unit, and says more.
function take_counted(t, counter) {
    if (!(counter in row_of))
        fail("no COUNTER has the name " counter)
    add_cell(t, args[2], args[3], syntax[row_of[counter]], "", unit[row_of[counter]],
        args[5] " See " name[row_of[counter]] ".")
    access[rows] = "readable"
}

function add_cell(t, s, object, syntax_, limits_, unit_, words) {
    table_must_be_known(t)
    must_follow(s, cells[t] + (cells[t] && instances[t] == "TYPES" ? columns[instances_of[t]] : 0))
    rows++
    cell[t, ++cells[t]] = rows
    sub_id[rows] = s
    name[rows] = object
    syntax[rows] = syntax_ == "ObjectIdentifier" ? "OBJECT IDENTIFIER" : syntax_
    limits[rows] = limits_
    unit[rows] = unit_
    text[rows] = is_ours(t) ? good_text(words) : words
    row_of_cell[object] = rows
    if (is_ours(t)) {
        used[syntax_] = 1
        must_be_new(object)
    }
}

# A cell of the node health; its text is whole once its formula has been read.
function take_health(object) {
    if (args[3] !~ /^(WINDOW|NOW)$/)
        fail("unknown over: " args[3] " (WINDOW or NOW)")
    if (args[5] !~ /^(0|[1-9][0-9]*)$/)
        fail("not a minimum: " args[5])
    add_cell("health", args[1], object, args[4] == "percent" ? "HundredthsOfPercent" : "Gauge32", "", args[4], args[6])
    access[rows] = "readable"
    health[++healths] = rows
    over[rows] = args[3]
    minimum[rows] = args[5]
    advice[rows] = good_text(args[7])
}

# The row of a formula is that of the last HEALTH row: C finds it by that.
function health_row(object) {
    if (!healths || name[health[healths]] != object)
        fail("no HEALTH row of that name is before it")
    return health[healths]
}

function take_term(row,    i) {
    if (args[2] !~ /^(NUMERATOR|DENOMINATOR)$/)
        fail("unknown part: " args[2] " (NUMERATOR or DENOMINATOR)")
    if (args[3] !~ /^(PLUS|MINUS)(_IF)?$/)
        fail("unknown as: " args[3] " (PLUS, MINUS, PLUS_IF or MINUS_IF)")
    if (!(args[4] in row_of))
        fail("no counter is called " args[4])
    if ((kind[row_of[args[4]]] == "counter") != (over[row] == "WINDOW"))
        fail("a " kind[row_of[args[4]]] " over " over[row])
    i = ++terms[row]
    term_part[row, i] = args[2]
    term_as[row, i] = args[3]
    term_counter[row, i] = args[4]
}

function take_worst(row) {
    if (!(args[2] in kernel_title))
        fail("no KERNEL_TABLE has the id " args[2])
    worst_column[row] = known_object(args[3])
}

function take_threshold(row,    i) {
    if (args[2] !~ /^[A-Za-z0-9-]+$/ || length(args[2]) > 32)
        fail("not the name of a threshold: " args[2])
    if (args[2] in default_of)
        fail("the name belongs to " default_of[args[2]])
    default_of[args[2]] = args[1]
    i = ++defaults[row]
    default_name[row, i] = args[2]
    default_words[row, i] = args[3]
    default_why[row, i] = good_text(args[4])
}

function known_object(object) {
    row_of_object(object)
    return object
}

function row_of_object(object) {
    if (!(object in row_of_cell))
        fail("unknown object " object)
    return row_of_cell[object]
}

# 1024 octets is the size of nstatDescription.
function good_text(words) {
    if (words !~ /[^ ]/)
        fail("no description")
    if (length(words) > 1024)
        fail("a description of more than 1024 characters")
    if (words ~ /(^| )[.']/)
        fail("a word begins with a dot or apostrophe, which roff may take for a request")
    return words
}

# Sub-ids are for ever: a new row goes last in its section and takes the next one.
function must_follow(s, last) {
    if (s + 0 != last + 1 || s !~ /^[1-9][0-9]*$/)
        fail("sub-id " s " where " last + 1 " is next")
}

# SMIv2 tells descriptors apart by case, but people and some tools do not.
function must_be_new(descriptor) {
    if (length(descriptor) > 64)
        fail(descriptor " is longer than 64 characters")
    if (descriptor !~ /^[a-z][A-Za-z0-9]*$/)
        fail(descriptor " is not a descriptor: letters and digits only")
    if (tolower(descriptor) in taken)
        fail("the name " descriptor " is taken, see " taken[tolower(descriptor)])
    taken[tolower(descriptor)] = row_file ":" row_line
}

# What no row can break by itself.
function check_rows() {
    every_section_must_have_rows()
    every_shown_counter_must_be_a_row()
    every_table_must_be_whole()
    every_health_must_have_a_formula()
}

function every_section_must_have_rows(    i) {
    for (i = 1; i <= sections; i++)
        if (!members[section[i]] && !columns[section[i]])
            fail("section " section[i] " has no rows")
        else if (columns[section[i]] && table_of_types(section[i]) == "")
            fail("no table is of the types of section " section[i])
}

function every_shown_counter_must_be_a_row(    counter) {
    for (counter in shown)
        if (!(counter in row_of))
            fail(shown[counter] " shows " counter ", which has no row")
}

function every_table_must_be_whole(    i, t) {
    for (i = 1; i <= tables; i++) {
        t = table[i]
        if (is_ours(t) && !is_node[t] && !(t in entry))
            fail("table " t " has no ABOUT row")
        if (!is_node[t] && !indexes[t])
            fail("table " t " has no INDEX row")
    }
}

function every_health_must_have_a_formula(    i, row) {
    for (i = 1; i <= healths; i++) {
        row = health[i]
        if ((part_of(row, "NUMERATOR") == "") == (worst_column[row] == ""))
            fail(name[row] " has no formula, or two")
        if ((minimum[row] > 0) != (divisor(row) != ""))
            fail(name[row] " has the minimum " minimum[row] " and the divisor " divisor(row))
        text[row] = good_text(text[row] " " advice[row] PARAGRAPH formula(row))
    }
}


# --- What both programs say of a row ----------------------------------------------

# The rule that names everything: nstat's name with a lower-case first letter.
function object_name(nstat) {
    return tolower(substr(nstat, 1, 1)) substr(nstat, 2)
}

function is_ours(t) {
    return module[t] == "tcpext"
}

# Below the root of its MIB.
function oid_of(node_) {
    if (node_ in module)
        return (parent[node_] == "mib_2" ? "" : oid_of(parent[node_]) ".") place[node_]
    return arc_of[node_]
}

# The table that shows the PER_TYPE rows of a section.
function table_of_types(p,    i) {
    for (i = 1; i <= tables; i++)
        if (instances[table[i]] == "TYPES" && instances_of[table[i]] == p)
            return table[i]
}

# Fills listed[] with the columns of a table, those of types included, in their order.
function list_cells(t,    i, types) {
    for (i = 1; i <= cells[t]; i++)
        listed[sub_id[cell[t, i]] + 0] = cell[t, i]
    types = instances[t] == "TYPES" ? columns[instances_of[t]] : 0
    for (i = 1; i <= types; i++)
        listed[sub_id[column[instances_of[t], i]] + 0] = column[instances_of[t], i]
    return cells[t] + types
}

# The file that prints a counter: of a file that is one number the one of this name, of
# those with lines of words the one of this line, else the section's.
function source_of(row,    p, i, id) {
    p = prefix[row]
    for (i = 1; i <= sources; i++) {
        id = source[i]
        if (format[id] == "number" && put_in_front[id] == p key[row])
            return id
        if (format[id] == "labels" && put_in_front[id] == p && (source_path[id] ~ /6$/) == (line_label(row) ~ /6$/))
            return id
    }
    return source_of_section[p]
}

# "TcpOrphan" is the word "orphan" of the line "TCP:", "Frag6Memory" is "memory" of
# "FRAG6:" in the IPv6 file; only "sockets:" is in lower case.
function line_label(row,    word) {
    match(key[row], /^[A-Z][a-z]*6?/)
    word = toupper(substr(key[row], 1, RLENGTH))
    return word == "SOCKETS" ? "sockets" : word
}

# The counter's name as its file prints it; one that is just a number prints none.
function kernel_word(row,    shape) {
    shape = format[source_of(row)]
    if (shape == "number")
        return ""
    if (shape == "per_cpu")
        return with_underscores(key[row])
    if (shape == "softnet")
        return "column " softnet_column(row)
    if (shape == "labels")
        return line_label(row) ": " tolower(substr(key[row], length(line_label(row)) + 1))
    return prefix[row] (shape == "columns" ? ": " : "") key[row]
}

# "InsertFailed" is "insert_failed" there.
function with_underscores(words,    out) {
    while (match(substr(words, 2), /[A-Z]/)) {
        out = out substr(words, 1, RSTART) "_"
        words = substr(words, RSTART + 1)
    }
    return tolower(out words)
}

# Its rows are in the order of the columns, but for the thirteenth, which says whose the line is.
function softnet_column(row,    i) {
    for (i = 1; member[prefix[row], i] != row; i++)
        ;
    return i < 13 ? i : i + 1
}

function kernel_field(row,    word) {
    word = kernel_word(row)
    return "/proc/" source_path[source_of(row)] (word == "" ? "" : ", " word)
}

# The files of the sections that have objects here, in the order of the sections.
function list_files(    i, p, id, row, seen, count) {
    for (i = 1; i <= sections; i++)
        for (row = 1; arc[section[i]] + 0 && row <= members[section[i]]; row++) {
            id = source_of(member[section[i], row])
            if (!(id in seen))
                listed_file[++count] = source_path[id]
            seen[id] = 1
        }
    return count
}

# Most are below /proc/net, as the first one says.
function files_in_words(    count, i, words, file_) {
    count = list_files()
    words = "/proc/" listed_file[1]
    for (i = 2; i <= count; i++) {
        file_ = listed_file[i]
        if (!sub(/^net\//, "", file_))
            file_ = "/proc/" file_
        words = words (i < count ? ", " : " and ") file_
    }
    return words
}

function kernel_tables_in_words(    i, words) {
    for (i = 1; i <= kernel_tables; i++)
        words = words (i > 1 ? "; " : "") i " " kernel_title[kernel_table[i]] objects_of(kernel_table[i])
    return words
}

# The tables that show a table of the kernel, and of nodes of RFC1213 the objects.
function objects_of(id,    count, i, t, words) {
    count = split(substr(shown_by[id], 2), t, / /)
    for (i = 1; i <= count; i++)
        words = words (i > 1 ? ", " : "") (is_node[t[i]] && !is_ours(t[i]) ? name[cell[t[i], 1]] : t[i])
    return words == "" ? "" : " (" words ")"
}

# What stands for lists in the texts of tables.def.
function filled(words) {
    if (words ~ /\{files\}/)
        sub(/\{files\}/, files_in_words(), words)
    if (words ~ /\{kernel tables\}/)
        sub(/\{kernel tables\}/, kernel_tables_in_words(), words)
    return words
}

# "(TcpRetransSegs - TcpExtTCPSynRetrans) / TcpExtTCPOrigDataSent" and so on.
function formula(row,    words) {
    if (worst_column[row] != "")
        return "It is the largest " worst_column[row] "."
    words = part_of(row, "NUMERATOR")
    if (divisor(row) != "")
        words = words " / " divisor(row)
    words = "Formula: " words (over[row] == "NOW" ? ", as they are." : ", of the growth in the last finished healthWindow" \
        (divisor(row) == "" ? "." : "; no instance while the divisor is below " minimum[row] "."))
    return words lacking(row)
}

function divisor(row) {
    return limit_object[row] != "" ? limit_object[row] : part_of(row, "DENOMINATOR")
}

function part_of(row, part,    i, words, count) {
    for (i = 1; i <= terms[row]; i++)
        if (term_part[row, i] == part)
            words = words (count++ ? (term_as[row, i] ~ /^PLUS/ ? " + " : " - ") : "") term_counter[row, i]
    return count > 1 ? "(" words ")" : words
}

# Each once, though it may be in both parts.
function lacking(row,    i, counter, seen, words) {
    for (i = 1; i <= terms[row]; i++) {
        counter = term_counter[row, i]
        if (term_as[row, i] ~ /_IF$/ && !(counter in seen))
            words = words (words == "" ? "" : ", ") counter
        seen[counter] = 1
    }
    return words == "" ? "" : " A kernel that lacks some of these has 0 for them: " words "."
}

# What a counter is of, where that is not just its network namespace.
function whose(row) {
    return per[source_of(row)] == "host" ? " It is of the whole host, whatever the network namespace." : ""
}

function releases(row,    from, to) {
    from = since[row]
    to = until[row]
    if (sub(/^<=/, "", from))
        from = from " or earlier"
    return to == "" ? "Since Linux " from "." : "From Linux " from " to " to "."
}

# Copies words onto lines of at most width columns; the first line begins with
# lead, the others with indent.
function fold(words, lead, indent, width,    i, count, word, line) {
    count = split(words, word, / +/)
    line = lead
    for (i = 1; i <= count; i++) {
        if (length(line) + length(word[i]) > width && line !~ /^ *"?$/) {
            sub(/ $/, "", line)
            print line
            line = indent
        }
        line = line word[i] (i < count ? " " : "")
    }
    return line
}


# --- Skeletons ---------------------------------------------------------------------

# A paragraph with a list that rows give stands on one line of the skeleton.
function refold(line,    indent) {
    match(line, /^ */)
    indent = substr(line, 1, RLENGTH)
    return fold(filled(substr(line, RLENGTH + 1)), indent, indent, width)
}

function copy(line,    word) {
    if (line !~ /^@.*@$/) {
        print line ~ /\{files\}/ ? refold(line) : line
        return
    }
    split(substr(line, 2, length(line) - 2), word, / /)
    marker(word)
}
