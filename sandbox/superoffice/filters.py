"""The language of ``$filter``, ``$orderby`` and lists of names: text to a small tree.

No columns, no values of records here.

Source: SuperOffice's developer documentation: ``and`` binds tighter than ``or``; brackets; ``'`` is escaped with a
    backslash; operators are words or
signs; ``in``, ``oneOf`` and ``between`` take a list in brackets; ``substringof``, ``startswith`` and ``endswith`` are
functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from sandbox.superoffice.errors import ApiError

Literal = str | int | float | bool | None


@dataclass(frozen=True)
class Quoted:
    """A literal that stood in quotes, so that '12' differs from 12."""

    text: str


Value = Quoted | Literal


@dataclass(frozen=True)
class Comparison:
    """One comparison. ``operator`` is in lower case, ``=`` for all ways to write equality."""

    column: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class AllOf:
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Node, ...]


Node = Comparison | AllOf | AnyOf

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>'(?:\\.|[^'\\])*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w./:]))
      | (?P<sign><=|>=|<>|!=|[=<>(),])
      | (?P<word>[^\s'(),=<>!]+)
    )""",
    re.VERBOSE,
)
_SIGNS = {"=": "=", "<": "lt", ">": "gt", "<=": "le", ">=": "ge", "<>": "ne", "!=": "ne"}
_FUNCTIONS = {"substringof": "contains", "startswith": "begins", "endswith": "ends"}
_NO_VALUE = frozenset(
    {"isnull", "isnotnull", "today", "currentassociate", "thisweek", "lastweek", "thismonth", "lastmonth"}
)
_LISTS = frozenset({"in", "oneof", "notoneof", "between", "datebetween", "associateisoneof", "associateisnotoneof"})
_BARE = {"true": True, "false": False, "null": None}


def parse_filter(text: str) -> Node | None:
    """A filter as a tree, None for an empty one. Raises ``ApiError`` 400 that says where reading stopped."""
    if not text.strip():
        return None
    parser = _Parser(text)
    node = parser.any_of()
    parser.end()
    return node


def parse_order(text: str) -> list[tuple[str, bool]]:
    """``name asc,fullname desc`` as (column, descending). Raises ``ApiError`` 400."""
    order = []
    for part in names(text):
        column, _, direction = part.partition(" ")
        if direction.strip().lower() not in ("", "asc", "desc"):
            raise ApiError(400, f"$orderby: {part!r} is not understood.")
        order.append((column, direction.strip().lower() == "desc"))
    return order


def names(text: str) -> list[str]:
    """A comma list without empty parts."""
    return [part.strip() for part in text.split(",") if part.strip()]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        position = 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None or match.lastgroup is None:
                raise ApiError(400, f"$filter: {stripped[position:]!r} is not understood.")
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self._next = 0

    def any_of(self) -> Node:
        parts = [self._all_of()]
        while self._take_word("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def end(self) -> None:
        if self._next < len(self._tokens):
            self._fail()

    def _all_of(self) -> Node:
        parts = [self._one()]
        while self._take_word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self) -> Node:
        if self._take_sign("("):
            node = self.any_of()
            self._need_sign(")")
            return node
        kind, column = self._take()
        if kind != "word":
            self._fail(back=1)
        if column.lower() in _FUNCTIONS and self._peek() == ("sign", "("):
            return self._function(column.lower())
        kind, operator = self._take()
        if kind not in ("word", "sign"):
            self._fail(back=1)
        operator = _SIGNS.get(operator, operator.lower())
        operator = "=" if operator in ("eq", "equals") else operator
        if operator in _NO_VALUE:
            return Comparison(column, operator, ())
        if operator in _LISTS or self._peek() == ("sign", "("):
            return Comparison(column, operator, self._list())
        if operator == "set" and self._peek()[0] not in ("number", "quoted") and self._peek()[1].lower() not in _BARE:
            return Comparison(column, operator, (True,))
        return Comparison(column, operator, (self._value(),))

    def _function(self, name: str) -> Node:
        self._need_sign("(")
        first = self._take()
        self._need_sign(",")
        second = self._take()
        self._need_sign(")")
        column, literal = (second, first) if name == "substringof" else (first, second)
        if column[0] != "word" or literal[0] != "quoted":
            self._fail(back=1)
        if self._take_word("eq") or self._take_sign("="):
            self._value()
        return Comparison(column[1], _FUNCTIONS[name], (Quoted(_unquoted(literal[1])),))

    def _list(self) -> tuple[Value, ...]:
        self._need_sign("(")
        values = [self._value()]
        while self._take_sign(","):
            values.append(self._value())
        self._need_sign(")")
        return tuple(values)

    def _value(self) -> Value:
        kind, text = self._take()
        if kind == "quoted":
            return Quoted(_unquoted(text))
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "word":
            # Some samples leave dates and words unquoted.
            return _BARE.get(text.lower(), Quoted(text))
        return self._fail(back=1)

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        if token[0] == "end":
            self._fail()
        self._next += 1
        return token

    def _take_word(self, word: str) -> bool:
        kind, text = self._peek()
        if kind == "word" and text.lower() == word:
            self._next += 1
            return True
        return False

    def _take_sign(self, sign: str) -> bool:
        if self._peek() == ("sign", sign):
            self._next += 1
            return True
        return False

    def _need_sign(self, sign: str) -> None:
        if not self._take_sign(sign):
            self._fail()

    def _fail(self, back: int = 0) -> NoReturn:
        rest = " ".join(text for _, text in self._tokens[self._next - back :]) or "the end"
        raise ApiError(400, f"$filter: {self._text!r} is not understood at {rest!r}.")


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
