# rows.awk - read the rows of counters.def, mib2.def and snapshot.def
#
# The rows are X-macro calls, so that C reads them by #include.  This file is
# the other reader: it turns them into the arrays below and stops at the first
# row that breaks a rule.  It prints nothing; mib.awk and manual.awk do, each
# given to awk after this one:
#
#   awk -f rows.awk -f mib.awk  counters.def snapshot.def templates/SKELETON.txt.in
#
# A skeleton (any file named *.in, the last argument) is copied; each of its lines
# of the form "@word arguments@" calls marker() with an array of these words.  The
# program defines that, and begin_text(), called before the first line.
#
# What the rows leave behind:
#
#   groups                      number of GROUP rows
#   group[1 ...]                their prefixes, in the order of the file
#   arc, node, file, title      by prefix
#   at[arc]                     the prefix that has this arc
#   members[prefix], member[prefix, 1 ...]    row numbers of its COUNTER rows
#   columns[prefix], column[prefix, 1 ...]    row numbers of its COLUMN rows
#   scalars, scalar[1 ...]      row numbers of the SNAPSHOT rows
#   prefix, sub_id, name, key, kind, unit, since, until, text, syntax
#                               by row number; name is the object's, key is the
#                               kernel's name without its prefix
#   shown[nstat name]           RFC1213 objects that show this counter
#
# POSIX awk: runs under mawk, gawk --posix, busybox awk and the one true awk.

BEGIN {
    syntax_of["counter"] = "Counter64"
    syntax_of["gauge"] = "Gauge32"
    syntax_of["integer"] = "Integer32"

    arguments["GROUP"] = 5
    arguments["COUNTER"] = 8
    arguments["COLUMN"] = 8
    arguments["SNAPSHOT"] = 5
    arguments["SCALAR"] = 6
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
        every_group_must_have_rows()
        every_source_must_be_a_row()
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
    if (macro == "GROUP")
        take_group(args[1], args[2], args[3], args[4], args[5])
    else if (macro == "COUNTER")
        take_counter(args[1], args[2])
    else if (macro == "COLUMN")
        take_column(args[1], args[2])
    else if (macro == "SNAPSHOT")
        take_scalar(args[1])
    else
        take_source(args[1], args[3], args[5], args[6])
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
        if (args[i] ~ /\\/)
            fail("a backslash: " args[i])
    }
}


# --- The rows --------------------------------------------------------------------

function take_group(p, arc_, node_, file_, title_) {
    if (p in arc)
        fail("the group is declared twice")
    if (arc_ !~ /^(0|[1-9][0-9]*)$/)
        fail("not an arc: " arc_)
    if (arc_ + 0 && (arc_ + 0 in at))
        fail("the arc belongs to group " at[arc_ + 0])
    group[++groups] = p
    if (arc_ + 0)
        at[arc_ + 0] = p
    arc[p] = arc_
    node[p] = node_
    file[p] = file_
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
function take_column(p, s) {
    add_row()
    must_follow(s, last_column[p] ? last_column[p] : 1)
    last_column[p] = s
    column[p, ++columns[p]] = rows
}

# COUNTER and COLUMN have the same arguments.
function add_row(    p) {
    p = args[1]
    if (!(p in arc))
        fail("unknown group " p)
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
    set_text(args[8])
    row_of[p args[3]] = rows
    must_be_new(name[rows])
}

function take_scalar(s) {
    must_follow(s, scalars)
    rows++
    scalar[++scalars] = rows
    sub_id[rows] = s
    name[rows] = args[2]
    syntax[rows] = args[3]
    unit[rows] = args[4]
    set_text(args[5])
    must_be_new(name[rows])
}

# A scalar of mib2.def: which counters, one or the sum of two, it shows.
function take_source(group_, object, source1, source2) {
    note_source(group_, object, source1)
    note_source(group_, object, source2)
}

function note_source(group_, object, source,    module) {
    if (source == "NONE" || source == "CONSTANT_0")
        return
    module = object ~ /^(tcp|udp)HC/ ? toupper(group_) "-MIB" : "RFC1213-MIB"
    if (source in shown)
        shown[source] = shown[source] ", "
    shown[source] = shown[source] module "::" object
}

# 1024 octets is the size of nstatDescription.
function set_text(words) {
    if (words !~ /[^ ]/)
        fail("no description")
    if (length(words) > 1024)
        fail("a description of more than 1024 characters")
    if (words ~ /(^| )[.']/)
        fail("a word begins with a dot or apostrophe, which roff may take for a request")
    text[rows] = words
}

# Sub-ids are for ever: a new row goes last in its group and takes the next one.
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

function every_group_must_have_rows(    i) {
    for (i = 1; i <= groups; i++)
        if (!members[group[i]] && !columns[group[i]])
            fail("group " group[i] " has no rows")
}

function every_source_must_be_a_row(    source) {
    for (source in shown)
        if (!(source in row_of))
            fail(shown[source] " shows " source ", which has no row")
}


# --- What both programs say of a row ----------------------------------------------

# The rule that names everything: nstat's name with a lower-case first letter.
function object_name(nstat) {
    return tolower(substr(nstat, 1, 1)) substr(nstat, 2)
}

# The file, and the counter's name as that file prints it.
function kernel_field(row,    p) {
    p = prefix[row]
    if (file[p] ~ /(snmp6|sctp\/snmp)$/)
        return "/proc/" file[p] ", " p key[row]
    if (file[p] ~ /sockstat$/)
        return sockstat_field(file[p], key[row])
    return "/proc/" file[p] ", " p ": " key[row]
}

# "TcpOrphan" is the word "orphan" of the line "TCP:", "Frag6Memory" is "memory" of
# "FRAG6:" in the IPv6 file; only "sockets:" is in lower case.
function sockstat_field(path, words,    label) {
    match(words, /^[A-Z][a-z]*6?/)
    label = toupper(substr(words, 1, RLENGTH))
    if (label ~ /6$/)
        path = path "6"
    return "/proc/" path ", " (label == "SOCKETS" ? "sockets" : label) ": " \
        tolower(substr(words, RLENGTH + 1))
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

function copy(line,    word) {
    if (line !~ /^@.*@$/) {
        print line
        return
    }
    split(substr(line, 2, length(line) - 2), word, / /)
    marker(word)
}
