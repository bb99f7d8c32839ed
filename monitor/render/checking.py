"""Templates tried out before they are needed: each is read and rendered with made-up news, and every fault is placed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from monitor.core.digest import Context
from monitor.diagnostics import Diagnostic
from monitor.render.drawing import draw
from monitor.render.environments import Folders, environment, kind_of
from monitor.render.faults import TEMPLATE_ERRORS, diagnostic, unknown_name
from monitor.render.sample import alert_sample, digest_sample


def check_templates(own: Sequence[Path], built_in: Path) -> list[Diagnostic]:
    """Return every fault of the templates in `own`, by path and line; `built_in` holds what they may include."""
    found: dict[Diagnostic, None] = {}
    for file in sorted({file for folder in own if folder.is_dir() for file in folder.glob("*.j2")}):
        found.update(dict.fromkeys(_check(file, [*own, built_in])))
    return sorted(found, key=lambda each: (each.path, each.line, each.column, each.code))


def _check(file: Path, folders: Sequence[Path]) -> Iterator[Diagnostic]:
    samples = (digest_sample(), alert_sample())
    unread = list(_reading(file, folders, samples[0]))
    yield from unread
    if not unread and kind_of(file.name):
        drawn = (draw(folders, file.name, each) for each in samples)
        yield from (each for each in drawn if isinstance(each, Diagnostic))


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
