"""Articles as JSON lines are read one at a time; a line that is none is named, and the next is read."""

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Document
from monitor.workshop.lines import LONGEST, BadLine, Line, articles


def read(*lines: bytes) -> list[Line | BadLine]:
    return list(articles(io.BytesIO(b"\n".join(lines)), {"harbour": ("sea", "wire")}))


def fault(line: bytes) -> str:
    [found] = read(line)
    assert isinstance(found, BadLine)
    return found.fault


def test_every_key_of_an_article_is_taken() -> None:
    said = {
        "id": "a-1", "title": "Ferry", "summary": "s", "body": "b", "author": "Ann", "source": "harbour",
        "url": "https://harbour.example/1", "language": "EN-gb", "tags": ["boats"], "anything": {"else": 1},
    }  # fmt: skip
    [found] = read(json.dumps(said).encode())
    assert isinstance(found, Line)
    assert found.id == "a-1"
    assert found.said == said
    assert found.document == Document(
        "Ferry", "s", "b", "Ann", "harbour", ("sea", "wire"), "https://harbour.example/1", "en-gb", ("boats",)
    )


def test_an_article_without_an_id_has_its_lines_number_blank_lines_counted() -> None:
    found = read(b'{"title": "one"}', b"", b"  \r", b'{"title": "two", "lang": "uk"}')
    assert [each.id for each in found if isinstance(each, Line)] == [1, 4]
    assert [each.document.language for each in found if isinstance(each, Line)] == ["", "uk"]


@pytest.mark.parametrize("id", ["x", "", 0, 7, 1.5, True, None])
def test_an_id_is_any_scalar(id: object) -> None:
    [found] = read(json.dumps({"id": id, "title": "t"}).encode())
    assert isinstance(found, Line)
    assert (found.id, type(found.id)) == (id, type(id))


def test_null_is_as_good_as_nothing() -> None:
    [found] = read(b'\xef\xbb\xbf{"title": "t", "body": null, "tags": null, "language": null}')
    assert isinstance(found, Line)
    assert found.document == Document("t")


def test_halves_of_characters_are_replaced_so_that_the_text_can_be_shown() -> None:
    [found] = read(rb'{"title": "\ud800 ferry \u0000", "source": "\udfff", "tags": ["\ud800"], "body": "\ud83d\ude00"}')
    assert isinstance(found, Line)
    assert found.document == Document("\ufffd ferry \ufffd", body="😀", source="\ufffd", tags=("\ufffd",))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"title: Ferry", "is not JSON: expecting value at column 1"),
        (b'{"title": "Ferry"', "is not JSON: expecting ',' delimiter at column 18"),
        (b'{"title": NaN}', "is not JSON: NaN is no JSON number"),
        (b'{"title": "Ferry", "id": -1e999}', "'id' is a number too large to be given back"),
        (b'{"title": "\xff"}', "is not UTF-8 (byte 12)"),
        (b'["Ferry"]', "must be a JSON object, not a list"),
        (b"null", "must be a JSON object, not null"),
        (b'{"title": 5}', "'title' must be a text, not a number"),
        (b'{"title": true}', "'title' must be a text, not true or false"),
        (b'{"title": "t", "tags": "sea"}', "'tags' must be a list of texts"),
        (b'{"title": "t", "tags": [1]}', "'tags' must be a list of texts"),
        (b'{"title": "t", "id": {}}', "'id' must be a text or a number, not an object"),
        (b'{"titel": "Ferry"}', "has nothing to match: none of the keys title, summary, body, author, source, url, language, lang, tags"),
        (b'{"title": "t", "n": ' + b"9" * 5000 + b"}", "holds a number with too many digits"),
        (b"[" * 200_000, "is nested too deep"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_said(line: bytes, told: str) -> None:
    assert fault(line) == told


def test_a_bad_line_is_numbered_and_the_rest_is_read() -> None:
    found = read(b'{"title": "one"}', b"nonsense", b'{"title": "three"}')
    assert [(type(each), each.number) for each in found] == [(Line, 1), (BadLine, 2), (Line, 3)]


def test_a_line_without_end_is_passed_over_without_being_kept() -> None:
    class Endless(io.RawIOBase):
        """A gigabyte of one letter, then a line."""

        def __init__(self) -> None:
            self.left, self.largest = 2**30, 0

        def readable(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            self.largest = max(self.largest, size)
            if self.left > 0:
                self.left -= size
                return b"x" * size if self.left > 0 else b"\n"
            return next(after, b"")

    after: Iterator[bytes] = iter([b'{"title": "after"}'])
    stream = Endless()
    found = list(articles(stream, {}))  # type: ignore[arg-type]
    assert found[0] == BadLine(1, "is longer than 16 MiB")
    assert isinstance(found[1], Line)
    assert found[1].id == 2
    assert stream.largest == LONGEST + 1


def test_a_line_of_exactly_the_most_bytes_is_read() -> None:
    frame = b'{"title": ""}'
    longest = b'{"title": "' + b"x" * (LONGEST - len(frame)) + b'"}'
    found = list(articles(io.BytesIO(longest + b"\n" + longest + b"x\n" + b'{"title": "t"}'), {}))
    assert [type(each) for each in found] == [Line, BadLine, Line]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "title", "tags", "body", "x"]), inner),
)


@given(st.lists(st.binary() | JSON.map(lambda value: json.dumps(value).encode())))
def test_whatever_comes_every_line_is_an_article_or_named(lines: list[bytes]) -> None:
    whole = b"\n".join(lines)
    expected = sum(not line.isspace() for line in whole.split(b"\n") if line)
    assert len(list(articles(io.BytesIO(whole), {}))) == expected
