"""Ways to make a query looser, or to leave a part of it out, one at a time: each a mistake that somebody makes some day."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import chain

from monitor.core.query import VALUE_FIELDS
from monitor.core.query.lexer import Kind, Token
from monitor.workshop.levels import Level, Operand, Words, shape

SHORTEST_PREFIX = 3
NEIGHBOURHOOD = 5
"""How near the words of a phrase stay where they cannot be parted altogether."""

_LAST_WORD = re.compile(r"[^\W_]{3,}\Z")
_PREFIX = re.compile(r"[^\W_]+(?=\*\Z)")
_OPEN_LETTER = re.compile(r"([^\W_]{3,})\?+\w+\Z")


class Way(Enum):
    """In which way a query is changed, or the gates of a rule."""

    AND_TO_OR = auto()
    OPERAND_LEFT_OUT = auto()
    NOT_LEFT_OUT = auto()
    ALTERNATIVE_LEFT_OUT = auto()
    NEAR_WIDER = auto()
    NEAR_TO_AND = auto()
    ORDER_LEFT_OUT = auto()
    SENTENCE_LEFT_OUT = auto()
    COUNT_LOWER = auto()
    PHRASE_PARTED = auto()
    WORD_TO_PREFIX = auto()
    PREFIX_SHORTER = auto()
    OPEN_LETTER_TO_PREFIX = auto()
    RAW_LEFT_OUT = auto()
    FIELD_LEFT_OUT = auto()
    STEM_LEFT_OUT = auto()
    LANGUAGE_LEFT_OUT = auto()
    SOURCE_LEFT_OUT = auto()


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed query: what stood at characters [start, end) of the old one became `after`, "" where it is left out.

    `text` is the whole of the new query. It may be none that can be read. `negated`: it stands behind a NOT, where what finds more
    makes the whole find less.
    """

    way: Way
    start: int
    end: int
    after: str
    text: str
    negated: bool = False


def edits(text: str) -> Iterator[Edit]:
    """Return every way to change a query that can be read, in the order of ways."""
    found = shape(text)
    made = chain(
        *(_of_level(text, level) for level in found.levels),
        *(_of_sign(text, token) for token in found.signs),
        *(_of_term(text, term) for term in found.terms),
    )
    return (replace(edit, negated=found.is_negated(edit.start)) for edit in made)


def _of_level(text: str, level: Level) -> Iterator[Edit]:
    for token in level.ands:
        yield _exchange(text, Way.AND_TO_OR, token, "OR")
    for choice in level.choices:
        for alternative in choice:
            yield from _operands_left_out(text, alternative)
            for operand in alternative:
                yield from _distances(text, operand)
        yield from _parts_left_out(text, [_span(each) for each in choice], " OR ")
    if level.count:
        yield from _parts_left_out(text, [(_span(each[0])[0], _span(each[-1])[1]) for each in level.choices], ", ")


def _span(alternative: Sequence[Operand]) -> tuple[int, int]:
    return alternative[0].start, alternative[-1].end


def _operands_left_out(text: str, alternative: Sequence[Operand]) -> Iterator[Edit]:
    start, end = _span(alternative)
    for operand in alternative if len(alternative) > 1 else ():
        rest = [each for each in alternative if each is not operand]
        joined = " AND ".join(text[each.start : each.end] for each in rest)
        way = Way.NOT_LEFT_OUT if operand.is_negated else Way.OPERAND_LEFT_OUT
        yield Edit(way, operand.start, operand.end, "", text[:start] + joined + text[end:])


def _parts_left_out(text: str, spans: Sequence[tuple[int, int]], joint: str) -> Iterator[Edit]:
    for span in spans if len(spans) > 1 else ():
        joined = joint.join(text[start:end] for start, end in spans if (start, end) != span)
        changed = text[: spans[0][0]] + joined + text[spans[-1][1] :]
        yield Edit(Way.ALTERNATIVE_LEFT_OUT, *span, "", changed)


def _distances(text: str, operand: Operand) -> Iterator[Edit]:
    for token in operand.distances:
        name, _, words = token.text.partition("/")
        if name == "ONEAR":
            yield _exchange(text, Way.ORDER_LEFT_OUT, token, f"NEAR/{words}")
        if words.isdecimal():
            yield _exchange(text, Way.NEAR_WIDER, token, f"{name}/{max(2 * int(words), int(words) + 1)}")
        loosened = f"{text[operand.body : token.start]}AND{text[token.end : operand.end]}"
        if operand.is_negated:
            loosened = f"({loosened})"
        way = Way.NEAR_TO_AND if words.isdecimal() else Way.SENTENCE_LEFT_OUT
        yield Edit(way, token.start, token.end, "AND", text[: operand.body] + loosened + text[operand.end :])


def _of_sign(text: str, token: Token) -> Iterator[Edit]:
    number = re.match(r"(ATLEAST/)?(\d+)", token.text) if token.kind in (Kind.DISTANCE, Kind.CHOICE) else None
    if number and int(number[2]) > 1:
        fewer = f"{number[1] or ''}{int(number[2]) - 1}{token.text[number.end() :]}"
        yield _exchange(text, Way.COUNT_LOWER, token, fewer)
    elif token.kind is Kind.STEM:
        yield _exchange(text, Way.STEM_LEFT_OUT, token, "")
    elif token.text == "raw:":
        yield _exchange(text, Way.RAW_LEFT_OUT, token, "")
    elif token.kind is Kind.FIELD and token.text[:-1] not in VALUE_FIELDS:
        yield _exchange(text, Way.FIELD_LEFT_OUT, token, "")


def _of_term(text: str, term: Words) -> Iterator[Edit]:
    written = text[term.start : term.end]
    words = [each for each in written.split() if any(map(str.isalnum, each))]
    if len(words) > 1:
        for joint in (" AND ", f" NEAR/{NEIGHBOURHOOD} "):
            quote = int(term.quoted)
            parted = joint.join(f'"{each}"' for each in words)
            changed = f"{text[: term.start - quote]}({parted}){text[term.end + quote :]}"
            yield Edit(Way.PHRASE_PARTED, term.start, term.end, joint.join(words), changed)
    if found := _PREFIX.search(written):
        shorter = found[0][: max(SHORTEST_PREFIX, (len(found[0]) + 1) // 2)]
        if len(shorter) < len(found[0]):
            yield _reword(text, Way.PREFIX_SHORTER, term, written[: found.start()] + shorter + "*")
    elif found := _OPEN_LETTER.search(written):
        yield _reword(text, Way.OPEN_LETTER_TO_PREFIX, term, written[: found.start()] + found[1] + "*")
    elif _LAST_WORD.search(written):
        yield _reword(text, Way.WORD_TO_PREFIX, term, written + "*")


def _reword(text: str, way: Way, term: Words, after: str) -> Edit:
    return Edit(way, term.start, term.end, after, text[: term.start] + after + text[term.end :])


def _exchange(text: str, way: Way, token: Token, after: str) -> Edit:
    return Edit(way, token.start, token.end, after, text[: token.start] + after + text[token.end :])
