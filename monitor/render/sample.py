"""Made-up news to try templates with: several scripts, one story in several outlets, two rules, and a quiet day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.digest import (
    Before,
    Context,
    Copy,
    DigestSpec,
    FeedChange,
    PendingMatch,
    ProofOfLife,
    Schedule,
    stories,
    view,
)
from monitor.core.model import Health, Priority, Span

MADE_AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EDITION = ("morning/2026-11-23 07:00", "https://news.example/do/edition.signed")
TOLD_AT = MADE_AT - timedelta(hours=24)
ZONE = "Europe/Vienna"
MORNING = DigestSpec(id="morning", to=("desk",), title="Morning digest", schedule=Schedule.at("07:00"), zone=ZONE)
INSTANT = DigestSpec(id="instant", to=("desk",), title="Alerts", zone=ZONE)
CHANGES = (
    FeedChange("Northern Wire", Health.FAILING, "HTTP 404: there is no such document"),
    FeedChange("Evening Courier", Health.OK),
)
PROOF = ProofOfLife(
    articles=18_402,
    feeds=212,
    failing=3,
    since=MADE_AT - timedelta(hours=24),
    changes=CHANGES,
    unread_for=timedelta(minutes=6),
)

WEEK = {
    "ferry-strike": (0, 0, 1, 0, 2, 9, 3),
    "grain-corridor": (4, 6, 3, 1, 0, 8, 3),
    "port-finance": (2, 1, 0, 0, 0, 3, 2),
}

OUTLETS = {
    "harbour-times": ("The Harbour Times", 3),
    "northern-wire": ("Northern Wire", 5),
    "evening-courier": ("Evening Courier", 1),
    "dniprovski-visti": ("Дніпровські вісті", 2),
    "sawt-almadina": ("صوت المدينة", 2),
    "haigang-ribao": ("海港日报", 2),
    "marktblatt": ("Marktblatt", 1),
}

RULES = {
    "ferry-strike": ("Ferry strike", Priority.URGENT),
    "grain-corridor": ("Grain corridor talks", Priority.NORMAL),
    "port-finance": ("Port finance & insurance", Priority.LOW),
}

# Story, outlet, rule, minutes before the edition, the words hit, title, summary.
Row = tuple[int, str, str, int, tuple[str, ...], str, str]

NEWS: tuple[Row, ...] = (
    (1, "northern-wire", "ferry-strike", 42, ("ferry crews", "walk out"),
     "Ferry crews walk out at three island ports after talks collapse overnight",
     ("Crews on all three island routes stopped work at midnight. The union said ferry crews would not return before the "
     "company puts the roster agreement of last spring back on the table; freight with medical goods is exempt. “We will "
     "not walk out on the hospitals,” its chair told reporters on the quay.")),
    (1, "harbour-times", "ferry-strike", 71, ("ferry crews", "walk out"),
     "Ferry crews walk out after talks collapse", "Talks broke down shortly before midnight, and ferry crews began to walk out."),
    (1, "evening-courier", "ferry-strike", 20, ("ferry crews",), "Island ports at a standstill",
     "Passengers slept in the terminals as ferry crews stayed ashore."),
    (1, "marktblatt", "port-finance", 15, ("freight insurers",), "Insurers count the cost of a night without ships",
     "Several freight insurers expect claims from the first hours of the strike."),
    (2, "dniprovski-visti", "grain-corridor", 180, ("зерновий коридор", "зернового коридору"),
     "Зерновий коридор: сторони домовилися про нові правила огляду суден",
     ("Після двох днів перемовин сторони погодили порядок огляду. За словами речниці порту, перші судна зернового коридору "
     "вийдуть уже в четвер, якщо дозволить погода.")),
    (3, "sawt-almadina", "grain-corridor", 240, ("ممر الحبوب",),
     "اتفاق أولي حول ممر الحبوب بعد يومين من المفاوضات",
     "قال متحدث باسم الميناء إن ممر الحبوب سيُفتح تدريجياً اعتباراً من يوم الخميس، على أن تخضع السفن لتفتيش مشترك قبل المغادرة."),
    (4, "haigang-ribao", "grain-corridor", 900, ("粮食走廊",),
     "粮食走廊谈判取得进展 首批船只最早周四启航",
     "港务局发言人表示，各方已就粮食走廊的检查程序达成一致。如果天气允许，首批三艘船将于周四清晨离港，预计两天后抵达海峡。"),
    (5, "harbour-times", "port-finance", 310, ("port bonds",),
     "City council delays vote on port bonds & tolls <again>",
     "The council put off its vote for the third time. Members want to see how the port bonds fare once the strike is over."),
)  # fmt: skip


def digest_sample() -> Context:
    """Return the context of a scheduled edition with news in four scripts, more of it than it shows in full."""
    mute = "https://news.example/do/{}.signed".format
    wire = Copy("northern-wire", OUTLETS["northern-wire"][0], "https://northern-wire.example/news/0", TOLD_AT)
    before = {2: Before(TOLD_AT, (wire,))}
    spec = replace(MORNING, max_items=4)
    return view(spec, matches(), made_at=MADE_AT, proof=PROOF, week=WEEK, mute=mute, before=before, edition=EDITION)


def alert_sample() -> Context:
    """Return the context of an alert about one story that came by two rules and four outlets."""
    return view(INSTANT, _alerting(), made_at=MADE_AT, proof=PROOF)


def alert_stories() -> tuple[Context, ...]:
    """Return what programs are told of that story."""
    return stories(INSTANT, _alerting())


def quiet_sample() -> Context:
    """Return the context of an edition that is sent although nothing matched."""
    return view(MORNING, [], made_at=MADE_AT, proof=PROOF)


def matches() -> list[PendingMatch]:
    """Return the made-up matches, oldest story numbers first."""
    return [_match(number, row) for number, row in enumerate(NEWS, 1)]


def _alerting() -> list[PendingMatch]:
    return [each for each in matches() if each.story_id == 1]


def _match(number: int, row: Row) -> PendingMatch:
    story, feed, rule, minutes, words, title, summary = row
    published = MADE_AT - timedelta(minutes=minutes)
    return PendingMatch(
        match_id=number, article_id=number, story_id=story, rule_id=rule, rule_title=RULES[rule][0], priority=RULES[rule][1],
        matched_at=published + timedelta(minutes=2), told=False, feed_id=feed, feed_title=OUTLETS[feed][0],
        weight=OUTLETS[feed][1], title=title, summary=summary, body="", url=f"https://{feed}.example/news/{number}",
        published=published, spans=_spans("title", title, words) + _spans("summary", summary, words),
    )  # fmt: skip


def _spans(field: str, text: str, words: tuple[str, ...]) -> tuple[Span, ...]:
    found = ((text.casefold().find(word.casefold()), len(word)) for word in words)
    return tuple(sorted(Span(field, start, start + size) for start, size in found if start >= 0))
