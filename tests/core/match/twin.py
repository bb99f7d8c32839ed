"""The brute-force twin of the matcher: every rule, every word, every place, straight from the description of the language.

It shares nothing with the matcher but the tree of the query and the records. Slow and obvious on purpose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from re import DOTALL, fullmatch
from unicodedata import category, name, normalize
from urllib.parse import urlsplit

from monitor.core.model import Document, Span
from monitor.core.query import And, Field, Node, Not, Or, Raw, Term, TermWord, Value
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
        found = [each.text for each in cut(text)]
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


def is_word(wanted: TermWord, word: Cut) -> bool:
    looked_for = blind(wanted.text)
    if wanted.prefix:
        return any(blind(form).startswith(looked_for) for form in forms(word.text))
    return looked_for in map(blind, forms(word.text))


def fields_of(field: str, document: Document) -> Iterable[tuple[str, str, list[Cut]]]:
    """The text fields that a term looks in: name, text and words."""
    for each in TEXT_FIELDS:
        text = str(getattr(document, each))
        words = cut(text)
        if field == "lead" and each != "title":
            words = words[:50]
        if field in ("", each, "lead"):
            yield each, text, words


def of_term(term: Term, field: str, document: Document) -> set[Span]:
    found = set()
    for where, _, words in fields_of(field, document):
        for row in rows(term.words):
            for at in range(len(words) - len(row) + 1):
                here = words[at : at + len(row)]
                in_one_paragraph = len({word.paragraph for word in here}) == 1
                if in_one_paragraph and all(map(is_word, row, here)):
                    found.add(Span(where, here[0].start, here[-1].end))
    return found


def plain(text: str) -> str:
    for apostrophe in APOSTROPHES:
        text = text.replace(apostrophe, "'")
    return text


def of_raw(raw: Raw, field: str, document: Document) -> set[Span]:
    """Where the raw text stands as it is, from the start of a word to the end of one, with the signs around."""
    found = set()
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
                    found.add(Span(where, first, end + len(after)))
    return found


def of_value(value: Value, document: Document) -> bool:
    host = urlsplit(document.url).hostname or ""
    subtags = document.language.split("-")
    held = {
        "author": [document.author],
        "source": [document.source, host],
        "url": [document.url],
        "lang": ["-".join(subtags[:length]) for length in range(1, len(subtags) + 1)],
        "tag": [*document.tags, *document.source_tags],
    }[value.field]
    pattern = translate(blind(value.pattern).replace("[", "[[]").replace("?", "[?]"))
    return any(fullmatch(pattern, blind(each)) for each in held if each)


def evaluate(query: Node, document: Document, field: str = "", *, negated: bool = False) -> set[Span] | None:
    """What of the document satisfies a query (or, negated, its opposite); None where it is not satisfied."""
    match query:
        case Not(inner):
            return evaluate(inner, document, field, negated=not negated)
        case Field(within, inner):
            return evaluate(inner, document, within, negated=negated)
        case And(queries) | Or(queries):
            results = [evaluate(each, document, field, negated=negated) for each in queries]
            satisfied = [each for each in results if each is not None]
            needed = len(results) if isinstance(query, And) is not negated else 1
            return set().union(*satisfied) if len(satisfied) >= needed else None
        case Value():
            return set() if of_value(query, document) is not negated else None
        case Term() | Raw():
            found = of_term(query, field, document) if isinstance(query, Term) else of_raw(query, field, document)
            if negated:
                return None if found else set()
            return found or None


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
