"""`presswatch feeds test`, over real files and real sockets."""

import json
import re
from pathlib import Path
from typing import Any

from monitor.parse.preview import previews
from tests.cli.conftest import Run
from tests.clock import MONDAY
from tests.endtoend.newsstand import Newsstand, Story, status
from tests.gates.repository import text
from tests.parse.writing import atom, element, rss

HARBOUR = rss(
    "<title>Night sailings agreed</title><link>/news/night-sailings</link><pubDate>Mon, 02 Mar 2026 09:15:00 +0200</pubDate>"
    "<description>Boats will leave at two.</description>",
    head="<title>The Harbour</title><link>https://harbour.example/</link>",
)


def lines(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_document_is_shown_as_the_guide_shows_it(run: Run, folder: Path) -> None:
    (folder / "harbour.xml").write_bytes(HARBOUR)
    result = run("feeds", "test", "harbour.xml")
    shown = re.search(r"```console\n\$ presswatch feeds test harbour.xml\n(.*?)```", text("docs/feeds.md"), re.DOTALL)
    assert shown is not None
    assert result.output.strip() == shown[1].strip()
    assert result.exit_code == 0


def test_each_document_is_a_line_with_all_that_would_be_stored(run: Run, folder: Path) -> None:
    (folder / "a.xml").write_bytes(HARBOUR)
    entry = element("id", "urn:1") + element("title", "Tide") + "<updated>2026-03-02T08:00:00+01:00</updated>"
    (folder / "b.xml").write_bytes(atom(entry + "<author><name>Ann</name></author><content>High at noon.</content>"))
    first, second = lines(run("feeds", "test", "--json", "a.xml", "b.xml").output)
    assert first == {
        "source": "a.xml",
        "format": "rss",
        "title": "The Harbour",
        "link": "https://harbour.example/",
        "entries": [
            {
                "id": "https://harbour.example/news/night-sailings",
                "title": "Night sailings agreed",
                "link": "https://harbour.example/news/night-sailings",
                "published": "2026-03-02T07:15:00Z",
                "updated": None,
                "author": "",
                "language": "",
                "text": "Boats will leave at two.",
            }
        ],
        "warnings": [],
        "error": None,
    }
    assert (second["format"], second["entries"][0]["id"], second["entries"][0]["author"]) == ("atom", "urn:1", "Ann")
    assert second["entries"][0]["published"] == "2026-03-02T07:00:00Z"


def test_what_cannot_be_read_says_why_and_stops_no_other(run: Run, folder: Path) -> None:
    (folder / "page.html").write_text("<!doctype html><html><body>Hello</body></html>")
    (folder / "a.xml").write_bytes(HARBOUR)
    result = run("feeds", "test", "--json", "page.html", "missing.xml", "a.xml", "gopher://x/")
    assert [each["error"] for each in lines(result.output)] == [
        "this is an HTML page, not a feed",
        f"there is no file {folder / 'missing.xml'}",
        None,
        "the address begins with none of http:, https:, file:",
    ]
    assert result.exit_code == 1


def test_a_document_with_an_enormous_tag_costs_no_other_anything(run: Run, folder: Path) -> None:
    poison = "<rss version='2.0'><channel><item %s><title>t</title></item></channel></rss>"
    (folder / "poison.xml").write_text(poison % " ".join(f"a{n}='1'" for n in range(20_000)))
    for name in ("a.xml", "b.xml"):
        (folder / name).write_bytes(HARBOUR)
    told = lines(run("feeds", "test", "--json", "a.xml", "poison.xml", "b.xml").output)
    assert [each["source"] for each in told] == ["a.xml", "poison.xml", "b.xml"]
    assert not told[0]["error"]
    assert not told[2]["error"]


def test_an_address_is_asked_through_the_guarded_door(run: Run) -> None:
    with Newsstand() as stand:
        stand.publish("wire", Story("The ferry sails"))
        stand.misbehave("away", status(404))
        refused = run("feeds", "test", "--json", stand.url("wire"))
        wire, away = lines(
            run("feeds", "test", "--json", "--allow-private", stand.url("wire"), stand.url("away")).output
        )
    assert "not public" in lines(refused.output)[0]["error"] or "private" in lines(refused.output)[0]["error"]
    assert [each["title"] for each in wire["entries"]] == ["The ferry sails"]
    assert away["error"] == "HTTP 404: there is no such document"


def test_what_a_person_would_want_to_know_first_is_warned_of() -> None:
    undated = element("title", "Tide")
    ahead = element("title", "Comet") + "<pubDate>Mon, 02 Mar 2036 09:15:00 GMT</pubDate>"
    (preview,) = previews([(rss(undated, ahead, ""), "", "https://coast.example/")], MONDAY)
    assert preview.warnings == (
        "2 of 3 entries without a date count as published when they are first seen",
        "1 of 3 entries say nothing (no title, text or link) and are not stored",
        "1 of 3 entries have dates in the future, which are taken for the time they are first seen",
    )
    assert preview.only_summaries
