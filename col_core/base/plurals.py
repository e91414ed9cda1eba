"""Read the gettext header `Plural-Forms` without ever running it as code.

The header of a catalogue is text that a translator, a plugin or a city wrote. It holds a C expression in `n`; here it
is parsed by its grammar (numbers, `n`, `! * / % + - < <= > >= == != && || ?: ()`) into closures. Anything else, such
as a call or an attribute, is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_LENGTH = 1000
MAX_DEPTH = 40
SAMPLES = range(1001)

_HEADER = re.compile(r"\s*nplurals\s*=\s*(\d{1,2})\s*;\s*plural\s*=\s*(.+?)\s*;?\s*", re.ASCII | re.DOTALL)
_TOKEN = re.compile(r"\s*(?:(\d{1,9})|(n)(?!\w)|(&&|\|\||[<>=!]=|[-+*/%<>!?:()]))", re.ASCII)

_Rule = Callable[[int], int]

_BINARY: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)
_APPLY: dict[str, Callable[[int, int], int]] = {
    "||": lambda a, b: int(bool(a or b)),
    "&&": lambda a, b: int(bool(a and b)),
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    "<=": lambda a, b: int(a <= b),
    ">": lambda a, b: int(a > b),
    ">=": lambda a, b: int(a >= b),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


class BadPluralForms(ValueError):
    """The header is not a plural rule; the message says why in plain words."""


@dataclass(frozen=True, kw_only=True)
class PluralForms:
    """A checked plural rule: `count` forms, and which of them a number takes."""

    count: int
    text: str
    rule: _Rule = field(compare=False)

    def index(self, n: int) -> int:
        """Return which form `n` takes; a negative number takes the form of its amount."""
        return self.rule(abs(n))

    def numbers(self, form: int) -> tuple[int, ...]:
        """Return the numbers up to a thousand that take `form`."""
        return tuple(n for n in SAMPLES if self.rule(n) == form)

    def agrees(self, other: "PluralForms") -> bool:
        """Whether both rules give every number up to a thousand the same form."""
        if self.text == other.text:
            return True
        return self.count == other.count and all(self.rule(n) == other.rule(n) for n in SAMPLES)


def parse(header: str) -> PluralForms:
    """Read a `Plural-Forms` header, as in "nplurals=2; plural=(n != 1);".

    Raises `BadPluralForms` for anything that is not a plural expression, gives a form that does not exist, or leaves a
    form that no number takes. Source: GNU gettext manual, "Plural forms".
    """
    if len(header) > MAX_LENGTH:
        raise BadPluralForms("it is too long")
    match = _HEADER.fullmatch(header)
    if match is None:
        raise BadPluralForms("it must read nplurals=…; plural=…;")
    count = int(match[1])
    rule = _Expression(_tokens(match[2])).whole()
    try:
        used = {rule(n) for n in SAMPLES}
    except ZeroDivisionError:
        raise BadPluralForms("it divides by zero") from None
    if used != set(range(count)):
        raise BadPluralForms(f"nplurals is {count}, but the rule gives the forms {sorted(used)}")
    return PluralForms(count=count, text=header.strip(), rule=rule)


def _tokens(expression: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise BadPluralForms(f"it may hold only n, numbers and operators, not {expression[at:].strip()[:20]!r}")
        found.append(match[0].strip())
        at = match.end()
    return found


class _Expression:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> _Rule:
        rule = self._choice(0)
        if self._at < len(self._tokens):
            raise BadPluralForms(f"{self._tokens[self._at]!r} stands where the rule should end")
        return rule

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, wanted: str | None = None) -> str:
        token = self._peek()
        if token is None or (wanted is not None and token != wanted):
            raise BadPluralForms(f"it breaks off where {wanted or 'a number or n'} should stand")
        self._at += 1
        return token

    def _choice(self, depth: int) -> _Rule:
        if depth > MAX_DEPTH:
            raise BadPluralForms("it is nested too deeply")
        condition = self._operation(0, depth)
        if self._peek() != "?":
            return condition
        self._take("?")
        yes = self._choice(depth + 1)
        self._take(":")
        no = self._choice(depth + 1)
        return lambda n: yes(n) if condition(n) else no(n)

    def _operation(self, level: int, depth: int) -> _Rule:
        if level == len(_BINARY):
            return self._operand(depth)
        left = self._operation(level + 1, depth)
        while (operator := self._peek()) in _BINARY[level]:
            self._take()
            left = _applied(_APPLY[operator or ""], left, self._operation(level + 1, depth))
        return left

    def _operand(self, depth: int) -> _Rule:
        if depth > MAX_DEPTH:
            raise BadPluralForms("it is nested too deeply")
        token = self._take()
        if token == "(":
            inner = self._choice(depth + 1)
            self._take(")")
            return inner
        if token == "!":
            negated = self._operand(depth + 1)
            return lambda n: int(not negated(n))
        if token == "n":
            return lambda n: n
        if token.isdigit():
            value = int(token)
            return lambda _n: value
        raise BadPluralForms(f"{token!r} stands where a number or n should stand")


def _applied(operator: Callable[[int, int], int], left: _Rule, right: _Rule) -> _Rule:
    return lambda n: operator(left(n), right(n))
