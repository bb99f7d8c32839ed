"""Rules that are open to some languages and sources only."""

import pytest

from monitor.core.match import Matcher, asks_language
from monitor.core.model import Document
from monitor.core.query import parse
from monitor.core.rules import Rule


def passes(document: Document, *, languages: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> bool:
    return bool(Matcher([Rule("rule", parse("ferry"), languages=languages, sources=sources)]).match(document))


@pytest.mark.parametrize(
    ("languages", "language", "open_to"),
    [
        ((), "uk", True),
        (("en",), "en", True),
        (("en",), "en-gb", True),
        (("en",), "EN-GB", True),
        (("en-gb",), "en", False),
        (("en",), "eng", False),
        (("en", "no"), "no", True),
        (("en", "no"), "uk", False),
        (("zh",), "zh-hans-cn", True),
        (("no",), "nb-no", True),
        (("no",), "nn", True),
        (("nb",), "no", True),
        (("nn",), "no", False),
    ],
)
def test_a_language_includes_its_regions(languages: tuple[str, ...], language: str, *, open_to: bool) -> None:
    assert passes(Document("ferry", language=language), languages=languages) is open_to


@pytest.mark.parametrize(("language", "open_to"), [("pt-x-detected", True), ("es-x-detected", False)])
def test_words_tell_a_language_but_not_its_region(language: str, *, open_to: bool) -> None:
    assert passes(Document("ferry", language=language), languages=("pt-br",)) is open_to


def test_a_query_finds_a_detected_language_too() -> None:
    matcher = Matcher([Rule("rule", parse("ferry AND lang:pt"))])
    assert matcher.match(Document("ferry", language="pt-x-detected"))


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        (Rule("rule", parse("ferry")), False),
        (Rule("rule", parse("ferry AND source:coast")), False),
        (Rule("rule", parse("ferry"), languages=("en",)), True),
        (Rule("rule", parse("ferry OR (strike NOT lang:en)")), True),
    ],
)
def test_a_rule_asks_for_a_language_by_itself_or_in_its_query(rule: Rule, *, asks: bool) -> None:
    assert asks_language(rule) is asks


def test_an_article_that_does_not_say_its_language_is_looked_at() -> None:
    assert passes(Document("ferry"), languages=("en",))


@pytest.mark.parametrize(
    ("sources", "open_to"),
    [
        ((), True),
        (("harbour-post",), True),
        (("harbour",), False),
        (("other", "harbour-post"), True),
        (("tag:wire",), True),
        (("tag:sea",), False),
        (("tag:wi*",), False),
        (("*.gov.test",), True),
        (("news.gov.test",), True),
        (("*.GOV.test",), True),
        (("gov.test",), False),
        (("*.test.gov",), False),
    ],
)
def test_a_source_is_a_feed_a_tag_or_a_pattern_of_hosts(sources: tuple[str, ...], *, open_to: bool) -> None:
    document = Document(
        "ferry", source="harbour-post", source_tags=("wire",), url="https://News.gov.test:8443/1", tags=("sea",)
    )
    assert passes(document, sources=sources) is open_to


@pytest.mark.parametrize("url", ["", "nonsense", "http://[", "//"])
def test_an_address_without_a_host_is_of_no_host(url: str) -> None:
    assert not passes(Document("ferry", url=url), sources=("*.gov.test",))


def test_both_gates_have_to_be_open() -> None:
    document = Document("ferry", source="a", language="en")
    assert passes(document, languages=("en",), sources=("a",))
    assert not passes(document, languages=("en",), sources=("b",))
