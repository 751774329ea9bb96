# SPDX-License-Identifier: BSD-2-Clause
# Of tcpextd-symptoms(7): which symptoms speak of an object, a line SYMPTOM(object, kind, "title") for each, where kind
# is SIGN if an entry of the list is about it, and MENTION if it is only spoken of there; and of which counters
# thresholds tell, WATCHED(counter).

BEGIN {
    print "#ifndef SYMPTOM\n#define SYMPTOM(object, kind, title)\n#endif"
    print "#ifndef WATCHED\n#define WATCHED(counter)\n#endif"
}
/^\.SS / { title = substr($0, 5); gsub(/"/, "", title) }
/^\.SH / { title = "" }
title != "" && /^\.[BIR]+ / {
    for (i = 2; i <= NF; i++) {
        object = $i
        sub(/\\.*/, "", object)
        gsub(/[^A-Za-z0-9]/, "", object)
        if (object ~ /^[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*$/ && !((title, object) in seen)) {
            seen[title, object]
            print "SYMPTOM(" object ", " (before == ".TP" ? "SIGN" : "MENTION") ", \"" title "\")"
        }
    }
}
/^\.B threshold / && $4 ~ /^[A-Z]/ { print "WATCHED(" $4 ")" }
{ before = $0 }
END { print "#undef SYMPTOM\n#undef WATCHED" }
