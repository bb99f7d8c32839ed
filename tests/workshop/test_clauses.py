"""A rule is explained clause by clause as its file has it; what is said agrees with what the matcher does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.match.explaining import Explainer
from monitor.core.match.matcher import MOST_SPANS
from monitor.core.model import Document
from monitor.core.query import Node
from monitor.errors import RulesError
from monitor.rulebook import Known, Rulebook, load
from monitor.rulebook.wording import Wording
from monitor.workshop.clauses import Clause, Clauses, Explanation
from tests.core.match.strategies import DOCUMENTS, QUERIES
from tests.core.match.test_explaining import letters

KNOWN = Known(digests={"instant"}, feeds={"harbour"}, tags={"wire"}, tags_of={"harbour": ("wire",)})
Explain = Callable[[str, Document], Explanation]

RULES = """\
lists:
  envoys:
    - Witkoff
    - Kushner
    - Kellogg NEAR/5 envoy
  one: [$envoys]
rules:
  - id: r
    {}
"""


@pytest.fixture
def explain(tmp_path: Path) -> Explain:
    """Explain the rule that a text says beside its id, for a document."""

    def explained(rule: str, document: Document) -> Explanation:
        file = tmp_path / "rules.yaml"
        file.write_text(RULES.format(rule.replace("\n", "\n    ")), encoding="utf-8")
        return explanation(load([file], KNOWN), document)

    return explained


def explanation(book: Rulebook, document: Document) -> Explanation:
    return Clauses(Wording(book), Explainer(book.matcher, document)).explain(book.drafts[0])


def shown(clauses: tuple[Clause, ...], depth: int = 0) -> Iterator[str]:
    """The clauses in short: kind, mark, text and line."""
    for each in clauses:
        yield f"{'  ' * depth}{each.kind or '-'} {'+' if each.holds else 'x'} {each.text}{f' :{each.line}' if each.line else ''}"
        yield from shown(each.inside, depth + 1)


GOLF = Document("Witkoff opens golf resort")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("match: Witkoff", ["match + 'Witkoff' :9"]),
        ("match: $envoys", ["match + list envoys :9", "  - + 'Witkoff' :3"]),
        ("match: $one", ["match + list envoys :9", "  - + 'Witkoff' :3"]),
        ("match: [tennis, golf]", ["any + 'golf' :9"]),
        ("match:\n- tennis\n- rugby", ["any x none of 2 is there", "  - x 'tennis' :10", "  - x 'rugby' :11"]),
        (
            "match:\n  any:\n    - $envoys\n  none:\n    - tennis\n    - golf",
            ["any + list envoys :11", "  - + 'Witkoff' :3", "none x 'golf' :14"],
        ),
        ("match:\n  all: [Witkoff, tennis]", ["all + 'Witkoff' :10", "all x 'tennis' :10"]),
        ("match:\n  all: [Witkoff]\n  none: [tennis]", ["all + 'Witkoff' :10", "none + none of 1 is there"]),
        (
            "match:\n- any: [tennis]\n  none: [golf]\n- Kushner",
            [
                "any x none of 2 is there",
                "  - x all of these :10",
                "    any x 'tennis' :10",
                "    none x 'golf' :11",
                "  - x 'Kushner' :12",
            ],
        ),
        (
            "match: $envoys NEAR/1 resort",
            ["match x $envoys NEAR/1 resort :9", "  - + list envoys", "    - + 'Witkoff' :3", "  - + resort"],
        ),
        ("match: Witkoff NOT golf", ["match x Witkoff NOT golf :9", "  - + Witkoff", "  - x NOT golf"]),
        ("match: opening\nstem: en", ["match + 'opening' :9"]),
        (
            "match: 2 OF (tennis, golf, $envoys)",
            ["match + 2 OF (tennis, golf, $envoys) :9", "  - x tennis", "  - + golf", "  - + list envoys", "    - + 'Witkoff' :3"],
        ),
    ],
)  # fmt: skip
def test_each_clause_is_told_with_its_line(explain: Explain, rule: str, told: list[str]) -> None:
    assert list(shown(explain(rule, GOLF).clauses)) == told


def test_a_rule_says_which_languages_and_sources_it_takes_and_what_the_article_has(explain: Explain) -> None:
    rule = "match: Witkoff\nlanguages: [uk]\nsources: ['tag:wire']"
    told = explain(rule, Document("Witkoff", source="harbour", language="en"))
    assert not told.holds
    assert [(each.kind, each.holds, each.text, each.why) for each in told.clauses[1:]] == [
        ("where", False, "languages: uk", "the article has en"),
        ("where", False, "sources: tag:wire", "the article has harbour"),
    ]


TEXT_QUERIES = st.lists(QUERIES.map(str) | st.just("$some"), min_size=1, max_size=4)
GROUPS = st.fixed_dictionaries({}, optional={"any": TEXT_QUERIES, "all": TEXT_QUERIES, "none": TEXT_QUERIES})
MATCHES = st.one_of(
    QUERIES.map(str), TEXT_QUERIES, GROUPS.filter(bool), st.lists(GROUPS.filter(bool), min_size=1, max_size=2)
)


def written(match: object, listed: list[Node], stem: str) -> str:
    rule = {"id": "r", "match": match, "languages": ["en"], **({"stem": stem} if stem else {})}
    return yaml.dump({"lists": {"some": [*map(str, listed)]}, "rules": [rule]}, allow_unicode=True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(MATCHES, st.lists(QUERIES, min_size=1, max_size=3), st.sampled_from(["", "en"]), DOCUMENTS)
def test_the_clauses_of_any_rule_come_to_what_the_matcher_says(
    tmp_path: Path, match: object, listed: list[Node], stem: str, document: Document
) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(written(match, listed, stem), encoding="utf-8")
    try:
        book = load([file], KNOWN)
    except RulesError:
        return  # a group of nothing but NOTs says only what must be absent
    told = explanation(book, document)
    hits = book.matcher.match(document)
    assert told.holds == bool(hits)
    assert told.holds == all(each.holds for each in told.clauses)
    if hits and len(hits[0].spans) < MOST_SPANS:
        marked = [letters(each.spans) for each in told.clauses if each.kind in ("any", "all", "match")]
        assert set().union(*marked) <= letters(hits[0].spans)
