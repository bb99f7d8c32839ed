"""Rules in files, and a newsroom to try them in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from monitor.core.digest import DigestSpec, Rate, Schedule
from monitor.core.model import Feed
from monitor.rulebook import Examined, Known, examine
from monitor.workshop.scenarios import Newsroom

TWICE_AN_HOUR = Rate(2, timedelta(hours=1))
DIGESTS = (
    DigestSpec("instant", ("outbox",), zone="Europe/Vienna"),
    DigestSpec("slow", ("outbox",), zone="Europe/Vienna", max_rate=TWICE_AN_HOUR),
    DigestSpec("morning", ("outbox",), schedule=Schedule.at("07:00"), zone="Europe/Vienna"),
    DigestSpec("night", ("outbox",), schedule=Schedule.at("02:30"), zone="Europe/Vienna"),
    DigestSpec("tokyo", ("outbox",), schedule=Schedule.at("07:00"), zone="Asia/Tokyo"),
    DigestSpec("monthly", ("outbox",), schedule=Schedule("0 7 1 * *"), zone="Europe/Vienna"),
)
FEEDS = (Feed("wire", "https://wire.example/feed", tags=("world",), weight=3), Feed("local", "https://local.example/"))
NEWSROOM = Newsroom({each.id: each for each in DIGESTS}, {each.id: each for each in FEEDS}, "Europe/Vienna")
KNOWN = Known(
    digests=set(NEWSROOM.digests),
    feeds=set(NEWSROOM.feeds),
    tags={"world"},
    tags_of={each.id: each.tags for each in FEEDS},
)

Examines: TypeAlias = Callable[..., Examined]


@pytest.fixture
def examines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examines:
    """Examine texts as rules.yaml, b.yaml and so on."""
    monkeypatch.chdir(tmp_path)

    def examine_texts(*texts: str) -> Examined:
        names = ["rules.yaml", *(f"{chr(98 + number)}.yaml" for number in range(len(texts) - 1))]
        for name, text in zip(names, texts, strict=True):
            Path(name).write_text(text, encoding="utf-8")
        return examine([Path(name) for name in names], KNOWN)

    return examine_texts
