"""The Jinja environments: sandboxed, strict about names, fed from folders, one for each kind of part.

What a template prints is escaped for where it lands, so no template can forget it. In HTML that is Jinja's autoescape. In
Slack's JSON every printed text is written as the inside of a JSON string, between two marks that no text from outside can
hold; once the JSON is read, `settled` escapes what lies between marks in the one place where Slack reads markup (`mrkdwn`)
and takes the marks away.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from html import escape as html_escape
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound, UndefinedError
from jinja2.runtime import StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from monitor.core.digest.wrapping import wrap

NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9]+)+")
KINDS = ("html", "txt", "subject", "slack")
LARGEST_SOURCE = 262_144

OPEN, CLOSE = "\ufdd0", "\ufdd1"
MARKED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
MARKS = re.compile(f"[{OPEN}{CLOSE}]")


class TemplateRefused(TemplateNotFound):
    """A template that is there but is not read: its name, its size, or a link that leads out of its folder."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, f"{name}: {why}")


class UnknownNameError(UndefinedError):
    """A template asked for a name that its data has not. `known` are those it could have meant."""

    def __init__(self, message: str | None = None, *, name: str = "", known: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.known = tuple(known)


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with a short way to what a plain mapping holds: nearly all that templates ask for, at a third of the cost."""

    def getattr(self, obj: object, attribute: str) -> object:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class Missing(StrictUndefined):
    """An undefined value that fails at every use and remembers what could have been meant."""

    def __init__(
        self,
        hint: str | None = None,
        obj: object = missing,
        name: str | None = None,
        exc: Callable[[str], Exception] = UndefinedError,
    ) -> None:
        if exc is UndefinedError and (obj is missing or isinstance(obj, dict)):
            known = [key for key in obj if isinstance(key, str)] if isinstance(obj, dict) else []
            exc = partial(UnknownNameError, name=str(name or ""), known=known)
        super().__init__(hint, obj, name, exc)  # type: ignore[arg-type]


class Folders(BaseLoader):
    """Finds templates by plain name in folders, the first that has it; no name and no link leads out of its folder."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def path(self, name: str) -> Path | None:
        """Return the file of a template, None where no folder has it. Raises TemplateRefused."""
        if not NAME.fullmatch(name):
            raise TemplateRefused(name, "a template's name is lower-case letters, digits, - and _, like brief.html.j2")
        for folder in self._folders:
            file = folder / name
            if file.is_file():
                return _within(folder, file)
        return None

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002  Jinja's signature
        """Return Jinja's triple: the source, its path, and whether it is still as it was."""
        file = self.path(template)
        if file is None:
            raise TemplateNotFound(template)
        stamp = file.stat().st_mtime_ns
        return file.read_text(encoding="utf-8"), str(file), lambda: file.is_file() and file.stat().st_mtime_ns == stamp


def _within(folder: Path, file: Path) -> Path:
    if not file.resolve().is_relative_to(folder.resolve()):
        raise TemplateRefused(file.name, "is a link that leads out of the templates' folder")
    if file.stat().st_size > LARGEST_SOURCE:
        raise TemplateRefused(file.name, f"is larger than {LARGEST_SOURCE // 1024} KiB")
    return file


def kind_of(name: str) -> str:
    """Return the kind of part a template makes, by its name: "brief.html.j2" → "html", "_part.html.j2" → "" (only included)."""
    ending = name.removesuffix(".j2").rpartition(".")[2]
    return ending if name.endswith(".j2") and not name.startswith("_") and ending in KINDS else ""


def environment(folders: Sequence[Path], kind: str) -> Environment:
    """Return the environment for parts of one kind."""
    made = _Environment(
        loader=Folders(folders),
        autoescape=kind in {"html", "slack"},
        undefined=Missing,
        finalize=_inside_json if kind == "slack" else None,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # `safe` is how a template forgets to escape; lorem ipsum is no news.
    del made.filters["safe"], made.globals["lipsum"]
    made.filters["wrap"] = wrap
    if kind == "slack":
        made.filters["tojson"] = _as_json
    return made


def settled(node: object, *, markup: bool = False) -> object:
    """Return parsed Slack JSON with the marks gone and what they held escaped wherever Slack reads markup."""
    if isinstance(node, dict):
        markup = _bare(str(node.get("type"))) == "mrkdwn"
        return {_bare(key): settled(value, markup=markup) for key, value in node.items()}
    if isinstance(node, list):
        return [settled(each) for each in node]
    if not isinstance(node, str):
        return node
    if markup:
        node = MARKED.sub(lambda found: html_escape(found[1], quote=False), node)
    return _bare(node)


def _bare(text: str) -> str:
    return text if text.isascii() else MARKS.sub("", text)


def _inside_json(value: object) -> object:
    # A printed comma is JSON's own, from `joiner(",")` or a condition.
    if isinstance(value, str) and not isinstance(value, Markup) and value.strip(", \n"):
        return Markup(json.dumps(_marked(value))[1:-1])  # noqa: S704  the one door through which text enters the JSON
    return value


def _as_json(value: object) -> Markup:
    return Markup(json.dumps(_all_marked(value)))  # noqa: S704  the same door, for whole values


def _all_marked(value: object) -> object:
    if isinstance(value, Undefined):
        return str(value)  # raises: an unknown name is unknown here too
    if isinstance(value, dict):
        return {str(key): _all_marked(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_all_marked(each) for each in value]
    return _marked(value) if isinstance(value, str) else value


def _marked(text: str) -> str:
    return f"{OPEN}{MARKS.sub('', text)}{CLOSE}"
