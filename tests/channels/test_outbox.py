"""The outbox: a folder that mail programs open."""

import email
import json
import mailbox
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.channels.outbox import OutboxChannel
from monitor.channels.settings import OutboxSettings
from monitor.core.model import EditionRef, Message, Outcome
from tests.channels.editions import EDITION, HOSTILE, MESSAGE


async def put(folder: Path, message: Message = MESSAGE, edition: EditionRef = EDITION) -> str:
    """Send one edition; the name of its files."""
    outbox = OutboxChannel("outbox", OutboxSettings(folder))
    [parcel] = outbox.compose(message, edition, "outbox")
    receipt = await outbox.send(parcel)
    assert receipt.outcome is Outcome.SENT
    return Path(receipt.text).stem


def names(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


async def test_an_edition_is_a_mail_a_page_and_a_slack_message_of_one_name(tmp_path: Path) -> None:
    name = await put(tmp_path / "deep" / "outbox")
    assert names(tmp_path / "deep" / "outbox") == [f"html/{name}.html", f"new/{name}.eml", f"slack/{name}.json"]
    assert name.startswith("20260302T070000Z-morning-")


async def test_a_mail_program_finds_the_mail_and_takes_the_rest_for_no_mail(tmp_path: Path) -> None:
    await put(tmp_path)
    box = mailbox.Maildir(tmp_path, create=False)
    [letter] = box
    assert letter["Subject"] == MESSAGE.subject
    assert letter["To"] == "outbox@localhost.localdomain"
    assert box.list_folders() == []


async def test_page_and_slack_message_are_what_was_rendered(tmp_path: Path) -> None:
    name = await put(tmp_path)
    assert (tmp_path / "html" / f"{name}.html").read_text("utf-8") == MESSAGE.html
    assert json.loads((tmp_path / "slack" / f"{name}.json").read_text("utf-8")) == {"blocks": list(MESSAGE.slack)}


async def test_a_repeat_replaces_what_the_first_attempt_wrote(tmp_path: Path) -> None:
    assert await put(tmp_path) == await put(tmp_path)
    assert len(names(tmp_path)) == 3


async def test_a_half_written_attempt_is_completed_by_the_next(tmp_path: Path) -> None:
    name = await put(tmp_path)
    (tmp_path / "new" / f"{name}.eml").unlink()
    (tmp_path / "tmp" / f"{name}.eml").write_text("From: half a mess")
    await put(tmp_path)
    assert names(tmp_path) == [f"html/{name}.html", f"new/{name}.eml", f"slack/{name}.json"]
    assert email.message_from_bytes((tmp_path / "new" / f"{name}.eml").read_bytes())["Message-ID"]


async def test_editions_sort_by_the_time_they_were_made(tmp_path: Path) -> None:
    later = replace(EDITION, id="later", digest_id="a", made_at=EDITION.made_at + timedelta(minutes=5))
    first, second = await put(tmp_path), await put(tmp_path, edition=later)
    assert first < second


async def test_no_text_leads_out_of_the_folder(tmp_path: Path) -> None:
    box = tmp_path / "outbox"
    for text in HOSTILE.values():
        await put(box, edition=replace(EDITION, id=text, digest_id=text))
    assert [each.name for each in tmp_path.iterdir()] == ["outbox"]
    assert {each.split("/")[0] for each in names(box)} == {"new", "html", "slack"}


async def test_a_full_or_broken_disk_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("in the way")
    outbox = OutboxChannel("outbox", OutboxSettings(tmp_path))
    [parcel] = outbox.compose(MESSAGE, EDITION, "outbox")
    receipt = await outbox.send(parcel)
    assert (receipt.outcome, receipt.stage, receipt.code) == (Outcome.RETRY, "write", "EEXIST")
