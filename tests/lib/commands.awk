# SPDX-License-Identifier: BSD-2-Clause
# commands.awk - print the commands that README and manual pages show
#
#   awk -f commands.awk README PAGE...
#
# A line for each: the file's name, the section, the number of the line, and the command, with tabs between. A command is a
# line between .EX and .EE of a page, or an indented one of README below "Install" and "Set up"; and what stands in the
# text, in bold or between ` and ', and begins with a program that one of those lines begins with, or that has a page of
# section 1 or 8, or is a path, or has an option behind it.

# What a reader sees in place of the page's escapes.
function plain(text) {
    gsub(/\\-/, "-", text)
    gsub(/\\\(aq/, "'", text)
    gsub(/\\&/, "", text)
    gsub(/\\e/, "\\", text)
    return text
}

function name_of(file) {
    sub(/.*\//, "", file)
    return file
}

function keep(text, how) {
    count++
    place[count] = name_of(FILENAME) "\t" section "\t" FNR
    command[count] = plain(text)
    shown[count] = how
}

# The first word of a display is a program; a variable that is set is none.
function keep_display(text,    word) {
    keep(text, "display")
    split(plain(text), word, " ")
    if (word[1] !~ /=/)
        programs[word[1]] = 1
}

# Words of a macro: those between quotes are one.
function split_words(text, word,    n) {
    n = 0
    while (match(text, /"[^"]*"|[^ ]+/)) {
        word[++n] = substr(text, RSTART, RLENGTH)
        gsub(/^"|"$/, "", word[n])
        text = substr(text, RSTART + RLENGTH)
    }
    return n
}

function keep_bold(    word, n, i) {
    if ($1 == ".B") {
        sub(/^\.B +/, "")
        gsub(/"/, "")
        keep($0, "text")
        return
    }
    n = split_words(substr($0, 5), word)
    for (i = $1 == ".RB" ? 2 : 1; i <= n; i += 2)
        keep(word[i], "text")
}

function keep_quoted(text) {
    while (match(text, /`[^`']*'/)) {
        keep(substr(text, RSTART + 1, RLENGTH - 2), "text")
        text = substr(text, RSTART + RLENGTH)
    }
}

function is_command(text,    word) {
    return split(text, word, " ") > 1 && word[1] ~ /^[a-z.\/][a-z.\/-]*$/ && (word[1] in programs || word[1] ~ /\// || word[2] ~ /^-/)
}

FNR == 1 { section = ""; is_page = name_of(FILENAME) != "README"; in_display = 0 }

# README: a title is underlined.
!is_page && /^(===|---)/ { section = before }
!is_page { before = $0 }
!is_page && /^    [^ ]/ && section ~ /^(Install|Set up)$/ { keep_display(substr($0, 5)); next }
!is_page && /^    \.\/[a-z]+ / && section == "See it" { keep_display($1); next }
!is_page { keep_quoted($0); next }

# Pages.
/^\.SH / { section = plain(substr($0, 5)); next }
/^\.EX/ { in_display = 1; next }
/^\.EE/ { in_display = 0; next }
in_display { keep_display($0); next }
/^\.BR [^ ]+ \([18]\)/ { programs[plain($2)] = 1; next }
/^\.(B|BR|RB|BI) / { keep_bold(); next }
!/^\./ { keep_quoted($0) }

END {
    for (i = 1; i <= count; i++)
        if (shown[i] == "display" || is_command(command[i]))
            print place[i] "\t" command[i]
}
