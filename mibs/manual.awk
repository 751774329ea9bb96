# manual.awk - write tcpextd-counters(7) from the rows
#
#   awk -f rows.awk -f manual.awk \
#       mib2.def counters.def snapshot.def templates/manual.txt.in > tcpextd-counters.7
#
# Markers of the skeleton:
#
#   @groups@        a subsection for each GROUP, an entry for each of its counters
#   @snapshot@      an entry for each scalar of snapshot.def

BEGIN {
    width = 78
}

function begin_text() {
}

function marker(word) {
    if (word[1] == "groups")
        put_groups()
    else if (word[1] == "snapshot")
        put_snapshot()
    else
        fail("unknown marker @" word[1] "@")
}

function put_groups(    i) {
    for (i = 1; i <= groups; i++)
        put_group(group[i])
}

function put_group(p,    i) {
    print ".SS " title[p]
    put_sentences(group_place(p))
    for (i = 1; i <= members[p]; i++)
        put_counter(member[p, i])
    for (i = 1; i <= columns[p]; i++)
        put_column(column[p, i])
}

# Arc 0 is that of settings, which have no object here, but in RFC1213-MIB.
function group_place(p) {
    if (!(arc[p] + 0))
        return "From below /proc/" file[p] "; no object of LINUX-TCPEXT-MIB."
    return group_lines(p) "; node " node[p] ", linuxTcpExtObjects." arc[p] "."
}

function group_lines(p) {
    if (file[p] ~ /sockstat$/)
        return "Words of /proc/" file[p] " and /proc/" file[p] "6"
    return "Lines of /proc/" file[p] " that begin with \\(lq" p \
        (file[p] ~ /(snmp6|sctp\/snmp)$/ ? "" : ":") "\\(rq"
}

function put_counter(row) {
    put_tag(heading(row))
    put_facts(row)
    put_sentences(text[row])
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

function put_snapshot(    i, row) {
    for (i = 1; i <= scalars; i++) {
        row = scalar[i]
        put_tag(name[row])
        put_sentences(syntax[row] (unit[row] == "" ? "." : ", " unit[row] "."))
        print ".br"
        put_sentences(text[row])
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
    if (arc[prefix[row]] + 0)
        facts = kernel_word(row) "; " facts
    if (sub_id[row] + 0 && nstat in shown)
        facts = facts " Also in " shown[nstat] "."
    put_sentences(facts)
    print ".br"
}

# What to look for in the file.
function kernel_word(row,    words) {
    words = kernel_field(row)
    sub(/^[^ ]*, /, "", words)
    return "\\(lq" words "\\(rq"
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
