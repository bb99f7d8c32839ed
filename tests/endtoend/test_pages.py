"""The daemon finds on an article's page what its feed does not say, and tells where it found it."""

import pytest

from monitor.parse.extraction import can_extract
from tests.endtoend.daemon import Daemon, running, until
from tests.endtoend.newsstand import Newsstand, Story, body, status
from tests.endtoend.test_daemon import BACKGROUND, mails, text_of

pytestmark = pytest.mark.skipif(not can_extract(), reason="the extra 'fulltext' is not installed")

RULES = """\
rules:
  - id: guarantees
    title: Guarantees
    match: Geneva AND "security guarantees"
    deliver: [instant]
  - id: geneva
    title: Talks
    match: title:Geneva
    deliver: [instant]
"""
PAGE = b"""<!doctype html><html><body><nav><a href="/">Home</a></nav><article><h1>Envoys meet by the lake</h1>
<p>Delegations met in Geneva on Monday for a new round of talks, and dined together in the evening.</p>
<p>The American envoy said that security guarantees had been discussed, and that a text would be ready within days.</p>
</article></body></html>"""


def told(daemon: Daemon) -> list[str]:
    return [" ".join(text_of(each).split()) for each in mails(daemon)]


def test_a_rule_rings_for_what_stands_on_the_page_alone(daemon: Daemon, newsstand: Newsstand) -> None:
    daemon.rules = RULES
    newsstand.publish("wire", BACKGROUND)
    newsstand.misbehave("lake", body(PAGE, "text/html"))
    newsstand.misbehave("robots.txt", status(404))
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        lake = Story("Envoys meet by the lake", "They met in Geneva on Monday.", link=newsstand.url("lake"))
        rain = Story("Rain by the lake", "It rained all day.", link=newsstand.url("rain"))
        newsstand.publish("wire", lake, rain)
        until(lambda: len(mails(daemon)) == 1)
        asked = newsstand.asked("wire")
        until(lambda: newsstand.asked("wire") >= asked + 2)
    (mail,) = told(daemon)
    assert 'Matched "Geneva", "security guarantees" in summary and page.' in mail
    assert newsstand.asked("lake") == 1
    assert newsstand.asked("rain") == 0
    assert daemon.run("--once") == 0
    assert len(mails(daemon)) == 1


def test_an_alert_does_not_wait_for_the_page_and_says_later_that_it_was_refused(
    daemon: Daemon, newsstand: Newsstand
) -> None:
    daemon.rules = RULES
    daemon.digests = '[digests.instant]\nwait = "2s"\n'
    newsstand.publish("wire", BACKGROUND)
    newsstand.misbehave("lake", status(403))
    newsstand.misbehave("robots.txt", status(404))
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        newsstand.publish("wire", Story("Envoys meet in Geneva", "They met on Monday.", link=newsstand.url("lake")))
        until(lambda: len(mails(daemon)) == 1)
    (mail,) = told(daemon)
    assert "summary only: the page answered 403" in mail
    assert 'Matched "Geneva" in the headline.' in mail
