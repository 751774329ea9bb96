# SPDX-License-Identifier: BSD-2-Clause
"""What an experiment expects of the counters: a table of names and numbers for each side."""

import collections

import coverage
import reading


class Between(collections.namedtuple("Between", "low high")):
    """A growth that is not the same each time, since a timer or the scheduler has a say in it."""

    def holds(self, growth):
        return self.low <= growth and (self.high is None or growth <= self.high)

    def __str__(self):
        return f"at least {self.low}" if self.high is None else f"{self.low} to {self.high}"


def at_least(low):
    return Between(low, None)


def between(low, high):
    return Between(low, high)


def holds(wanted, growth):
    return wanted.holds(growth) if isinstance(wanted, Between) else wanted == growth


class Table(dict):
    """Name to growth. closed: no other counter may have grown."""

    def __init__(self, counts, closed):
        super().__init__(counts)
        self.closed = closed

    def faults(self, growth, printed):
        """Where the growth is another. A counter that this kernel does not print is not asked for."""
        found = [f"{name} grew by {growth.get(name, 0)}, not {wanted}" for name, wanted in self.items()
                 if (name in printed or coverage.is_column(name)) and not holds(wanted, growth.get(name, 0))]
        if self.closed:
            found += [f"{name} grew by {number}, unexpectedly" for name, number in growth.items()
                      if name not in self and name not in reading.BESIDE and not name.startswith(reading.WHOLE_HOST)]
        return found

    def shown(self):
        """The names whose growth, and not only their rest, is asserted."""
        return [name for name, wanted in self.items() if not holds(wanted, 0)]


def exactly(**counts):
    """These and no others."""
    return Table(counts, closed=True)


def grows(**counts):
    """At least these; what else counts is not looked at."""
    return Table(counts, closed=False)


class Interval(collections.namedtuple("Interval", "title tables")):
    """What is done between two readings, and what it must do to the counters of a side."""


def expect(title, **tables):
    """What an experiment yields before it does something that is to be measured."""
    return Interval(title, tables)


REST = Interval("", {})  # what follows is not measured
