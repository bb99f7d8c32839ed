"""Everything that can be tried is tried, however much else is wrong; and other programs can read the outcome."""

import json
import re
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.workshop.reports import as_json, junit
from monitor.workshop.trials import Trials, tried
from tests.gates.repository import text
from tests.workshop.conftest import NEWSROOM, Examines

GOOD = """\
rules:
  - id: ferry
    match: ferry
    examples:
      match: [A ferry, "{title: Ferry}"]
      no_match:
        - A boat
        - The ferry
    scenarios:
      - name: one alert
        articles: [{at: "2026-11-23 10:00", title: A ferry}]
        expect: [{at: "2026-11-23 10:00", digest: instant}]
      - name: no alert
        articles: [{at: "2026-11-23 10:00", title: A ferry}]
        expect: []
  - id: silent
    match: silence
"""
BAD = """\
rules:
  - id: broken
    match: (x
  - id: harbour
    match: harbour
    examples: {match: [A harbour, "\\x07 \\u2028 <b>&]]> none"]}
"""


def trials(examines: Examines, *texts: str, only: tuple[str, ...] = (), mutate: bool = False) -> Trials:
    return tried(examines(*texts), NEWSROOM, only, mutate=mutate)


def outcome(found: Trials) -> dict[str, list[str]]:
    return {each.rule_id: [case.fault.code if case.fault else "holds" for case in each.cases] for each in found.rules}


def test_every_example_and_scenario_has_an_outcome(examines: Examines) -> None:
    found = trials(examines, GOOD)
    assert outcome(found) == {"ferry": ["holds", "holds", "holds", "PW211", "holds", "PW213"], "silent": []}
    assert [(case.kind, case.line) for case in found.cases] == [
        ("example", 5),
        ("example", 5),
        ("example", 7),
        ("example", 8),
        ("scenario", 10),
        ("scenario", 13),
    ]
    assert (found.failed, found.untried, found.faults) == (2, ["silent"], ())


def test_faults_of_one_file_keep_nothing_else_from_being_tried(examines: Examines) -> None:
    found = trials(examines, GOOD, BAD)
    assert [each.code for each in found.faults] == ["PW121"]
    assert outcome(found)["harbour"] == ["holds", "PW210"]
    assert len(outcome(found)["ferry"]) == 6


def test_some_rules_can_be_tried_alone(examines: Examines) -> None:
    assert list(outcome(trials(examines, GOOD, only=("silent",)))) == ["silent"]


def test_more_failing_examples_than_are_told_of_one_file_still_fail(examines: Examines) -> None:
    many = ", ".join(f"boat {number}" for number in range(130))
    many_rules = f"rules:\n  - id: ferry\n    match: ferry\n    examples: {{match: [{many}]}}\n"
    assert trials(examines, many_rules).failed == 130


def test_rules_are_mutated_only_where_their_examples_hold(examines: Examines) -> None:
    sound = "rules:\n  - id: sound\n    match: ferry AND sea\n    examples: {match: [A ferry at sea], no_match: [A ferry, The sea]}\n"
    found = trials(examines, GOOD, sound, mutate=True)
    assert [each.score is not None for each in found.rules] == [False, False, True]
    (score,) = found.scores
    assert (score.noticed, score.tried) == (3, 5)
    assert [each.code for each in found.survivors] == ["PW430"]


def test_the_scenarios_that_the_documentation_shows_hold(examines: Examines) -> None:
    page = text("docs/rules.md")
    shown = [each for each in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "scenarios:" in each]
    assert shown
    for found in (trials(examines, each) for each in shown):
        assert (found.faults, found.failed) == ((), 0)
        assert any(case.kind == "scenario" for case in found.cases)


WHOLE = """\
rules:
  - id: a
    match: {any: [Witkoff, $x], all: [Kyiv NEAR/3 talks], none: [golf]}
    sources: [wire]
    examples: {match: [Witkoff Kyiv talks], no_match: [Kyiv]}
    scenarios:
      - name: x
        articles: [{at: "2026-11-23 10:00", source: wire, title: Witkoff Kyiv talks}]
        expect: [{at: "2026-11-23 10:00", digest: instant, items: 1}]
lists: {x: [Kushner, "a b"]}
"""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, 6),
    st.sampled_from(["", "", "x", "[", "}", ")", "'", " ", "\n", "*", "NOT "]),
)
@example(WHOLE.index("all") + 2, 0, ")")
def test_whatever_is_wrong_with_a_file_what_is_left_of_it_is_tried(
    examines: Examines, at: int, lost: int, added: str
) -> None:
    found = trials(examines, WHOLE[:at] + added + WHOLE[at + lost :], mutate=True)
    assert found.faults or found.rules


def test_junit_has_a_suite_for_each_file_and_a_case_for_each_example(examines: Examines) -> None:
    root = ET.fromstring(junit(trials(examines, GOOD, BAD)))
    assert dict(root.attrib) == {"name": "presswatch test", "tests": "9", "failures": "3", "errors": "1"}
    good, bad = root.findall("testsuite")
    assert (good.get("name"), good.get("tests"), good.get("failures"), good.get("errors")) == (
        "rules.yaml",
        "6",
        "2",
        "0",
    )
    first = good.findall("testcase")[0]
    assert dict(first.attrib) == {
        "classname": "ferry", "name": "example matches: A ferry", "file": "rules.yaml", "line": "5"
    }  # fmt: skip
    failure = good.findall("testcase/failure")[1]
    assert (failure.get("type"), failure.text) == (
        "PW213",
        "rules.yaml:13:15: error[PW213]: scenario 'no alert' expects nothing (got: 2026-11-23 10:00 instant (1))",
    )
    (error,) = bad.findall("testcase/error")
    assert error.get("message") == "this bracket is never closed"


def test_junit_holds_nothing_that_xml_cannot(examines: Examines) -> None:
    written = junit(trials(examines, BAD))
    case = ET.fromstring(written).findall("testsuite/testcase")[1]
    assert case.get("name") == "example matches: � \u2028 <b>&]]> none"
    assert "\x07" not in written


def test_junit_writes_out_what_no_example_notices(examines: Examines) -> None:
    sound = "rules:\n  - id: sound\n    match: ferry\n    examples: {match: [A ferry]}\n"
    root = ET.fromstring(junit(trials(examines, sound, mutate=True)))
    told = root.findtext("testsuite/system-out")
    assert told
    assert told.startswith("rules.yaml:3:12: warning[PW430]: no example of 'sound' notices")
    assert root.get("failures") == "0"


def test_json_has_rules_cases_and_scores(examines: Examines) -> None:
    told = json.loads(as_json(trials(examines, GOOD, BAD)))
    assert [each["rule_id"] for each in told["rules"]] == ["ferry", "silent", "harbour"]
    assert told["rules"][0]["cases"][3]["fault"]["code"] == "PW211"
    assert told["rules"][0]["cases"][0] == {"kind": "example", "name": "matches: A ferry", "line": 5, "fault": None}
    assert told["faults"][0]["code"] == "PW121"
    assert told["rules"][0]["score"] is None
