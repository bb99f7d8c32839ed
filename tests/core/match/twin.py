"""The brute-force twin of the matcher: every rule, every word, every place, straight from the description of the language.

It shares nothing with the matcher but the tree of the query and the records. Slow and obvious on purpose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from re import DOTALL, IGNORECASE, fullmatch, search
from unicodedata import category, name, normalize
from urllib.parse import urlsplit

from Stemmer import Stemmer

from monitor.core.model import Document, Span
from monitor.core.query import (
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
    Regex,
    Stem,
    Term,
    TermWord,
    Value,
)
from monitor.core.rules import Rule

APOSTROPHES = "'’ʼ＇"
HYPHENS = "-‐‑﹣－"
WITHOUT_SPACES = (
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HALFWIDTH KATAKANA",
    "THAI",
    "LAO",
    "MYANMAR",
    "KHMER",
    "BOPOMOFO",
    "TAI ",
    "NEW TAI",
)
TEXT_FIELDS = ("title", "summary", "body")


@dataclass(frozen=True)
class Cut:
    """A word at [start, end) of a text, in the paragraph with this number."""

    text: str
    start: int
    end: int
    paragraph: int = 0


def is_unspaced(letter: str) -> bool:
    return (name(letter, "").startswith(WITHOUT_SPACES) and category(letter)[0] in "LNM") or letter in "々〇"


def is_letter(letter: str) -> bool:
    return category(letter)[0] in "LN" and letter not in APOSTROPHES and not is_unspaced(letter)


def is_mark(letter: str) -> bool:
    return category(letter)[0] == "M"


def joins(letter: str) -> bool:
    return (is_mark(letter) and not is_unspaced(letter)) or letter in "\u3099\u309a\uff9e\uff9f"


def run_end(text: str, at: int) -> int:
    """Where the run of letters, digits and marks that starts at `at` ends; `at` where none starts."""
    if at >= len(text) or not is_letter(text[at]):
        return at
    while at < len(text) and (is_letter(text[at]) or is_mark(text[at])):
        at += 1
    return at


def is_possessive(text: str, at: int) -> bool:
    """Whether 's and nothing more of the word stands at `at`."""
    if not (text[at : at + 1] and text[at] in APOSTROPHES and text[at + 1 : at + 2] in ("s", "S")):
        return False
    after = text[at + 2 : at + 3]
    if after and (is_letter(after) or joins(after)):
        return False
    return not (after and after in APOSTROPHES and run_end(text, at + 3) > at + 3)


@lru_cache(100)
def cut(text: str) -> list[Cut]:
    """The words of a text."""
    found: list[Cut] = []
    at = paragraph = 0
    while at < len(text):
        if text[at] == "\n" and (broken := fullmatch(r"(\n[ \t\r]*\n).*", text[at:], DOTALL)):
            paragraph += 1
            at += len(broken[1])
        elif is_unspaced(text[at]):
            end = at + 1 + (at + 1 < len(text) and joins(text[at + 1]))
            found.append(Cut(text[at:end], at, end, paragraph))
            at = end + 2 * is_possessive(text, end)
        elif (end := run_end(text, at)) > at:
            while (
                end < len(text)
                and text[end] in APOSTROPHES
                and not is_possessive(text, end)
                and run_end(text, end + 1) > end + 1
            ):
                end = run_end(text, end + 1)
            found.append(Cut(text[at:end], at, end, paragraph))
            at = end + 2 * is_possessive(text, end)
        else:
            at += 1
    return found


@lru_cache(100_000)
def blind(word: str) -> str:
    """A word without case, accents (Latin and Greek), width and kind of apostrophe."""
    kept = ""
    base = ""
    for letter in normalize("NFD", normalize("NFKC", word).casefold()):
        if category(letter) != "Mn":
            base = name(letter, "")
        elif base.startswith(("LATIN", "GREEK", "DIGIT")) or "VARIATION" in name(letter, ""):
            continue
        kept += "'" if letter in APOSTROPHES else {"ł": "l", "ø": "o"}.get(letter, letter)
    return normalize("NFC", kept).replace("ё", "е")


def spellings(word: TermWord) -> list[list[TermWord]]:
    """A word of a query as the words of a text that it finds in a row."""
    parts = [word.text]
    for hyphen in HYPHENS:
        parts = [piece for part in parts for piece in part.split(hyphen)]
    made = []
    for text in {" ".join(parts), "".join(parts)}:
        found = [each.text.replace("ꞏ", "?") for each in cut(text.replace("?", "ꞏ"))]
        made.append([*(TermWord(each) for each in found[:-1]), TermWord(found[-1], word.prefix)])
    return made


def rows(words: Sequence[TermWord]) -> list[list[TermWord]]:
    """Every spelling of a phrase."""
    if not words:
        return [[]]
    return [first + rest for first in spellings(words[0]) for rest in rows(words[1:])]


ELIDED = ["l", "d", "m", "t", "s", "n", "j", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "un", "dell", "all", "nell", "sull", "dall"]  # fmt: skip


def forms(word: str) -> list[str]:
    """A word, and what is left of it behind an elided one."""
    head, apostrophe, rest = plain(word).partition("'")
    elided = apostrophe and head.lower() in ELIDED and rest and is_letter(rest[0])
    return [word, word[-len(rest) :]] if elided else [word]


def is_word(wanted: TermWord, word: Cut, language: str) -> bool:
    """Whether a word of a query is one of a text, in some form of it where a language is given."""
    looked_for = blind(wanted.text)
    if "?" in looked_for:
        pattern = translate(looked_for + "*" * wanted.prefix)
        return any(fullmatch(pattern, blind(form)) for form in forms(word.text))
    if wanted.prefix:
        return any(blind(form).startswith(looked_for) for form in forms(word.text))
    if language:
        return any(stemmed(form, language) == stemmed(wanted.text, language) for form in forms(word.text))
    return looked_for in map(blind, forms(word.text))


@lru_cache(100_000)
def stemmed(word: str, language: str) -> str:
    return blind(
        str(
            Stemmer({"en": "english", "uk": "russian", "fr": "french"}[language]).stemWord(
                plain(normalize("NFKC", word).casefold())
            )
        )
    )


def fields_of(field: str, document: Document) -> Iterable[tuple[str, str, list[Cut]]]:
    """The text fields that a term looks in: name, text and words."""
    for each in TEXT_FIELDS:
        text = str(getattr(document, each))
        words = cut(text)
        if field == "lead" and each != "title":
            words = words[:50]
        if field in ("", each, "lead"):
            yield each, text, words


@dataclass(frozen=True)
class Found:
    """Words [first, end) of a text field that a term was found in, and what is marked of them."""

    field: str
    first: int
    end: int
    span: Span


def of_term(term: Term, field: str, language: str, document: Document) -> list[Found]:
    found = []
    for where, _, words in fields_of(field, document):
        for row in rows(term.words):
            for at in range(len(words) - len(row) + 1):
                here = words[at : at + len(row)]
                in_one_paragraph = len({word.paragraph for word in here}) == 1
                if in_one_paragraph and all(
                    is_word(wanted, word, language) for wanted, word in zip(row, here, strict=True)
                ):
                    found.append(Found(where, at, at + len(row), Span(where, here[0].start, here[-1].end)))
    return found


def plain(text: str) -> str:
    for apostrophe in APOSTROPHES:
        text = text.replace(apostrophe, "'")
    return text


def of_raw(raw: Raw, field: str, document: Document) -> list[Found]:
    """Where the raw text stands as it is, from the start of a word to the end of one, with the signs around."""
    found = []
    wanted = cut(raw.text)
    before, core, after = (
        raw.text[: wanted[0].start],
        raw.text[wanted[0].start : wanted[-1].end],
        raw.text[wanted[-1].end :],
    )
    for where, text, words in fields_of(field, document):
        for at in range(len(words) - len(wanted) + 1):
            here = words[at : at + len(wanted)]
            end = here[-1].end
            for start in {here[0].start, here[0].end - len(forms(here[0].text)[-1])}:
                written = " ".join(text[start:end].split())
                same_signs = text[:start].endswith(before) and plain(text[end:]).startswith(plain(after))
                if len({word.paragraph for word in here}) == 1 and plain(written) == plain(core) and same_signs:
                    # A word by itself is marked whole, with what is elided before it.
                    first = start - len(before) if core != raw.text or len(wanted) > 1 else here[0].start
                    found.append(Found(where, at, at + len(wanted), Span(where, first, end + len(after))))
    return found


def of_value(value: Value, document: Document) -> bool:
    host = urlsplit(document.url).hostname or ""
    subtags = document.language.split("-")
    held = {
        "author": [document.author],
        "source": [document.source, host],
        "url": [document.url],
        "lang": [
            *("-".join(subtags[:length]) for length in range(1, len(subtags) + 1)),
            *{"nb": ["no"], "nn": ["no"], "no": ["nb"]}.get(subtags[0], []),
        ],
        "tag": [*document.tags, *document.source_tags],
    }[value.field]
    pattern = translate(blind(value.pattern).replace("[", "[[]").replace("?", "[?]"))
    return any(fullmatch(pattern, blind(each)) for each in held if each)


def sentence_of(where: str, word: int, document: Document) -> int:
    """How many sentences end before a word."""
    text = str(getattr(document, where))
    words = cut(text)
    count = words[word].paragraph
    for at in range(words[word].start):
        if text[at] in "。！？":
            count += 1
        elif text[at] in ".!?…" and text[at + 1] not in ".!?…":
            last = text[:at].rstrip(".!?…")
            last = last[len(last.rstrip("".join(set(filter(str.isalnum, last))))) :] if last[-1:].isalnum() else ""
            behind = text[at + 1 :].lstrip("\"'’”»)")
            following = behind.lstrip().lstrip("\"'‘“„«(-–")
            stands = bool(behind[:1].isspace() and following[:1].isalnum() and following[0] == following[0].upper())
            short = "." in text[len(last) :][: at + 1] and (
                last.lower() in ("mr", "gen") or (len(last) == 1 and last.isupper())
            )
            count += stands and not short and text.index(following, at) <= words[word].start
    return count


def are_near(earlier: Found, later: Found, distance: Distance, document: Document) -> bool:
    if earlier.field != later.field or earlier.end > later.first:
        return False
    if distance.words is None:
        return sentence_of(earlier.field, earlier.end - 1, document) == sentence_of(later.field, later.first, document)
    return later.first - earlier.end <= distance.words


def joined(one: Found, other: Found, document: Document) -> Found:
    """The stretch from the beginning of the earlier to the end of the later."""
    first, end = min(one.first, other.first), max(one.end, other.end)
    words = cut(str(getattr(document, one.field)))
    return Found(one.field, first, end, Span(one.field, words[first].start, words[end - 1].end))


def chain(
    places: Sequence[list[Found]], distances: Sequence[Distance], document: Document, *, backwards: bool
) -> set[Found]:
    """For each of the last places the shortest way to it, each step from the nearest place before it or the nearest behind it."""
    ways = {(each.field, each.first, each.end): each for each in places[0]}
    ends = {(each.field, each.first, each.end): each for each in places[0]}
    for following, distance in zip(places[1:], distances, strict=True):
        reached: dict[tuple[str, int, int], Found] = {}
        for place in following:
            before = [
                key
                for key, each in ends.items()
                if key in ways and each.field == place.field and each.end <= place.first
            ]
            behind = [
                key
                for key, each in ends.items()
                if key in ways and each.field == place.field and each.first >= place.end
            ]
            steps = []
            if before and not (distance.ordered and backwards):
                nearest = max(before, key=lambda key: (ends[key].end, ends[key].first))
                steps += [nearest] if are_near(ends[nearest], place, distance, document) else []
            if behind and not (distance.ordered and not backwards):
                nearest = min(behind, key=lambda key: (ends[key].first, ends[key].end))
                steps += [nearest] if are_near(place, ends[nearest], distance, document) else []
            made = [joined(ways[key], place, document) for key in steps]
            if made:
                reached[place.field, place.first, place.end] = min(
                    made, key=lambda way: (way.end - way.first, way.first)
                )
        ways = reached
        ends = {(each.field, each.first, each.end): each for each in following}
    return set(ways.values())


def occurrences(query: Node, document: Document, field: str, language: str) -> list[Found]:
    """Where something stands that has a place in the text."""
    match query:
        case Term():
            return of_term(query, field, language, document)
        case Raw():
            return of_raw(query, field, document)
        case Field(within, inner):
            return occurrences(inner, document, within, language)
        case Stem(spoken, inner):
            return occurrences(inner, document, field, spoken)
        case Or(queries):
            return [found for each in queries for found in occurrences(each, document, field, language)]
        case Near(queries, distances):
            places = [occurrences(each, document, field, language) for each in queries]
            forwards = chain(places, distances, document, backwards=False)
            return [*{*forwards, *chain(places[::-1], distances[::-1], document, backwards=True)}]
        case _:
            raise AssertionError(query)


def most_apart(found: Iterable[Found]) -> int:
    """How many there are at most that have no word in common."""
    count = 0
    taken: set[tuple[str, int]] = set()
    for each in sorted(found, key=lambda each: each.end):
        words = {(each.field, word) for word in range(each.first, each.end)}
        if not words & taken:
            taken |= {(each.field, word) for word in range(each.end)}
            count += 1
    return count


def of_regex(pattern: str, field: str, document: Document) -> set[Span]:
    found = set()
    for where, text, words in fields_of(field, document):
        if field == "lead" and where != "title":
            text = text[: words[-1].end if words else 0]
        if hit := search(pattern, text, IGNORECASE):
            found.add(Span(where, *hit.span()))
    return found


def evaluate(
    query: Node, document: Document, field: str = "", language: str = "", *, negated: bool = False
) -> set[Span] | None:
    """What of the document satisfies a query (or, negated, its opposite); None where it is not satisfied."""
    match query:
        case Not(inner):
            return evaluate(inner, document, field, language, negated=not negated)
        case Field(within, inner):
            return evaluate(inner, document, within, language, negated=negated)
        case Stem(spoken, inner):
            return evaluate(inner, document, field, spoken, negated=negated)
        case And(queries) | Or(queries) | KOf(_, queries):
            results = [evaluate(each, document, field, language, negated=negated) for each in queries]
            satisfied = [each for each in results if each is not None]
            count = query.count if isinstance(query, KOf) else 1 if isinstance(query, Or) else len(results)
            needed = len(results) - count + 1 if negated else count
            return set().union(*satisfied) if len(satisfied) >= needed else None
        case Value():
            return set() if of_value(query, document) is not negated else None
        case Regex(pattern):
            spans = of_regex(pattern, field, document)
        case AtLeast(count, inner):
            hits = occurrences(inner, document, field, language)
            spans = {each.span for each in hits} if most_apart(hits) >= count else set()
        case Term() | Raw() | Near():
            spans = {each.span for each in occurrences(query, document, field, language)}
    if negated:
        return None if spans else set()
    return {span for span in spans if span.start < span.end} if spans else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans sorted, those that overlap made one."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and result[-1].field == span.field and span.start < result[-1].end:
            result[-1] = Span(span.field, result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def admits(rule: Rule, document: Document) -> bool:
    """Whether a rule looks at a document at all."""
    language = document.language.lower()
    speaks = not rule.languages or not language or any(f"{language}-".startswith(f"{each}-") for each in rule.languages)
    host = urlsplit(document.url).hostname or ""
    tags = {f"tag:{tag}" for tag in document.source_tags}
    comes = not rule.sources or any(
        each == document.source or each in tags or bool(fullmatch(translate(each), host)) for each in rule.sources
    )
    return speaks and comes


def brute_force(rules: Iterable[Rule], document: Document) -> list[tuple[str, list[Span]]]:
    """The ids of the rules that match, in order, with their spans."""
    found = []
    for rule in rules:
        satisfied = evaluate(rule.query, document)
        if satisfied is not None and admits(rule, document):
            found.append((rule.id, merged(satisfied)))
    return found
