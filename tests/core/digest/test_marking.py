"""What of a text is shown, with the hits marked."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.digest.marking import EXCERPT, Segment, clip, columns, excerpt, hits, line, plain, quoted, tidy
from monitor.core.model import Span
from tests.core.digest.matches import spans


def marked(segments: list[Segment]) -> str:
    """Return segments as one text with the hits in square brackets."""
    return "".join(f"[{each['text']}]" if each["hit"] else str(each["text"]) for each in segments)


def shown(text: str, *words: str, room: int = EXCERPT) -> str:
    return marked(excerpt(text, hits(spans(text, *words), "title", text), room))


def test_hits_are_marked_in_a_title() -> None:
    title = "Ferry crews walk out, and pilots walk with them"
    assert marked(line(title, hits(spans(title, "Ferry", "pilots"), "title", title), 200)) == (
        "[Ferry] crews walk out, and [pilots] walk with them"
    )


def test_hits_that_touch_overlap_or_are_parted_by_a_space_are_one_mark() -> None:
    text = "security guarantees offered"
    assert marked(
        line(text, hits(spans(text, "security", "guarantees", "guarantees offered"), "title", text), 200)
    ) == ("[security guarantees offered]")


def test_spans_beyond_the_text_or_of_another_field_mark_nothing() -> None:
    assert hits(
        (Span("title", 2, 99), Span("title", 50, 60), Span("body", 0, 1), Span("title", 3, 3)), "title", "abcd"
    ) == [(2, 4)]


def test_a_long_title_is_cut_at_a_word() -> None:
    assert marked(line("Ferry crews walk out at three ports", (), 14)) == "Ferry crews…"
    assert marked(line("粮食走廊谈判取得进展", (), 9)) == "粮食走廊…"


def test_an_excerpt_begins_with_the_sentence_of_the_first_hit() -> None:
    text = "It rained all day. The ferry crews stayed ashore. Nobody minded."
    assert shown(text, "ferry") == "The [ferry] crews stayed ashore. Nobody minded."


def test_an_excerpt_of_a_long_sentence_begins_at_a_word_with_an_ellipsis() -> None:
    text = "word " * 60 + "ferry" + " word" * 60
    told = shown(text, "ferry", room=200)
    assert told.startswith("… word word")
    assert "[ferry]" in told
    assert told.endswith("word…")
    assert columns(told) < 210


@given(
    before=st.integers(0, 60), after=st.integers(0, 60), end=st.sampled_from(["", ". "]), room=st.integers(40, EXCERPT)
)
def test_the_first_hit_is_shown_however_little_room_there_is(before: int, after: int, end: str, room: int) -> None:
    text = f"Rain{end} " + "word " * before + "ferry" + " word" * after
    assert "[ferry]" in shown(text, "ferry", room=room)


def test_hits_far_apart_are_shown_in_one_excerpt() -> None:
    text = "The ferry left. " + "Much else was said about it. " * 40 + "The strike ended."
    told = shown(text, "ferry", "strike")
    assert told.startswith("The [ferry] left.")
    assert " … " in told
    assert told.endswith("The [strike] ended.")


def test_an_excerpt_without_hits_is_the_beginning_up_to_a_sentence() -> None:
    assert (
        marked(excerpt("First sentence here. Second one. " + "x" * 400, (), 40)) == "First sentence here. Second one."
    )


def test_paragraphs_run_on_in_one_line() -> None:
    assert shown("The ferry\n\n left.\tAll\r\nwell.", "ferry") == "The [ferry] left. All well."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The ferry stays\n\nCrews wait. U.S. officials left.", "The [ferry] stays. Crews wait. U.S. officials left."),
        ("The ferry stays\n\nand waits", "The [ferry] stays and waits"),
        ("The ferry: https://a.example/b\n\nCrews wait", "The [ferry]: https://a.example/b Crews wait"),
        ("ferry 停运\n\n港口关闭", "[ferry] 停运。 港口关闭"),
    ],
)  # fmt: skip
def test_a_paragraph_without_a_full_stop_gets_one(text: str, told: str) -> None:
    assert shown(text, "ferry") == told


def test_a_sentence_that_has_room_is_shown_from_its_beginning_however_late_the_hit() -> None:
    sentence = (
        "Two weeks after the harbour was declared "
        + "safe and sound " * 8
        + "it has reported four leaks near the ferry."
    )
    text = f"It rained. {sentence}"
    assert plain(excerpt(text, [(text.index("ferry"), len(text) - 1)])) == sentence
    assert plain(excerpt(text + " It rained." * 50, [(text.index("ferry"), len(text) - 1)])).startswith("… ")


def test_an_initial_ends_no_sentence_and_a_small_letter_begins_none() -> None:
    before = "Rain fell on the islands all night. " * 4
    assert shown(before + "The U.S. officials on the ferry. e.g. not.", "ferry").startswith(
        "The U.S. officials on the [ferry]"
    )
    assert shown(before + "Nobody at Harbour Inc. said that a ferry left.", "ferry").startswith(
        "Nobody at Harbour Inc. said"
    )


def test_a_long_address_is_told_by_its_host() -> None:
    page = "https://www.harbour.example/news/2026/11/23/island/why-the-ferry-did-not-sail.html"
    assert (
        shown(f"Read {page} today, or https://a.example/b", "today")
        == "Read harbour.example/… [today], or https://a.example/b"
    )
    assert shown(page, "ferry") == "harbour.example/…[ferry]-did-not-sail.html"


@pytest.mark.parametrize("teaser", ["Continue reading...", "Read more →", " [Czytaj dalej]"])
def test_what_feeds_put_at_the_end_of_a_cut_text_is_left_out(teaser: str) -> None:
    assert shown(f"The ferry waits. {teaser}", "ferry") == "The [ferry] waits."
    assert "reading]" in shown("The ferry waits. Continue reading...", "Continue reading")


@pytest.mark.parametrize(
    "hostile",
    [
        "\u202e",
        "\u2066",
        "\u200f",
        "\x00",
        "\x1b",
        "\x9b",
        "\u200b",
        "\ufeff",
        "\ufdd0",
        "\U000e0041",
        "\ud800",
        "\u061c",
    ],
)
def test_characters_that_steer_terminals_or_the_direction_of_writing_are_gone(hostile: str) -> None:
    text = f"Fer{hostile}ry{hostile} crews"
    assert tidy(text) == "Ferry crews"
    mark = (text.index("ry"), text.index("ry") + 2)
    assert marked(excerpt(text, [mark])) == "Fer[ry] crews"


def test_joiners_of_persian_and_emoji_stay() -> None:
    assert tidy("می\u200cرود 👩\u200d🚒") == "می\u200cرود 👩\u200d🚒"


def test_a_clipped_text_keeps_within_its_room() -> None:
    assert clip("  a   b\n", 10) == "a b"
    assert clip("harbour times weekly", 13) == "harbour times…"
    assert clip("x" * 30, 10) == "x" * 10 + "…"


def test_a_long_quote_keeps_both_its_ends() -> None:
    assert quoted("  the ferry\n sank ", 20) == "the ferry sank"
    assert quoted("ferry that was to leave the harbour at noon", 20) == "ferry that … at noon"
    assert quoted("ferry " + "and so on " * 100_000 + "harbour", 30) == "ferry and so on … so on harbour"
    assert quoted("x" * 30, 10) == "x" * 10 + "…"


def test_a_megabyte_without_a_space_is_cut_quickly() -> None:
    text = "x" * 1_000_000
    assert columns(plain(excerpt(text, [(500_000, 500_400)]))) <= EXCERPT + 10
    assert clip(text, 50) == "x" * 50 + "…"


def test_piles_of_accents_do_not_make_an_excerpt_endless() -> None:
    assert len(plain(excerpt("a" + "\u0301" * 100_000 + " b", ()))) < 100


texts = st.text(st.sampled_from("ab .。!\n\u0301粮食فن\u202e\x00👩"), max_size=300)


@example(text="  a", places=[(0, 1)], room=2)
@example(text=". a", places=[(1, 3)], room=1)
@given(
    text=texts,
    places=st.lists(st.tuples(st.integers(-5, 310), st.integers(-5, 310)), max_size=6),
    room=st.integers(1, 200),
)
def test_an_excerpt_of_anything_is_short_clean_and_marks_only_what_was_hit(
    text: str, places: list[tuple[int, int]], room: int
) -> None:
    marks = hits([Span("body", start, end) for start, end in places], "body", text)
    segments = excerpt(text, marks, room)
    told = plain(segments)
    assert columns(told) <= room + 12
    assert told == told.strip()
    assert all(unicodedata.category(each) not in {"Cc", "Cs"} for each in told)
    assert "\u202e" not in told
    hit = tidy("".join(text[start:end] for start, end in marks)) + tidy(
        " ".join(text[start:end] for start, end in marks)
    )
    assert all(letter in hit for each in segments if each["hit"] for letter in str(each["text"]))


@given(text=texts)
def test_a_title_with_room_is_shown_whole(text: str) -> None:
    assert plain(line(text, (), 1000)) == tidy(text).strip()
