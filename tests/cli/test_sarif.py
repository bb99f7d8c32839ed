"""Faults as SARIF: what the standard requires is there, and every fault is where it is.

The numbers in brackets are sections of SARIF 2.1.0.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from monitor.cli.explain_code import codes
from monitor.cli.sarif import sarif
from monitor.diagnostics import Diagnostic, Severity

TOLD = [
    Diagnostic("PW110", "unknown key 'noen'", "rules/b c.yaml", 6, 7, 11, "noen: [golf]", "did you mean 'none'?"),
    Diagnostic("PW402", "digest is delivered to by no rule", "config.toml", 3, severity=Severity.WARNING),
    Diagnostic("PW110", "unknown key 'x'", "/elsewhere/d#e.yaml", 1, 1, 2),
    Diagnostic("PW101", "is larger than 1 MiB", "rules/large.yaml"),
    Diagnostic("PW143", "must be a duration", "$PRESSWATCH__FETCH__EVERY"),
    Diagnostic("PW121", "this bracket is never closed", "<stdin>", 2, 3, 4),
]


def run_of(*diagnostics: Diagnostic) -> dict[str, Any]:
    """Return the one run of a log, which says its version [3.13.2] and its tool [3.14.6]."""
    log = json.loads(sarif(diagnostics))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert run["tool"]["driver"]["name"] == "presswatch"
    assert isinstance(run["results"], list)
    return dict(run)


def test_nothing_told_is_a_run_without_results() -> None:
    assert run_of()["results"] == []


def test_every_result_has_its_message_level_and_rule() -> None:
    run = run_of(*TOLD)
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == sorted({each.code for each in TOLD})
    for result, told in zip(run["results"], TOLD, strict=True):
        assert told.message in result["message"]["text"]
        assert told.hint in result["message"]["text"]
        assert result["level"] == told.severity.value
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == told.code
        assert rules[result["ruleIndex"]]["fullDescription"]["text"] == codes()[told.code]


def test_places_are_uris_and_regions_that_count_from_one() -> None:
    run = run_of(*TOLD)
    assert run["columnKind"] == "unicodeCodePoints"
    places = [each["locations"][0]["physicalLocation"] for each in run["results"] if "locations" in each]
    assert [each["artifactLocation"]["uri"] for each in places] == [
        "rules/b%20c.yaml", "config.toml", "file:///elsewhere/d%23e.yaml", "rules/large.yaml", "%3Cstdin%3E",
    ]  # fmt: skip
    assert [urlsplit(each["artifactLocation"]["uri"]).fragment for each in places] == [""] * 5
    assert [each.get("region") for each in places] == [
        {"startLine": 6, "startColumn": 7, "endColumn": 11},
        {"startLine": 3},
        {"startLine": 1, "startColumn": 1, "endColumn": 2},
        None,
        {"startLine": 2, "startColumn": 3, "endColumn": 4},
    ]


def test_a_fault_of_the_environment_has_no_place() -> None:
    assert "locations" not in run_of(TOLD[4])["results"][0]
