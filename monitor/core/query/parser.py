"""Reading a query: recursive descent over its tokens, every fault with its place and a hint.

query  = and { "OR" and }
and    = not { "AND" not | not-term }            a NOT may follow without AND
not    = [ "NOT" ] near
near   = prim { ( "NEAR/" n | "ONEAR/" n | "NEAR/s" | "ONEAR/s" ) prim }
prim   = "(" query ")" | "ATLEAST/" k prim | k "OF" "(" query { "," query } ")" | field ":" prim | "stem:" language prim
       | "raw:" ( word | phrase ) | "$" list | "/" regex "/" | '"' words '"' | word { word }
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import ClassVar

from monitor.core.query import refusals
from monitor.core.query.cursor import Cursor
from monitor.core.query.doubts import (
    Operand,
    apart,
    lower_case_operators,
    mixed_levels,
    stray_signs,
    typographic_quotes,
)
from monitor.core.query.errors import QueryError, QueryWarning
from monitor.core.query.lexer import (
    CHOICE,
    CLOSE,
    COMMA,
    DISTANCE,
    FIELD,
    LIST,
    OPEN,
    OPERATOR,
    QUOTED,
    REGEX,
    SPACE,
    STEM,
    WORD,
    Kind,
    Token,
    tokens,
)
from monitor.core.query.nodes import (
    TEXT_FIELDS,
    VALUE_FIELDS,
    And,
    AtLeast,
    Distance,
    Field,
    KOf,
    Near,
    Node,
    Not,
    Or,
    Raw,
    Stem,
    Value,
    has_places,
    has_positive,
    parts,
    true_of_nothing,
)
from monitor.core.query.patterns import read_regex
from monitor.core.query.terms import read_raw, read_term
from monitor.core.text.stemming import LANGUAGES

MOST_CHARACTERS = 20_000
DEEPEST = 20
LONGEST_NUMBER = 6

_SPACED_VALUES = ("author", "tag")
"""Value fields in which words in a row are one value."""
_NO_LISTS: Mapping[str, Node] = {}


def parse(text: str, lists: Mapping[str, Node] = _NO_LISTS) -> Node:
    """Return the tree of the query `text`; `lists` has the tree of each named list, to stand for `$name`.

    `str()` of the result is a query that reads as an equal tree. Raises QueryError at the first fault.
    """
    return _Parser(text, lists).read()


def warnings(text: str, lists: Mapping[str, Node] = _NO_LISTS) -> tuple[QueryWarning, ...]:
    """Return what is doubtful in the query `text`, by place. Raises QueryError as `parse` does."""
    return examined(text, lists)[1]


def examined(text: str, lists: Mapping[str, Node] = _NO_LISTS) -> tuple[Node, tuple[QueryWarning, ...]]:
    """Return what `parse` and what `warnings` return, having read the text once. Raises QueryError as they do."""
    parser = _Parser(text, lists)
    query = parser.read()
    return query, tuple(sorted(parser.warnings, key=lambda each: (each.start, each.end)))


class _Parser(Cursor):
    """Reads one query. `_field` is the field whose bracket is being read, "" outside of any."""

    def __init__(self, text: str, lists: Mapping[str, Node]) -> None:
        super().__init__()
        self.warnings: list[QueryWarning] = []
        self._text = text
        self._lists = lists
        self._depth = 0
        self._field = ""

    def read(self) -> Node:
        """Return the tree of the whole text."""
        if not self._text.strip():
            raise QueryError("PW120", "the query is empty", 0, len(self._text), "write what to look for")
        if len(self._text) > MOST_CHARACTERS:
            told = f"the query has {len(self._text):,} characters; at most {MOST_CHARACTERS:,}"
            raise QueryError("PW135", told, 0, len(self._text), "put its terms into lists")
        self._tokens = [token for token in tokens(self._text) if token.kind is not SPACE]
        query = self._either()
        if rest := self._peek():
            raise refusals.rest(self._before(), rest)
        self._check_whole(query)
        self.warnings += typographic_quotes(self._text)
        return query

    def _check_whole(self, query: Node) -> None:
        end = len(self._text)
        if not has_positive(query):
            told = "the query says only what must be absent"
            raise QueryError("PW131", told, 0, end, "add what to look for: something AND NOT this")
        if true_of_nothing(query):
            told = "this is true of every article that lacks what stands behind NOT, whatever it is about"
            self.warnings.append(QueryWarning("PW423", told, 0, end, "join NOT by AND"))

    # The levels of the grammar, loosest first.

    def _either(self) -> Node:
        start = self._peek()
        levels = [self._both()]
        while self._take(OPERATOR, "OR"):
            levels.append(self._both())
        if start and len(levels) > 1 and any(len(level) > 1 for level in levels):
            self.warnings.append(mixed_levels(levels, start.start, self._end()))
        alternatives = [_joined(And, [operand.query for operand in level]) for level in levels]
        return _joined(Or, alternatives)

    def _both(self) -> list[Operand]:
        operands = [self._operand()]
        while self._take(OPERATOR, "AND") or self._next_is(OPERATOR, "NOT"):
            operands.append(self._operand())
        return operands

    def _operand(self) -> Operand:
        first = self._peek()
        query = Not(self._near()) if self._take(OPERATOR, "NOT") else self._near()
        assert first
        return Operand(query, self._text[first.start : self._end()])

    def _near(self) -> Node:
        first = self._peek()
        query = self._primary()
        token = self._take_near()
        if token is None:
            return query
        assert first
        if not has_places(query):
            raise refusals.without_place(_name(token), first.start, self._tokens[self._at - 2].end)
        queries, distances = [query], []
        while token is not None:
            distances.append(_distance(token))
            queries.append(self._placed(token))
            if len(queries) > refusals.MOST_NEAR:
                raise refusals.too_many_near(token)
            token = self._take_near()
        near = Near(tuple(queries), tuple(distances))
        if doubt := apart(near, first.start, self._end()):
            self.warnings.append(doubt)
        return near

    def _take_near(self) -> Token | None:
        token = self._peek()
        return self._take(DISTANCE) if token and token.kind is DISTANCE and _name(token) != "ATLEAST" else None

    def _placed(self, operator: Token) -> Node:
        """Return what follows NEAR or ATLEAST."""
        first = self._peek()
        if first and first.kind is OPERATOR and first.text == "NOT":
            raise refusals.not_near(first, _name(operator))
        query = self._primary()
        assert first
        if not has_places(query):
            raise refusals.without_place(_name(operator), first.start, self._end())
        return query

    def _primary(self) -> Node:
        token = self._peek()
        if token is None:
            raise refusals.nothing_to_look_for(self._before(), None)
        reading = self._READING.get(token.kind)
        if reading is None or (token.kind is DISTANCE and _name(token) != "ATLEAST"):
            raise refusals.no_primary(self._before(), token)
        self._at += 1
        return reading(self, token)

    # What a query is made of. Each is given its first token, which is taken already.

    def _bracket(self, opening: Token) -> Node:
        self._open(opening)
        query = self._either()
        self._close(opening)
        return query

    def _open(self, opening: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError("PW135", f"brackets more than {DEEPEST} deep", opening.start, opening.end, "use lists")

    def _close(self, opening: Token) -> None:
        if not self._take(CLOSE):
            if rest := self._peek():
                raise refusals.rest(self._before(), rest)
            raise QueryError("PW121", "this bracket is never closed", opening.start, opening.end, "add )")
        self._depth -= 1

    def _at_least(self, token: Token) -> Node:
        return AtLeast(_number(token, 1), self._placed(token))

    def _choice(self, token: Token) -> Node:
        opening = self._take(OPEN)
        assert opening
        self._open(opening)
        queries = [self._either()]
        while self._take(COMMA):
            queries.append(self._either())
        self._close(opening)
        count = token.text.split()[0]
        if len(queries) < 2 or len(count) > LONGEST_NUMBER or not 1 <= int(count) <= len(queries):
            raise refusals.no_choice(count, len(queries), token)
        return KOf(int(count), tuple(queries))

    def _stem(self, token: Token) -> Node:
        language = token.text.partition(":")[2]
        if language not in LANGUAGES:
            raise refusals.unknown_stem(token, LANGUAGES)
        return Stem(language, self._primary_of(token))

    def _of_field(self, token: Token) -> Node:
        name = token.text[:-1]
        if self._field and name in (*TEXT_FIELDS, *VALUE_FIELDS):
            raise refusals.nested(f"{name}:", self._field, token)
        if name == "raw":
            return self._raw(token)
        if name not in (*TEXT_FIELDS, *VALUE_FIELDS):
            raise refusals.unknown_field(token)
        self._field = name
        query = self._primary_of(token)
        self._field = ""
        return Field(name, query) if name in TEXT_FIELDS else query

    def _primary_of(self, field: Token) -> Node:
        token = self._peek()
        if token is None or token.kind in (CLOSE, OPERATOR, COMMA):
            hint = f"as in {field.text}{' ' if field.kind is STEM else ''}word"
            raise QueryError("PW124", f"{field.text} needs what to look for", field.start, field.end, hint)
        return self._primary()

    def _raw(self, field: Token) -> Raw:
        token = self._take(WORD) or self._take(QUOTED)
        if token is None:
            told = "raw: stands before one word or one phrase in quotes"
            raise QueryError("PW127", told, field.start, field.end, 'as in raw:US OR raw:"Us Weekly"')
        text = token.text[1:-1] if token.kind is QUOTED else token.text
        return read_raw(text, token.start, token.end)

    def _list(self, token: Token) -> Node:
        name = token.text[1:]
        found = self._lists.get(name)
        if found is None:
            raise refusals.unknown_list(token, self._lists)
        if self._field and _has_field(found):
            raise refusals.nested(token.text, self._field, token)
        return found

    def _quoted(self, token: Token) -> Node:
        if self._field in VALUE_FIELDS:
            return self._value(token.text[1:-1], token.start, token.end)
        if not token.text[1:-1].strip():
            raise QueryError("PW134", "there is nothing between these quotes", token.start, token.end)
        return read_term(token.text[1:-1], token.start + 1)

    def _row(self, first: Token) -> Node:
        """Return the phrase of words in a row."""
        row = [first]
        alone = self._field in VALUE_FIELDS and self._field not in _SPACED_VALUES
        while not alone and (token := self._take(WORD)):
            row.append(token)
        start, end = first.start, row[-1].end
        if self._field in VALUE_FIELDS:
            if misplaced := next((token for token in row if self._is_no_value(token)), None):
                raise refusals.nested(misplaced.text, self._field, misplaced)
            return self._value(self._text[start:end], start, end)
        self._check_row(row)
        text = self._text[start:end]
        self.warnings += lower_case_operators(row, text)
        self.warnings += stray_signs(row)
        return read_term(text, start)

    def _check_row(self, row: list[Token]) -> None:
        """Refuse words that can only be the beginning of something else."""
        if foreign := next((token for token in row if token.text in refusals.FOREIGN), None):
            raise refusals.foreign_operator(foreign)
        following = self._peek()
        if row[0].text[0] == "/" and (row[0].text[1:] or (following and following.start == row[0].end)):
            raise refusals.open_regex(row[0])
        for count, of in pairwise(row[:-1]):
            if of.text == "OF" and count.text.isdecimal():
                raise refusals.no_bracket(count, of)

    def _is_no_value(self, token: Token) -> bool:
        """Whether a token that is read as a value was meant as a list or as another field."""
        name, colon, _ = token.text.partition(":")
        return token.text.startswith("$") or bool(
            colon and self._field != "url" and name in (*TEXT_FIELDS, *VALUE_FIELDS, "raw", "stem")
        )

    def _value(self, text: str, start: int, end: int) -> Value:
        pattern = " ".join(text.split())
        if not pattern:
            raise QueryError("PW134", f"{self._field}: needs a value", start, end)
        return Value(self._field, pattern)

    _READING: ClassVar[Mapping[Kind, "Callable[[_Parser, Token], Node]"]] = {
        OPEN: _bracket,
        FIELD: _of_field,
        DISTANCE: _at_least,
        CHOICE: _choice,
        STEM: _stem,
        REGEX: lambda _, token: read_regex(token),
        LIST: _list,
        QUOTED: _quoted,
        WORD: _row,
    }


def _name(token: Token) -> str:
    """Return NEAR, ONEAR or ATLEAST."""
    return token.text.partition("/")[0]


def _distance(token: Token) -> Distance:
    words = None if token.text.endswith("/s") else _number(token, 0)
    return Distance(words, _name(token) == "ONEAR")


def _number(token: Token, least: int) -> int:
    number = token.text.partition("/")[2]
    if not number.isdecimal() or len(number) > LONGEST_NUMBER or not least <= int(number) <= refusals.MOST_COUNTED:
        raise refusals.no_number(token)
    return int(number)


def _joined(kind: type[And] | type[Or], queries: list[Node]) -> Node:
    return queries[0] if len(queries) == 1 else kind(tuple(queries))


def _has_field(query: Node) -> bool:
    return isinstance(query, Field | Value) or any(map(_has_field, parts(query)))
