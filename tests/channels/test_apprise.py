"""Apprise: what a service of its gets, and what is made of its answers, over real HTTP on loopback."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from apprise import Apprise

from monitor.channels.apprise import MOST, AppriseChannel
from monitor.channels.settings import AppriseSettings
from monitor.core.model import Message, Outcome, Receipt
from monitor.secret import Secret
from tests.channels.editions import EDITION, MESSAGE
from tests.channels.http_server import DROP, HANG, Answer
from tests.channels.receiver import PATH, Receiver
from tests.gates.repository import ROOT


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """What Apprise loads at its first use is there: that would take longer than some of these deadlines."""
    assert Apprise.instantiate("json://127.0.0.1") is not None


def address(program: Receiver, more: str = "") -> str:
    return f"{program.root.replace('http', 'json')}{PATH}{more}"


async def sent(url: str, message: Message = MESSAGE, deadline: float = 10) -> Receipt:
    channel = AppriseChannel("phone", AppriseSettings(Secret(url), deadline))
    [parcel] = channel.compose(message, EDITION, channel.recipients[0])
    return await channel.send(parcel)


async def test_a_service_gets_subject_and_text(program: Receiver) -> None:
    receipt = await sent(address(program))
    assert (receipt.outcome, receipt.stage, receipt.code) == (Outcome.SENT, "notify", "sent")
    [told] = program.told
    assert told["title"] == MESSAGE.subject
    assert told["message"].split() == MESSAGE.text.split()


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 503])
async def test_a_no_is_tried_again_and_told_with_its_status(program: Receiver, status: int) -> None:
    program.will(PATH, Answer(status, b"canary", {"Location": f"{program.root}/elsewhere"}))
    receipt = await sent(address(program))
    assert (receipt.outcome, receipt.stage, receipt.code) == (Outcome.RETRY, "notify", str(status))
    assert len(program.bodies) == 1


async def test_a_service_that_hangs_up_is_tried_again(program: Receiver) -> None:
    program.will(PATH, Answer(DROP))
    receipt = await sent(address(program))
    assert (receipt.outcome, receipt.code) == (Outcome.RETRY, "failed")


async def test_a_message_without_an_answer_at_the_deadline_may_have_arrived(program: Receiver) -> None:
    program.will(PATH, Answer(HANG))
    receipt = await sent(address(program), deadline=0.5)
    assert (receipt.outcome, receipt.code, receipt.text) == (Outcome.UNCERTAIN, "timeout", "no answer within 0.5 s")
    assert len(program.bodies) == 1


async def test_an_address_may_say_how_long_an_answer_is_waited_for(program: Receiver) -> None:
    program.will(PATH, Answer(HANG))
    receipt = await sent(address(program, "?rto=0.3"), deadline=15)
    assert (receipt.outcome, receipt.code) == (Outcome.RETRY, "failed")


async def test_calls_that_hang_take_no_more_than_their_places(program: Receiver) -> None:
    program.will(PATH, *[Answer(HANG)] * MOST)
    channel = AppriseChannel("phone", AppriseSettings(Secret(address(program)), deadline=0.3))
    [parcel] = channel.compose(MESSAGE, EDITION, "apprise")
    receipts = [await channel.send(parcel) for _ in range(MOST + 1)]
    assert [each.outcome for each in receipts] == [Outcome.UNCERTAIN] * MOST + [Outcome.RETRY]
    assert receipts[-1].code == "busy"
    assert len(program.bodies) == MOST


@pytest.mark.parametrize("url", ["nosuch://canary/token", "tgram://canary", "slack://canary", "canary", ""])
async def test_an_address_that_apprise_cannot_use_pauses_the_channel(
    url: str, logged: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    receipt = await sent(url)
    assert (receipt.outcome, receipt.stage, receipt.code) == (Outcome.PAUSED, "notify", "unknown-service")
    assert "canary" not in f"{receipt}{logged.getvalue()}{capfd.readouterr()}"


@pytest.mark.parametrize("answer", [Answer(200), Answer(500, b"canary"), Answer(DROP)], ids=["yes", "no", "nothing"])
async def test_no_part_of_the_address_reaches_a_log_or_a_receipt(
    program: Receiver, logged: io.StringIO, capfd: pytest.CaptureFixture[str], answer: Answer
) -> None:
    program.will(PATH, answer)
    url = address(program, "?+X-Token=canary-2").replace("json://", "json://canary-user:canary-word@")
    receipt = await sent(url)
    channel = AppriseChannel("phone", AppriseSettings(Secret(url)))
    told = f"{receipt}{channel!r}{channel._settings!r}{logged.getvalue()}{capfd.readouterr()}"
    assert "canary" not in told
    assert len(program.bodies) == 1
    assert program.headers[0]["x-token"] == "canary-2"


async def test_a_text_that_is_too_long_for_the_service_comes_in_pieces_that_lose_nothing(program: Receiver) -> None:
    lines = [f"Story {number} of a long day at the port" for number in range(3_000)]
    assert (await sent(address(program), replace(MESSAGE, text="\n".join(lines)))).outcome is Outcome.SENT
    assert len(program.told) > 1
    assert " ".join(each["message"] for each in program.told).split() == " ".join(lines).split()


async def test_an_address_may_say_otherwise(program: Receiver) -> None:
    text = "Stories of a long day at the port\n" * 3_000
    url = address(program, "?overflow=upstream")
    assert (await sent(url, replace(MESSAGE, text=text))).outcome is Outcome.SENT
    assert len(program.told) == 1


@pytest.mark.parametrize("call", ["@everyone", "@here", "@channel", "<!channel>", "<@U012AB3CD>", "<#C01>", "<@&42>"])
async def test_no_headline_rings_for_a_whole_room(program: Receiver, call: str) -> None:
    text = f"{call} look, {call}! https://example.org/@all/news"
    await sent(address(program), replace(MESSAGE, subject=text, text=text))
    [told] = program.told
    for field in ("title", "message"):
        assert call not in told[field]
        assert "https://example.org/@all/news" in told[field]


async def test_an_edition_without_a_text_is_told_by_its_subject(program: Receiver) -> None:
    await sent(address(program), replace(MESSAGE, text=" \n"))
    assert program.told[0]["message"] == MESSAGE.subject


def test_where_it_is_not_installed_the_channel_waits_and_says_what_to_install() -> None:
    code = (
        "import asyncio, sys; sys.modules['apprise'] = None\n"
        "from monitor.channels.apprise import AppriseChannel\n"
        "from monitor.channels.settings import AppriseSettings\n"
        "from monitor.secret import Secret\n"
        "from tests.channels.editions import EDITION, MESSAGE\n"
        "async def sent():\n"
        "    channel = AppriseChannel('phone', AppriseSettings(Secret('json://127.0.0.1')))\n"
        "    return await channel.send(channel.compose(MESSAGE, EDITION, 'apprise')[0])\n"
        "receipt = asyncio.run(sent())\n"
        "print(receipt.outcome, receipt.code, receipt.text)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "paused not-installed pip install 'presswatch[apprise]' adds it\n"
