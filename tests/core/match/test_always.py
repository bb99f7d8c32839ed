"""Rules that have to be tried on every article."""

import pytest

from monitor.core.match import Matcher
from monitor.core.query import parse
from monitor.core.rules import Rule


@pytest.mark.parametrize(
    ("query", "always"),
    [
        ("ferry", False),
        ("ferry AND /x+/", False),
        ("ferr*", False),
        ("lang:en", False),
        ("/x+/", True),
        ("/x+/ NOT ferry", True),
        ("ferry OR /x+/", True),
    ],
)
def test_a_rule_is_always_tried_where_no_word_of_it_must_be_there(query: str, *, always: bool) -> None:
    rule = Rule("rule", parse(query))
    assert Matcher([rule, Rule("other", parse("tide"))]).always == ((rule,) if always else ())
