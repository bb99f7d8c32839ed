"""`presswatch match` is a filter: articles in as JSON lines, what they match out, one line each, at once and in order."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.cli.group import presswatch
from monitor.core.model import Document
from monitor.core.rules import Rule
from tests.cli.conftest import Run
from tests.core.match.strategies import DOCUMENTS, rules
from tests.core.match.twin import brute_force

RULES = """
rules:
  - id: strike
    match: ferry NEAR/3 strike
    deliver: [a-digest-nobody-configured]
  - id: harbour
    match: harbour
    sources: [a-feed-nobody-configured, "tag:unknown", "*.example"]
"""
FERRY = {"id": "f", "title": "Ferry crews strike", "url": "https://harbour.example/1", "body": "In the harbour."}
ANSWER = {
    "id": "f",
    "matches": [
        {"rule": "strike", "spans": [["title", 0, 18]]},
        {"rule": "harbour", "spans": [["body", 7, 14]]},
    ],
}


@pytest.fixture
def file(folder: Path) -> Path:
    """A file of rules that names what no configuration has."""
    path = folder / "some.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


def lines(text: str) -> list[object]:
    return [json.loads(each) for each in text.splitlines()]


def test_without_a_configuration_a_scenario_may_expect_any_digest(run: Run, file: Path) -> None:
    scenario = """
    scenarios:
      - name: told at once
        articles: [{at: "2026-11-23 10:00", title: Ferry strike}]
        expect: [{at: "2026-11-23 10:00", digest: a-digest-nobody-configured}]
"""
    file.write_text(
        RULES.replace(
            "    deliver: [a-digest-nobody-configured]\n", f"    deliver: [a-digest-nobody-configured]{scenario}"
        )
    )
    assert lines(run("match", "--rules", str(file), stdin=json.dumps(FERRY)).stdout) == [ANSWER]


def test_every_article_is_answered_in_order_without_any_configuration(run: Run, file: Path, folder: Path) -> None:
    data = folder / "news.jsonl"
    data.write_text(f'{json.dumps(FERRY)}\n{{"title": "Quiet day"}}\n\n{json.dumps(FERRY)}\n', encoding="utf-8")
    result = run("match", "--rules", str(file), "--data", str(data))
    assert lines(result.stdout) == [ANSWER, {"id": 2, "matches": []}, ANSWER]
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_rules_may_be_several_files_and_folders(run: Run, folder: Path) -> None:
    for name, word in (("a/one.yaml", "ferry"), ("a/b/two.yaml", "strike"), ("three.yaml", "crews")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"rules: [{{id: {word}, match: {word}}}]")
    (folder / "news.jsonl").write_text(json.dumps(FERRY))
    result = run("match", "--rules", "a", "--rules", "three.yaml", "--data", "news.jsonl")
    [answer] = lines(result.stdout)
    assert isinstance(answer, dict)
    assert sorted(each["rule"] for each in answer["matches"]) == ["crews", "ferry", "strike"]


def test_the_configured_rules_know_the_tags_of_feeds(run: Run, folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules/r.yaml").write_text('rules: [{id: wire, match: ferry, sources: ["tag:wire"]}]')
    (folder / "config.toml").write_text(
        '[[feeds]]\nid = "agency"\nurl = "https://a.example/rss"\ntags = ["wire"]\n'
        '[channels.a]\ntype = "slack"\nwebhook = { env = "NOT_SET" }\n'
    )
    (folder / "n.jsonl").write_text('{"title": "Ferry", "source": "agency"}\n{"title": "Ferry", "source": "else"}\n')
    result = run("match", "--data", "n.jsonl")
    assert [len(each["matches"]) for each in map(json.loads, result.stdout.splitlines())] == [1, 0]


def test_without_configuration_and_rules_it_says_so(run: Run) -> None:
    assert run("match").exit_code == 78


def test_a_folder_without_rules_is_no_answer_to_which_rules(run: Run, folder: Path) -> None:
    (folder / "empty").mkdir()
    result = run("match", "--rules", "empty")
    assert result.exit_code == 2
    assert "There is no rule file (*.yaml) in empty." in result.stderr


def test_faulty_rules_are_told_with_their_place(run: Run, folder: Path) -> None:
    (folder / "r.yaml").write_text("rules: [{id: a, match: (ferry}]")
    result = run("match", "--rules", "r.yaml")
    assert (result.exit_code, result.stdout) == (78, "")
    assert "r.yaml:1:" in result.stderr


def test_bad_lines_are_named_and_the_rest_is_answered(run: Run, file: Path, folder: Path) -> None:
    (folder / "n.jsonl").write_text(f'{{"title": "\\u001b[2J"\n{json.dumps(FERRY)}\n[]\n')
    result = run("match", "--rules", str(file), "--data", "n.jsonl")
    assert lines(result.stdout) == [ANSWER]
    assert result.stderr.splitlines() == [
        "n.jsonl:1: is not JSON: expecting ',' delimiter at column 22",
        "n.jsonl:3: must be a JSON object, not a list",
    ]
    assert result.exit_code == 1


def test_a_regular_expression_that_runs_away_is_told(run: Run, folder: Path) -> None:
    (folder / "r.yaml").write_text("rules: [{id: runaway, match: '/(a|aa)+$/'}, {id: a, match: ferry}]")
    (folder / "n.jsonl").write_text(json.dumps({"title": "ferry", "body": "a" * 5_000 + "b"}))
    result = run("match", "--rules", "r.yaml", "--data", "n.jsonl")
    assert lines(result.stdout) == [{"id": 1, "matches": [{"rule": "a", "spans": [["title", 0, 5]]}]}]
    assert result.stderr == "n.jsonl:1: a regular expression of rule 'runaway' ran out of time\n"
    assert result.exit_code == 1


@pytest.mark.parametrize("data", ["", json.dumps(FERRY)])
def test_the_last_line_of_stderr_is_the_rate(run: Run, file: Path, folder: Path, data: str) -> None:
    (folder / "n.jsonl").write_text(f"{data}\n")
    result = run("match", "--rules", str(file), "--data", "n.jsonl", "--stats")
    number, unit = result.stderr.splitlines()[-1].split(" ")
    assert (int(number) > 0) is bool(data)
    assert unit == "articles/s"


@settings(max_examples=50, deadline=None)
@given(rules(), st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_what_is_answered_is_what_brute_force_finds(some: list[Rule], documents: list[Document]) -> None:
    # Tags of feeds are the configuration's, which a pipeline without one does not have.
    seen = [Document(**{**asdict(each), "source_tags": ()}) for each in documents]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "rules.yaml")
        path.write_text(json.dumps({"rules": [_written(each) for each in some]}), encoding="utf-8")
        fed = "\n".join(json.dumps(asdict(each)) for each in seen)
        result = CliRunner().invoke(presswatch, ["match", "--rules", str(path)], input=fed)
    assert result.exit_code == 0, result.output
    answers = [json.loads(each) for each in result.stdout.splitlines()]
    assert [
        [(match["rule"], [tuple(span) for span in match["spans"]]) for match in each["matches"]] for each in answers
    ] == [
        [(id, [(each.field, each.start, each.end) for each in spans]) for id, spans in brute_force(some, document)]
        for document in seen
    ]


def _written(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id, "match": str(rule.query), "languages": list(rule.languages), "sources": list(rule.sources),
    }  # fmt: skip


@contextmanager
def filtering(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`presswatch match` as a process of its own, with pipes to it and from it."""
    command = [sys.executable, "-m", "monitor", "match", *arguments]
    pipe = subprocess.PIPE
    where = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=where) as process:
        try:
            yield process
        finally:
            process.kill()


def test_an_article_is_answered_before_the_next_is_sent(file: Path) -> None:
    with filtering("--rules", str(file)) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(3):
            process.stdin.write(json.dumps(FERRY).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == ANSWER
        process.stdin.close()
        assert process.wait() == 0


def test_who_stops_reading_ends_it_without_a_word(file: Path) -> None:
    with filtering("--rules", str(file)) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(json.dumps(FERRY).encode() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(json.dumps(FERRY).encode() + b"\n")
        process.stdin.flush()
        assert process.stderr.read() == b""
        assert process.wait() == -signal.SIGPIPE


def test_ctrl_c_ends_it_without_a_traceback(file: Path) -> None:
    with filtering("--rules", str(file)) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(json.dumps(FERRY).encode() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().strip() == b""
        assert process.wait() == 130
