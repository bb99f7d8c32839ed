"""Logging: one event a line, and no secret in any."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import log
from monitor.secret import Secret

CANARY = 'xoxb-"canary"/42 ä'


@pytest.fixture(autouse=True)
def _root_logger_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def started(stream: io.StringIO, form: log.Form, *, color: bool = False) -> log.RedactingHandler:
    return log.start(stream, level=logging.INFO, form=form, color=color)


def test_a_json_line_has_time_level_logger_message_and_fields(stream: io.StringIO) -> None:
    started(stream, "json")
    with log.bound(feed="bbc"):
        logging.getLogger("monitor.fetch").warning("polled %s", "slowly", extra={"seconds": 12.5})
    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "monitor.fetch",
        "message": "polled slowly",
        "feed": "bbc",
        "seconds": 12.5,
    }


def test_a_field_cannot_pass_for_the_level_of_a_line(stream: io.StringIO) -> None:
    started(stream, "json")
    with log.bound(level="info", message="all is well"):
        logging.getLogger("x").error("it burns")
    line = json.loads(stream.getvalue())
    assert (line["level"], line["message"]) == ("error", "it burns")


def test_fields_hold_inside_their_block_and_its_tasks_only(stream: io.StringIO) -> None:
    started(stream, "json")

    async def say(word: str) -> None:
        logging.getLogger("x").info(word)

    async def both() -> None:
        with log.bound(feed="a"), log.bound(attempt=2):
            await asyncio.create_task(say("inside"))
        await say("outside")

    asyncio.run(both())
    inside, outside = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (inside["feed"], inside["attempt"]) == ("a", 2)
    assert "feed" not in outside


@pytest.mark.parametrize("form", ["text", "json"])
@given(text=st.text())
def test_whatever_a_feed_says_stays_on_one_line_and_commands_no_terminal(form: log.Form, text: str) -> None:
    stream = io.StringIO()
    started(stream, form)
    with log.bound(title=text):
        logging.getLogger("x").info("saw %s", text)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    assert lines[0].isprintable() or form == "text"
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or letter in "\u202e\u2066" for letter in lines[0])


def test_a_forged_line_inside_an_exception_is_indented(stream: io.StringIO) -> None:
    started(stream, "text")
    try:
        raise ValueError("bad\n2026-01-01 00:00:00Z info app: all is well\x1b[2J")
    except ValueError:
        logging.getLogger("x").exception("failed")
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("x: failed")
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in stream.getvalue()


def test_the_console_form_is_readable_and_quotes_what_needs_it(stream: io.StringIO) -> None:
    started(stream, "text")
    logging.getLogger("monitor.pipeline").info("stored", extra={"feed": "bbc world", "new": 3})
    assert stream.getvalue().split(maxsplit=2)[2] == 'info    pipeline: stored  feed="bbc world"  new=3\n'


def test_only_warnings_and_worse_are_coloured(stream: io.StringIO) -> None:
    started(stream, "text", color=True)
    logging.getLogger("x").info("calm")
    logging.getLogger("x").error("bad")
    calm, bad = stream.getvalue().splitlines()
    assert "\x1b" not in calm
    assert "\x1b[31merror  \x1b[0m" in bad


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_appears_in_no_message_field_or_traceback(form: log.Form, stream: io.StringIO) -> None:
    started(stream, form).hide([Secret(CANARY)])
    logger = logging.getLogger("x")
    with log.bound(address=f"https://hooks.example.org/{CANARY}"):
        logger.info("sending to %s", CANARY)
        logger.info("sending to https://example.org/?token=xoxb-%22canary%22%2F42%20%C3%A4")
    try:
        raise OSError(CANARY)
    except OSError:
        logger.exception("failed")
    assert "canary" not in stream.getvalue()
    assert stream.getvalue().count("***") >= 4


def test_hiding_anew_forgets_what_is_no_longer_secret(stream: io.StringIO) -> None:
    handler = started(stream, "text")
    handler.hide([Secret("old-password")])
    handler.hide([Secret("new-password")])
    logging.getLogger("x").info("old-password new-password")
    assert stream.getvalue().endswith("old-password ***\n")


def test_a_value_too_short_to_be_a_secret_does_not_riddle_the_log(stream: io.StringIO) -> None:
    started(stream, "text").hide([Secret("a"), Secret("")])
    logging.getLogger("x").info("a banana")
    assert stream.getvalue().endswith("a banana\n")


def test_http_libraries_do_not_log_addresses(stream: io.StringIO) -> None:
    log.start(stream, level=logging.DEBUG, form="text")
    logging.getLogger("httpx").info("HTTP Request: POST https://hooks.example.org/T0/B0/x")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    assert stream.getvalue() == ""
