# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What a release is held to, as functions that print what is wrong and nothing when all is well. For a script that sets
# top, the source tree. Dates are those of UTC.

# value FILE SCRIPT: what sed finds first in it.
value() {
    sed -n "$2" "$top/$1" | head -n 1
}

# The one place: AC_INIT.
version() {
    value configure.ac 's/^AC_INIT(\[tcpextd\], \[\([^]]*\)\].*/\1/p'
}

# FILE|SCRIPT: who else says the version. Pages are all of them; debian/ is in no tarball.
say_version() {
    cat <<'END'
NEWS|s/^\([0-9][^ ]*\) (.*/\1/p
etc/rpm/tcpextd.spec|s/^Version: *//p
etc/rpm/tcpextd.spec|s/^#.*tcpextd-\(.*\)\.tar\.xz$/\1/p
debian/changelog|s/^tcpextd (\([^)]*\)-[^-)]*).*/\1/p
END
    (cd "$top" && printf '%s|s/^\\.TH .* "tcpextd \\([^"]*\\)".*/\\1/p\n' man/*.[1578])
}

other_versions() {
    say_version | while IFS='|' read -r file script; do
        [ -e "$top/$file" ] || [ "$file" != debian/changelog ] || continue
        found=$(value "$file" "$script")
        [ "$found" = "$(version)" ] || echo "$file has version '$found', configure.ac $(version)"
    done
}

uncommitted() {
    git -C "$top" status --porcelain
}

# The commit that is checked out, when nothing is uncommitted.
clean_commit() {
    [ -n "$(uncommitted 2>&1)" ] || git -C "$top" rev-parse HEAD
}

# changed_on [PATH]: when it was last committed, as 20261127.
changed_on() {
    TZ=UTC0 git -C "$top" log -1 --format=%cd --date=format-local:%Y%m%d -- "$@"
}

# is_older DATE PATH...: DATE is no date, or before the last change.
is_older() {
    day=$(echo "$1" | tr -d -)
    shift
    case $day in
    [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]) [ "$day" -lt "$(changed_on "$@")" ] ;;
    esac
}

undated_news() {
    date=$(value NEWS 's/^[0-9][^ ]* (\(.*\))$/\1/p')
    ! is_older "$date" . || echo "NEWS has '$(version) ($date)': give the date of the release, not before the last commit"
}

unreleased_changelog() {
    distribution=$(value debian/changelog 's/^tcpextd ([^)]*) \([^;]*\);.*/\1/p')
    [ "$distribution" != UNRELEASED ] || echo "debian/changelog has UNRELEASED on top"
    date=$(date -u -d "$(value debian/changelog 's/^ -- .*>  //p')" +%Y-%m-%d)
    ! is_older "$date" debian || echo "debian/changelog is of '$date', and debian/ was changed later"
}

old_pages() {
    (cd "$top" && printf '%s\n' man/*.[1578]) | while read -r page; do
        date=$(value "$page" 's/^\.TH [^ ]* [^ ]* \([^ ]*\) .*/\1/p')
        ! is_older "$date" "$page" || echo "$page is of '$date', and was changed later"
    done
}

old_mibs() {
    for module in LINUX-TCPEXT-MIB LINUX-TCPEXT-CAPS-MIB; do
        updated=$(value "mibs/$module.txt" 's/^ *LAST-UPDATED "\(.*\)"$/\1/p')
        newest=$(value "mibs/$module.txt" 's/^ *REVISION *"\(.*\)"$/\1/p')
        [ "$updated" = "$newest" ] || echo "$module has LAST-UPDATED \"$updated\" and first a REVISION \"$newest\""
        ! is_older "${updated%????Z}" "mibs/$module.txt" || echo "$module has LAST-UPDATED \"$updated\", and was changed later"
    done
}

unfrozen_mibs() {
    for module in LINUX-TCPEXT-MIB LINUX-TCPEXT-CAPS-MIB; do
        cmp -s "$top/mibs/$module.txt" "$top/mibs/released/$module.txt" ||
            echo "mibs/released has no such $module: make freeze-mib, and commit that"
    done
}

given_tag() {
    ! git -C "$top" rev-parse -q --verify "refs/tags/v$(version)" >/dev/null ||
        echo "there is a tag v$(version) already: a new version goes into configure.ac"
}

# What .ci/run leaves when it has passed: COMMIT TALLY.
note_passed() {
    [ -z "$1" ] || [ "$1" != "$(clean_commit)" ] || echo "$1 $2" >"$top/build/ci-passed"
}

not_passed() {
    read -r commit _ <"$top/build/ci-passed" || :
    [ "${commit-}" = "$(git -C "$top" rev-parse HEAD)" ] || echo "nothing tells that this commit has passed: run .ci/run"
} 2>/dev/null
