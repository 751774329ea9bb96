# SPDX-License-Identifier: BSD-2-Clause
"""What tests reach, by what gcovr has written: lines and branches of each folder, and which functions none reaches.

    summary.py COVERAGE.JSON UNCOVERED

UNCOVERED has FILE, FUNCTION and why no test reaches it. Fails when a function that none reaches is not there, when one that
is there is reached or gone, or when all together is below what is asked for.
"""

import collections
import json
import pathlib
import sys

LINES, BRANCHES = 95, 88  # percent

Share = collections.namedtuple("Share", "reached there")


def share(counts):
    counts = list(counts)
    return Share(sum(1 for count in counts if count), len(counts))


def added(shares):
    return Share(*(sum(part) for part in zip(*shares)))


def percent(of):
    return 100 * of.reached / of.there if of.there else 100


def lines_of(file):
    return [line for line in file["lines"] if not line["gcovr/noncode"] and not line["gcovr/excluded"]]


def measure(file):
    """The shares of lines and of branches."""
    lines = lines_of(file)
    return share(line["count"] for line in lines), share(way["count"] for line in lines for way in line["branches"])


def folder_of(name):
    return "/".join(name.split("/")[:2]) if name.startswith("agent/") else "client"


def print_shares(measured):
    folders = collections.defaultdict(list)
    for name, shares in measured.items():
        folders[folder_of(name)].append(shares)
    print(f"{'':24}   lines        branches")
    for folder, parts in sorted(folders.items()) + [("together", list(measured.values()))]:
        lines, branches = (added(part) for part in zip(*parts))
        print(f"{folder:24}{percent(lines):6.1f} % {lines.there:5}{percent(branches):6.1f} % {branches.there:5}")


def read_list(path):
    rows = [line.split(None, 2) for line in pathlib.Path(path).read_text().splitlines() if line and line[0] != "#"]
    return {(row[0], row[1]): len(row) > 2 for row in rows}


def faults(files, listed):
    """What is wrong with the list."""
    counts = {(file["file"], function["name"]): function["execution_count"] for file in files for function in file["functions"]}
    for file, function in sorted(counts.keys() | listed.keys()):
        count = counts.get((file, function))
        if count is None:
            yield f"{file} has no {function}(), which the list has"
        elif count and (file, function) in listed:
            yield f"{file}: {function}() is reached, and on the list"
        elif not count and not listed.get((file, function)):
            yield f"{file}: no test reaches {function}(), and the list does not say why"


def main(coverage, uncovered):
    files = json.loads(pathlib.Path(coverage).read_text())["files"]
    measured = {file["file"]: measure(file) for file in files}
    print_shares(measured)
    wrong = list(faults(files, read_list(uncovered)))
    for what, least, of in zip(("lines", "branches"), (LINES, BRANCHES), zip(*measured.values())):
        if percent(added(of)) < least:
            wrong.append(f"of {what} {percent(added(of)):.1f} % are reached, and {least} are asked for")
    print(*(f"FAIL: {fault}" for fault in wrong), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
