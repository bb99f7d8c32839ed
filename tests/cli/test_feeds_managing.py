"""`presswatch feeds add`, `find`, `pause`, `resume`, `retry`, `remove`, `import`, `export`, `list` and `show`, without a daemon."""

import json
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Run
from tests.endtoend.newsstand import Newsstand, Story, body

CONFIG = """
[fetch]
allow_private = true
[[feeds]]
id = "harbour"
url = "https://harbour.example/feed"
tags = ["sea"]
"""
PAGE = "<html><head>{}</head><body>Welcome</body></html>"
LINK = '<link rel="alternate" type="application/rss+xml" href="/{}">'


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with Newsstand() as stand:
        stand.publish("wire", Story("The ferry sails"))
        stand.publish("local", Story("The market opens"))
        stand.misbehave("one", body(PAGE.format(LINK.format("wire")).encode(), "text/html"))
        stand.misbehave("two", body(PAGE.format(LINK.format("wire") + LINK.format("local")).encode(), "text/html"))
        stand.misbehave("none", body(PAGE.format("").encode(), "text/html"))
        yield stand


@pytest.fixture
def desk(folder: Path) -> Path:
    (folder / "config.toml").write_text(CONFIG)
    return folder


def states(run: Run) -> dict[str, str]:
    listed = (json.loads(line) for line in run("feeds", "list", "--json").stdout.splitlines())
    return {each["id"]: each["state"] for each in listed}


def test_a_feed_is_added_by_its_address_after_it_was_read(run: Run, desk: Path, stand: Newsstand) -> None:
    result = run("feeds", "add", stand.url("wire"), "--id", "wire", "--tag", "fast", "--every", "5m")
    assert result.stdout.startswith(f"Added wire: {stand.url('wire')}.")
    assert states(run) == {"wire": "new"}
    shown = run("feeds", "show", "wire").stdout
    assert "the database" in shown
    assert "5 min to 6 h" in shown
    assert "fast" in shown


def test_a_site_with_one_feed_is_as_good_as_its_address(run: Run, desk: Path, stand: Newsstand) -> None:
    assert stand.url("wire") in run("feeds", "add", stand.url("one"), "--id", "wire").stdout


def test_a_site_with_several_feeds_leaves_the_choice_to_the_person(run: Run, desk: Path, stand: Newsstand) -> None:
    result = run("feeds", "add", stand.url("two"))
    assert result.exit_code == 1
    assert stand.url("wire") in result.stdout
    assert stand.url("local") in result.stdout
    assert "there are 2 feeds" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none",), "there is no feed at this address"),
        (("absent",), "HTTP 404"),
        (("wire", "--every", "fast"), 'every: must be a duration like "30s"'),
        (("wire", "--id", "Not An Id"), "id: "),
        (("wire", "--tag", "two words"), "tags.0: "),
        (("wire", "--user", "me", "--password", "hunter2"), "a secret is named, never written"),
    ],
)
def test_what_cannot_be_added_says_why_and_changes_nothing(
    run: Run, desk: Path, stand: Newsstand, arguments: tuple[str, ...], told: str
) -> None:
    if arguments[0] == "absent":
        stand.misbehave("absent", lambda request: request.send_error(404))
    result = run("feeds", "add", stand.url(arguments[0]), *arguments[1:])
    assert result.exit_code != 0
    assert told in result.stderr
    assert not states(run)


def test_a_feed_that_is_there_is_not_added_twice_whoever_owns_it(run: Run, desk: Path, stand: Newsstand) -> None:
    run("feeds", "add", stand.url("wire"), "--id", "wire")
    again = run("feeds", "add", stand.url("wire"), "--id", "other")
    assert again.exit_code == 1
    assert "there already: wire, of the database" in again.stdout


def test_rules_may_name_a_feed_of_the_database_and_checks_know_it(run: Run, desk: Path, stand: Newsstand) -> None:
    (desk / "rules").mkdir()
    (desk / "rules" / "a.yaml").write_text("rules:\n  - {id: a, match: ferry AND source:wire, deliver: [instant]}\n")
    assert run("check").exit_code == 1
    run("feeds", "add", stand.url("wire"), "--id", "wire")
    assert run("check").exit_code == 0
    run("feeds", "remove", "--yes", "wire")
    assert run("check").exit_code == 1


def test_feeds_are_paused_resumed_and_retried_by_id_and_by_tag(run: Run, desk: Path, stand: Newsstand) -> None:
    for name in ("wire", "local"):
        run("feeds", "add", stand.url(name), "--id", name, "--tag", "fast")
    assert run("feeds", "pause", "--tag", "fast", "--why", "too much").stdout == "Paused: local, wire.\n"
    assert states(run) == {"local": "paused", "wire": "paused"}
    assert "too much" in run("feeds", "list").stdout
    assert run("feeds", "pause", "wire").stdout == "wire is stopped already.\n"
    assert run("feeds", "resume", "wire").stdout == "Resumed: wire.\n"
    assert run("feeds", "retry", "wire").stdout == "Asked again: wire.\n"
    assert states(run) == {"local": "paused", "wire": "new"}


def test_an_id_that_is_none_is_told_with_the_nearest(run: Run, desk: Path, stand: Newsstand) -> None:
    run("feeds", "add", stand.url("wire"), "--id", "wire")
    result = run("feeds", "pause", "wyre", "wire")
    assert result.exit_code == 1
    assert "Paused: wire." in result.stdout
    assert "There is no feed 'wyre'. Did you mean wire?" in result.stdout
    assert "Did you mean wire?" in run("feeds", "show", "wyre").stderr


def test_a_removed_feed_comes_back_when_it_is_added_again(run: Run, desk: Path, stand: Newsstand) -> None:
    run("feeds", "add", stand.url("wire"), "--id", "wire")
    assert run("feeds", "remove", "wire", stdin="n\n").exit_code == 1
    assert run("feeds", "remove", "wire", stdin="y\n").exit_code == 0
    assert states(run) == {}
    assert run("feeds", "add", stand.url("wire"), "--id", "wire").exit_code == 0
    assert states(run) == {"wire": "new"}


def test_secrets_are_kept_as_references_and_shown_nowhere(run: Run, desk: Path, stand: Newsstand) -> None:
    run(
        "feeds",
        "add",
        stand.url("wire"),
        "--id",
        "wire",
        "--user",
        "me",
        "--password",
        "env:CANARY",
        "--header",
        "X-Key=env:CANARY",
        CANARY="hunter2",
    )
    told = "".join(
        run(*each, CANARY="hunter2").output
        for each in (("feeds", "show", "wire", "--json"), ("feeds", "list", "--json"), ("feeds", "export"))
    )
    assert "hunter2" not in told
    assert "CANARY" not in told
    assert b"hunter2" not in (desk / "data" / "presswatch.db").read_bytes()


def test_the_feeds_of_a_site_are_found_and_described(run: Run, desk: Path, stand: Newsstand) -> None:
    found = [json.loads(line) for line in run("feeds", "find", "--json", stand.url("two")).stdout.splitlines()]
    assert [(each["url"], each["entries"], each["why"]) for each in found] == [
        (stand.url("wire"), 1, "named by the page"),
        (stand.url("local"), 1, "named by the page"),
    ]
    assert run("feeds", "find", stand.url("none")).exit_code in (0, 1)


def test_a_list_is_imported_with_its_folders_as_tags_and_what_is_there_is_left_alone(run: Run, desk: Path) -> None:
    (desk / "list.opml").write_text(
        '<opml><body><outline text="World & Sea"><outline text="A & B" xmlUrl="https://a.example/?x=1&y=2"/></outline>'
        '<outline xmlUrl="https://b.example/"/><outline xmlUrl="not an address"/><outline xmlUrl="https://b.example/"/></body></opml>'
    )
    assert "3 of 4 feeds could be added." in run("feeds", "import", "list.opml", "--dry-run").stdout
    first = run("feeds", "import", "list.opml", "--tag", "new")
    assert first.stdout == "2 added, 1 there already, 1 that cannot be.\n"
    assert "must begin with http://" in first.stderr
    assert first.exit_code == 1
    assert "0 added, 3 there already" in run("feeds", "import", "list.opml").stdout
    assert len(run("feeds", "list", "--tag", "world-sea").stdout.splitlines()) == 1
    assert len(run("feeds", "list", "--tag", "new").stdout.splitlines()) == 2


def test_what_is_exported_can_be_imported_elsewhere(run: Run, desk: Path, stand: Newsstand) -> None:
    run(
        "feeds",
        "add",
        stand.url("wire"),
        "--id",
        "wire",
        "--tag",
        "fast",
        "--title",
        "The Wire",
        "--every",
        "5m",
        "--weight",
        "3",
    )
    run("feeds", "export", "all.opml")
    (outline,) = ET.parse(desk / "all.opml").getroot().iter("outline")
    assert outline.get("xmlUrl") == stand.url("wire")
    (desk / "data" / "presswatch.db").unlink()
    assert run("feeds", "import", "all.opml").stdout.startswith("1 added")
    shown = json.loads(run("feeds", "show", "wire", "--json").stdout)
    assert (shown["title"], shown["tags"], shown["weight"], shown["every"]) == ("The Wire", ["fast"], 3, 300.0)


def test_before_anything_is_there_the_list_says_what_to_do(run: Run, desk: Path, stand: Newsstand) -> None:
    run("feeds", "add", stand.url("wire"), "--id", "wire")
    run("feeds", "remove", "--yes", "wire")
    assert "presswatch feeds add" in run("feeds", "list").stdout


def test_a_feed_of_a_file_is_struck_out_there(run: Run, desk: Path) -> None:
    assert run("run", "--once", "--dry-run").exit_code in (0, 1, 3)
    run("feeds", "retry", "nothing")
    result = run("feeds", "remove", "--yes", "harbour")
    assert result.exit_code == 1


def test_a_feed_behind_a_password_is_read_with_it_before_it_is_added(run: Run, desk: Path, stand: Newsstand) -> None:
    def guarded(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get("Authorization") == "Basic " + b64encode(b"me:hunter2").decode()
        stand.serve(request) if known else request.send_error(401)

    stand.misbehave("wire", guarded)
    arguments = ("feeds", "add", stand.url("wire"), "--id", "wire", "--user", "me", "--password", "env:WORD")
    assert "WORD is not set" in run(*arguments).stderr
    assert run(*arguments, WORD="wrong").exit_code == 1
    assert run(*arguments, WORD="hunter2").exit_code == 0


def test_a_secret_written_out_is_refused(run: Run, desk: Path, stand: Newsstand) -> None:
    result = run("feeds", "add", stand.url("wire"), "--header", "Authorization=Bearer hunter2")
    assert "a secret is named, never written" in result.stderr
    assert not states(run)


def test_a_list_with_numbers_that_are_none_is_imported(run: Run, desk: Path) -> None:
    (desk / "list.opml").write_text(
        '<outline xmlUrl="https://a.example/" presswatch:weight="²" presswatch:fullText="never"/>'
    )
    assert run("feeds", "import", "list.opml").stdout.startswith("1 added")
    (listed,) = states(run)
    assert json.loads(run("feeds", "show", listed, "--json").stdout)["full_text"] == "never"
