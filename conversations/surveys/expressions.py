"""When a question is asked and which answers fit, as XLSForm writes it: a small part of XPath, read and evaluated without `eval`.

What there is: `${question}`, `.` (the answer itself, in a constraint), 'text' and numbers, `= != < <= > >=`, `and`, `or`, `not(…)`,
`true()`, `false()`, `selected(${q}, 'choice')`, `count-selected(${q})`, `string-length(.)`, brackets, and in a choice filter the names
of columns of the choices sheet. No arithmetic, no paths, no patterns, no dates: `BadExpression` names what it met.

Values follow XPath: an answer not given is the empty text; `<` and its kin compare numbers, and what is no number is neither less nor
more than anything; several choices are their names with spaces between.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

LONGEST = 1000
DEEPEST = 20
"""Brackets within brackets."""

Given = str | int | bool | Sequence[str] | None
"""An answer. Several choices are their names, as a list or with spaces between; None and "" were skipped."""
Value = str | float | bool


class BadExpression(Exception):
    """It cannot be read. Says what stands in the way, as the end of a sentence."""


@dataclass(frozen=True)
class Context:
    """What an expression may speak of."""

    answers: Mapping[str, Given] = field(default_factory=dict)
    own: Given = None
    """What `.` is."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Of the choice that a filter looks at."""


@dataclass(frozen=True)
class Literal:
    value: Value

    def of(self, context: Context) -> Value:
        return self.value


@dataclass(frozen=True)
class Answer:
    name: str

    def of(self, context: Context) -> Value:
        return value(context.answers.get(self.name))


@dataclass(frozen=True)
class Own:
    def of(self, context: Context) -> Value:
        return value(context.own)


@dataclass(frozen=True)
class Column:
    name: str

    def of(self, context: Context) -> Value:
        return context.columns.get(self.name, "")


@dataclass(frozen=True)
class Compared:
    sign: str
    left: Node
    right: Node

    def of(self, context: Context) -> Value:
        left, right = self.left.of(context), self.right.of(context)
        if self.sign in {"=", "!="}:
            return _equal(left, right) == (self.sign == "=")
        return _COMPARE[self.sign](_number(left), _number(right))


@dataclass(frozen=True)
class Joined:
    """All of them, or any."""

    word: str
    parts: tuple[Node, ...]

    def of(self, context: Context) -> Value:
        held = (_true(part.of(context)) for part in self.parts)
        return all(held) if self.word == "and" else any(held)


@dataclass(frozen=True)
class Called:
    name: str
    arguments: tuple[Node, ...]

    def of(self, context: Context) -> Value:
        return _FUNCTIONS[self.name][1](*(each.of(context) for each in self.arguments))


Node = Literal | Answer | Own | Column | Compared | Joined | Called


def holds(expression: str, answers: Mapping[str, Given], own: Given = None, columns: Mapping[str, str] | None = None) -> bool:
    """Whether it is so. An empty expression always is; raises `BadExpression`."""
    return not expression.strip() or _true(read(expression).of(Context(answers, own, columns or {})))


def questions(expression: str) -> frozenset[str]:
    """The names of the questions it speaks of."""
    return frozenset(each.name for each in _all(expression) if isinstance(each, Answer))


def columns(expression: str) -> frozenset[str]:
    """The columns of the choices sheet it speaks of."""
    return frozenset(each.name for each in _all(expression) if isinstance(each, Column))


def speaks_of_itself(expression: str) -> bool:
    """It has a `.`, which only a constraint may."""
    return any(isinstance(each, Own) for each in _all(expression))


def _all(expression: str) -> Iterator[Node]:
    if expression.strip():
        yield from _within(read(expression))


def _within(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case Compared(_, left, right):
            inside: tuple[Node, ...] = (left, right)
        case Joined(_, parts) | Called(_, parts):
            inside = parts
        case _:
            return
    for each in inside:
        yield from _within(each)


def value(answer: Given) -> Value:
    """An answer as XPath sees it."""
    if answer is None:
        return ""
    if isinstance(answer, bool | str):
        return answer
    if isinstance(answer, int | float):
        return float(answer)
    return " ".join(answer)


def _true(found: Value) -> bool:
    return not math.isnan(found) and found != 0 if isinstance(found, float) else bool(found)


def _number(found: Value) -> float:
    try:
        return float(found)
    except ValueError:
        return math.nan


def _text(found: Value) -> str:
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(int(found)) if isinstance(found, float) and found.is_integer() else str(found)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _true(left) == _true(right)
    if isinstance(left, float) or isinstance(right, float):
        return _number(left) == _number(right)
    return left == right


_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Value]]] = {
    "true": (0, lambda: True),
    "false": (0, lambda: False),
    "not": (1, lambda of: not _true(of)),
    "selected": (2, lambda of, name: _text(name) in _text(of).split()),
    "count-selected": (1, lambda of: float(len(_text(of).split()))),
    "string-length": (1, lambda of: float(len(_text(of)))),
}

# Reading

_TOKEN = re.compile(
    r"\s*(?:(?P<answer>\$\{\s*[\w.-]+\s*\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?(?:\d+(?:\.\d*)?|\.\d+)(?![\w.]))"
    r"|(?P<sign><=|>=|!=|[=<>])|(?P<mark>[(),])|(?P<own>\.(?![\w./]))|(?P<word>[A-Za-z_][\w-]*))"
)
_QUOTES = str.maketrans("‘’“”", "''\"\"")
"""A word processor's quotes mean plain ones."""


@lru_cache(maxsize=1024)
def read(expression: str) -> Node:
    """The expression, understood; raises `BadExpression`."""
    if len(expression) > LONGEST:
        raise BadExpression(f"it is longer than {LONGEST} characters")
    reading = _Reading(list(_tokens(expression.translate(_QUOTES))))
    found = reading.any_of()
    if reading.left:
        raise BadExpression(f"“{reading.left[0][1]}” is not expected there")
    return found


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    place, text = 0, expression.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise BadExpression(f"“{text[place:].strip()[:20]}” is nothing we know")
        kind = str(found.lastgroup)
        yield kind, found[kind]
        place = found.end()


@dataclass
class _Reading:
    """Recursive descent, from what binds least: or, and, equality, order, brackets."""

    left: list[tuple[str, str]]
    depth: int = 0

    def any_of(self) -> Node:
        return self.joined("or", lambda: self.joined("and", lambda: self.compared(("=", "!="), self.ordered)))

    def joined(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.takes("word", word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def ordered(self) -> Node:
        return self.compared(("<", "<=", ">", ">="), self.one)

    def compared(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        found = part()
        if self.left and self.left[0][0] == "sign" and self.left[0][1] in signs:
            return Compared(self.left.pop(0)[1], found, part())
        return found

    def one(self) -> Node:
        if not self.left:
            raise BadExpression("it breaks off")
        kind, said = self.left.pop(0)
        match kind:
            case "answer":
                return Answer(said[2:-1].strip())
            case "text":
                return Literal(said[1:-1])
            case "number":
                return Literal(float(said))
            case "own":
                return Own()
            case "word":
                return self.called(said) if self.takes("mark", "(") else self.column(said)
        return self.bracketed() if said == "(" else self.unexpected(said)

    def unexpected(self, said: str) -> NoReturn:
        raise BadExpression(f"“{said}” is not expected there")

    def column(self, word: str) -> Node:
        return self.unexpected(word) if word in {"and", "or", "div", "mod"} else Column(word)

    def bracketed(self) -> Node:
        self.deeper()
        found = self.any_of()
        self.closed()
        return found

    def called(self, name: str) -> Node:
        if name not in _FUNCTIONS:
            raise BadExpression(f"{name}() is not supported; there are {', '.join(f'{each}()' for each in _FUNCTIONS)}")
        self.deeper()
        given: list[Node] = []
        while not self.takes("mark", ")"):
            if given and not self.takes("mark", ","):
                raise BadExpression("a bracket is not closed")
            given.append(self.any_of())
        self.depth -= 1
        wanted = _FUNCTIONS[name][0]
        if len(given) != wanted:
            raise BadExpression(f"{name}() takes {wanted} and not {len(given)}")
        return Called(name, tuple(given))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadExpression(f"more than {DEEPEST} brackets stand within each other")

    def closed(self) -> None:
        self.depth -= 1
        if not self.takes("mark", ")"):
            raise BadExpression("a bracket is not closed")

    def takes(self, kind: str, token: str) -> bool:
        if not self.left or self.left[0] != (kind, token):
            return False
        self.left.pop(0)
        return True
