# SPDX-License-Identifier: BSD-2-Clause
"""Small changes of C text: what a slip of the hand would make of it."""
import hashlib
import re
from typing import NamedTuple

TOKEN = re.compile(r"""
    (?P<skip>/\*.*?\*/|//[^\n]*|\s+)
  | (?P<directive>(?<![^\n])\#(?:\\\n|[^\n])*)
  | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*(?![.\w]))
  | (?P<word>[A-Za-z_]\w*|\d[\w.]*(?:[eE][+-]?\d+)?)
  | (?P<sign>->|\+\+|--|<<=|>>=|<=|>=|==|!=|&&|\|\||<<|>>|[-+*/%&|^]=|.)
""", re.VERBOSE | re.DOTALL)

OTHERS = {
    "<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<="), "==": ("!=",), "!=": ("==",),
    "&&": ("||",), "||": ("&&",), "!": ("",),
    "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("/",), "++": ("--",), "--": ("++",),
    "+=": ("-=",), "-=": ("+=",), "*=": ("/=",), "/=": ("*=",),
    "&": ("|",), "|": ("&",), "^": ("&",), "<<": (">>",), ">>": ("<<",), "&=": ("|=",), "|=": ("&=",),
    "true": ("false",), "false": ("true",),
}
BINARY = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"}
# What is said, not what is done. What a fault says is looked at by the words of people, not by each of these.
SAYS = {"snmp_log", "tcx_fault_set", "tcx_fault_prefix", "tcx_table_lacks"}
STATEMENT = re.compile(r"\s*(?!return\b|goto\b|case\b|default\b|static\b|const\b|struct\b)[A-Za-z_*(+-][^;{}]*;\s*")
CONDITION = re.compile(r"(?P<head>.*\b(?:if|while) \()(?P<inner>.*)(?P<tail>\)(?: \{)?\s*)")
RETURN = re.compile(r"(?P<head>\s*return )(?P<value>.*)(?P<tail>;\s*)")
OTHER_RETURNS = {"true": (), "false": (), "0": (), "NULL": ()}


class Change(NamedTuple):
    """One line of a file, otherwise."""
    path: str
    line: int
    before: str
    after: str

    def rank(self, seed):
        """Where it comes among all others: by what it is, so that a change elsewhere leaves the order."""
        text = f"{seed}:{self.path}:{self.before.strip()}:{self.after.strip()}"
        return hashlib.sha256(text.encode()).digest()


def tokens(text):
    """(kind, token, offset) of all but space and comments."""
    return [(m.lastgroup, m.group(), m.start()) for m in TOKEN.finditer(text) if m.lastgroup != "skip"]


def is_unary(before):
    """Whether a sign behind that token has no left side."""
    kind, token, _ = before
    return kind == "directive" or token == "return" or kind == "sign" and token not in (")", "]", "++", "--")


def others(found, i):
    """What may stand in place of a token."""
    kind, token, _ = found[i]
    if kind == "number":
        number = int(token.rstrip("uUlL"), 0)
        unit = token[len(token.rstrip("uUlL")):]
        return [f"{n}{unit}" for n in (number + 1, number - 1) if n >= 0]
    if token in BINARY and (i == 0 or is_unary(found[i - 1])):
        return []
    return OTHERS.get(token, ()) if kind != "text" else ()


def said(found):
    """Offsets from and to of calls that only say something."""
    for i, (_, token, offset) in enumerate(found):
        if token in SAYS:
            depth = 0
            for _, sign, at in found[i + 1:]:
                depth += (sign == "(") - (sign == ")")
                if depth == 0:
                    yield offset, at
                    break


# No descriptor that is opened is 0, standard input: the agent sees to it. What is below 0 is none.
DESCRIPTOR = re.compile(r"(\b(?:\w*fd|folder|from|home|root) )(>= 0|< 0|= -1)\b")
SAME = {">= 0": ("> 0", ">= 1"), "< 0": ("<= 0", "< 1"), "= -1": ("= -2",)}


def is_same(before, after):
    """Whether a line does the same anyhow."""
    return any(before[:m.start(2)] + other + before[m.end():] == after
               for m in DESCRIPTOR.finditer(before) for other in SAME[m[2]])


def whole_lines(line):
    """Other lines in place of one: a statement less, a condition's contrary, another value returned."""
    indent = line[:len(line) - len(line.lstrip())]
    if STATEMENT.fullmatch(line):
        yield f"{indent};"
    condition = CONDITION.fullmatch(line)
    if condition and condition["inner"].count("(") == condition["inner"].count(")"):
        yield f"{condition['head']}!({condition['inner']}){condition['tail']}"
    value = RETURN.fullmatch(line)
    if value and value["value"] not in OTHER_RETURNS:
        yield f"{value['head']}0{value['tail']}"
        yield f"{value['head']}!({value['value']}){value['tail']}"


def changes(path, text, lines):
    """All changes of these lines of a file."""
    found = tokens(text)
    spans = list(said(found))
    rows = text.split("\n")
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    made = set()
    line = 0
    for i, (_, token, offset) in enumerate(found):
        while starts[line + 1] <= offset:
            line += 1
        if line + 1 in lines and not any(begin <= offset <= end for begin, end in spans):
            column = offset - starts[line]
            for other in others(found, i):
                after = rows[line][:column] + other + rows[line][column + len(token):]
                if not is_same(rows[line], after):
                    made.add(Change(path, line + 1, rows[line], after))
    said_lines = {n for begin, end in spans for n in range(text.count("\n", 0, begin), text.count("\n", 0, end) + 1)}
    for number in lines:
        if number - 1 not in said_lines:
            made.update(Change(path, number, rows[number - 1], after) for after in whole_lines(rows[number - 1]))
    return made
