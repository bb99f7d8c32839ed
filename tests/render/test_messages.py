"""What holds for every message the built-in templates make, whatever feeds say."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.digest import Context, DigestSpec, Order, PendingMatch, slack_parts, view
from monitor.core.digest.marking import columns
from monitor.core.model import Message, Priority, Span
from monitor.diagnostics import Diagnostic
from monitor.render.drawing import LONGEST_SUBJECT, blocks_of, draw
from monitor.render.environments import KINDS
from monitor.render.renderer import BUILT_IN, LARGEST_MAIL, Renderer
from monitor.render.sample import INSTANT, MADE_AT, MORNING, PROOF, alert_sample, digest_sample, matches, quiet_sample
from monitor.workers import Workers
from tests.core.digest.test_slack import accepted, said

SAMPLES = (digest_sample(), alert_sample(), quiet_sample())


async def message(context: Context, workers: Workers) -> Message:
    rendered = await Renderer([], workers).render(str(context["kind"]), context)
    assert rendered.faults == ()
    return rendered.message


def crowd(count: int, **changes: Any) -> list[PendingMatch]:
    """Return `count` stories like the made-up ones."""
    news = matches()
    return [
        replace(
            news[number % len(news)], match_id=number, article_id=number, story_id=number,
            published=MADE_AT - timedelta(minutes=number), **changes,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES)
async def test_a_mail_loads_nothing_from_anywhere_and_has_no_script(sample: Context, workers: Workers) -> None:
    sent = (await message(sample, workers)).html
    assert not re.search(
        r"<(img|script|link|iframe|object|svg|form|video)\b|url\(|@import|@font-face|\ssrc=|\son\w+=", sent
    )


@pytest.mark.parametrize("spec", [MORNING, INSTANT])
async def test_the_foot_of_every_message_names_rules_that_are_switched_off(spec: DigestSpec, workers: Workers) -> None:
    proof = replace(PROOF, switched_off=("runaway", "slow"))
    for found, named in ((proof, True), (PROOF, False)):
        context = view(spec, crowd(1), made_at=MADE_AT, proof=found)
        sent = await message(context, workers)
        for text in (sent.text, sent.html, str(sent.slack)):
            assert ("ran away: runaway, slow" in " ".join(text.split())) is named


@pytest.mark.parametrize("sample", SAMPLES)
async def test_a_mail_knows_the_dark_and_the_phone(sample: Context, workers: Workers) -> None:
    sent = (await message(sample, workers)).html
    assert "prefers-color-scheme:dark" in sent.replace(" ", "")
    assert "max-width:480px" in sent.replace(" ", "")
    assert 'name="viewport"' in sent


@pytest.mark.parametrize("sample", SAMPLES)
async def test_lines_of_text_fit_a_terminal_unless_they_are_one_address(sample: Context, workers: Workers) -> None:
    lines = (await message(sample, workers)).text.splitlines()
    assert all(columns(each) <= 78 or each.strip().startswith("http") for each in lines)


async def test_text_mail_and_slack_tell_every_story_with_its_link_source_and_reason(workers: Workers) -> None:
    sent = await message(digest_sample(), workers)
    text = " ".join(sent.text.split())
    page = html.unescape(re.sub(r"<[^>]+>", "", sent.html))
    slack = said([*sent.slack])
    for match in (each for each in matches() if each.article_id not in {2, 3, 4}):
        assert match.title in text
        assert match.title in page
        assert "".join(match.title.split()) in slack
        assert match.feed_title in text
        assert match.feed_title in page
        assert match.url in sent.text
        assert f'href="{match.url}"' in sent.html
        assert match.url in str(sent.slack)
    assert "Port finance & insurance" in text
    assert "“freight insurers”" in page


async def test_a_story_that_matched_after_an_edit_says_so_and_names_its_publisher(workers: Workers) -> None:
    told = view(INSTANT, crowd(1, edited=True, publisher="Coast"), made_at=MADE_AT)
    sent = await message(told, workers)
    assert re.search(r"^Coast, \S+, edited since\.$", sent.text, re.MULTILINE)
    assert re.search(r"Coast</b> · \S+, edited since", sent.html)
    assert re.search(r"Coast · \S+, edited since", str(sent.slack))


async def test_a_story_says_what_the_page_added_and_what_it_could_not(workers: Workers) -> None:
    told = view(INSTANT, crowd(1, page="failed", page_why="the page answered 403"), made_at=MADE_AT)
    sent = await message(told, workers)
    for shown in (" ".join(sent.text.split()), sent.html, str(sent.slack)):
        assert "summary only: the page answered 403" in shown
    body = "The envoy named security guarantees."
    spans = (Span("body", body.index("security"), len(body) - 1),)
    sent = await message(view(INSTANT, crowd(1, page="read", body=body, spans=spans), made_at=MADE_AT), workers)
    for shown in (" ".join(sent.text.split()), sent.html, str(sent.slack)):
        assert re.search('security guarantees(</span>)?[”"] on the page', shown)


async def test_the_subject_says_the_news(workers: Workers) -> None:
    assert (await message(digest_sample(), workers)).subject == (
        "Ferry crews walk out at three island ports after talks collapse overnight (+4) · Morning digest"
    )
    assert (await message(alert_sample(), workers)).subject == (
        "Ferry crews walk out at three island ports after talks collapse overnight · Northern Wire"
    )
    assert (await message(quiet_sample(), workers)).subject == "Morning digest: nothing new"


async def test_sixty_stories_fit_into_a_mail_that_gmail_shows_whole(workers: Workers) -> None:
    sent = await message(view(MORNING, crowd(60), made_at=MADE_AT, proof=PROOF), workers)
    assert len(sent.html.encode()) <= LARGEST_MAIL
    assert "more</h2>" not in sent.html


async def test_what_does_not_fit_into_a_mail_is_listed_or_counted_never_cut(workers: Workers) -> None:
    spec = replace(MORNING, max_items=400)
    sent = await message(view(spec, crowd(400, summary="word " * 80), made_at=MADE_AT, proof=PROOF), workers)
    assert len(sent.html.encode()) <= LARGEST_MAIL
    told = re.search(r"And (\d+) more", sent.html)
    assert told
    assert sent.html.count("<h3") + int(told[1]) == 400
    assert f"And {told[1]} more" in sent.text
    assert sum(len(part) for part in slack_parts(sent.slack)) > 800


WHOLE = "https://news.example.org/do/signed"


@pytest.mark.parametrize("spec", [replace(INSTANT, max_items=40), MORNING])
async def test_a_message_leads_to_what_it_has_no_room_for(spec: DigestSpec, workers: Workers) -> None:
    news = [replace(each, title=f"Story {each.story_id:03}") for each in crowd(230, summary="word " * 80)]
    titles = {each.title for each in news}
    linked = await message(view(spec, news, made_at=MADE_AT, edition=("instant/match 1", WHOLE)), workers)
    assert len(linked.html.encode()) <= LARGEST_MAIL
    assert set(re.findall(r"Story \d{3}", linked.text)) == titles
    assert "not listed" not in linked.text
    assert set(re.findall(r"Story \d{3}", linked.html)) < titles
    assert re.search(rf'… and \d+&nbsp;more stories: <a class="entry" href="{WHOLE}"', linked.html)
    assert {"type": "link", "url": WHOLE, "text": "the whole edition"} in list(leaves(linked.slack))


def leaves(node: Any) -> Iterator[Any]:
    """Yield every object within Slack's blocks."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else ():
        yield from leaves(each)


async def test_where_nobody_answers_links_the_command_is_named(workers: Workers) -> None:
    told = await message(view(INSTANT, crowd(900), made_at=MADE_AT, edition=("instant/match 1", "")), workers)
    command = "presswatch digests show 'instant/match 1'"
    assert command in html.unescape(told.html)
    assert f"more stories, with\n    {command}\n" in told.text
    assert command in json.dumps(told.slack)
    assert len(re.findall("^  - ", told.text, re.MULTILINE)) == 400


async def test_a_right_to_left_story_finds_its_own_direction(workers: Workers) -> None:
    sent = (await message(digest_sample(), workers)).html
    story = sent[: sent.rindex("اتفاق أولي")].rpartition("<div dir=")[2]
    assert story.startswith('"auto"')


hostile = st.text(st.sampled_from("ab ,\n<>&\"'\\{}[]%*_`@!|#\u202e\x00é粮ف"), max_size=30)
rows = st.fixed_dictionaries(
    {
        "story_id": st.integers(1, 4), "title": hostile, "summary": hostile, "url": hostile.map("https://a.example/".__add__),
        "rule_title": hostile, "feed_title": hostile, "feed_id": st.sampled_from("xyz"), "priority": st.sampled_from(Priority),
        "spans": st.integers(0, 20).map(lambda at: (Span("title", at, at + 4), Span("summary", at, at + 9))) | st.just(()),
    }
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(
    crowd=st.lists(rows, min_size=1, max_size=6),
    spec=st.sampled_from([INSTANT, MORNING, *(replace(MORNING, order=order, max_items=2) for order in Order)]),
)
def test_no_text_from_a_feed_breaks_out_of_its_place(crowd: list[dict[str, Any]], spec: DigestSpec) -> None:
    base = matches()[0]
    taken = [replace(base, match_id=number, article_id=number, **row) for number, row in enumerate(crowd, 1)]
    context = view(spec, taken, made_at=MADE_AT, proof=PROOF)
    parts = {kind: draw((BUILT_IN,), f"{context['kind']}.{kind}.j2", context) for kind in KINDS}
    assert not any(isinstance(each, Diagnostic) for each in parts.values()), parts
    page = str(parts["html"])
    assert set(re.findall(r"</?([a-z0-9]+)", page[page.index("<body") :])) <= {
        "body", "div", "table", "tbody", "tr", "td", "p", "h1", "h2", "h3", "b", "a", "span", "br", "html",
    }  # fmt: skip
    assert "\n" not in str(parts["subject"])
    assert len(str(parts["subject"])) <= LONGEST_SUBJECT
    sent = slack_parts(blocks_of(str(parts["slack"])))
    assert all(accepted(block) for part in sent for block in part)
    assert '"mrkdwn"' not in str(parts["slack"])
