"""E-mail over SMTP, one conversation and one envelope per recipient, with the stage known at which it ended.

The stage matters: a connection lost before the final dot means that nothing was accepted; lost after it, nobody can tell.
"""

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Awaitable
from contextlib import suppress
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPResponseException

from monitor.channels.letter import compose, mailbox
from monitor.channels.receipts import receipt
from monitor.channels.settings import EmailSettings
from monitor.core.delivery import delivery_key
from monitor.core.links import Links, Unsubscribe
from monitor.core.model import EditionRef, Message, Outcome, Parcel, Receipt
from monitor.secret import Secret

_GOODBYE = 2.0  # seconds for QUIT, when the message is already accepted
_CHANNEL_STAGES = frozenset({"connect", "ehlo", "starttls", "auth"})
# 530 authentication required, 534 mechanism too weak, 535 wrong credentials, 538 encryption required (RFC 4954, 6)
_CREDENTIALS = frozenset({530, 534, 535, 538})
_UNAVAILABLE = 421
_LEADING_DOT = re.compile(r"^\.", re.MULTILINE)

Stage = Literal["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"]


class _UnfitError(Exception):
    """The server lacks what the channel needs; only a person can change that."""


class EmailChannel:
    """Sends editions by SMTP. `context` replaces the system's certificate store, for servers with a private authority."""

    kind = "email"

    def __init__(
        self,
        channel_id: str,
        settings: EmailSettings,
        context: ssl.SSLContext | None = None,
        links: Links | None = None,
    ) -> None:
        """Raise ValueError when the sender or a recipient is no address."""
        self.id = channel_id
        self._settings = settings
        self._sender = mailbox(settings.sender)
        self._recipients = {each.addr_spec: each for each in map(mailbox, settings.recipients)}
        self._links = links
        self._context = context or ssl.create_default_context()

    @property
    def recipients(self) -> tuple[str, ...]:
        """The bare addresses, each once, in the order they were configured."""
        return tuple(self._recipients)

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """Return one parcel: the whole RFC 5322 message as ASCII text with CRLF."""
        key = delivery_key(self.id, recipient, edition.id, 1)
        address = self._recipients.get(recipient) or mailbox(recipient)
        leave = self._links.to(Unsubscribe(edition.digest_id, recipient)) if self._links else ""
        first = delivery_key(self.id, recipient, edition.follows, 1) if edition.follows else ""
        letter = compose(message, edition, self._sender, address, key, follows=first, unsubscribe=leave)
        return [Parcel(key, self.id, recipient, 1, letter)]

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:  # noqa: ARG002
        """Hold one SMTP conversation. A repeat is recognisable by its Message-ID, so `again` changes nothing."""
        conversation = _Conversation(self._settings, self._sender.addr_spec, self._sender.domain, self._context)
        return await conversation.deliver(parcel)


class _Conversation:
    """One connection, one envelope, one message; remembers the stage it has reached."""

    def __init__(self, settings: EmailSettings, sender: str, hello: str, context: ssl.SSLContext) -> None:
        self._settings = settings
        self._sender = sender
        self._stage: Stage = "connect"
        # The sender's domain greets: the machine's own name would cost a reverse look-up that can hang.
        self._smtp = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=hello,
            timeout=None,
            use_tls=settings.tls == "tls",
            start_tls=False,
            tls_context=context,
        )

    async def deliver(self, parcel: Parcel) -> Receipt:
        """Return how it ended; never raises for what the server, the network or the address did."""
        try:
            async with asyncio.timeout(self._settings.deadline):
                reply = await self._converse(parcel)
        except TimeoutError:
            return self._lost("timeout", f"no answer within {self._settings.deadline:g} s")
        except SMTPResponseException as answer:
            return self._answered(answer.code, answer.message)
        except _UnfitError as fault:
            return self._receipt(Outcome.PAUSED, "unfit", str(fault))
        except (SMTPException, OSError) as fault:
            return self._lost(_kind(fault), str(fault))
        except ValueError as fault:  # an address that cannot be put on an SMTP line
            return self._receipt(Outcome.REFUSED, "address", str(fault))
        else:
            await self._part()
            return self._receipt(Outcome.SENT, reply.code, reply.message)
        finally:
            self._hang_up()

    async def _converse(self, parcel: Parcel) -> SMTPResponse:
        """Every stage in turn, up to the answer to the final dot."""
        await self._open()
        size = ["SIZE=" + str(len(parcel.payload))] if self._smtp.supports_extension("size") else []
        await self._at("mail", self._smtp.mail(self._sender, options=size))
        await self._at("rcpt", self._smtp.rcpt(parcel.recipient))
        await self._at("data", self._smtp.execute_command(b"DATA"), accepted=354)
        return await self._at("dot", self._content(parcel.payload), accepted=250)

    async def _open(self) -> None:
        """Connect, greet, encrypt and log in as the settings ask."""
        await self._at("connect", self._smtp.connect())
        await self._at("ehlo", self._smtp.ehlo())
        if self._settings.tls == "starttls":
            await self._encrypt()
        if self._settings.user:
            await self._log_in(self._settings.user, self._settings.password or Secret(""))

    async def _encrypt(self) -> None:
        self._stage = "starttls"
        if not self._smtp.supports_extension("starttls"):
            raise _UnfitError("the server offers no STARTTLS; set tls to match what it offers")
        await self._at("starttls", self._smtp.starttls())
        await self._at("ehlo", self._smtp.ehlo())

    async def _log_in(self, user: str, password: Secret) -> None:
        self._stage = "auth"
        if not self._smtp.supported_auth_methods:
            raise _UnfitError("the server offers no way to log in that Presswatch knows")
        await self._at("auth", self._smtp.login(user, password.reveal()))

    async def _content(self, payload: str) -> SMTPResponse:
        """Send the message and the final dot; from here on a loss leaves it open whether the server took it."""
        protocol = self._smtp.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        protocol.write(_LEADING_DOT.sub("..", payload).encode("ascii") + b".\r\n")
        return await protocol.read_response()

    async def _at(self, stage: Stage, verb: Awaitable[SMTPResponse], accepted: int = 0) -> SMTPResponse:
        """Await a verb at its stage; an answer other than `accepted` raises SMTPResponseException."""
        self._stage = stage
        reply = await verb
        if accepted and reply.code != accepted:
            raise SMTPResponseException(reply.code, reply.message)
        return reply

    def _answered(self, code: int, text: str) -> Receipt:
        """Judge an answer by its class. Whatever is wrong before MAIL is wrong with the channel, not with this message."""
        if code == _UNAVAILABLE or not 500 <= code <= 599:
            outcome = Outcome.RETRY if 400 <= code <= 499 else self._unclear()
        elif code in _CREDENTIALS or self._stage in ("starttls", "auth"):
            outcome = Outcome.PAUSED
        else:
            outcome = Outcome.RETRY if self._stage in _CHANNEL_STAGES else Outcome.REFUSED
        return self._receipt(outcome, code, text)

    def _lost(self, code: str, text: str) -> Receipt:
        return self._receipt(self._unclear(), code, text)

    def _unclear(self) -> Outcome:
        return Outcome.UNCERTAIN if self._stage == "dot" else Outcome.RETRY

    def _receipt(self, outcome: Outcome, code: str | int, text: str) -> Receipt:
        return receipt(outcome, self._stage, code, text, secrets=_secrets(self._settings))

    async def _part(self) -> None:
        """Say goodbye; the message is accepted, so nothing that happens now matters."""
        with suppress(SMTPException, OSError):
            async with asyncio.timeout(min(_GOODBYE, self._settings.deadline)):
                await self._smtp.quit()

    def _hang_up(self) -> None:
        """Drop the connection at once: closing politely would wait for a peer that reads no more."""
        transport = self._smtp.transport
        self._smtp.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


def _kind(fault: Exception) -> str:
    """A stable word for a failure without an answer."""
    cause = fault.__cause__ or fault
    if isinstance(cause, ssl.SSLError):
        return "tls"
    if isinstance(cause, socket.gaierror):
        return "dns"
    return "disconnected" if isinstance(fault, aiosmtplib.SMTPServerDisconnected) else "connection"


def _secrets(settings: EmailSettings) -> tuple[Secret, ...]:
    """The password in every form in which a server that echoes our lines could quote it."""
    if settings.password is None:
        return ()
    plain = settings.password.reveal()
    forms = (plain, _base64(plain), _base64(f"\0{settings.user}\0{plain}"))
    return tuple(map(Secret, forms))


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")
