"""Requests against delay: feeds asked by their own rhythm, beside all of them asked every N minutes. A simulation, not a clock.

Over the times of real articles (../shared/corpora, where it is there) and over a world made up: rates of a few a week to
dozens a day, more by day than by night. A first part of each feed's time is only learned from.
"""

import hashlib
import json
import lzma
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean, quantiles

from bench.support.figures import Figure
from monitor.core.feeds import FeedState, PollOutcome, rhythm
from monitor.core.feeds.cadence import next_poll
from monitor.core.feeds.hints import kept
from monitor.core.model import Feed, Hints

RECORDED = Path(__file__).parents[2] / "shared/corpora/news-2022.jsonl.xz"
START = datetime(2022, 1, 3, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LEARNED, WATCHED = 14 * DAY, 28 * DAY
FEEDS = 150
HINTED = 0.2
"""Part of feeds with a ttl of an hour, twice what was found among 200 real ones."""


@dataclass(slots=True)
class Trade:
    """What a policy cost (polls a feed and day) and brought (minutes that each article waited)."""

    polls: int = 0
    days: float = 0.0
    delays: list[float] = field(default_factory=list)

    @property
    def a_day(self) -> float:
        """Polls a feed and day."""
        return self.polls / self.days


World = Sequence[tuple[str, Sequence[datetime], datetime, datetime]]
"""Feeds: id, when their articles came, and the time they are watched."""


def measure() -> Iterator[Figure]:
    """Simulate both worlds."""
    if RECORDED.exists():
        yield from _compared("recorded", _recorded())
    yield from _compared("made up", _made_up())


def _compared(name: str, world: World) -> Iterator[Figure]:
    ours, hinted = _adaptive(world, 0), _adaptive(world, HINTED)
    same = _uniform(world, DAY / ours.a_day)
    yield Figure(f"{name}: polls a feed and day", ours.a_day, "", None, "every 10 min", 144.0)
    against = f"every {DAY / ours.a_day / MINUTE:.0f} min, as many polls"
    yield Figure(f"{name}: delay, mean", fmean(ours.delays), "min", None, against, fmean(same.delays))
    for place, label in ((49, "p50"), (89, "p90"), (98, "p99")):
        values = (quantiles(each.delays, n=100)[place] for each in (ours, same))
        yield Figure(f"{name}: delay, {label}", next(values), "min", None, against, next(values))
    yield Figure(f"{name}: delay over that", fmean(ours.delays) / fmean(same.delays), "", ("at most", 0.7))
    yield Figure(f"{name}: polls for the same delay", ours.a_day * fmean(ours.delays) * 2 / 1440, "", ("at most", 0.7))
    yield Figure(f"{name}: polls a feed and day, hints", hinted.a_day, "", None, "without", ours.a_day)
    yield Figure(f"{name}: delay, mean, hints", fmean(hinted.delays), "min", None, "without", fmean(ours.delays))


def _adaptive(world: World, hinted: float) -> Trade:
    trade = Trade()
    for id, times, start, end in world:
        hints = kept(Hints(ttl=timedelta(hours=1))) if _drawn(id) < hinted else ""
        feed, now, text, place = Feed(id, ""), start, "", 0
        while now < end:
            came = place
            while place < len(times) and times[place] <= now:
                place += 1
            new = times[came:place]
            if new or not text:
                text = rhythm.learn(text, new, now, first=not text)
            _note(trade, new, now, start)
            now = next_poll(feed, FeedState(rhythm=text, hints=hints), PollOutcome(), now).at
        trade.days += (end - start - LEARNED) / DAY
    return trade


def _uniform(world: World, every: timedelta) -> Trade:
    trade = Trade()
    for id, times, start, end in world:
        first = start + every * _drawn(id)
        for each in times:
            if start + LEARNED <= each < end:
                trade.delays.append(((first - each) % every) / MINUTE)
        trade.polls += math.floor((end - start - LEARNED) / every)
        trade.days += (end - start - LEARNED) / DAY
    return trade


def _note(trade: Trade, new: Sequence[datetime], now: datetime, start: datetime) -> None:
    if now >= start + LEARNED:
        trade.polls += 1
        trade.delays += [(now - each) / MINUTE for each in new if each >= start + LEARNED]


def _recorded() -> World:
    """Return the busiest time of each recorded feed that states hours (a quarter of the articles state a day only)."""
    by_feed: dict[str, list[datetime]] = defaultdict(list)
    with lzma.open(RECORDED, "rt") as lines:
        for article in map(json.loads, lines):
            moment = datetime.fromisoformat(article["date"])
            if article.get("source") and (moment.hour or moment.minute or moment.second):
                by_feed[article["source"]].append(moment.astimezone(UTC))
    world = []
    for id, times in by_feed.items():
        times.sort()
        start = max(times[0], times[-1] - LEARNED - WATCHED)
        if len(times) >= 6 and times[-1] - start > LEARNED + 7 * DAY:
            world.append((id, times, start, times[-1]))
    return sorted(world)[:FEEDS]


def _made_up() -> World:
    drawn = random.Random(7)
    return [(f"feed-{n}", _stories(drawn, drawn.lognormvariate(math.log(3), 1.4)), START, START + LEARNED + WATCHED)
            for n in range(FEEDS)]  # fmt: skip


def _stories(drawn: random.Random, a_day: float) -> list[datetime]:
    """Draw times at `a_day` on average; four of five come between six and twenty-two o'clock."""
    times, now = [], START - 7 * DAY
    while now < START + LEARNED + WATCHED:
        now += timedelta(days=drawn.expovariate(min(a_day, 100) * 1.25))
        if 6 <= now.hour < 22 or drawn.random() < 0.4:
            times.append(now)
    return times


def _drawn(id: str) -> float:
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=4).digest()) / 2**32
