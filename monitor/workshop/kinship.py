"""Of which article another is a copy, and why: told again from the texts as they are stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.core import copies
from monitor.core.articles import canonical_url, without_publisher
from monitor.core.copies import Finding
from monitor.core.model import Article, Story
from monitor.core.namesakes import one_title
from monitor.core.stories import STORY_WINDOW, counterparts, story_keys, title_keys

_PAGE = "both lead to one page, under one title"
_OPENING = "title and opening words are the same"
_LISTED = "what an aggregator lists has the title of what the outlet published"
_ONE_TITLE = "both have one title, and of one there is too little text to be compared"
_CHANGED = "by what they said when they came; as they are now, "


@dataclass(frozen=True, slots=True)
class Kinship:
    """The article that another is a copy of, by its number, and why, in words. `share`: how much of the pairs of words they share, where texts were compared."""

    of: int
    outlet: str
    title: str
    why: str
    share: float | None = None


def kinship(article: Article, earlier: Sequence[tuple[int, Article]]) -> Kinship | None:
    """Return which of the articles of its story that came before it, by number, an article is a copy of; None where none did.

    What shares a key counts before what is alike, as when stories are made.
    """
    near = [(id, each) for id, each in earlier if abs(article.seen_at - each.seen_at) <= STORY_WINDOW] or earlier[:1]
    for id, each in near:
        if why := next(_shared(article, each), ""):
            return Kinship(id, each.outlet, each.title, why)
    foreign = [(id, each) for id, each in near if each.outlet != article.outlet] or near
    found = [(*copies.compared(_text(article), _text(each)), id, each) for id, each in foreign]
    if not found:
        return None
    finding, share, id, each = max(found, key=lambda each: (each[0] is Finding.COPY, each[1], -each[2]))
    if finding is not Finding.COPY and (namesake := next(_namesakes(article, near), None)):
        return namesake
    why = finding.sentence if finding is Finding.COPY else f"{_CHANGED}{finding.sentence}"
    return Kinship(id, each.outlet, each.title, why, round(share, 2))


def _namesakes(article: Article, others: Sequence[tuple[int, Article]]) -> Iterator[Kinship]:
    ours = {*_titles(article), *counterparts(_titles(article)).values()}
    for id, each in others:
        if ours & set(_titles(each)) and one_title(_told(article), _told(each)):
            yield Kinship(id, each.outlet, each.title, _ONE_TITLE)


def _told(article: Article) -> copies.Told:
    return copies.Told(article.outlet, _heading(article), article.summary, article.body, Story(0, article.seen_at))


def _shared(one: Article, other: Article) -> Iterator[str]:
    """Yield what makes two articles one story by themselves, whatever else they say."""
    ours, theirs = _keys(one), _keys(other)
    kinds = {each.partition(":")[0] for each in set(ours) & set(theirs)}
    if "page" in kinds:
        yield _PAGE
    if "copy" in kinds:
        yield _OPENING
    if set(counterparts(_titles(one)).values()) & set(_titles(other)):
        yield _LISTED


def _keys(article: Article) -> tuple[str, ...]:
    page = canonical_url(article.url) if article.url else ""
    return story_keys(_heading(article), article.summary, article.body, page, article.published)


def _titles(article: Article) -> tuple[str, ...]:
    return title_keys(_heading(article), article.published, listed=bool(article.publisher))


def _heading(article: Article) -> str:
    return without_publisher(article.title, article.publisher)


def _text(article: Article) -> copies.Text:
    return copies.text(article.outlet, article.title, article.summary, article.body)
