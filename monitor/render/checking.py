"""Templates tried out before they are needed: each is read and rendered with made-up news, and every fault is placed."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from monitor.core.digest import Context
from monitor.diagnostics import Diagnostic
from monitor.render.bounds import OUT_OF_BOUNDS, bounded
from monitor.render.drawing import SECONDS, draw
from monitor.render.environments import Folders, environment, kind_of
from monitor.render.faults import TEMPLATE_ERRORS, diagnostic, unknown_name
from monitor.render.sample import alert_sample, digest_sample
from monitor.workers import Workers


async def check_templates(
    own: Sequence[Path], built_in: Path, workers: Workers, seconds: float = SECONDS
) -> list[Diagnostic]:
    """Return every fault of the templates in `own`, by path and line; `built_in` holds what they may include.

    All of it is done in `workers`: a template can ask for all time and memory there is as soon as it is read.
    """
    found: dict[Diagnostic, None] = {}
    for file in sorted({file for folder in own if folder.is_dir() for file in folder.glob("*.j2")}):
        found.update(dict.fromkeys(await _check(file, [*own, built_in], workers, seconds)))
    return sorted(found, key=lambda each: (each.path, each.line, each.column, each.code))


def check_alone(own: Sequence[Path], built_in: Path) -> list[Diagnostic]:
    """Do the same for a command, in a process that is started for it."""
    workers = Workers(count=1)
    try:
        return asyncio.run(check_templates(own, built_in, workers))
    finally:
        workers.close()


async def _check(file: Path, folders: Sequence[Path], workers: Workers, seconds: float) -> Sequence[Diagnostic]:
    digest, alert = digest_sample(), alert_sample()
    unread = await bounded(workers, str(file), seconds, _unread, file, folders, digest)
    if isinstance(unread, Diagnostic):
        return [unread]
    if unread or not kind_of(file.name):
        return unread
    found: list[Diagnostic] = []
    for sample in (digest, alert):
        drawn = await bounded(workers, str(file), seconds, draw, folders, file.name, sample, seconds)
        if isinstance(drawn, Diagnostic):
            found.append(drawn)
            if drawn.code == OUT_OF_BOUNDS:
                break  # with other news it would take as long again
    return found


def _unread(file: Path, folders: Sequence[Path], sample: Context) -> list[Diagnostic]:
    return list(_reading(file, folders, sample))


def _reading(file: Path, folders: Sequence[Path], sample: Context) -> Iterator[Diagnostic]:
    """What is wrong before the template runs: its file, its syntax, its names in branches no sample may reach."""
    made = environment(folders, kind_of(file.name) or "html")
    try:
        path = Folders(folders).path(file.name)
        text = file.read_text(encoding="utf-8")
        tree = made.parse(text, file.name, str(path or file))
        made.compile(text, file.name, str(path or file))  # finds unknown filters and tests, which parsing lets pass
    except TEMPLATE_ERRORS as error:
        yield diagnostic(error, str(file), list(sample))
        return
    unknown = find_undeclared_variables(tree) - set(sample) - set(made.globals) - _own_names(tree)
    if not kind_of(file.name):
        # What is only included, or imported as macros, may be given names by the template that does it.
        return
    first: dict[str, int] = {}
    for name in tree.find_all(nodes.Name):
        if name.name in unknown and name.ctx == "load":
            first[name.name] = min(first.get(name.name, name.lineno), name.lineno)
    yield from (unknown_name(str(file), line, name, list(sample)) for name, line in first.items())


def _own_names(tree: nodes.Template) -> set[str]:
    """What the template itself gives a name, wherever it does."""
    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    names |= {each.target for each in tree.find_all(nodes.Import)} | {each.name for each in tree.find_all(nodes.Macro)}
    imported = (name for each in tree.find_all(nodes.FromImport) for name in each.names)
    return names | {name[1] if isinstance(name, tuple) else name for name in imported}
