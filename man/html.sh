#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# html.sh FOLDER PAGE...: renders manual pages to HTML in one folder, with links between them and an index.

set -eu
folder=$1
shift
here=$(dirname "$0")

# The line of NAME, behind its page.
list_page() {
    name=${1##*/}
    about=$(sed -n '/^\.SH NAME/{n;s/^.* \\- //p;}' "$1")
    printf '<dt><a href="%s.html"><b>%s</b>(%s)</a></dt>\n<dd>%s</dd>\n' "$name" "${name%.*}" "${name##*.}" "$about"
}

print_index() {
    cat <<'END'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1.0"/>
<link rel="stylesheet" href="manual.css" type="text/css"/>
<title>tcpextd</title>
</head>
<body>
<div class="manual-text">
<h1>tcpextd: the TCP/IP counters of Linux, for SNMP</h1>
<dl class="Bl-tag">
END
    for page; do
        list_page "$page"
    done
    printf '</dl>\n</div>\n</body>\n</html>\n'
}

# What a page is called elsewhere becomes a link, and so does an object that tcpextd-counters(7) has; see html.awk.
render() {
    for page; do
        mandoc -T html -O style=manual.css "$page" >"$tmp/${page##*/}.html"
    done
    for page; do
        name=${page##*/}
        "${AWK:-awk}" -v pages="$names" -v own="$name" -f "$here/html.awk" "$tmp/tcpextd-counters.7.html" \
            is_whole=1 RS='\001' "$tmp/$name.html" >"$folder/$name.html"
    done
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$folder"
cp "$here/manual.css" "$folder"
names=$(for page; do printf '%s ' "${page##*/}"; done)
render "$@"
print_index "$@" >"$folder/index.html"
