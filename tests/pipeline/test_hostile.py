"""From the bytes of a hostile feed over HTTP to the bytes that readers get: bounded, inert, readable, and nobody else's story is lost."""

import json
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from monitor.channels.making import channel
from monitor.channels.settings import AtomSettings, EmailSettings, Settings, SlackSettings, WebhookSettings
from monitor.core.digest import slack_faults
from monitor.core.model import Feed
from monitor.fetch import Door, DoorSettings, Request, Response
from monitor.render.renderer import LARGEST_MAIL
from monitor.secret import Secret
from tests.channels.receiver import Receiver, receiver
from tests.channels.slack_server import FakeSlack, fake_slack
from tests.channels.smtp_server import ScriptedServer, smtp_server
from tests.core.digest.test_slack import accepted
from tests.fetch.peers import Server, reply
from tests.pipeline.house import INSTANT, House
from tests.pipeline.newsroom import VOCABULARY
from tests.pipeline.peers import Press

CONTROLS = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160))))
BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HOSTILE = {
    "a header": "x\r\nBcc: thief@evil.example\r\nX-Evil: 1\r\n\r\nbody",
    "breaks of lines": "x\u2028Bcc: thief@evil.example\u2029\x85\x0b\x0cX-Evil: 1",
    "an encoded word": "=?utf-8?q?x=0D=0ABcc:_thief@evil.example?= =?utf-8?b?DQpYLUV2aWw6IDE=?=",
    "the end of a mail": "x\r\n.\r\nMAIL FROM:<thief@evil.example>\r\nRCPT TO:<thief@evil.example>\r\n.\r\n",
    "a boundary": "--=_x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--=_x--",
    "mentions": "<!channel> <!here|here> <@U012AB3CD> <#C1> <!subteam^S1> @channel &lt;!everyone&gt; &amp;lt;!here&amp;gt;",
    "a link of Slack's": "<https://evil.example/login|your bank> <mailto:thief@evil.example|write> <tel:1|call>",
    "markup of Slack's": "*bold* _it_ ~out~ `code` ```block``` :skull: > quote",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>",
    "a script that was escaped": "&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "an attribute": "\"' onmouseover=alert(1) style=background:url(//evil.example) x=\"'",
    "styles and frames": "</style></td></table><style>*{display:none}</style><iframe src=//evil.example></iframe><base href=//evil.example>",
    "comments and sections": "<!-- --><![CDATA[ x ]]> --> ]]> <!DOCTYPE x [<!ENTITY e 'x'>]> &e; <?php ?>",
    "a template": "{{ 7 * 7 }} {% for x in y %} {# hidden #} ${7*7} #{7}",
    "JSON": '"}]}, {"type": "broadcast", "range": "channel"}, "\\u003c!here\\u003e", \\',
    "directions of writing": f"Invoice {BIDI}gpj.exe \u202egnp.exe",
    "controls": f"a\x1b[31m\x1b]0;title\x07 {CONTROLS} z",
    "halves of surrogate pairs": "a \ud83d b \ude00 c \udbff\udbff",
    "invisible letters": "f\u200be\u00adr\u2060r\ufeffy \U000e0041\U000e0042 \ufffe\uffff",
    "piled marks": "e" + "\u0301" * 20_000,
    "a long word": "x" * 100_000,
    "very much": "漢字 " * 10_000,
    "an address of a script": "javascript:alert(document.domain)//",
    "an address of data": "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
}  # fmt: skip
#: What databases differ in taking.
FOR_DATABASES = ("controls", "halves of surrogate pairs", "invisible letters", "very much")
#: What must reach no reader: it steers terminals, turns the direction of what follows, or is no character.
UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
LONGEST = 300_000  # characters that any reader gets of one edition
DECENT = "The ferry returns"
HEADERS = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted", "list-id",
    "mime-version", "content-type",
}  # fmt: skip
TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "th", "div", "p", "span", "a", "b", "i", "em",
    "strong", "br", "h1", "h2", "h3", "ul", "li", "mark", "small", "hr", "bdi",
}  # fmt: skip


class Web(Press):
    """Feeds over real HTTP."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door = door

    async def retrieve(self, request: Request) -> Response:
        return await self.door.get(request)


@dataclass(slots=True)
class Readers:
    """A house that reads two feeds of a real server and writes to a mail server, Slack, a program and feed readers."""

    house: House
    press: Server
    mail: ScriptedServer
    slack: FakeSlack
    program: Receiver
    folder: Path

    async def read(self, *stories: dict[str, Any], title: str = "News") -> None:
        """Let the same stories stand in a feed of either form, under other names, and tell what there is to tell."""
        for path, form in (("/rss", rss), ("/json", json_feed)):
            self.press.answers[path] = reply(200, form(path[1:], title, stories))
        await self.house.poll()
        await self.house.deliver()


@pytest.fixture
async def readers(house: House, tmp_path: Path) -> AsyncIterator[Readers]:
    async with AsyncExitStack() as stack:
        press = await stack.enter_async_context(Server())
        mail = await stack.enter_async_context(smtp_server())
        slack = await stack.enter_async_context(fake_slack())
        program = await stack.enter_async_context(receiver())
        ways: dict[str, Settings] = {
            "mail": EmailSettings("127.0.0.1", "p@press.example", ("ana@press.example",), mail.port, tls="none"),
            "room": SlackSettings(webhook=Secret(slack.webhook), allow_private=True, gap=0),
            "program": WebhookSettings(Secret(program.url), Secret("k" * 32), allow_private=True),
            "reader": AtomSettings(tmp_path / "feeds"),
        }
        channels = {name: channel(name, way, slack.post, house.clock) for name, way in ways.items()}
        door = Door(DoorSettings(), clock=house.clock, context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        stack.push_async_callback(door.close)
        house.press = Web(door)
        feeds = [Feed(name, press.url(f"/{name}")) for name in ("rss", "json")]
        house.change(sources=feeds, channels=channels, digests=[replace(INSTANT, to=tuple(channels))])
        house.setup = replace(house.setup, allow_private=True)
        house.restart()
        readers = Readers(house, press, mail, slack, program, tmp_path / "feeds")
        await readers.read()
        yield readers


def rss(name: str, title: str, stories: tuple[dict[str, Any], ...]) -> bytes:
    """Write RSS as those do who escape what they do not understand; what XML cannot hold is in it all the same."""
    told = "".join(
        f"<item><title>{escape(each['title'])} {name}</title><description>{escape(each['summary'])}</description>"
        f"<c:encoded>{escape(each['body'])}</c:encoded><d:creator>{escape(each['author'])}</d:creator>"
        f"<link>{escape(each['link'])}</link><guid isPermaLink='false'>{escape(each['id'])}</guid>"
        f"<category>{escape(each['tag'])}</category></item>"
        for each in stories
    )
    spaces = "xmlns:c='http://purl.org/rss/1.0/modules/content/' xmlns:d='http://purl.org/dc/elements/1.1/'"
    document = f"<rss version='2.0' {spaces}><channel><title>{escape(title)}</title>{told}</channel></rss>"
    return document.encode("utf-8", "surrogatepass")


def json_feed(name: str, title: str, stories: tuple[dict[str, Any], ...]) -> bytes:
    """Write a JSON Feed, which can hold any character."""
    items = [
        {
            "title": f"{each['title']} {name}", "summary": each["summary"], "content_html": each["body"], "id": each["id"],
            "url": each["link"], "authors": [{"name": each["author"]}], "tags": [each["tag"]],
        }
        for each in stories
    ]  # fmt: skip
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}).encode()


def story(title: str, number: int, **changes: str) -> dict[str, str]:
    """A story like no other."""
    words = " ".join(Random(number).choices(VOCABULARY, k=30))
    plain = {"title": title, "summary": f"{words}.", "body": "", "author": "Ana", "tag": "sea"}
    return {**plain, "link": f"https://news.example/{number}", "id": f"id-{number}", **changes}


@pytest.mark.parametrize(
    ("database_url", "text"),
    [pytest.param("sqlite", text, id=name) for name, text in HOSTILE.items()]
    + [pytest.param("postgresql", HOSTILE[name], id=f"{name}, postgresql") for name in FOR_DATABASES],
    indirect=["database_url"],
)
async def test_whatever_a_feed_holds_its_readers_get_it_bounded_inert_and_readable(readers: Readers, text: str) -> None:
    everywhere = dict.fromkeys(("summary", "body", "author", "tag", "id"), f"{text} ferry {text}")
    await readers.read(
        story(DECENT, 0),
        story(f"The ferry {text} sails", 1, **everywhere, link=f"https://news.example/{text}"),
        story(f"{text} ferry", 2, **everywhere | {"id": text}, link=text),
        title=text,
    )
    await readers.read(story("The ferry rests", 3), title=text)
    told = [mails(readers), slack(readers), program(readers), atom(readers)]
    for each in told:
        assert len(each) < LONGEST
        assert not UNFIT.search(each)
        assert {DECENT, "The ferry rests"} <= set(re.findall("The ferry re[a-z]+", " ".join(each.split())))
        # What says the same in both feeds is one story.
        assert len(text) > 1000 or re.search("sails (rss|json)", " ".join(each.split()))
    assert [readers.house.feed(name).error_kind for name in ("rss", "json")] == ["", ""]
    assert readers.house.matches() == 8
    assert set(readers.house.fates()) == {"sent"}


@pytest.mark.parametrize(("length", "kind"), [(3_500_000, ""), (10_000_000, "too-large")])
async def test_a_title_of_megabytes_is_cut_or_its_document_refused_and_the_other_feed_is_told(
    readers: Readers, length: int, kind: str
) -> None:
    long = "ferry " * (length // 6)
    readers.press.answers["/rss"] = reply(200, rss("rss", "News", (story(long, 1),)))
    readers.press.answers["/json"] = reply(200, json_feed("json", "News", (story(DECENT, 0),)))
    await readers.house.poll()
    await readers.house.deliver()
    assert readers.house.feed("rss").error_kind == kind
    told = mails(readers)
    assert DECENT in told
    assert len(told) < LONGEST
    assert ("ferry ferry" in told) is (not kind)


def mails(readers: Readers) -> str:
    """Everything that the mails say, each of which is looked at closely."""
    assert {(each.sender, each.recipient) for each in readers.mail.letters} == {
        ("p@press.example", "ana@press.example")
    }
    assert sum(line.startswith("MAIL") for line in readers.mail.lines) == len(readers.mail.letters)
    return "\n".join(said for letter in readers.mail.letters for said in _mail(letter.content))


def _mail(content: bytes) -> Iterator[str]:
    assert content.isascii()
    assert len(content) < 2 * LARGEST_MAIL
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", content)
    letter = message_from_bytes(content, _class=EmailMessage, policy=default)
    assert {name.lower() for name in letter} <= HEADERS
    assert letter["to"] == "ana@press.example"
    assert len(letter["subject"]) <= 200
    assert not letter.defects
    parts = list(letter.iter_parts())
    assert [each.get_content_type() for each in parts] == ["text/plain", "text/html"]
    text, markup = (each.get_content() for each in parts)
    yield from (letter["subject"], text, _Looked.at(markup))


class _Looked(HTMLParser):
    """What a mail program shows of markup, in which there is nothing that acts, loads or hides."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.within = ""

    @classmethod
    def at(cls, markup: str) -> str:
        looked = cls()
        looked.feed(markup)
        looked.close()
        return "".join(looked.said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        self.within = tag
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "background", "action")
            assert "url(" not in (value or "")
            assert name != "href" or urlsplit(value or "").scheme in ("http", "https")

    def handle_data(self, data: str) -> None:
        assert self.within != "style" or ("evil" not in data and "*{" not in data.replace(" ", ""))
        self.said.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.within = ""


def slack(readers: Readers) -> str:
    """Everything that Slack is told, of which nothing mentions anybody or is read as markup."""
    bodies = readers.slack.posted
    for body in bodies:
        assert not re.search("[<>]", body["text"])
        assert body["mrkdwn"] is False
        assert slack_faults(body["blocks"]) == []
        assert all(accepted(each) for each in body["blocks"])
        assert {each["type"] for each in _objects(body["blocks"])} <= {
            "rich_text", "rich_text_section", "rich_text_list", "text", "link", "emoji", "header", "context", "divider", "plain_text",
        }  # fmt: skip
        assert all(
            urlsplit(each["url"]).scheme in ("http", "https") for each in _objects(body["blocks"]) if "url" in each
        )
    return "\n".join(said for body in bodies for said in _strings(body))


def program(readers: Readers) -> str:
    """Everything that a program is told."""
    for body, told in zip(readers.program.bodies, readers.program.told, strict=True):
        assert body.isascii()
        assert len(body) <= 256 * 1024
        assert all(each["url"] == "" or urlsplit(each["url"]).scheme in ("http", "https") for each in told["stories"])
    return "\n".join(said for told in readers.program.told for said in _strings(told))


def atom(readers: Readers) -> str:
    """Everything that the Atom feed says, which is XML of nothing but Atom."""
    (file,) = readers.folder.glob("*.atom")
    root = ET.fromstring(file.read_bytes())
    assert all(each.tag.startswith("{http://www.w3.org/2005/Atom}") for each in root.iter())
    links = [each.get("href", "") for each in root.iter("{http://www.w3.org/2005/Atom}link")]
    assert all(urlsplit(each).scheme in ("http", "https") for each in links)
    return "\n".join(root.itertext())


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in children:
        yield from (found for found in _objects(each) if "type" in found)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(each)
