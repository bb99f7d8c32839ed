"""What a reader sees of an edition."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import (
    Before,
    Context,
    Copy,
    DigestSpec,
    FeedChange,
    Order,
    PendingMatch,
    ProofOfLife,
    Reason,
    Schedule,
    fold,
    shown,
    stories,
    view,
)
from monitor.core.digest.marking import plain
from monitor.core.model import Health, Priority, Span
from tests.core.digest.matches import NOON, ago, pending, spans

MORNING = DigestSpec(
    id="morning", to=("desk",), title="Morning digest", schedule=Schedule.at("07:00"), zone="Europe/Vienna"
)


def seen(*matches: PendingMatch, spec: DigestSpec = MORNING, **more: Any) -> Any:
    """Return the view of an edition made at noon UTC, untyped for easy reading."""
    return view(spec, matches, made_at=NOON, **more)


def only(*matches: PendingMatch, **more: Any) -> Any:
    """Return the only story of an edition."""
    ((story,),) = [group["stories"] for group in seen(*matches, **more)["groups"]]
    return story


def test_an_edition_says_what_it_is_and_when_it_was_made_by_the_readers_clock() -> None:
    made = seen()
    assert made["kind"] == "digest"
    assert made["digest"] == {"id": "morning", "title": "Morning digest"}
    assert made["made"] == {
        "date": "Mon 23 Nov 2026",
        "clock": "13:00",
        "zone": "CET",
        "iso": "2026-11-23T13:00:00+01:00",
    }
    assert seen(spec=DigestSpec(id="instant", to=()))["kind"] == "alert"


def test_an_edition_that_was_late_says_so() -> None:
    assert seen()["note"] == ""
    assert "was not running" in seen(reason=Reason.CAUGHT_UP)["note"]


def test_a_story_names_its_source_and_time() -> None:
    story = only(pending(feed_title="Northern Wire", published=ago(3600)))
    assert (story["source"], story["when"], story["iso"]) == ("Northern Wire", "12:00", "2026-11-23T12:00:00+01:00")


def test_a_story_says_whether_it_was_edited_before_the_rule_matched() -> None:
    assert [only(pending(edited=each))["edited"] for each in (True, False)] == [True, False]


def test_what_an_aggregator_lists_is_its_publishers() -> None:
    listed = pending(1, story_id=1, feed_id="google", feed_title="Google News", publisher="Northern Wire")
    other = pending(2, story_id=1, feed_id="google", feed_title="Google News", publisher="Coast")
    story = only(listed, other)
    assert (story["source"], [each["source"] for each in story["also"]], story["outlets"]) == (
        "Northern Wire",
        ["Coast"],
        2,
    )
    by_source = seen(listed, spec=replace(MORNING, order=Order.SOURCE))
    assert [group["title"] for group in by_source["groups"]] == ["Northern Wire"]


def test_a_publisher_whose_own_feed_has_the_story_is_shown_by_that_and_once() -> None:
    listed = pending(1, story_id=1, feed_id="google", feed_title="Google News", publisher="Coast", published=ago(9000))
    own = pending(2, story_id=1, feed_id="coast", feed_title="Coast", url="https://coast.example/2", published=ago(60))
    made = seen(listed, own)
    ((story,),) = [group["stories"] for group in made["groups"]]
    assert (story["url"], story["outlets"], made["counts"]["outlets"]) == ("https://coast.example/2", 1, 1)


@pytest.mark.parametrize(
    ("days", "when"),
    [(0.4, "03:24"), (1, "Sun 22 Nov, 13:00"), (0.55, "Sun 22 Nov, 23:48"), (365, "Sun 23 Nov 2025, 13:00")],
)
def test_another_day_is_named_and_another_year_too(days: float, when: str) -> None:
    assert only(pending(published=NOON - timedelta(days=days)))["when"] == when


def test_hits_are_marked_and_quoted_as_the_reason() -> None:
    summary = "Crews stayed ashore. The union blames the roster."
    story = only(
        pending(
            title="Ferry strike",
            summary=summary,
            spans=spans("Ferry strike", "Ferry") + spans(summary, "roster", field="summary"),
        )
    )
    assert story["headline"] == [{"text": "Ferry", "hit": True}, {"text": " strike", "hit": False}]
    assert [each["text"] for each in story["excerpt"] if each["hit"]] == ["roster"]
    assert story["why"] == [
        {
            "id": "ferries",
            "title": "Ferries",
            "words": ["Ferry", "roster"],
            "where": "in headline and summary",
            "wave": "",
        }
    ]


@pytest.mark.parametrize(
    ("fields", "page", "where"),
    [
        (["title"], "", "in the headline"),
        (["summary"], "failed", "in the summary"),
        (["body"], "", "in the text"),
        (["body"], "read", "on the page"),
        (["summary", "body"], "read", "in summary and page"),
        (["title", "summary", "body"], "read", "in headline, summary and page"),
        ([], "read", ""),
    ],
)
def test_a_reason_says_where_the_words_stand(fields: list[str], page: str, where: str) -> None:
    hit = tuple(Span(each, 0, 5) for each in fields)
    match = pending(title="Ferry", summary="Ferry again", body="Ferry on the page", page=page, spans=hit)
    assert only(match)["why"][0]["where"] == where


def test_the_excerpt_shows_what_only_the_page_says() -> None:
    body = "They met in Geneva. " + "It rained. " * 60 + "The envoy named security guarantees at last."
    marks = spans(body, "Geneva", field="body") + spans(body, "security guarantees", field="body")
    match = pending(summary="They met in Geneva.", body=body, page="read", spans=marks)
    story = only(match)
    assert [each["text"] for each in story["excerpt"] if each["hit"]] == ["security guarantees"]
    assert "It rained" not in plain(story["excerpt"])[-60:]
    same = only(replace(match, summary=body))
    assert [each["text"] for each in same["excerpt"] if each["hit"]] == ["Geneva", "security guarantees"]


def test_where_the_page_was_wanted_and_not_to_be_had_it_says_why() -> None:
    refused = pending(page="failed", page_why="the page answered 403")
    assert only(refused)["unread"] == "the page answered 403"
    assert [only(pending(page=each, page_why=""))["unread"] for each in ("", "waiting", "read")] == ["", "", ""]


def test_each_word_is_quoted_once_whatever_its_case() -> None:
    matches = [
        pending(each, story_id=1, title=title, spans=(Span("title", 0, 5),))
        for each, title in enumerate(("Ferry", "FERRY", "Pilot"), 1)
    ]
    assert only(*matches)["why"][0]["words"] == ["Ferry", "Pilot"]


def test_a_hit_deep_in_the_body_is_where_the_excerpt_is_taken_from() -> None:
    body = "Nothing here. " * 90 + "The ferry came. " + "Nothing here. " * 90
    story = only(pending(summary="A summary.", body=body, spans=spans(body, "ferry", field="body")))
    assert plain(story["excerpt"]).startswith("The ferry came.")


def test_without_hits_in_the_text_the_excerpt_is_its_beginning_unless_that_is_the_title_again() -> None:
    assert plain(only(pending(summary="A summary.", body="A body."))["excerpt"]) == "A summary."
    assert plain(only(pending(body="A body."))["excerpt"]) == "A body."
    assert only(pending(title="The same", summary=" The  same"))["excerpt"] == []


def test_an_excerpt_never_says_only_the_title_again_whatever_hit_in_it() -> None:
    title, body = "The ferry is back", "It rained. The ferry came at noon."
    found = spans(title, "ferry", field="summary")
    assert only(pending(title=title, summary=title, spans=found))["excerpt"] == []
    both = pending(title=title, summary=title, body=body, spans=(*found, *spans(body, "ferry", field="body")))
    assert plain(only(both)["excerpt"]) == "The ferry came at noon."


def test_the_reason_quotes_both_ends_of_words_that_are_far_from_each_other() -> None:
    text = "The ministers spoke for hours about the ferry and all that it had cost them and the harbour."
    found = spans(text, text[text.index("ministers") : text.index(" and the harbour")], field="summary")
    ((reason,),) = [only(pending(summary=text, spans=found))["why"]]
    assert reason["words"] == ["ministers spoke for hours … and all that it had cost them"]


def test_an_article_without_a_title_is_called_by_its_text_or_its_address() -> None:
    assert only(pending(title=" ", summary="A summary."))["title"] == "A summary."
    assert only(pending(title=""))["title"] == "https://harbour-times.example/1"
    assert only(pending(title="", summary="\n", body="\u202e", url=""))["title"] == "(no title)"


def test_copies_are_one_story_with_its_other_outlets() -> None:
    copies = [
        pending(each, story_id=1, feed_id=f"f{each}", feed_title=f"Feed {each}", published=ago(60 - each))
        for each in range(1, 10)
    ]
    story = only(*copies)
    assert (story["source"], story["outlets"]) == ("Feed 1", 9)
    assert [each["source"] for each in story["also"]] == ["Feed 2", "Feed 3", "Feed 4", "Feed 5", "Feed 6"]
    assert story["also_more"] == 3
    assert seen(*copies)["counts"] == {"stories": 1, "articles": 9, "outlets": 9, "urgent": 0}


def test_groups_stand_in_order_of_priority_and_stories_newest_first() -> None:
    made = seen(
        pending(1, rule_id="a", rule_title="A", priority=Priority.LOW),
        pending(2, rule_id="z", rule_title="Z", priority=Priority.URGENT, title="old", published=ago(50)),
        pending(3, rule_id="z", rule_title="Z", priority=Priority.URGENT, title="new"),
        pending(4, rule_id="m", rule_title="M"),
    )
    assert [(group["title"], group["priority"]) for group in made["groups"]] == [
        ("Z", "urgent"),
        ("M", "normal"),
        ("A", "low"),
    ]
    assert [story["title"] for story in made["groups"][0]["stories"]] == ["new", "old"]
    assert made["top"] == {"title": "new", "source": "The Harbour Times"}
    assert made["counts"]["urgent"] == 2


def test_the_story_in_the_subject_is_the_first_whose_headline_was_hit_among_the_most_urgent() -> None:
    briefing = pending(1, title="The morning briefing", summary="A ferry sank.", spans=(Span("summary", 2, 7),))
    hit = pending(2, title="Ferry sinks", spans=(Span("title", 0, 5),), published=ago(60))
    low = pending(3, title="Ferry fares", spans=(Span("title", 0, 5),), priority=Priority.LOW)
    assert seen(briefing, hit)["top"]["title"] == "Ferry sinks"
    assert seen(briefing, low)["top"]["title"] == "The morning briefing"


def test_the_words_found_are_told_in_the_order_in_which_they_are_read() -> None:
    found = (Span("summary", 2, 7), Span("title", 0, 4))
    told = pending(title="Port closed", summary="A ferry sank.", spans=found)
    assert seen(told)["groups"][0]["stories"][0]["why"][0]["words"] == ["Port", "ferry"]


def test_a_week_is_drawn_for_groups_that_are_rules() -> None:
    week = {"ferries": (0, 0, 0, 0, 1, 2, 5)}
    (group,) = seen(pending(), week=week)["groups"]
    assert [each["count"] for each in group["week"]] == [0, 0, 0, 0, 1, 2, 5]
    assert seen(pending(rule_id="other"), week=week)["groups"][0]["week"] == []
    for order in (Order.TIME, Order.SOURCE):
        assert seen(pending(), spec=replace(MORNING, order=order), week=week)["groups"][0]["week"] == []


@pytest.mark.parametrize(
    ("order", "groups"),
    [(Order.TIME, [("", ["c", "b", "a"])]), (Order.SOURCE, [("Times", ["c", "a"]), ("Wire", ["b"])])],
)
def test_an_edition_may_be_sorted_by_time_or_by_source(order: Order, groups: list[tuple[str, list[str]]]) -> None:
    spec = DigestSpec(id="morning", to=(), schedule=Schedule.at("07:00"), order=order)
    rows = [("a", "Times", 30), ("b", "Wire", 20), ("c", "Times", 10)]
    matches = [
        pending(number, title=title, feed_id=feed, feed_title=feed, published=ago(late))
        for number, (title, feed, late) in enumerate(rows, 1)
    ]
    made = seen(*matches, spec=spec)
    assert [(group["title"], [each["title"] for each in group["stories"]]) for group in made["groups"]] == groups


def test_what_is_more_than_the_digest_shows_is_listed_and_then_counted() -> None:
    spec = DigestSpec(id="morning", to=(), schedule=Schedule.at("07:00"), max_items=2)
    made = seen(*[pending(each, published=ago(each)) for each in range(1, 201)], spec=spec)
    assert (shown(made), len(made["more"]), made["unlisted"], len(made["rest"])) == (2, 150, 48, 48)
    assert made["more"][0] == {
        "title": "Ferry crews walk out",
        "url": "https://harbour-times.example/1",
        "source": "The Harbour Times",
        "when": "11:59",
    }


def test_programs_are_told_of_every_story_in_the_order_shown_with_its_reasons_and_copies() -> None:
    title, summary = "Ferry crews walk out", "Ports are closed. Crews strike until Friday. Talks go on."
    main = pending(
        1, title=title, summary=summary, spans=spans(summary, "strike", field="summary"), priority=Priority.URGENT
    )
    copy = pending(2, story_id=1, feed_id="wire", feed_title="Wire", published=ago(-60), rule_id="strikes")
    (told, *rest) = stories(replace(MORNING, max_items=1), [main, copy, *map(pending, range(3, 300))])
    assert len(rest) == 297
    assert told == {
        "article": 1,
        "title": title,
        "url": "https://harbour-times.example/1",
        "outlet": "The Harbour Times",
        "feed": "harbour-times",
        "published": "2026-11-23T12:00:00Z",
        "priority": "urgent",
        "excerpt": "Crews strike until Friday. Talks go on.",
        "edited": False,
        "again": False,
        "rules": [
            {"id": "ferries", "title": "Ferries", "words": ["strike"], "where": "in the summary", "wave": ""},
            {"id": "strikes", "title": "Ferries", "words": [], "where": "", "wave": ""},
        ],
        "copies": [
            {
                "url": "https://harbour-times.example/1",
                "outlet": "Wire",
                "feed": "wire",
                "published": "2026-11-23T12:01:00Z",
            }
        ],
    }


def test_folding_moves_stories_into_the_list_and_counts_what_no_longer_fits_there() -> None:
    whole = seen(*[pending(each, title=f"Story {each:02}", published=ago(each)) for each in range(1, 61)])
    less: Any = fold(whole, 4)
    assert shown(less) == 4
    assert [each["title"] for each in less["more"]] == [f"Story {each:02}" for each in range(5, 23)]
    assert less["unlisted"] == 60 - 4 - 18
    assert [each["title"] for each in less["rest"]] == [f"Story {each:02}" for each in range(23, 61)]
    assert shown(whole) == 60


def test_a_story_told_before_says_when_from_whom_and_who_else_had_it_then() -> None:
    gamma = Copy("gamma", "Gamma News", "https://gamma.example/1", ago(60))
    others = (Copy("delta", "", "javascript:alert(1)", ago(30)), Copy("harbour-2", "HARBOUR news", "", ago(20)))
    told = Before(ago(2700), (gamma, *others))
    story = only(pending(1, feed_title="Harbour News"), before={1: told})
    assert story["before"] == {"when": "12:15", "source": "Gamma News"}
    assert [(each["source"], each["url"]) for each in story["also"]] == [
        ("Gamma News", "https://gamma.example/1"),
        ("delta", ""),
    ]
    assert story["outlets"] == 3
    assert only(pending(1))["before"] is None


def test_proof_of_life_is_told_in_the_readers_time() -> None:
    made = seen(proof=ProofOfLife(articles=18_402, feeds=212, failing=3, since=ago(86_400), silenced=4, held=2))
    counted = {"articles": 18_402, "feeds": 212, "failing": 3, "silenced": 4, "held": 2, "since": "Sun 22 Nov, 13:00"}
    assert made["proof"] == {**counted, "delay": "", "switched_off": "", "changes": []}


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "1 min"), (61, "2 min"), (5_940, "99 min"), (5_941, "2 h"), (7_201, "3 h")]
)
def test_how_long_no_feed_was_read_is_never_told_shorter_than_it_was(seconds: int, told: str) -> None:
    made = seen(proof=ProofOfLife(articles=1, feeds=1, unread_for=timedelta(seconds=seconds)))
    assert made["proof"]["delay"] == told


def test_the_foot_tells_what_has_become_of_feeds_and_of_how_many_more() -> None:
    changes = [FeedChange("Coast", Health.FAILING, "HTTP 404:\n" + "x" * 500), FeedChange("Tide", Health.OK)]
    told = seen(proof=ProofOfLife(1, 1, changes=tuple(changes)))["proof"]["changes"]
    assert told[0].startswith("Coast cannot be read: HTTP 404: xxx")
    assert len(told[0]) < 200
    assert told[1] == "Tide is well again"
    many = seen(proof=ProofOfLife(1, 1, changes=(changes[1],) * 30))["proof"]["changes"]
    assert (len(many), many[-1]) == (9, "and 22 more feeds")


def test_the_foot_names_a_few_rules_that_are_switched_off() -> None:
    names = tuple(f"r{number}" for number in range(7))
    made = seen(proof=ProofOfLife(articles=1, feeds=1, switched_off=names[:2]))
    assert made["proof"]["switched_off"] == "r0, r1"
    made = seen(proof=ProofOfLife(articles=1, feeds=1, switched_off=names))
    assert made["proof"]["switched_off"] == "r0, r1, r2, r3, r4…"
    assert seen()["proof"] is None


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a.example/\u202e",
        "https://a.example/a b",
        "",
        "//a.example",
        "https://" + "a" * 2000,
    ],
)
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert only(pending(url=url))["url"] == ""


hostile = st.text(st.sampled_from("ab \n<>&\"'{}%*_`@!|\u202e\x00\x1b\ud800é粮ف\ufdd0"), max_size=40)
matches = st.lists(
    st.builds(
        lambda story, title, summary, body, url, place, rule, priority: {
            "story_id": story, "title": title, "summary": summary, "body": body, "url": url, "rule_title": rule, "feed_title": title,
            "priority": priority, "spans": (Span("title", place, place + 9), Span("summary", place, place + 3), Span("body", place, place)),
        },
        st.integers(1, 5), hostile, hostile, hostile, hostile, st.integers(0, 30), hostile, st.sampled_from(Priority),
    ),
    max_size=8,
).map(lambda rows: [pending(number, **row) for number, row in enumerate(rows, 1)])  # fmt: skip


@given(crowd=matches, order=st.sampled_from(Order), keep=st.integers(0, 6))
def test_whatever_feeds_say_the_context_is_plain_clean_and_complete(
    crowd: list[PendingMatch], order: Order, keep: int
) -> None:
    spec = DigestSpec(id="morning", to=(), schedule=Schedule.at("07:00"), order=order, max_items=3)
    made = view(spec, crowd, made_at=NOON)
    written = json.dumps(made, ensure_ascii=False)
    assert not set(written) & set("\u202e\x00\x1b\ud800\ufdd0")
    stories = len({each.story_id for each in crowd})
    assert stories == _total(made) == _total(fold(made, keep))


def _total(context: Context) -> int:
    more, unlisted = context["more"], context["unlisted"]
    assert isinstance(more, list)
    assert isinstance(unlisted, int)
    return shown(context) + len(more) + unlisted
