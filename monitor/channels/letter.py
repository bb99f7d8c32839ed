"""An edition as an e-mail message: RFC 5322 and MIME, byte for byte the same whenever it is composed again.

Feed text reaches header values, so those are cleaned first, and the serialised message is then checked to hold exactly the
headers it was given: Python releases differ in how they decode encoded words, and one turned a title into a Bcc line.
"""

import re
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from monitor.core.model import EditionRef, Message

LONGEST_HEADER = 200  # characters of a value

# Values that a client compares as they are: folding or encoding them would break threading without anyone noticing.
_VERBATIM = frozenset({"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"})
_HOSTILE = re.compile(r"[\x00-\x20\x7f-\xa0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")
_MAILBOX = re.compile(
    r"""\s*(?:"?(?P<name>[^"<>\r\n]*?)"?\s*<)?
        (?P<local>[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)@(?P<domain>[\w-]+(?:\.[\w-]+)*)
        (?(name)>)\s*""",
    re.VERBOSE,
)
_DOT_ATOM = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_NOT_ATOM = re.compile(r"[^a-z0-9_-]+")
_LONGEST_ATOM = 60

_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
# The class is that of the built-in templates' small print, which has colours for the night.
_FOOT = (
    '<div style="padding:0 0 20px;text-align:center;font:12px/1.5 Arial,sans-serif">'
    '<a class="foot" style="color:#63676e" href="{link}">{told}</a></div>'
)


class _LetterPolicy(EmailPolicy):
    """SMTP's policy, with identifiers kept on one line as they are, and subjects that keep their spaces."""

    def fold_binary(self, name: str, value: object) -> bytes:
        if name.lower() in _VERBATIM:
            return f"{name}: {value}\r\n".encode("ascii")
        if name.lower() == "subject" and not str(value).isascii():
            # Encoded as a whole: the policy would encode word by word, and lose or double the spaces between.
            encoded = Header(str(value), "utf-8", self.max_line_length, name).encode(linesep="\r\n")
            return f"{name}: {encoded}\r\n".encode("ascii")
        return super().fold_binary(name, value)  # type: ignore[arg-type]


# QP lines may have 76 characters (RFC 2045, 6.7); the policy's default of 78 would let the stdlib write 78.
_POLICY = _LetterPolicy(linesep="\r\n", max_line_length=76, cte_type="7bit")


def mailbox(text: str) -> Address:
    """Return `Name <local@domain>` or `local@domain` as an address fit for SMTP; the domain in its ASCII form.

    Raises ValueError when it is not one address, or has a local part that only SMTPUTF8 could carry.
    """
    found = _MAILBOX.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an e-mail address such as desk@example.org")
    if not found["local"].isascii():
        raise ValueError(f"{text!r} has letters before the @ that most mail servers refuse")
    try:
        domain = found["domain"].encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"{text!r} is not an e-mail address: its domain is no name") from error
    return Address(header_value(found["name"] or ""), found["local"], domain)


def header_value(text: str) -> str:
    """Return text as a header value that can neither start a header nor be read as an encoded word: at most 200 characters."""
    line = " ".join(_HOSTILE.sub(" ", text).split()).replace("=?", "= ?")
    return line if len(line) <= LONGEST_HEADER else line[: LONGEST_HEADER - 1].rstrip() + "…"


def compose(
    message: Message,
    edition: EditionRef,
    sender: Address,
    recipient: Address,
    key: str,
    *,
    follows: str = "",
    unsubscribe: str = "",
) -> str:
    """Return the message as ASCII text with CRLF line ends, the same for the same arguments.

    `follows` is the key of the message whose sequel it is, `unsubscribe` an address that is shown at the foot, and where it is https
    given to mail programs as well, which end it for this recipient by a POST (RFC 8058); "" for none.

    Raises ValueError should its headers be others than those meant: it must not be sent then.
    """
    letter = EmailMessage(policy=_POLICY)
    headers = _headers(message, edition, sender, recipient, key, follows)
    # A link that is not private on its way is not offered to mail programs, which follow it by themselves.
    if unsubscribe.startswith("https:"):
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    for name, value in headers.items():
        letter[name] = value
    text, html = message.text, message.html
    if unsubscribe:
        text, html = _with_way_out(text, html, edition.digest_title, unsubscribe)
    letter.set_content(_encodable(text), cte=_transfer_encoding(text))
    letter.add_alternative(_encodable(html), subtype="html", cte=_transfer_encoding(html))
    letter.set_boundary(f"=_{key}")  # "=_" can stand in no line of quoted-printable or base64
    written = letter.as_bytes().decode("ascii")
    check_headers(written, letter.keys())
    return written


def _with_way_out(text: str, html: str, title: str, link: str) -> tuple[str, str]:
    """Return text and HTML with the link by which this recipient unsubscribes, beneath whatever a template made of them."""
    told = f"Unsubscribe from “{title}”"
    text = f"{text.rstrip()}\n\n{told}:\n{link}\n"
    foot = _FOOT.format(link=escape(link), told=escape(told))
    ends = [each.start() for each in _BODY_END.finditer(html)] or [len(html)]
    return text, f"{html[: ends[-1]]}{foot}{html[ends[-1] :]}"


def check_headers(written: str, names: list[str]) -> None:
    """Raise ValueError unless the header block of a serialised message holds exactly these headers, in this order."""
    block = written.partition("\r\n\r\n")[0]
    found = [line.partition(":")[0] for line in block.split("\r\n") if not line.startswith((" ", "\t"))]
    if found != names:
        raise ValueError(f"the message would carry the headers {found} instead of {names}")


def _headers(
    message: Message, edition: EditionRef, sender: Address, recipient: Address, key: str, follows: str
) -> dict[str, object]:
    """The message's own headers in the order they are written; those of MIME are added with the body."""
    subject = header_value(message.subject) or header_value(edition.digest_title) or "Presswatch"
    headers: dict[str, object] = {
        "From": sender,
        "To": recipient,
        "Subject": subject,
        "Date": format_datetime(edition.made_at),
        "Message-ID": _message_id(key, sender),
    }
    thread = _message_id(follows, sender) if follows else _thread(edition, sender)
    if thread:
        headers |= {"In-Reply-To": thread, "References": thread}
    headers["Auto-Submitted"] = "auto-generated"
    headers["List-Id"] = f"<{_atom(edition.digest_id)}.presswatch.{sender.domain}>"
    return headers


def _message_id(key: str, sender: Address) -> str:
    return f"<{key}@{sender.domain}>"


def _thread(edition: EditionRef, sender: Address) -> str:
    """The id of a message that was never sent, under which programs put all that name it."""
    return f"<{_atom(edition.thread)}.presswatch@{sender.domain}>" if edition.thread else ""


def _atom(text: str) -> str:
    """Text as part of an identifier: equal for equal text, and different in practice for different text."""
    if _DOT_ATOM.fullmatch(text) and len(text) <= _LONGEST_ATOM:
        return text
    plain = _NOT_ATOM.sub("-", text.lower())[:_LONGEST_ATOM].strip("-")
    return f"{plain}-{sha256(_encodable(text).encode()).hexdigest()[:8]}".lstrip("-")


def _encodable(text: str) -> str:
    """Text without what UTF-8 cannot carry (half a surrogate pair)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _transfer_encoding(text: str) -> str:
    """Quoted-printable, which people can read, unless base64 is shorter."""
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return "base64" if foreign * 9 > len(text) else "quoted-printable"
