# SPDX-License-Identifier: BSD-2-Clause
# frozen.awk - hold a list of OIDs against the frozen one; print what is wrong
#
#   awk -f frozen.awk oids.txt NEW
#
# All that is frozen must be there unchanged; what is new takes the next number below
# its parent; objects and notifications are dense, from 1 on. Groups and statements of conformance are
# numbered by another rule, so neither order nor density is asked of them.

/^#/ || NF == 0 { next }

{
    parent = $1
    number = parent
    sub(/\.?[0-9]+$/, "", parent)
    sub(/^.*\./, "", number)
}

FILENAME == ARGV[1] {
    frozen[$1] = $0
    oid_of[$2] = $1
    if (number + 0 > last[parent])
        last[parent] = number + 0
    next
}

{
    now[$1] = $0
    if (!($1 in frozen))
        check_new()
    else if (frozen[$1] != $0)
        print $1 ": was \"" frozen[$1] "\", is \"" $0 "\""
    if ($1 ~ /^[01]\./ && number + 0 != ++children[parent])
        print $0 ": number " children[parent] " is next below " parent
}

function check_new() {
    if ($2 in oid_of)
        print $0 ": was " oid_of[$2] ", and OIDs never change"
    else if ($1 ~ /^[01]\./ && number + 0 <= last[parent])
        print $0 ": new, but not after " parent "." last[parent] ", the last frozen one"
}

END {
    for (oid in frozen)
        if (!(oid in now))
            print frozen[oid] ": gone"
}
