"""Value fields: authors, sources, addresses, languages and tags, compared as wholes with patterns in which * stands for anything."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from monitor.core.model import Document
from monitor.core.text import fold

MOST_REMEMBERED = 10_000

# Norwegian is stated as what it is written in by some, as the language by others; nearly all news is Bokmål.
_ALSO = {"nb": ("no",), "nn": ("no",), "no": ("nb",)}


def host(url: str) -> str:
    """Return the host of `url` in lower case; "" where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def languages(tag: str) -> tuple[str, ...]:
    """Return a BCP 47 tag, folded, and every wider one: "en-gb" is "en-gb" and "en"; "nb" is "no" too."""
    subtags = fold(tag).replace("_", "-").split("-")
    widened = tuple("-".join(subtags[:length]) for length in range(len(subtags), 0, -1))
    return (*widened, *_ALSO.get(subtags[0], ()))


def values(field: str, document: Document) -> tuple[str, ...]:
    """Return what a value field of `document` holds, folded; a field that is not known holds nothing."""
    return tuple(each for each in map(_folded, _VALUES[field](document)) if each)


def fits(pattern: str, value: str) -> bool:
    """Whether `value` is `pattern`, in which * stands for anything; both folded. Linear in the length of both."""
    first, *rest = pattern.split("*")
    if not rest:
        return value == pattern
    *inner, last = rest
    if not value.startswith(first) or not value.endswith(last):
        return False
    at = len(first)
    for piece in inner:
        found = value.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return at + len(last) <= len(value)


def satisfied(field: str, pattern: str, document: Document) -> bool:
    """Whether a value that `document` has in a field is what a pattern as written asks for."""
    folded = _folded(pattern)
    return any(fits(folded, each) for each in values(field, document))


class ValueIndex:
    """The patterns of all rules for value fields, each under the id of its term."""

    def __init__(self, new_id: Callable[[], int]) -> None:
        self._new_id = new_id
        self._plain: dict[tuple[str, str], int] = {}
        self._globs: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._fields: set[str] = set()
        self._remembered: dict[tuple[str, str], tuple[int, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._fields)

    def term(self, field: str, pattern: str) -> int:
        """Return the id of the term for `pattern` in `field`."""
        self._fields.add(field)
        folded = _folded(pattern)
        if "*" in folded:
            return self._globs[field].setdefault(folded, 0) or self._new_glob(field, folded)
        return self._plain.get((field, folded)) or self._plain.setdefault((field, folded), self._new_id())

    def found(self, document: Document) -> set[int]:
        """Return the ids of the terms that the values of `document` satisfy."""
        found: set[int] = set()
        for field in self._fields:
            for value in values(field, document):
                found.update(self._terms_of(field, value))
        return found

    def _new_glob(self, field: str, pattern: str) -> int:
        self._globs[field][pattern] = self._new_id()
        return self._globs[field][pattern]

    def _terms_of(self, field: str, value: str) -> Iterable[int]:
        known = self._remembered.get((field, value))
        if known is None:
            globs = self._globs.get(field, {})
            plain = self._plain.get((field, value))
            known = tuple(term for pattern, term in globs.items() if fits(pattern, value))
            known = known if plain is None else (*known, plain)
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[field, value] = known
        return known


def _folded(value: str) -> str:
    return fold(" ".join(value.split()))


_VALUES: dict[str, Callable[[Document], Iterable[str]]] = {
    "author": lambda document: (document.author,),
    "source": lambda document: (document.source, host(document.url)),
    "url": lambda document: (document.url,),
    "lang": lambda document: languages(document.language),
    "tag": lambda document: (*document.tags, *document.source_tags),
}
