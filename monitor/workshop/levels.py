"""The shape of a query's text: its brackets, what OR, AND and commas part in them, and the terms, each with its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.core.query import VALUE_FIELDS
from monitor.core.query.lexer import Kind, Token, tokens

_AS_WRITTEN = frozenset(f"{name}:" for name in (*VALUE_FIELDS, "raw"))


@dataclass(slots=True)
class Operand:
    """What stands between two operators: characters [start, end), `body` is where it starts behind its NOT."""

    start: int
    body: int
    end: int
    distances: list[Token] = field(default_factory=list)

    @property
    def is_negated(self) -> bool:
        """Whether it has a NOT."""
        return self.body > self.start


@dataclass(slots=True)
class Level:
    """A query, or what a bracket holds: choices parted by commas, each of alternatives (OR), each of operands (AND)."""

    choices: list[list[list[Operand]]] = field(default_factory=lambda: [[[]]])
    ands: list[Token] = field(default_factory=list)
    count: Token | None = None
    """The `2 OF` before the bracket."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a row, or in quotes, that are looked for as a term: characters [start, end), quotes not included."""

    start: int
    end: int
    quoted: bool


@dataclass(slots=True)
class Shape:
    """A query's levels, outer ones first, its terms, and the tokens that say how something is looked for."""

    levels: list[Level] = field(default_factory=list)
    terms: list[Words] = field(default_factory=list)
    signs: list[Token] = field(default_factory=list)

    def is_negated(self, at: int) -> bool:
        """Whether a character stands behind a NOT (and not behind a NOT in a NOT)."""
        operands = (each for level in self.levels for choice in level.choices for both in choice for each in both)
        return sum(each.is_negated and each.body <= at < each.end for each in operands) % 2 == 1


def shape(text: str) -> Shape:
    """Return the shape of a query that can be read."""
    found = Shape()
    _Shaper([token for token in tokens(text) if token.kind is not Kind.SPACE], found).level(None)
    return found


class _Shaper:
    def __init__(self, given: Sequence[Token], found: Shape) -> None:
        self._tokens = given
        self._at = 0
        self._found = found

    def level(self, count: Token | None, *, as_written: bool = False) -> None:
        """Read up to the bracket that closes, or to the end."""
        level = Level(count=count)
        self._found.levels.append(level)
        for token in self._until_closed():
            match token:
                case Token(Kind.COMMA):
                    level.choices.append([[]])
                case Token(Kind.OPERATOR, "OR"):
                    level.choices[-1].append([])
                case Token(Kind.OPERATOR, "AND"):
                    level.ands.append(token)
                case _:
                    level.choices[-1][-1].append(self._operand(token, as_written=as_written))

    def _until_closed(self) -> Iterator[Token]:
        while self._at < len(self._tokens) and (token := self._next()).kind is not Kind.CLOSE:
            yield token

    def _operand(self, first: Token, *, as_written: bool) -> Operand:
        body = self._tokens[self._at].start if first.kind is Kind.OPERATOR else first.start
        operand = Operand(first.start, body, first.end)
        token: Token | None = self._next() if first.kind is Kind.OPERATOR else first
        while token:
            if token.kind is Kind.DISTANCE and "NEAR" in token.text:
                operand.distances.append(token)
            self._part(token, as_written=as_written)
            operand.end = self._tokens[self._at - 1].end
            token = self._next() if self._goes_on() else None
        return operand

    def _part(self, token: Token, *, as_written: bool) -> None:
        """Take in one part of an operand, whose first token this is."""
        match token.kind:
            case Kind.OPEN | Kind.CHOICE:
                self._bracket(token, as_written=as_written)
            case Kind.FIELD if token.text in _AS_WRITTEN:
                self._found.signs.append(token)
                self._part(self._next(), as_written=True)
            case Kind.WORD | Kind.QUOTED if not as_written:
                self._found.terms.append(self._term(token))
            case Kind.WORD:
                while self._peek_is(Kind.WORD):
                    self._next()
            case Kind.FIELD | Kind.STEM | Kind.DISTANCE:
                self._found.signs.append(token)
            case _:
                pass

    def _bracket(self, token: Token, *, as_written: bool) -> None:
        if token.kind is Kind.CHOICE:
            self._found.signs.append(token)
            self._next()
        self.level(token if token.kind is Kind.CHOICE else None, as_written=as_written)

    def _term(self, first: Token) -> Words:
        if first.kind is Kind.QUOTED:
            return Words(first.start + 1, first.end - 1, quoted=True)
        last = first
        while self._peek_is(Kind.WORD):
            last = self._next()
        return Words(first.start, last.end, quoted=False)

    def _goes_on(self) -> bool:
        """Whether the operand does."""
        ends = (Kind.OPERATOR, Kind.COMMA, Kind.CLOSE)
        return self._at < len(self._tokens) and self._tokens[self._at].kind not in ends

    def _peek_is(self, kind: Kind) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind is kind

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]
