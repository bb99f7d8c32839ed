"""Whether a rule could match an article is told from where it is from, and never denied of one that it matches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.match import Matcher, could_match
from monitor.core.match.origins import ANY
from monitor.core.model import Document
from monitor.core.query import parse
from monitor.core.rules import Rule
from tests.core.match.strategies import DOCUMENTS, rules

WIRE = Document("", source="wire", source_tags=("world",), language="en", url="https://wire.example/1")
ANYWHERE = Document("", source="wire", source_tags=("world",), language="en")


@settings(max_examples=400, deadline=None)
@given(rules(), DOCUMENTS, st.booleans(), st.booleans())
def test_what_matches_could(some: list[Rule], document: Document, of_one_host: bool, of_any_language: bool) -> None:
    origin = Document(
        "",
        source=document.source,
        source_tags=document.source_tags,
        language=ANY if of_any_language else document.language,
        url=document.url if of_one_host else "",
    )
    assert all(could_match(hit.rule, origin) for hit in Matcher(some).match(document))


@pytest.mark.parametrize(
    ("query", "could"),
    [
        ("ferry", True),
        ("source:wire", True),
        ("source:local", False),
        ("ferry AND source:local", False),
        ("ferry OR source:local", True),
        ("ferry AND NOT source:wire", False),
        ("ferry AND NOT source:local", True),
        ("ferry AND NOT (NOT source:local)", False),
        ("2 OF (source:local, lang:de, ferry)", False),
        ("1 OF (source:local, lang:de, ferry)", True),
        ("ferry AND NOT 1 OF (source:wire, storm)", False),
        ("stem:en (ferry AND source:local)", False),
        ("stem:en (ferry AND NOT source:wire)", False),
        ("tag:world", True),
        ("tag:sport", True),  # articles have tags of their own
        ("ferry AND NOT tag:world", False),
        ("lang:en", True),
        ("lang:de", False),
        ('source:"*.example"', True),
        ('source:"*.gov"', False),
        ('url:"*ferry*"', True),
        ('author:"A. Reporter"', True),
    ],
)
def test_the_clauses_that_ask_where_an_article_is_from_tell(query: str, could: bool) -> None:
    assert could_match(Rule("r", parse(query)), WIRE) is could


@pytest.mark.parametrize(
    ("sources", "of_one_host", "of_any"),
    [
        (("wire",), True, True),
        (("local",), False, False),
        (("tag:world",), True, True),
        (("tag:sport",), False, False),
        (("*.example",), True, True),
        (("*.gov",), False, True),
    ],
)
def test_the_sources_of_a_rule_tell(sources: tuple[str, ...], of_one_host: bool, of_any: bool) -> None:
    rule = Rule("r", parse("ferry"), sources=sources)
    assert (could_match(rule, WIRE), could_match(rule, ANYWHERE)) == (of_one_host, of_any)


def test_the_languages_of_a_rule_tell() -> None:
    german, english = (Rule("r", parse("ferry"), languages=(each,)) for each in ("de", "en"))
    assert not could_match(german, WIRE)
    assert could_match(english, WIRE)
    assert could_match(german, Document("", source="wire"))
    assert could_match(german, Document("", source="wire", language=ANY))


def test_of_any_language_everything_could_match_that_asks_for_one() -> None:
    anything = Document("", source="wire", language=ANY)
    for query in ("lang:de", "ferry AND NOT lang:de", "ferry AND NOT 1 OF (lang:de, lang:fr)"):
        assert could_match(Rule("r", parse(query)), anything)
    assert not could_match(Rule("r", parse("lang:de AND source:local")), anything)
