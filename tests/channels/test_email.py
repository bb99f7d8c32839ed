"""E-mail: how each way in which an SMTP conversation can end is judged, stage by stage, over real sockets."""

import asyncio
import email
import email.message
import email.policy
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.channels.email import EmailChannel
from monitor.channels.settings import EmailSettings
from monitor.core.links import Links, Unsubscribe
from monitor.core.model import Outcome, Parcel, Receipt
from monitor.secret import Secret
from tests.channels.editions import EDITION, MESSAGE
from tests.channels.smtp_server import DRIP, DROP, FLOOD, HANG, ScriptedServer

PASSWORD = "canary-password"
SECURE_EHLO = "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"


def channel(port: int, **changes: Any) -> EmailChannel:
    settings: dict[str, Any] = {
        "sender": "presswatch@example.org",
        "recipients": ("desk@example.org", "night@example.org"),
        "tls": "none",
        "deadline": 0.3,
        **changes,
    }
    return EmailChannel("desk", EmailSettings("127.0.0.1", port=port, **settings))


def parcel(desk: EmailChannel, recipient: str = "desk@example.org") -> Parcel:
    [made] = desk.compose(MESSAGE, EDITION, recipient)
    return made


async def sent(server: ScriptedServer, stage: str = "", answer: str = "", **changes: Any) -> Receipt:
    """The receipt of one attempt at a server that answers so at one stage."""
    if stage == "starttls":
        server.script["ehlo"] = SECURE_EHLO
        changes["tls"] = "starttls"
    if stage == "auth":
        server.script["ehlo"] = "250-here\r\n250 AUTH PLAIN"
        changes |= {"user": "presswatch", "password": Secret(PASSWORD)}
    if stage:
        server.script[stage] = answer
    desk = channel(server.port, **changes)
    return await desk.send(parcel(desk))


async def test_a_message_arrives_as_it_was_composed(smtp: ScriptedServer) -> None:
    receipt = await sent(smtp)
    assert receipt == Receipt(Outcome.SENT, "dot", "250", "queued as 42")
    [letter] = smtp.letters
    assert (letter.sender, letter.recipient) == ("presswatch@example.org", "desk@example.org")
    assert letter.content.decode("ascii") == parcel(channel(smtp.port)).payload
    assert smtp.lines[-1] == "QUIT"


def test_each_recipient_gets_the_link_that_unsubscribes_them_and_nobody_else() -> None:
    settings = EmailSettings("127.0.0.1", "presswatch@example.org", ("desk@example.org", "night@example.org"))
    links = Links("http://news.example.org", b"k" * 32)
    desk = EmailChannel("desk", settings, links=links)
    for recipient in desk.recipients:
        letter = email.message_from_string(parcel(desk, recipient).payload, policy=email.policy.default)
        assert isinstance(letter, email.message.EmailMessage)
        text = letter.get_body(("plain",))
        assert text is not None
        (token,) = re.findall(r"^http://news.example.org/do/(\S+)\r?$", text.get_content(), re.MULTILINE)
        assert links.read(token) == Unsubscribe(EDITION.digest_id, recipient)


async def test_a_line_that_is_only_a_dot_does_not_end_the_message(smtp: ScriptedServer) -> None:
    desk = channel(smtp.port)
    dotted = Parcel("k", "desk", "desk@example.org", 1, "Subject: x\r\n\r\n.\r\n..\r\n.end\r\n")
    await desk.send(dotted)
    assert smtp.letters[0].content.decode("ascii") == dotted.payload


#: What becomes of a message that a server at this stage of an encrypted conversation does this to.
TABLE = """
                 drops      hangs      drips      floods     babbles    421        450        550        535
connect          retry      retry      retry      retry      retry      retry      retry      retry      paused
ehlo             retry      retry      retry      retry      retry      retry      retry      retry      paused
starttls         retry      retry      retry      retry      retry      retry      retry      paused     paused
tls              retry      retry      retry      retry      retry      -          -          -          -
ehlo-encrypted   retry      retry      retry      retry      retry      retry      retry      retry      paused
auth             retry      retry      retry      retry      retry      retry      retry      paused     paused
mail             retry      retry      retry      retry      retry      retry      retry      refused    paused
rcpt             retry      retry      retry      retry      retry      retry      retry      refused    paused
data             retry      retry      retry      retry      retry      retry      retry      refused    paused
dot              uncertain  uncertain  uncertain  uncertain  uncertain  retry      retry      refused    paused
quit             sent       sent       sent       sent       sent       sent       sent       sent       sent
"""
DEEDS = {
    "drops": DROP, "hangs": HANG, "drips": DRIP, "floods": FLOOD, "babbles": "gibberish", "421": "421 closing",
    "450": "450 busy", "550": "550 5.7.1 no", "535": "535 5.7.8 wrong password",
}  # fmt: skip


def cells() -> list[tuple[str, str, str]]:
    """Stage, deed and outcome of each cell that says something."""
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    told = [(row[0].replace("-", " "), zip(head, row[1:], strict=True)) for row in rows]
    return [(stage, deed, outcome) for stage, row in told for deed, outcome in row if outcome != "-"]


@pytest.mark.parametrize(("stage", "deed", "outcome"), cells())
async def test_what_a_server_does_at_a_stage_decides_what_becomes_of_the_message(
    smtp: ScriptedServer, server_context: ssl.SSLContext, trusting_context: ssl.SSLContext,
    stage: str, deed: str, outcome: str,
) -> None:  # fmt: skip
    smtp.context = server_context
    smtp.script = {
        "ehlo": "250-here\r\n250 STARTTLS",
        "ehlo encrypted": "250-here\r\n250 AUTH PLAIN",
        stage: DEEDS[deed],
    }
    # Only where nothing else ends it is the deadline short.
    desk = secure(smtp.port, trusting_context, deadline=0.5 if deed in ("hangs", "drips") else 30)
    receipt = await desk.send(parcel(desk, "d@example.org"))
    ended_at = {"tls": "starttls", "ehlo encrypted": "ehlo", "quit": "dot"}.get(stage, stage)
    assert (receipt.outcome.value, receipt.stage) == (outcome, ended_at)
    assert len(smtp.letters) == (stage in ("dot", "quit"))


async def test_what_was_said_in_the_clear_is_not_taken_for_what_the_server_says(
    smtp: ScriptedServer, server_context: ssl.SSLContext, trusting_context: ssl.SSLContext
) -> None:
    smtp.context = server_context
    smtp.script = {"ehlo": SECURE_EHLO, "starttls": "220 go ahead\r\n250-here\r\n250 SIZE 1"}
    desk = secure(smtp.port, trusting_context)
    assert (await desk.send(parcel(desk, "d@example.org"))).outcome is Outcome.SENT
    assert "MAIL FROM:<p@example.org>" in smtp.lines


async def test_a_repeat_after_an_uncertain_attempt_is_the_same_bytes(smtp: ScriptedServer) -> None:
    assert (await sent(smtp, "dot", DROP)).outcome is Outcome.UNCERTAIN
    del smtp.script["dot"]
    assert (await sent(smtp)).outcome is Outcome.SENT
    first, second = smtp.letters
    assert first.content == second.content


@pytest.mark.parametrize(
    ("stage", "answer"),
    [("mail", "552 too big"), ("rcpt", "550 5.1.1 no such user"), ("data", "554 no"), ("dot", "554 5.7.1 spam")],
)
async def test_a_refusal_of_the_message_is_final(smtp: ScriptedServer, stage: str, answer: str) -> None:
    receipt = await sent(smtp, stage, answer)
    assert receipt == Receipt(Outcome.REFUSED, stage, answer[:3], answer[4:])


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("auth", "535 5.7.8 wrong password"),
        ("auth", "534 too weak"),
        ("starttls", "501 not today"),
        ("mail", "530 5.7.0 authentication required"),
        ("rcpt", "538 encryption required"),
    ],
)
async def test_what_only_a_person_can_mend_pauses_the_channel(smtp: ScriptedServer, stage: str, answer: str) -> None:
    receipt = await sent(smtp, stage, answer)
    assert (receipt.outcome, receipt.code) == (Outcome.PAUSED, answer[:3])


async def test_one_recipient_refused_takes_nothing_from_the_other(smtp: ScriptedServer) -> None:
    smtp.script["rcpt desk@example.org"] = "550 5.1.1 unknown"
    desk = channel(smtp.port)
    receipts = [await desk.send(parcel(desk, who)) for who in desk.recipients]
    assert [each.outcome for each in receipts] == [Outcome.REFUSED, Outcome.SENT]
    assert [each.recipient for each in smtp.letters] == ["night@example.org"]


async def test_a_server_without_starttls_gets_neither_password_nor_message(smtp: ScriptedServer) -> None:
    receipt = await sent(smtp, tls="starttls", user="presswatch", password=Secret(PASSWORD))
    assert (receipt.outcome, receipt.stage) == (Outcome.PAUSED, "starttls")
    assert "STARTTLS" in receipt.text
    assert [line.split()[0] for line in smtp.lines] == ["EHLO"]


async def test_a_server_where_nobody_can_log_in_pauses_the_channel(smtp: ScriptedServer) -> None:
    receipt = await sent(smtp, user="presswatch", password=Secret(PASSWORD))
    assert (receipt.outcome, receipt.stage) == (Outcome.PAUSED, "auth")


@pytest.mark.parametrize("form", [PASSWORD, "AHByZXNzd2F0Y2gAY2FuYXJ5LXBhc3N3b3Jk", "Y2FuYXJ5LXBhc3N3b3Jk"])
async def test_a_server_that_quotes_the_password_does_not_get_it_into_a_receipt(
    smtp: ScriptedServer, form: str
) -> None:
    receipt = await sent(smtp, "auth", f"535 you said {form}")
    assert receipt.text == "you said ***"


async def test_a_server_that_states_a_limit_is_told_the_size_first(smtp: ScriptedServer) -> None:
    await sent(smtp)
    size = len(parcel(channel(smtp.port)).payload)
    assert f"MAIL FROM:<presswatch@example.org> SIZE={size}" in smtp.lines


async def test_a_server_without_limits_is_not_bothered_with_sizes(smtp: ScriptedServer) -> None:
    smtp.script["ehlo"] = "250 here"
    await sent(smtp)
    assert "MAIL FROM:<presswatch@example.org>" in smtp.lines


async def test_a_name_that_does_not_resolve_is_tried_again() -> None:
    desk = EmailChannel("desk", EmailSettings("mail.invalid", "a@example.org", ("b@example.org",), deadline=5))
    receipt = await desk.send(parcel(desk, "b@example.org"))
    assert (receipt.outcome, receipt.stage, receipt.code) == (Outcome.RETRY, "connect", "dns")


async def test_an_address_that_no_line_can_carry_is_refused_before_it_is_said(smtp: ScriptedServer) -> None:
    desk = channel(smtp.port)
    receipt = await desk.send(Parcel("k", "desk", "a b@c> SIZE=1", 1, "Subject: x\r\n\r\nx\r\n"))
    assert (receipt.outcome, receipt.stage) == (Outcome.REFUSED, "rcpt")


def test_an_address_in_the_settings_that_is_none_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        channel(25, recipients=("desk",))
    with pytest.raises(ValueError, match="not an e-mail address"):
        channel(25, sender="Presswatch")


def test_a_recipient_named_twice_gets_one_message() -> None:
    assert channel(25, recipients=("Desk <d@example.org>", "d@example.org")).recipients == ("d@example.org",)


class Inbox:
    """What a real mail server took over."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 taken"


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: object) -> AuthResult:
    assert isinstance(login, LoginPassword)
    return AuthResult(success=login.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def mail_server(
    context: ssl.SSLContext, *, from_the_first_byte: bool = False
) -> AsyncIterator[tuple[int, Inbox]]:
    """A real mail server that insists on TLS and on a password."""
    inbox = Inbox()

    def protocol() -> SMTP:
        if from_the_first_byte:
            return SMTP(inbox, authenticator=_authenticate, auth_require_tls=False)
        return SMTP(inbox, tls_context=context, require_starttls=True, authenticator=_authenticate, auth_required=True)

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=context if from_the_first_byte else None
    )
    try:
        yield server.sockets[0].getsockname()[1], inbox
    finally:
        server.close()
        await server.wait_closed()


def secure(
    port: int,
    context: ssl.SSLContext | None,
    password: str = PASSWORD,
    tls: str = "starttls",
    deadline: float = 10,
) -> EmailChannel:
    settings: Any = {"user": "presswatch", "password": Secret(password), "tls": tls, "deadline": deadline}
    return EmailChannel(
        "desk", EmailSettings("127.0.0.1", "p@example.org", ("d@example.org",), port, **settings), context
    )


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_message_goes_encrypted_to_a_server_that_knows_us(
    server_context: ssl.SSLContext, trusting_context: ssl.SSLContext, tls: str
) -> None:
    async with mail_server(server_context, from_the_first_byte=tls == "tls") as (port, inbox):
        desk = secure(port, trusting_context, tls=tls)
        receipt = await desk.send(parcel(desk, "d@example.org"))
    assert receipt.outcome is Outcome.SENT, receipt
    [envelope] = inbox.envelopes
    assert envelope.rcpt_tos == ["d@example.org"]
    assert isinstance(envelope.content, bytes)
    assert email.message_from_bytes(envelope.content)["Message-ID"]


async def test_a_wrong_password_pauses_the_channel(
    server_context: ssl.SSLContext, trusting_context: ssl.SSLContext
) -> None:
    async with mail_server(server_context) as (port, inbox):
        desk = secure(port, trusting_context, password="wrong")
        receipt = await desk.send(parcel(desk, "d@example.org"))
    assert (receipt.outcome, receipt.stage, receipt.code) == (Outcome.PAUSED, "auth", "535")
    assert not inbox.envelopes


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_gets_no_password(server_context: ssl.SSLContext, tls: str) -> None:
    async with mail_server(server_context, from_the_first_byte=tls == "tls") as (port, inbox):
        desk = secure(port, None, tls=tls)
        receipt = await desk.send(parcel(desk, "d@example.org"))
    assert (receipt.outcome, receipt.code) == (Outcome.RETRY, "tls")
    assert "certificate" in receipt.text.lower()
    assert not inbox.envelopes
