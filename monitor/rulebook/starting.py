"""A new rule as a file of its own: what must be there, and, as comments, what may be."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from monitor.core.query import Node, QueryError, parse
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import RulesError
from monitor.rulebook.loading import Rulebook, load
from monitor.rulebook.reading import comment_after
from monitor.rulebook.rules import id_fault
from monitor.rulebook.settings import Known
from monitor.rulebook.sources import Source
from monitor.rulebook.tree import Unreadable, YamlMap, YamlText, compose

_SHEET = """\
rules:
  - id: {id}
    match: {query}

    # Take the # away where you need one of these; docs/rules.md explains them all.
    # title: {title}
    # description: Who wants to know, and why.
    # languages: [en]              # only articles in these languages; without it, any
    # sources: ["*.example.org"]   # only from these feeds, tags and hosts; without it, any
    # max_age: 7d                  # older articles are kept, but nobody is told
    # priority: normal             # urgent, normal or low
    # deliver: [instant]           # digests of config.toml
    # examples:                    # tried each time the rules are loaded
    #   match:
    #     - A headline that this rule should find
    #   no_match:
    #     - A headline that it should leave alone
"""


def sheet(rule_id: str, query: str) -> str:
    """Return the text of a rule file with one rule."""
    title = rule_id.replace("-", " ").strip().capitalize()
    return _SHEET.format(id=scalar("id", rule_id), query=scalar("match", query), title=title)


def scalar(key: str, text: str) -> str:
    """Return a text as YAML reads it back: as it is where that will do, else in quotes."""
    for written in (text, "'" + text.replace("'", "''") + "'"):
        if _reads_as(f"    {key}: {written}\n", text):
            return written
    # Line breaks and the signs that YAML refuses have to be spelt out.
    dumped: str = yaml.dump(text, default_style='"', width=2**31, allow_unicode=False)
    return dumped.rstrip("\n")


def faults(rule_id: str, query: str, book: Rulebook) -> list[Diagnostic]:
    """Return what is wrong with the id and the query of a new rule, each marked in what was given."""
    found = []
    if amiss := id_fault(rule_id):
        code, told, hint = amiss
        found.append(_marked(rule_id, code, told, 0, len(rule_id), hint))
    elif other := next((each for each in book.rules if each.id == rule_id), None):
        told, hint = f"there is a rule '{rule_id}' already", f"at {other.path}:{other.line}"
        found.append(_marked(rule_id, "PW108", told, 0, len(rule_id), hint))
    lists: Mapping[str, Node] = {each.name.text: each.query for each in book.lists}
    try:
        parse(query, lists)
    except QueryError as problem:
        found.append(_marked(query, problem.code, problem.message, problem.start, problem.end, problem.hint))
    return found


def prove(text: str, files: Sequence[Path], known: Known) -> None:
    """Load a new rule file together with those that there are. Raises RulesError."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "new.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            load([*files, file], known)
        except RulesError as problem:
            raise RulesError([_unplaced(each, str(file)) for each in problem.diagnostics]) from None


def _reads_as(line: str, text: str) -> bool:
    try:
        root, _ = compose(Source("", line))
    except Unreadable:
        return False
    value = root.pairs[0][1] if isinstance(root, YamlMap) and len(root.pairs) == 1 else None
    return isinstance(value, YamlText) and value.text == text and not comment_after(value) and not value.is_absent


def _marked(given: str, code: str, told: str, start: int, end: int, hint: str) -> Diagnostic:
    return Diagnostic(code, told, "", 1, start + 1, max(end, start + 1) + 1, given, hint, Severity.ERROR)


def _unplaced(diagnostic: Diagnostic, path: str) -> Diagnostic:
    """Return a fault of the file that is not there yet without its place in it."""
    if diagnostic.path != path:
        return diagnostic
    return Diagnostic(diagnostic.code, diagnostic.message, context=diagnostic.context, hint=diagnostic.hint)
