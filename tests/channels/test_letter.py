"""Editions as e-mail messages: parsed back by the standard library, they say what was meant and nothing else."""

import email
import email.policy
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.channels.letter import check_headers, compose, header_value, mailbox
from monitor.core.model import EditionRef, Message
from tests.channels.editions import EDITION, HOSTILE, MESSAGE

SENDER = mailbox("Presswatch <presswatch@example.org>")
DESK = mailbox("Desk <desk@example.org>")
KEY = "abcdefghijklmnopqrstuvwxyz"
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "List-Id",
    "MIME-Version", "Content-Type",
]  # fmt: skip
GOLDEN = Path(__file__).with_name("letter.eml")

anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)


def written(message: Message = MESSAGE, edition: EditionRef = EDITION) -> str:
    return compose(message, edition, SENDER, DESK, KEY)


def crlf(text: str) -> str:
    return "".join(f"{line}\r\n" for line in text.splitlines())


def parsed(raw: str) -> EmailMessage:
    letter = email.message_from_bytes(raw.encode("ascii"), policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    assert not letter.defects
    return letter


def test_a_letter_is_written_like_this_one() -> None:
    assert written().encode("ascii") == GOLDEN.read_bytes()


def test_text_comes_first_and_html_says_the_same_better() -> None:
    letter = parsed(written())
    assert letter.get_content_type() == "multipart/alternative"
    text, html = letter.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), text.get_content()) == ("text/plain", crlf(MESSAGE.text))
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", MESSAGE.html)


def test_a_letter_can_be_recognised_and_threaded() -> None:
    letter = parsed(written())
    assert letter["Message-ID"] == f"<{KEY}@example.org>"
    assert letter["References"] == letter["In-Reply-To"]
    assert letter["References"] == "<rule.harbour.2026-03-02.presswatch@example.org>"
    assert letter["Date"].datetime == EDITION.made_at


def test_editions_of_one_thread_share_its_reference_and_others_do_not() -> None:
    names = ("harbour", "HARBOUR", "har-bour", "har.bour", "漢", "字", "x" * 500, "x" * 501)
    threads = [replace(EDITION, thread=name) for name in names]
    assert len({parsed(written(edition=each))["References"] for each in threads}) == len(names)


def test_an_edition_without_a_thread_answers_nothing() -> None:
    letter = parsed(written(edition=replace(EDITION, thread="")))
    assert letter["References"] is None
    assert letter["In-Reply-To"] is None


def test_a_sequel_answers_the_message_that_told_the_story_first() -> None:
    letter = parsed(compose(MESSAGE, EDITION, SENDER, DESK, KEY, follows="firstkey"))
    assert letter["In-Reply-To"] == letter["References"] == "<firstkey@example.org>"


def test_a_letter_says_that_a_machine_wrote_it_and_for_which_list() -> None:
    letter = parsed(written())
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == "<morning.presswatch.example.org>"


def test_identifiers_stay_on_one_line_even_with_a_long_domain() -> None:
    sender = mailbox(f"presswatch@{'long-part.' * 12}example.org")
    raw = compose(MESSAGE, EDITION, sender, DESK, KEY)
    for name in ("Message-ID", "References", "In-Reply-To", "List-Id"):
        assert re.search(rf"^{name}: <[!-~]+>\r$", raw, re.MULTILINE), name


def test_the_way_out_is_one_line_that_mail_programs_follow_with_a_post() -> None:
    way = f"https://news.example.org/do/{'x' * 300}.{'y' * 22}"
    raw = compose(MESSAGE, EDITION, SENDER, DESK, KEY, unsubscribe=way)
    assert f"\r\nList-Unsubscribe: <{way}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert "List-Unsubscribe" not in written()


def bodies(message: Message, unsubscribe: str) -> tuple[str, str]:
    """Text and HTML of a letter with this way out."""
    parts = parsed(compose(message, EDITION, SENDER, DESK, KEY, unsubscribe=unsubscribe)).iter_parts()
    text, html = (part.get_content() for part in parts if isinstance(part, EmailMessage))
    return text.replace("\r\n", "\n"), html.replace("\r\n", "\n")


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_way_out_stands_at_the_foot_whatever_the_template_was(scheme: str) -> None:
    way = f"{scheme}://news.example.org/do/a-b_c.d?x=1&y=2"
    whole = replace(MESSAGE, html="<html><body><p>News of &lt;/body&gt;</p></BODY ></html>")
    text, html = bodies(whole, way)
    assert text == f"{MESSAGE.text.rstrip()}\n\nUnsubscribe from “{EDITION.digest_title}”:\n{way}\n"
    before, link, after = re.split(r"(<a .*</a>)", html.strip())
    assert before.startswith("<html><body><p>News of &lt;/body&gt;</p><div")
    assert f'href="{way.replace("&", "&amp;")}">Unsubscribe from “{EDITION.digest_title}”</a>' in link
    assert after == "</div></BODY ></html>"
    assert bodies(replace(MESSAGE, html="<p>bare"), way)[1].startswith("<p>bare<div")


def test_a_link_that_anyone_can_read_on_its_way_is_for_people_and_not_for_programs() -> None:
    raw = compose(MESSAGE, EDITION, SENDER, DESK, KEY, unsubscribe="http://news.example.org/do/a.b")
    assert "List-Unsubscribe" not in raw
    assert "Unsubscribe" not in written()


@pytest.mark.parametrize(
    "text", ["plain", "Küste", "Порт бастує", "港口罢工" * 200, "a" * 5_000, "x =\t \n.\n", "=" * 400]
)
def test_bodies_are_seven_bit_in_short_lines_and_come_back_whole(text: str) -> None:
    raw = written(replace(MESSAGE, text=text, html=f"<p>{text}</p>"))
    body = raw.partition("\r\n\r\n")[2]
    assert max(len(line) for line in body.split("\r\n")) <= 76
    assert "\n" not in raw.replace("\r\n", "")
    assert "8bit" not in raw
    parts = [each.get_content() for each in parsed(raw).iter_parts() if isinstance(each, EmailMessage)]
    assert parts == [crlf(text), crlf(f"<p>{text}</p>")]


def test_a_body_that_looks_like_the_end_of_a_part_ends_nothing() -> None:
    raw = written(replace(MESSAGE, text=f"--=_{KEY}--\n\n--=_{KEY}\n", html=f"--=_{KEY}--"))
    assert len(list(parsed(raw).iter_parts())) == 2


@given(anything, anything, anything, anything)
def test_no_text_can_add_a_header_or_lengthen_a_line(subject: str, text: str, title: str, thread: str) -> None:
    message = Message(subject, text, text)
    raw = written(message, replace(EDITION, digest_title=title, digest_id=title, thread=thread or "t"))
    letter = parsed(raw)
    assert letter.keys() == HEADERS
    assert all(len(line) <= 998 for line in raw.split("\r\n"))
    assert letter["Subject"] == (header_value(subject) or header_value(title) or "Presswatch")
    assert letter["To"].addresses[0].addr_spec == "desk@example.org"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_title_stays_a_title(text: str) -> None:
    letter = parsed(written(replace(MESSAGE, subject=text), replace(EDITION, digest_title=text)))
    assert letter.keys() == HEADERS
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]
    assert len(letter["Subject"]) <= 200


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Harbour strike", "Harbour strike"),
        ("  two \t  blanks\r\n", "two blanks"),
        ("=?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("a\u202eb\u2066c\u200fd", "a b c d"),
        ("a\x00\x1b[31mb\x85c\u2028d\ud800e", "a [31mb c d e"),
        ("y" * 200, "y" * 200),
        ("y" * 201, "y" * 199 + "…"),
    ],
)
def test_a_header_value_is_cleaned(text: str, value: str) -> None:
    assert header_value(text) == value


def test_a_letter_with_a_header_too_many_is_never_sent() -> None:
    with pytest.raises(ValueError, match="Bcc"):
        check_headers("To: a@b\r\nSubject: x\r\n y\r\nBcc: c@d\r\n\r\nSubject: body", ["To", "Subject"])
    check_headers("To: a@b\r\nSubject: x\r\n y\r\n\r\nBcc: body", ["To", "Subject"])


@pytest.mark.parametrize(
    ("text", "spec", "name"),
    [
        ("desk@example.org", "desk@example.org", ""),
        ("Desk <desk@example.org>", "desk@example.org", "Desk"),
        ("Рада <desk@пошта.укр>", "desk@xn--80a1acn3a.xn--j1amh", "Рада"),
        ("a+b@sub.example.org", "a+b@sub.example.org", ""),
    ],
)
def test_an_address_is_read_with_or_without_a_name(text: str, spec: str, name: str) -> None:
    address = mailbox(text)
    assert (address.addr_spec, address.display_name) == (spec, name)


@pytest.mark.parametrize(
    "text",
    [
        "", "desk", "desk@", "@example.org", "a@b@c", "a@b, c@d", "desk@example.org\r\nBcc: x@y", "<>", "a b@c", "дід@example.org",
        "desk@exa mple.org", 'desk"@example.org', "desk@[127.0.0.1", "desk@..", "a@" + "x" * 300 + ".org", "desk@example.org>",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"letters before|not an e-mail address"):
        mailbox(text)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=150))
@example("Спостерігачі повідомили про припинення вогню біля переправи · Київський огляд")
@example("观察员称沿河停火已持续三晚 · 镜海日报")
@example("Ceasefire commission to open its office in Uzhhorod (+1) · Delta Bulletin")
def test_a_subject_keeps_every_space_in_every_reader(text: str) -> None:
    subject = header_value(text)
    if not subject:
        return
    raw = written(replace(MESSAGE, subject=text))
    assert str(parsed(raw)["Subject"]) == subject
    assert str(make_header(decode_header(email.message_from_string(raw)["Subject"]))) == subject
