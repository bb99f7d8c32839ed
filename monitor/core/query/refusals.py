"""What is said of a query that cannot be read: one function for each way to go wrong."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from monitor.core.query.doubts import meant_operator
from monitor.core.query.errors import QueryError
from monitor.core.query.lexer import Kind, Token
from monitor.core.query.nodes import TEXT_FIELDS, VALUE_FIELDS

FOREIGN = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR", "!": "NOT"}
"""Operators of other languages, and ours."""

MOST_COUNTED = 10_000
"""The largest number of NEAR and ATLEAST."""

MOST_NEAR = 50
"""Parts of one row of NEAR."""
MOST_COMPARED = 1_000
LONGEST_COMPARED = 64
"""Names, and their letters, among which one that was meant is looked for."""

_FIELDS = (*TEXT_FIELDS, *VALUE_FIELDS, "raw")


def rest(before: Token | None, token: Token) -> QueryError:
    """Return the fault of `token`, which follows a whole query that ends with `before`."""
    if token.kind in (Kind.UNCLOSED, Kind.COMMA):
        return no_primary(before, token)
    if token.kind is Kind.CLOSE:
        return _never_opened(token)
    start = before.start if before else token.start
    told = "AND, OR or NOT is missing between these two"
    return QueryError("PW125", told, start, token.end, _how_to_join(before, token))


def _how_to_join(before: Token | None, token: Token) -> str:
    """Return what to write between two parts that stand side by side."""
    word = before.text if before and before.kind is Kind.WORD else ""
    if word.lower() == "of" and token.kind is Kind.OPEN:
        return "write OF in capitals, as in 2 OF (a, b, c)"
    if operator := meant_operator(word) or meant_operator(token.text if token.kind is Kind.WORD else ""):
        return f"write {operator}, in capitals" if operator in ("AND", "OR", "NOT") else f"write {operator}"
    if token.text[:1] == "~" and token.text[1:].isdecimal():
        return f"write NEAR/{token.text[1:]} between the words"
    return "only words in a row, as one phrase, stand without"


def no_bracket(count: Token, of: Token) -> QueryError:
    """Return the fault of `2 OF` without a bracket behind it."""
    told = "the choices of OF stand in a bracket"
    return QueryError(
        "PW132", told, count.start, of.end, f"as in {count.text[:6]} OF (a, b, c); put a phrase in quotes"
    )


def open_regex(token: Token) -> QueryError:
    """Return the fault of a slash that begins a regular expression which never ends."""
    told = "this regular expression is never closed"
    return QueryError(
        "PW123", told, token.start, token.start + 1, "add / at its end; put a phrase with a slash in quotes"
    )


def no_primary(before: Token | None, token: Token) -> QueryError:
    """Return the fault of `token`, which stands where something to look for should."""
    start, end = token.start, token.end
    match token.kind:
        case Kind.UNCLOSED:
            return QueryError("PW123", "this quotation mark is never closed", start, start + 1, 'add "')
        case Kind.COMMA:
            return QueryError(
                "PW136", "a comma says neither AND nor OR", start, end, "write OR, or put a phrase in quotes"
            )
        case _:
            return nothing_to_look_for(before, token)


def nothing_to_look_for(before: Token | None, token: Token | None) -> QueryError:
    """Return the fault of a place between `before` and `token` (None: the end) where something to look for is missing."""
    if before and before.kind in (Kind.OPERATOR, Kind.OPEN, Kind.DISTANCE):
        return QueryError("PW124", f"something to look for is missing behind {before.text}", before.start, before.end)
    if token and token.kind is Kind.CLOSE:
        return _never_opened(token)
    place = token or before
    start, end = (place.start, place.end) if place else (0, 0)
    side = "before" if token else "behind"
    return QueryError("PW124", f"something to look for is missing {side} {place.text if place else 'this'}", start, end)


def no_number(token: Token) -> QueryError:
    """Return the fault of NEAR, ONEAR or ATLEAST without a number, or with one that cannot be."""
    name, _, number = token.text.partition("/")
    hint = f"as in {name}/5"
    if not number.isdecimal():
        return QueryError("PW132", f"{name} needs a number", token.start, token.end, hint)
    told = f"{name}/{number[:12]} is out of bounds: the number is 1 to {MOST_COUNTED:,}, or 0 beside NEAR"
    return QueryError("PW132", told, token.start, token.end, hint)


def too_many_near(token: Token) -> QueryError:
    """Return the fault of the NEAR behind which stands one part too many."""
    told = f"more than {MOST_NEAR} parts in a row of NEAR"
    return QueryError("PW135", told, token.start, token.end, "join some of them by AND")


def no_choice(count: str, choices: int, token: Token) -> QueryError:
    """Return the fault of `count OF (…)` with so many choices."""
    told = f"{count[:12]} OF {choices} {'choice' if choices == 1 else 'choices'} cannot be"
    return QueryError("PW132", told, token.start, token.end, "as in 2 OF (a, b, c)")


def without_place(operator: str, start: int, end: int) -> QueryError:
    """Return the fault of what stands at [start, end) beside NEAR or behind ATLEAST, and has no place in a text."""
    where = "behind ATLEAST" if operator == "ATLEAST" else f"beside {operator}"
    told = f"only words, phrases, lists, and brackets of them with OR or NEAR stand {where}"
    return QueryError("PW138", told, start, end, "join the rest by AND outside of it")


def not_near(token: Token, operator: str) -> QueryError:
    """Return the fault of a NOT that follows NEAR or ATLEAST."""
    where = "behind ATLEAST" if operator == "ATLEAST" else f"beside {operator}"
    return QueryError("PW138", f"NOT cannot stand {where}", token.start, token.end, "write a AND NOT b")


def unknown_stem(token: Token, languages: Iterable[str]) -> QueryError:
    """Return the fault of stem: without a language whose word forms are known."""
    language = token.text.partition(":")[2]
    if not language:
        return QueryError("PW139", "stem: needs a language", token.start, token.end, "as in stem:en guarantee")
    told = f"no word forms of the language '{language[:12]}' are known"
    return QueryError("PW139", told, token.start, token.end, f"known are {', '.join(sorted(languages))}")


def unknown_field(token: Token) -> QueryError:
    """Return the fault of a word with a colon that is no field."""
    name = token.text[:-1]
    if name in ("http", "https"):
        return QueryError(
            "PW126", "an address needs its field", token.start, token.end, "as in url:https://example.org/*"
        )
    hint = _meant(name.lower(), _FIELDS, "{}:") or "put the words in quotes if the colon is part of them"
    return QueryError("PW126", f"unknown field {token.text}", token.start, token.end, hint)


def unknown_list(token: Token, lists: Iterable[str]) -> QueryError:
    """Return the fault of a list that is nowhere defined."""
    hint = _meant(token.text[1:], lists, "${}") or "define it under lists: in any rule file"
    return QueryError("PW128", f"unknown list {token.text}", token.start, token.end, hint)


def nested(what: str, field: str, token: Token) -> QueryError:
    """Return the fault of `what`, a field or a list that stands within a field that cannot hold it."""
    hint = "write out what it should be" if what.startswith("$") else "close the bracket before it"
    return QueryError("PW127", f"{what} cannot stand within {field}:", token.start, token.end, hint)


def foreign_operator(token: Token) -> QueryError:
    """Return the fault of an operator of another language."""
    return QueryError(
        "PW137", f"{token.text} is not an operator here", token.start, token.end, f"write {FOREIGN[token.text]}"
    )


def _never_opened(token: Token) -> QueryError:
    return QueryError("PW122", "this bracket was never opened", token.start, token.end, "take it out, or add (")


def _meant(given: str, known: Iterable[str], form: str) -> str:
    # Far from all lists are compared where there are thousands: each comparison takes microseconds.
    close = get_close_matches(given, islice(known, MOST_COMPARED), 1) if len(given) <= LONGEST_COMPARED else []
    return f"did you mean {form.format(close[0])}?" if close else ""
