# SPDX-License-Identifier: BSD-2-Clause
# manual.awk - write tcpextd-counters(7) from the rows
#
#   generate.sh manual > tcpextd-counters.7
#
# Markers of the skeleton:
#
#   @names-of-files@    the files of counters, in a sentence
#   @sections@            a subsection for each SECTION, an entry for each of its counters
#   @scalars NODE@      an entry for each scalar of a node
#   @tables@            a subsection for each table of ours, an entry for each column
#   @others@            an entry for each table of RFC1213, with its columns
#   @sources@           an entry for each file
#   @notifications@     an entry for each notification

BEGIN {
    width = 78
}

function begin_text() {
}

function marker(word) {
    if (word[1] == "names-of-files")
        put_names_of_files()
    else if (word[1] == "sections")
        put_sections()
    else if (word[1] == "scalars")
        put_cells(word[2])
    else if (word[1] == "tables")
        put_tables()
    else if (word[1] == "others")
        put_others()
    else if (word[1] == "sources")
        put_sources()
    else if (word[1] == "notifications")
        put_notifications()
    else
        fail("unknown marker @" word[1] "@")
}

function put_names_of_files(    i, count, word) {
    count = split(files_in_words(), word, /,? (and )?/)
    for (i = 1; i < count - 1; i++)
        print ".IR " word[i] " ,"
    print ".I " word[count - 1]
    print "and"
    print ".IR " word[count] " ,"
}

function put_sections(    i) {
    for (i = 1; i <= sections; i++)
        put_section(section[i])
}

function put_section(p,    i, t) {
    print ".SS " title[p]
    put_sentences(section_place(p))
    for (i = 1; i <= members[p]; i++)
        put_counter(member[p, i])
    for (i = 1; i <= columns[p]; i++)
        put_column(column[p, i])
    t = table_of_types(p)
    for (i = 1; i <= cells[t]; i++)
        if (!is_index[cell[t, i]])
            put_cell(cell[t, i])
}

# Arc 0 is that of settings, which have no object here, but in RFC1213-MIB.
function section_place(p) {
    if (!(arc[p] + 0))
        return "From /proc/" file[p] "; no object of LINUX-TCPEXT-MIB."
    return section_lines(p) "; node " node[p] ", linuxTcpExtObjects." arc[p] "."
}

function section_lines(p,    shape) {
    shape = format[source_of_section[p]]
    if (shape == "labels")
        return "Words of /proc/" file[p] " and /proc/" file[p] "6"
    if (shape == "per_cpu" || shape == "softnet")
        return "Columns of /proc/" file[p]
    return "Lines of /proc/" file[p] " that begin with \\(lq" p (shape == "columns" ? ":" : "") "\\(rq"
}

function put_counter(row) {
    put_tag(heading(row))
    put_facts(row)
    put_sentences(text[row] whose(row))
}

# A counter without an object here goes by the object that shows it, or, if RFC1213
# has no such object, by its name in nstatTable.
function heading(row,    nstat) {
    nstat = prefix[row] key[row]
    if (sub_id[row] + 0)
        return name[row]
    return nstat in shown ? shown[nstat] : "nstatValue \"" nstat "\""
}

function put_column(row) {
    put_tag(name[row] ".\\fItype\\fP")
    put_facts(row)
    put_sentences(text[row])
}

# What the counters' own sections do not have.
function put_tables(    i, t) {
    for (i = 1; i <= tables; i++) {
        t = table[i]
        if (!is_ours(t) || instances[t] == "TYPES" || instances[t] == "PLAIN")
            continue
        print ".SS " t ": " table_title[t]
        put_sentences("Node " t ", " parent[t] "." place[t] ".")
        if (table_text[t] != "")
            put_paragraphs(filled(table_text[t]))
        put_cells(t)
    }
}

function put_paragraphs(words,    i, count, part) {
    count = split(words, part, PARAGRAPH)
    for (i = 1; i <= count; i++) {
        print ".PP"
        put_sentences(part[i])
    }
}

# The same within an entry.
function put_lines(words,    i, count, part) {
    count = split(words, part, PARAGRAPH)
    for (i = 1; i <= count; i++) {
        print ".br"
        put_sentences(part[i])
    }
}

function put_cells(t,    i) {
    for (i = 1; i <= cells[t]; i++)
        put_cell(cell[t, i])
}

function put_cell(row,    i) {
    put_tag(name[row])
    put_sentences(syntax[row] cell_facts(row) ".")
    put_lines(filled(text[row]))
    for (i = 1; i <= defaults[row]; i++) {
        print ".br"
        put_sentences("Default threshold: " default_name[row, i] " " name[row] " " default_words[row, i] ". " default_why[row, i])
    }
}

function put_notifications(    i, words) {
    for (i = 1; i <= notifications; i++) {
        words = objects_in[notification[i]]
        gsub(/ /, ", ", words)
        put_tag(notification[i])
        put_sentences("Number " i ": " words ".")
        print ".br"
        put_sentences(notification_text[notification[i]])
    }
}

function cell_facts(row,    facts) {
    facts = limits[row] == "" ? "" : " " limits[row]
    facts = facts (unit[row] == "" ? "" : ", " unit[row])
    facts = facts (access[row] == "notified" ? ", in notifications only" : "")
    return facts (access[row] == "hidden" ? ", index" : "")
}

function put_others(    i, t, k, words) {
    for (i = 1; i <= tables; i++) {
        t = table[i]
        if (is_ours(t))
            continue
        words = table_title[t] ":"
        for (k = 1; k <= cells[t]; k++)
            words = words " " name[cell[t, k]] (k < cells[t] ? "," : ".")
        put_tag(t)
        put_sentences(words)
    }
}

function put_sources(    i, id) {
    for (i = 1; i <= sources; i++) {
        id = source[i]
        put_tag("/proc/" source_path[id])
        put_sentences("Source " i ": " source_title[id] (per[id] == "host" ? ", of the whole host." : "."))
        if (absent[id] != "")
            put_sentences("It is not there where " absent[id] ".")
    }
}

function put_tag(words) {
    print ".TP"
    print "\\fB" words "\\fP"
}

# One line of facts, then the meaning.
function put_facts(row,    facts, nstat) {
    nstat = prefix[row] key[row]
    facts = kind[row] ", " unit[row] ". " releases(row)
    if (kernel_word(row) != "")
        facts = "\\(lq" kernel_word(row) "\\(rq; " facts
    if (sub_id[row] + 0 && nstat in shown)
        facts = facts " Also in " shown[nstat] "."
    put_sentences(facts)
    print ".br"
}

# A sentence begins a line, as roff wants it.
function put_sentences(words,    i, count, sentence) {
    count = split(replace(escape(words), ". ", ".\n"), sentence, "\n")
    for (i = 1; i <= count; i++)
        print fold(sentence[i], "", "", width)
}

function escape(words) {
    words = replace(words, " -", " \\-")
    words = replace(words, "~", "\\(ti")
    words = replace(words, "^", "\\(ha")
    return replace(words, "`", "\\(ga")
}

# Not gsub(): awks differ in what a backslash means to it.
function replace(words, old, new,    i, done) {
    while ((i = index(words, old)) > 0) {
        done = done substr(words, 1, i - 1) new
        words = substr(words, i + length(old))
    }
    return done words
}
