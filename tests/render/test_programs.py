"""The built-in messages as the programs that show them see them: valid HTML, nothing that mail programs stumble over, blocks Slack takes."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from monitor.core.digest import Context, slack_parts, view
from monitor.core.model import Message
from monitor.render.renderer import Renderer
from monitor.render.sample import (
    INSTANT,
    MADE_AT,
    MORNING,
    PROOF,
    WEEK,
    alert_sample,
    digest_sample,
    matches,
    quiet_sample,
)
from monitor.workers import Workers
from tests.core.digest.test_slack import accepted
from tests.render.test_messages import crowd

# What some mail program does not know and no mail of ours needs there: each is an extra, or is told apart wrongly.
EXTRAS = {
    "@media": "dark mode and phones; where it is not known, the inlined light form holds",
    "<style> element": "as above",
    "Class selector": "as above",
    "display:none": "the line of preview; Gmail on the web of a phone would show it",
    "border-radius": "square corners are as good",
    "table-layout": "keeps an address without spaces from widening the mail; long ones are shortened anyway",
    "word-break": "as above",
    "role attribute": "what screen readers are told; the words are there without it",
    "aria-label attribute": "as above: the numbers of a week stand in its cells",
    "height property": "no mail sets it: line-height is taken for it",
    "<body> element": "no style of ours is needed on it: tbody is taken for it, too",
}
RTL = [each for each in matches() if each.feed_id == "sawt-almadina"]
LONG = "https://harbour-times.example/" + "a-very-long-address-without-a-space-" * 8
MAILS: dict[str, Context] = {
    "digest": digest_sample(),
    "alert": alert_sample(),
    "empty": quiet_sample(),
    "rtl": view(MORNING, RTL, made_at=MADE_AT, proof=PROOF, week=WEEK),
    "rtl-alert": view(INSTANT, RTL, made_at=MADE_AT, proof=PROOF),
    "long": view(replace(MORNING, max_items=400), crowd(400, summary=f"{LONG} " * 9), made_at=MADE_AT, week=WEEK),
    "no-links": view(MORNING, crowd(3, url="", title="", summary=""), made_at=MADE_AT),
    "failed": {**alert_sample(), "faults": ["brief.html.j2:3: 'artcle' is never defined"], "note": "Made late."},
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is not valid in a mail, and by feature the programs that do not know it."""

    invalid: list[str]
    unknown: dict[str, list[str]]


@pytest.fixture(scope="module")
def rendered(workers: Workers) -> dict[str, Message]:
    async def every() -> dict[str, Message]:
        renderer = Renderer([], workers)
        return {name: (await renderer.render(str(each["kind"]), each)).message for name, each in MAILS.items()}

    return asyncio.run(every())


@pytest.fixture(scope="module")
def looked(rendered: dict[str, Message]) -> dict[str, Seen]:
    """What scripts/mail/look.mjs sees in each mail. Without it: an error in CI, a skip elsewhere."""
    program = Path(sys.prefix) / "mail/look.mjs"
    node = shutil.which("node")
    if not program.is_file() or not node:
        complaint = "What mails are looked at with is not installed: scripts/ensure-npm mail gets it"
        if os.environ.get("CI"):
            pytest.fail(complaint)
        pytest.skip(complaint)
    mails = json.dumps([each.html for each in rendered.values()])
    told = subprocess.run([node, program], input=mails, capture_output=True, text=True, check=True, timeout=120)
    return {name: Seen(**each) for name, each in zip(rendered, json.loads(told.stdout), strict=True)}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_valid_html(name: str, looked: dict[str, Seen]) -> None:
    assert looked[name].invalid == []


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_needs_nothing_that_gmail_outlook_apple_mail_or_yahoo_do_not_know(
    name: str, looked: dict[str, Seen]
) -> None:
    assert {feature: by for feature, by in looked[name].unknown.items() if feature not in EXTRAS} == {}


def test_every_extra_is_one(looked: dict[str, Seen]) -> None:
    assert {feature for each in looked.values() for feature in each.unknown} == set(EXTRAS)


@pytest.mark.parametrize("name", MAILS)
def test_slack_takes_every_block_of_a_message(name: str, rendered: dict[str, Message]) -> None:
    parts = slack_parts(rendered[name].slack)
    assert parts
    assert all(accepted(block) for part in parts for block in part)
