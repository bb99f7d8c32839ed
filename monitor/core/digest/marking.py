"""What of an article's text is shown: a line or a short excerpt, cut into segments with the hits marked, made harmless.

A segment is `{"text": str, "hit": bool}`. Widths are in columns of a terminal, where a Chinese character takes two: so an
excerpt takes about the same room in every script.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import combining, east_asian_width

from monitor.core.model import Span
from monitor.core.text import cleaning

Segment = dict[str, object]
Window = tuple[int, int]

ELLIPSIS = "…"
EXCERPT = 300
"""Columns of an excerpt."""
AROUND = 70
"""Columns shown on both sides of a hit."""
SENTENCE = 140
"""How far before the first hit its sentence may begin to be shown from there."""
CLOSE = 25
"""Two windows so many characters apart become one."""
MOST_SPANS = 40

# An initial, as in "U.S. officials", ends no sentence; what follows with a small letter begins none (`_sentence_ends`).
SENTENCE_END = re.compile(r"(?<=[.!?؟])(?<!\b[^\W\d_]\.)\s+|(?<=[。！？])|\n\s*\n")
PARAGRAPHS = re.compile(r"(?<=\w)\n[^\S\n]*\n(?=\s*\w)")
"""Where a paragraph, a headline say, ends without a full stop."""
TEASER = re.compile(
    r"[\s\[(»→]*\b(?:continue reading|read more|weiterlesen|lire la suite|leer más|czytaj dalej)\W*$", re.IGNORECASE
)
"""What feeds put at the end of a text that they cut."""
ADDRESS = re.compile(r"https?://(?:www\.)?([^\s/?#]{1,60})([/?#]\S*)?", re.IGNORECASE)
LONGEST_ADDRESS = 40
"""Columns of an address within a text; of a longer one the host is shown."""


def tidy(text: str) -> str:
    """Return `text` on one line, without characters that steer terminals or the direction of writing. Keeps edge spaces."""
    return cleaning.single_spaced(cleaning.tidy(text))


def columns(text: str) -> int:
    """Return how wide `text` is on a terminal."""
    return len(text) if text.isascii() else sum(_width(letter) for letter in text)


def clip(text: str, room: int) -> str:
    """Return `text` tidy and stripped, cut at a word with an ellipsis where it is wider than `room` columns."""
    text = tidy(text[: room * 8]).strip()
    end = _after(text, 0, room)
    return text if end == len(text) else text[: _word_end(text, end, 1)].rstrip() + ELLIPSIS


def quoted(text: str, room: int) -> str:
    """Return `text` tidy and stripped; where it is wider than `room` columns its beginning and its end, as words near each other stand at both."""
    near = room * 4
    text = tidy(text if len(text) <= 2 * near else f"{text[:near]} {text[-near:]}").strip()
    if columns(text) <= room:
        return text
    end, start = _end(text, 0, room // 2), _word_start(text, _before(text, len(text), room // 2), len(text))
    return f"{text[:end].rstrip()} {ELLIPSIS} {text[start:]}" if start < len(text) else clip(text, room)


def plain(segments: Iterable[Segment]) -> str:
    """Return the text of segments without its marks."""
    return "".join(str(each["text"]) for each in segments)


def hits(spans: Iterable[Span], field: str, text: str) -> list[Window]:
    """Return where the spans of `field` lie in `text`, in order; those that touch or are parted by spaces are one."""
    found: list[Window] = []
    for span in sorted(each for each in spans if each.field == field)[:MOST_SPANS]:
        start, end = max(span.start, 0), min(span.end, len(text))
        if not text[start:end].strip():
            continue
        if found and (start <= found[-1][1] or not text[found[-1][1] : start].strip()):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def line(text: str, marks: Sequence[Window], room: int) -> list[Segment]:
    """Return the whole of `text` (a title) as segments, cut at `room` columns."""
    return _join(text, marks, [(0, _end(text, 0, room))])


def excerpt(text: str, marks: Sequence[Window], room: int = EXCERPT) -> list[Segment]:
    """Return up to three stretches of `text` around the hits, or its beginning where there are none."""
    text = _readable(text, marks)
    if not marks:
        return _join(text, marks, [(0, _end(text, 0, room))])
    windows = [_first_window(text, marks[0], room)]
    for start, end in marks[1:]:
        window = _word_start(text, _before(text, start, AROUND), start), _end(text, end, AROUND)
        if window[0] <= windows[-1][1] + CLOSE:
            windows[-1] = windows[-1][0], max(windows[-1][1], window[1])
        elif len(windows) < 3:
            windows.append(window)
    return _join(text, marks, _filled(text, windows, room))


def _readable(text: str, marks: Sequence[Window]) -> str:
    """Return `text` with full stops where paragraphs lack them, place by place the same, and without the teaser at its end."""
    last = marks[-1][1] if marks else 0
    cut = TEASER.search(text, max(last, len(text) - 60))
    text = text[: cut.start()] if cut else text
    if "\n" not in text:
        return text
    return PARAGRAPHS.sub(
        lambda found: found[0] if _goes_on(text, found, marks) else f"{_stop(text, found)}{' ' * (len(found[0]) - 1)}",
        text,
    )


def _goes_on(text: str, gap: re.Match[str], marks: Sequence[Window]) -> bool:
    """Whether the sentence before a gap may go on after it, an address ends there, or one hit goes on."""
    following = text[gap.end() : gap.end() + 20].lstrip()[:1]
    address = "://" in text[max(gap.start() - 200, 0) : gap.start()].rpartition(" ")[2]
    return following.islower() or address or any(start < gap.end() and gap.start() < end for start, end in marks)


def _stop(text: str, gap: re.Match[str]) -> str:
    return "。" if _width(text[gap.start() - 1]) == 2 else "."


def _sentence_ends(text: str, start: int, end: int) -> Iterator[Window]:
    """Yield the gaps between sentences."""
    for found in SENTENCE_END.finditer(text, start, end):
        if not text[found.end() : found.end() + 1].islower():
            yield found.span()


def _first_window(text: str, mark: Window, room: int) -> Window:
    """From the beginning of the sentence of the first hit, where that is near or there is room for all. Half of the room is the hit's and what follows."""
    start, end = mark
    whole = _after(text, 0, room) == len(text)
    earliest = 0 if whole else _before(text, start, min(SENTENCE, room // 2))
    ends = [end for _, end in _sentence_ends(text, earliest, start)]
    if ends or earliest == 0:
        begin = ends[-1] if ends else 0
    else:
        begin = _word_start(text, _before(text, start, min(AROUND, room // 2)), start)
    return begin, _end(text, end, min(AROUND, room))


def _filled(text: str, windows: list[Window], room: int) -> list[Window]:
    """Drop the windows there is no room for, and let the last one run on into the room that is left."""
    kept: list[Window] = []
    for start, end in windows:
        if kept and columns(text[start:end]) > room:
            break
        end = min(end, _end(text, start, room))
        kept.append((start, end))
        room -= columns(text[start:end])
    start, end = kept[-1]
    reach = _after(text, end, max(room, 0))
    if reach < len(text):
        # Better a little shorter and a whole sentence.
        ends = [start for start, _ in _sentence_ends(text, end, min(reach + 1, len(text)))]
        reach = ends[-1] if ends else _word_end(text, reach, end)
    return [*kept[:-1], (start, reach)]


def _join(text: str, marks: Sequence[Window], windows: Sequence[Window]) -> list[Segment]:
    joined: list[Segment] = []
    for start, end in windows:
        opened = start > 0 and not _begins_sentence(text, start)
        gap = f" {ELLIPSIS} " if joined else f"{ELLIPSIS} " if opened else ""
        joined += _segment(gap, hit=False) + _cut(text, marks, start, end)
    if text[windows[-1][1] :].strip() and not _ends_sentence(text, windows[-1][1]):
        joined += _segment("" if plain(joined).endswith(ELLIPSIS) else ELLIPSIS, hit=False)
    return _welded(joined)


def _cut(text: str, marks: Sequence[Window], start: int, end: int) -> list[Segment]:
    cut: list[Segment] = []
    for hit_start, hit_end in marks:
        hit_start, hit_end = max(hit_start, start), min(hit_end, end)
        if hit_start < hit_end:
            cut += _segment(text[start:hit_start], hit=False) + _segment(text[hit_start:hit_end], hit=True)
            start = hit_end
    return cut + _segment(text[start:end], hit=False)


def _segment(text: str, *, hit: bool) -> list[Segment]:
    text = tidy(text if hit else ADDRESS.sub(_shortened, text))
    return [{"text": text, "hit": hit}] if text else []


def _shortened(address: re.Match[str]) -> str:
    return address[0] if columns(address[0]) <= LONGEST_ADDRESS else f"{address[1]}/{ELLIPSIS}"


def _welded(segments: list[Segment]) -> list[Segment]:
    """Join neighbours of one kind, and strip the edges."""
    welded: list[Segment] = []
    for each in segments:
        if welded and welded[-1]["hit"] == each["hit"]:
            welded[-1] = {"text": tidy(f"{welded[-1]['text']}{each['text']}"), "hit": each["hit"]}
        else:
            welded.append(each)
    while welded and not str(welded[-1]["text"]).strip():
        welded.pop()
    while welded and not str(welded[0]["text"]).strip():
        welded.pop(0)
    if welded:
        welded[0] = {**welded[0], "text": str(welded[0]["text"]).lstrip()}
        welded[-1] = {**welded[-1], "text": str(welded[-1]["text"]).rstrip()}
    return welded


def _width(letter: str) -> int:
    if letter.isascii():
        return 1
    return 0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1


def _before(text: str, at: int, room: int) -> int:
    if text.isascii():
        return max(0, at - max(room, 0))
    while at > 0 and (room := room - _width(text[at - 1])) >= 0:
        at -= 1
    return at


def _after(text: str, at: int, room: int) -> int:
    if text.isascii():
        return max(at, min(at + room, len(text)))
    while at < len(text) and (room := room - _width(text[at])) >= 0:
        at += 1
    return at


def _end(text: str, at: int, room: int) -> int:
    reach = _after(text, at, room)
    return reach if reach == len(text) else _word_end(text, reach, at)


def _word_start(text: str, at: int, limit: int) -> int:
    """Move `at` forward to the beginning of a word, not past `limit`; every wide character begins one."""
    while at < limit and at > 0 and not text[at - 1].isspace() and _width(text[at]) != 2:
        at += 1
    return at


def _word_end(text: str, at: int, limit: int) -> int:
    """Move `at` back to the end of a word, but less than a long word's length and not before `limit`."""
    back = at
    while back > max(limit, at - 30) and not text[back].isspace() and _width(text[back]) != 2:
        back -= 1
    if back > max(limit, at - 30):
        return back
    while at > limit and combining(text[at]):
        at -= 1
    return at


def _begins_sentence(text: str, at: int) -> bool:
    return any(end == at for _, end in _sentence_ends(text, max(at - 20, 0), at))


def _ends_sentence(text: str, at: int) -> bool:
    return text[:at][-2:].rstrip()[-1:] in {*".!?؟。！？"}
