"""An edition's context and a digest's template into a message; a template that fails is told of, and never costs the message."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.core.digest import Context, fold, shown
from monitor.core.digest.marking import tidy
from monitor.core.model import Message
from monitor.diagnostics import Diagnostic
from monitor.render.bounds import bounded
from monitor.render.checking import check_templates
from monitor.render.drawing import SECONDS, blocks_of, draw
from monitor.render.environments import KINDS
from monitor.workers import Workers

PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED = PACKAGE / "_data" / "templates"
BUILT_IN = SHIPPED if SHIPPED.is_dir() else PACKAGE.parent / "templates"
"""The templates that come with Presswatch: inside the wheel, or beside the package in a checkout."""

LARGEST_MAIL = 90_000
"""Bytes of an HTML part; Gmail cuts a message off at about 102 kB."""
AROUND, LISTED_SHARE = 10_000, 0.24
"""Bytes of a mail that are of no story, about; and how much of a story's bytes its title in the list takes."""
TOO_LARGE = "PW304"
Drawing = Callable[[str, Context], Awaitable[str | Diagnostic]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, and why it does not look as its digest's template wants, if it does not."""

    message: Message
    faults: tuple[Diagnostic, ...] = ()


class Renderer:
    """Renders with the templates of `folders` (the user's, first wins) before the built-in ones.

    Templates of users run in `workers`, where one that takes more than `seconds` is killed; the built-in ones in a thread.
    """

    def __init__(self, folders: Sequence[Path], workers: Workers, seconds: float = SECONDS) -> None:
        self._own = tuple(folders)
        self._workers = workers
        self._seconds = seconds

    async def render(self, template: str, context: Context) -> Rendered:
        """Render all parts by `template`, or, where any of them fails, all by the built-in template with a word about it."""
        faults: tuple[Diagnostic, ...] = ()
        if self._has_own() or not _parts(template, (BUILT_IN,)):
            drawn = await self._message(template, context, self._draw_in_worker)
            if isinstance(drawn, Message):
                return Rendered(drawn)
            faults = (drawn,)
            context = {**context, "faults": [_told(drawn)]}
        drawn = await self._message(str(context["kind"]), context, _draw_built_in)
        assert isinstance(drawn, Message), drawn
        return Rendered(drawn, faults)

    def look_in(self, folders: Sequence[Path]) -> None:
        """Take the user's templates from other folders from now on."""
        self._own = tuple(folders)

    async def check(self) -> list[Diagnostic]:
        """Return every fault of the user's templates, found by rendering each with made-up news."""
        return await check_templates(self._own, BUILT_IN, self._workers, self._seconds)

    def _has_own(self) -> bool:
        return any(True for folder in self._own for _ in folder.glob("*.j2"))

    async def _message(self, template: str, context: Context, drawing: Drawing) -> Message | Diagnostic:
        folders = (BUILT_IN,) if drawing is _draw_built_in else (*self._own, BUILT_IN)
        names = _parts(template, folders)
        if not names:
            return Diagnostic(
                "PW308", f"there is no template '{template}' (looked for {template}.html.j2 and its like)"
            )
        names = {kind: names.get(kind, f"{context['kind']}.{kind}.j2") for kind in KINDS}
        html, mail = await self._mail(names["html"], context, drawing)
        text, _ = await self._drawn(names["txt"], mail, drawing)
        subject = await drawing(names["subject"], mail)
        slack, _ = await self._drawn(names["slack"], context, drawing)
        for part in (html, text, subject, slack):
            if isinstance(part, Diagnostic):
                return part
        return Message(str(subject), str(text), str(html), blocks_of(str(slack)))

    async def _mail(self, name: str, context: Context, drawing: Drawing) -> tuple[str | Diagnostic, Context]:
        """The HTML part, with as many stories in full as fit, and the context that shows just those."""
        html, context = await self._drawn(name, context, drawing)
        while isinstance(html, str) and self._foldable(name, drawing) and len(html.encode()) > LARGEST_MAIL:
            if shown(context) <= 1:
                break
            context = fold(context, _fitting(shown(context), len(html.encode())))
            html = await drawing(name, context)
        return html, context

    async def _drawn(self, name: str, context: Context, drawing: Drawing) -> tuple[str | Diagnostic, Context]:
        """One part, with half of the stories as often as it would print more than any part may; and the context that shows just those."""
        part = await drawing(name, context)
        while isinstance(part, Diagnostic) and part.code == TOO_LARGE and self._foldable(name, drawing):
            less = fold(context, max(shown(context) // 2, 1))
            if less == context:
                break
            context, part = less, await drawing(name, less)
        return part, context

    def _foldable(self, name: str, drawing: Drawing) -> bool:
        """Whether it is a built-in template that draws a part: what people's own shows is for them to say."""
        return drawing is _draw_built_in or not any((folder / name).is_file() for folder in self._own)

    async def _draw_in_worker(self, name: str, context: Context) -> str | Diagnostic:
        folders = (*self._own, BUILT_IN)
        path = next((str(folder / name) for folder in folders if (folder / name).is_file()), name)
        return await bounded(self._workers, path, self._seconds, draw, folders, name, context, self._seconds)


def _fitting(stories: int, size: int) -> int:
    """Return how many of so many stories fit into a mail, by the bytes that all of them take; fewer than that, and one at least.

    A first guess that fits saves drawing the mail a third time: what is not shown in full is still listed.
    """
    each = max((size - AROUND) / stories, 1.0)
    listed = each * LISTED_SHARE
    room = (LARGEST_MAIL - AROUND - stories * listed) / (each - listed)
    return max(min(int(room), stories * LARGEST_MAIL // size - 1), 1)


def _parts(template: str, folders: Sequence[Path]) -> dict[str, str]:
    """Return, by kind, the names of the parts of `template` that exist."""
    names = {kind: f"{template}.{kind}.j2" for kind in KINDS}
    return {kind: name for kind, name in names.items() if any((folder / name).is_file() for folder in folders)}


async def _draw_built_in(name: str, context: Context) -> str | Diagnostic:
    return await asyncio.to_thread(draw, (BUILT_IN,), name, context)


def _told(fault: Diagnostic) -> str:
    place = ":".join(str(each) for each in (fault.path, fault.line) if each)
    return tidy(f"{place}: {fault.message}" if place else fault.message)
