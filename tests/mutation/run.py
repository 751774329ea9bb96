#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which small changes of the agent the unit tests find. `make mutation' runs it in a build folder, best as root.

Usage: run.py [--these FILE | SEED...]

Makes NUMBER small changes, one at a time, in lines of FOLDERS that a unit test runs, and runs the tests that run
the line. A change that no test finds is one that nobody would see in a review either; so each such is explained in
explained.txt, or it gets a test. It ends with 1 when fewer than GOAL are found, or one is not explained.

Only what compiles counts, and what gcc -O2 makes other code of. The tests run with that code; and, when they find
nothing, with AddressSanitizer and UndefinedBehaviorSanitizer, as .ci/run does, which see what is lost or overrun. One
that does not end is found, too. Which changes are taken depends on SEED and on the line's text alone: so a commit
changes the sample only where it changes lines.
"""
import collections
import concurrent.futures
import contextlib
import itertools
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import NamedTuple

import changes

TOP = pathlib.Path(os.environ["top_srcdir"]).resolve()
FOLDERS = ("sample", "kernel", "collect", "snmp")
NUMBER = int(os.environ.get("NUMBER", 300))
GOAL = 0.95
WORKERS = 2 * os.cpu_count()  # tests wait more than they work
EXPLAINED = pathlib.Path(__file__).with_name("explained.txt")
SKIPPED = 77
PATIENCE = 15


class Flavour(NamedTuple):
    """A way to build the library."""
    name: str
    flags: tuple
    environment: dict


class Test(NamedTuple):
    """A unit test, and the functions of which it has its own."""
    name: str
    wraps: tuple


def make_value(name):
    """Of a variable of the Makefile, as words."""
    done = subprocess.run(["make", "-s", "--no-print-directory", f"--eval=show:;@:$(info $({name}))", "show"],
                          check=True, capture_output=True, text=True)
    return shlex.split(done.stdout.rstrip("\n").split("\n")[-1])  # what comes before is of the Makefile, made anew


def absolute(word):
    """An option for the preprocessor that holds in any folder."""
    return f"-I{pathlib.Path(word[2:]).resolve()}" if word.startswith("-I") else word


def side_by_side(function, items):
    """As map(), side by side."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(function, items))


def preloaded():
    """The run time of AddressSanitizer comes first in the process, whoever needs it."""
    done = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
    return done.stdout.strip()


COVERED = Flavour("covered", ("-O0", "--coverage", "-fprofile-update=atomic"), {})
PLAIN = Flavour("plain", ("-O2",), {})
SANITIZED = Flavour("sanitized", ("-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
                    {"LD_PRELOAD": preloaded(), "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:allocator_may_return_null=1"})


class Bench:
    """Where it is built: an object for each source and flavour, their library, and the tests."""

    def __init__(self, work):
        self.work = work
        self.compiler = make_value("CC")
        self.cppflags = [absolute(word) for word in ["-I."] + make_value("DEFS") + make_value("AM_CPPFLAGS")]
        self.sources = make_value("libtcpextd_la_SOURCES")
        self.sources = [name for name in self.sources if name.endswith(".c")]
        self.libs = make_value("MNL_LIBS") + make_value("NETSNMP_LIBS") + make_value("LIBS")
        self.tests = [Test(name, tuple(word for word in make_value(f"{name.replace('/', '_')}_LDFLAGS")
                                       if word.startswith("-Wl,--wrap="))) for name in make_value("UNIT_BINARIES")]
        self.cmocka = make_value("CMOCKA_LIBS")
        self.seconds = {}

    def flags_of(self, flavour, source):
        if flavour is COVERED and source.split("/")[1] not in FOLDERS:
            return ("-O0",)
        return flavour.flags

    def compile(self, flavour, source, text, target):
        """Whether it compiles, beside its target, for an object that does not say where."""
        name = source.replace("/", "-")
        target.parent.mkdir(parents=True, exist_ok=True)
        (target.parent / name).write_text(f'#line 1 "{source}"\n{text}')
        done = subprocess.run([*self.compiler, *self.cppflags, "-std=c11", "-w", "-fPIC", "-pthread",
                               *self.flags_of(flavour, source), "-iquote", (TOP / source).parent, "-c", name, "-o", target],
                              cwd=target.parent, stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    def object(self, flavour, source):
        return self.work / flavour.name / f"{source}.o"

    def objects(self, flavour, instead):
        """Of all sources; instead: (source, object), or None."""
        source, changed = instead or (None, None)
        return [changed if name == source else self.object(flavour, name) for name in self.sources]

    def link(self, folder, flavour, instead=None):
        """The library."""
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([*self.compiler, "-shared", *flavour.flags, "-o", folder / "libtcpextd.so",
                        *self.objects(flavour, instead), *self.libs], check=True)

    def link_test(self, test, target, *what):
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*self.compiler, "-pie", "-pthread", *test.wraps, "-o", target, f"{test.name}.o",
                        ".libs/libtcxtest.a", ".libs/libsnmpnstat.a", *what, *self.cmocka, *self.libs],
                       check=True)

    def program(self, test):
        """The test that uses the library, whichever that is when it runs."""
        return self.work / "tests" / test.name

    def whole(self, folder, flavour, test, instead=None):
        """The test with the library in it: what it wraps is bound when it is linked."""
        target = folder / pathlib.Path(test.name).name
        self.link_test(test, target, *flavour.flags, *self.objects(flavour, instead))
        return target

    def build(self, flavour):
        """The whole library, as it is."""
        def one(source):
            if not self.compile(flavour, source, (TOP / source).read_text(), self.object(flavour, source)):
                sys.exit(f"mutation: {source} does not compile")
        side_by_side(one, self.sources)
        self.link(self.work / flavour.name, flavour)
        self.link_whole(flavour, self.tests)

    def link_whole(self, flavour, tests):
        """Those that wrap something."""
        side_by_side(lambda test: self.whole(self.work / flavour.name, flavour, test), [test for test in tests if test.wraps])

    def link_tests(self, tests):
        """Of these each is linked once."""
        side_by_side(lambda test: self.link_test(test, self.program(test), "-L", self.work / PLAIN.name, "-l:libtcpextd.so"),
                     [test for test in tests if not test.wraps])

    def run(self, test, flavour, library, seconds, environment=None):
        """With the library of a folder. Its status; None: it did not end."""
        program = library / pathlib.Path(test.name).name if test.wraps else self.program(test)
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            pathlib.Path(folder).chmod(0o755)
            environment = {**os.environ, **flavour.environment, "LD_LIBRARY_PATH": str(library), "TMPDIR": folder,
                           "srcdir": os.environ["top_srcdir"], **(environment or {})}
            limits = ["--core=0", f"--fsize={1 << 30}"] + ([] if flavour is SANITIZED else [f"--as={4 << 30}"])
            process = subprocess.Popen(["prlimit", *limits, "--", program], env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True)
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None
            finally:
                with_all(process)

    def measure(self, flavour, tests):
        """Which tests pass in this flavour, and how long they take."""
        def one(test):
            begin = time.monotonic()
            status = self.run(test, flavour, self.work / flavour.name, 300)
            return status, time.monotonic() - begin
        for test, (status, seconds) in zip(tests, side_by_side(one, tests)):
            self.seconds.pop((flavour.name, test), None)
            if status == 0:
                self.seconds[flavour.name, test] = seconds
            elif status != SKIPPED:
                print(f"mutation: {test.name} ends with {status}, {flavour.name}; it is left out", flush=True)


def with_all(process):
    """What a test began ends with it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def counted_lines(folder):
    """(source, line) that ran, of the counts in a folder."""
    counts = sorted(folder.rglob("*.gcda"))
    if not counts:
        return set()
    for path in counts:
        note = pathlib.Path("/") / path.relative_to(folder).with_suffix(".gcno")
        if not path.with_suffix(".gcno").exists():
            path.with_suffix(".gcno").symlink_to(note)
    done = subprocess.run(["gcov", "--json-format", "--stdout", *map(str, counts)], cwd=folder, check=True,
                          capture_output=True, text=True)
    ran = set()
    for text in done.stdout.splitlines():
        for file in json.loads(text)["files"]:
            if file["file"].endswith(".c"):
                ran.update((file["file"], line["line_number"]) for line in file["lines"] if line["count"] > 0)
    return ran


def covered_by(bench, test):
    """Lines that a test runs."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=bench.work))
    folder.chmod(0o777)
    bench.run(test, COVERED, bench.work / COVERED.name, 300, {"GCOV_PREFIX": str(folder)})
    ran = counted_lines(folder)
    shutil.rmtree(folder)
    return ran


def find_coverage(bench):
    """Which tests run which lines."""
    bench.build(COVERED)
    tests_of = collections.defaultdict(list)
    for test, ran in zip(bench.tests, side_by_side(lambda test: covered_by(bench, test), bench.tests)):
        for place in ran:
            tests_of[place].append(test)
    return tests_of


def in_order(bench, flavour, source, tests):
    """Those that are most likely to find it, and quick, first. What does not pass as it is finds nothing."""
    stem, folder = pathlib.Path(source).stem, source.split("/")[1]
    able = [test for test in tests if (flavour.name, test) in bench.seconds]
    return sorted(able, key=lambda test: (stem not in test.name, f"/{folder}/" not in test.name,
                                          bench.seconds[flavour.name, test]))


class Trial:
    """One change, tried in a folder of its own thread."""

    def __init__(self, bench, tests_of):
        self.bench, self.tests_of = bench, tests_of
        self.lock = threading.Lock()
        self.mine = threading.local()

    def folder(self):
        if not hasattr(self.mine, "folder"):
            self.mine.folder = pathlib.Path(tempfile.mkdtemp(dir=self.bench.work))
        return self.mine.folder

    def text(self, change):
        rows = (TOP / change.path).read_text().split("\n")
        rows[change.line - 1] = change.after
        return "\n".join(rows)

    def finder(self, flavour, change, changed):
        """The test that finds it, or None."""
        instead = change.path, changed
        for i, test in enumerate(in_order(self.bench, flavour, change.path, self.tests_of[change.path, change.line])):
            if i == 0:
                self.bench.link(self.folder(), flavour, instead)
            if test.wraps:
                self.bench.whole(self.folder(), flavour, test, instead)
            seconds = PATIENCE + 3 * self.bench.seconds[flavour.name, test]
            if self.bench.run(test, flavour, self.folder(), seconds) not in (0, SKIPPED):
                return test.name
        return None

    def __call__(self, change):
        """None: it is no change of the code. Otherwise (change, who found it or None)."""
        text = self.text(change)
        changed = self.folder() / "changed.o"
        if not self.bench.compile(PLAIN, change.path, text, changed):
            return None
        if changed.read_bytes() == self.bench.object(PLAIN, change.path).read_bytes():
            return None
        found = self.finder(PLAIN, change, changed)
        if found is None:
            self.bench.compile(SANITIZED, change.path, text, changed)
            found = self.finder(SANITIZED, change, changed)
        return change, found


def key_of(change):
    """What it is, wherever in the file."""
    return change.path, change.before.strip(), change.after.strip()


def blocks(file):
    """Keys of the changes that a file has, in the form of explained.txt."""
    known, path, before = set(), None, None
    for row in file.read_text().splitlines():
        if row.startswith("agent/"):
            path = row.split(":")[0].split(" ")[0]
        elif row.startswith("- "):
            before = row[2:].strip()
        elif row.startswith("+ "):
            known.add((path, before, row[2:].strip()))
    return known


def report(results, seed, seconds):
    """Prints what became of them. Returns the exit status."""
    known = blocks(EXPLAINED)
    left = sorted(change for change, found in results if found is None)
    new = [change for change in left if key_of(change) not in known]
    for change in left:
        print(f"{change.path}:{change.line}{' (explained)' if change not in new else ''}\n- {change.before.strip()}\n"
              f"+ {change.after.strip()}")
    found = len(results) - len(left)
    print(f"seed {seed}: {len(results)} changes, {found} found ({100 * found / len(results):.1f} %), "
          f"{len(left) - len(new)} explained, {len(new)} not; {seconds / 60:.0f} min")
    return 1 if new or found < GOAL * len(results) else 0


def possible_changes(bench, tests_of):
    """In lines that a test runs."""
    lines = collections.defaultdict(set)
    for (source, line), tests in tests_of.items():
        if any((PLAIN.name, test) in bench.seconds for test in tests):
            lines[source].add(line)
    possible = {change for source in sorted(lines) for change in
                changes.changes(source, (TOP / source).read_text(), lines[source])}
    print(f"mutation: {len(possible)} changes are possible in {sum(map(len, lines.values()))} lines", flush=True)
    return possible


def try_all(bench, tests_of, possible, number):
    """What becomes of the first that are changes of the code."""
    results, waiting, left = [], set(), iter(possible)
    trial = Trial(bench, tests_of)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        while len(results) < number:
            waiting |= {pool.submit(trial, change) for change in
                        itertools.islice(left, max(0, min(2 * WORKERS, number - len(results)) - len(waiting)))}
            if not waiting:
                break
            done, waiting = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
            for result in (future.result() for future in done):
                if result is not None:
                    results.append(result)
                    if os.environ.get("MUTATION_VERBOSE"):
                        change, found = result
                        print(f"{found or 'NOT FOUND'}\n  {change.path}:{change.line}\n- {change.before.strip()}\n"
                              f"+ {change.after.strip()}", flush=True)
    return results


@contextlib.contextmanager
def work_folder():
    """The same each time, so that ccache knows the commands."""
    folder = pathlib.Path("tests/mutation/work").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def main():
    begin = time.monotonic()
    these = blocks(pathlib.Path(sys.argv[2])) if sys.argv[1:2] == ["--these"] else None
    with work_folder() as folder:
        bench = Bench(folder)
        bench.build(PLAIN)
        bench.link_tests(bench.tests)
        bench.measure(PLAIN, bench.tests)
        print(f"built, plain: {time.monotonic() - begin:.0f} s", flush=True)
        bench.build(SANITIZED)
        bench.measure(SANITIZED, bench.tests)
        print(f"built, sanitized: {time.monotonic() - begin:.0f} s", flush=True)
        tests_of = find_coverage(bench)
        print(f"covered: {time.monotonic() - begin:.0f} s", flush=True)
        possible = possible_changes(bench, tests_of)
        status = 0
        for seed in ["these"] if these is not None else sys.argv[1:] or ["1"]:
            begin = time.monotonic()
            if these is not None:
                wanted = [change for change in possible if key_of(change) in these]
            else:
                wanted = sorted(possible, key=lambda change: change.rank(seed))
            results = try_all(bench, tests_of, wanted, len(wanted) if these is not None else NUMBER)
            status |= report(results, seed, time.monotonic() - begin)
    sys.exit(status)


if __name__ == "__main__":
    main()
