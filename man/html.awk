# SPDX-License-Identifier: BSD-2-Clause
# html.awk - what mandoc's HTML of a manual page lacks: links between pages, to objects, and to its own sections
#
#   awk -v pages="tcpextd.8 ..." -v own=tcpextd.8 -f html.awk tcpextd-counters.7.html is_whole=1 RS='\001' tcpextd.8.html
#
# The first file has an entry for each object: its name elsewhere becomes a link there.


# What a name in bold, such as tcpextd(8) or tcpExtListenDrops, leads to, or nothing.
function target(bold,    word, name) {
    word = bold
    gsub(/<\/?b>|\([1-9]\)/, "", word)
    if (match(bold, /\([1-9]\)$/)) {
        name = word "." substr(bold, RSTART + 1, 1)
        return name in is_page ? name ".html" : ""
    }
    return word in is_object && own != counters ? counters ".html#" word : ""
}

function linked(text,    out, bold, where) {
    out = ""
    while (match(text, /<b>[A-Za-z0-9.-]+<\/b>(\([1-9]\))?/)) {
        bold = substr(text, RSTART, RLENGTH)
        out = out substr(text, 1, RSTART - 1)
        text = substr(text, RSTART + RLENGTH)
        where = target(bold)
        out = out (where == "" ? bold : "<a href=\"" where "\">" bold "</a>")
    }
    return out text
}

# A term is a link to itself by mandoc; that makes way.
function linked_term(term,    bare) {
    bare = term
    gsub(/<a[ \n]+class="permalink"[^>]*>|<\/a>/, "", bare)
    return linked(bare) == bare ? term : linked(bare)
}

function linked_page(text,    out, part, count, i, n) {
    count = split(text, part, /<dt/)
    out = linked(part[1])
    for (i = 2; i <= count; i++) {
        n = index(part[i], "</dt>")
        out = out linked_term("<dt" substr(part[i], 1, n - 1)) linked(substr(part[i], n))
    }
    return out
}

# A line for each section and subsection, but those that every page has.
function contents(text,    out, part, count, i, id, title) {
    out = ""
    count = split(text, part, /<h[12] class="S/)
    for (i = 2; i <= count; i++) {
        id = title = substr(part[i], 1, index(part[i], "</h") - 1)
        gsub(/^[^"]*" id="|">.*/, "", id)
        gsub(/^[^>]*>|<[^>]*>/, "", title)
        gsub(/[ \n]+/, " ", title)
        if (title !~ /^(NAME|SYNOPSIS|DESCRIPTION|SEE ALSO)$/)
            out = out "<li class=\"" substr(part[i], 1, 1) "\"><a href=\"#" id "\">" title "</a></li>\n"
    }
    return "<nav>\n<ul>\n" out "</ul>\n</nav>\n"
}

BEGIN {
    counters = "tcpextd-counters.7"
    count = split(pages, name, " ")
    for (i = 1; i <= count; i++)
        is_page[name[i]] = 1
}

# The second file is one record.
!is_whole && match($0, /<dt id="[A-Za-z0-9]+"/) { is_object[substr($0, RSTART + 8, RLENGTH - 9)] = 1 }

is_whole {
    n = index($0, "<div class=\"manual-text\">\n")
    head = substr($0, 1, n - 1)
    sub(/<td class="head-vol">[^<]*/, "&</a>", head)
    sub(/<td class="head-vol">/, "&<a href=\"index.html\">", head)
    sub(/<html>/, "<html lang=\"en\">", head)
    printf "%s%s%s", head, contents($0), linked_page(substr($0, n))
}
