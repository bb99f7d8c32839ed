"""From rule files to the rules in force: all of them good, or none."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.core.match import Matcher, asks_language
from monitor.core.query import Node, weakness
from monitor.core.query.nodes import true_of_nothing
from monitor.core.rules import Rule
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import RulesError
from monitor.rulebook.faults import Faults, shown
from monitor.rulebook.keys import FILE
from monitor.rulebook.proving import Proof, prove
from monitor.rulebook.queries import NamedList, Queries, names_in
from monitor.rulebook.reading import keyed, pairs, parts
from monitor.rulebook.rules import Draft, RuleReader
from monitor.rulebook.settings import Known, Settings
from monitor.rulebook.sources import Typed, read
from monitor.rulebook.tree import Unreadable, YamlText, YamlValue, compose

Compile = Callable[[Sequence[Rule]], Matcher]
_LIST_NAME = re.compile(r"[\w-]{1,64}")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of all files, in the order of the files, compiled; with what is doubtful in them, and how much was read.

    `drafts` are the same rules with what their files say beside them: where they stand, and their examples. `lists` are the named
    lists: a query that uses one holds its very node.
    """

    rules: tuple[Rule, ...]
    matcher: Matcher
    warnings: tuple[Diagnostic, ...]
    files: int
    examples: int
    drafts: tuple[Draft, ...] = ()
    lists: tuple[NamedList, ...] = ()

    @property
    def list_queries(self) -> dict[str, Node]:
        """The named lists as queries, by name."""
        return {each.name.text: each.query for each in self.lists}

    def undetectable(self) -> Diagnostic | None:
        """Return the warning for where no language can be detected: it is at the first rule that asks for one."""
        asking = next((each for each in self.drafts if asks_language(each.rule)), None)
        if asking is None:
            return None
        told = f"rule '{asking.rule.id}' asks for a language, which only articles whose feed states it have"
        at = asking.name
        hint = "pip install 'presswatch[lang]' to have it told from their words"
        return at.source.diagnostic("PW417", told, at.start, at.end, hint, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Examined:
    """What could be read of rule files, sound or not: `rulebook` has every rule whose query could be read.

    `errors` keep all of it out of force; they are in the order of the files, and those of `proofs` are among them. `queries` reads further queries with the lists of these files.
    """

    rulebook: Rulebook
    errors: tuple[Diagnostic, ...]
    proofs: tuple[Proof, ...]
    queries: Queries


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The sections of one readable file."""

    lists: YamlValue | None
    defaults: YamlValue | None
    rules: YamlValue | None

    def names(self) -> Iterator[str]:
        """Yield what may be names of lists in the queries of the file."""
        for section in (self.lists, self.rules):
            yield from names_in(section) if section else ()


def load(
    files: Sequence[Path | Typed], known: Known, beside: Sequence[Path] = (), compiled: Compile = Matcher
) -> Rulebook:
    """Read rule files and run their examples. They may use the lists of files `beside` them, of which nothing else counts.

    `compiled` makes the matcher of the rules. Raises RulesError with every fault of every file, in the order of the files; then
    nothing of them may be used.
    """
    found = examine(files, known, beside, compiled)
    if found.errors:
        raise RulesError(_in_order([*found.errors, *found.rulebook.warnings], files))
    return found.rulebook


def examine(
    files: Sequence[Path | Typed], known: Known, beside: Sequence[Path] = (), compiled: Compile = Matcher
) -> Examined:
    """Read rule files and run their examples, for those who want to see what is sound beside what is not."""
    faults = Faults(unheard=frozenset(map(str, beside)))
    sheets = [_sheet(file, faults) for file in files]
    readable = [each for each in sheets if each]
    neighbours = [_sheet(file, faults) for file in beside]
    lists = _lists([each for each in neighbours if each], faults) | _lists(readable, faults)
    queries = Queries(lists, known, faults, complete=None not in (*sheets, *neighbours))
    reader = RuleReader(queries, known, faults)
    drafts = list(_unique([each for sheet in readable for each in _drafts(sheet, reader)], faults))
    used_beside = {name for each in neighbours if each for name in each.names()}
    for name in queries.unused():
        if name.text in used_beside or any(map(faults.full, map(str, files))):
            continue
        told = f"list '{name.text}' is used by no query"
        faults.warn(name, (0, len(name.text)), "PW411", told, "delete it, or use it as $name")
    matcher = compiled([each.rule for each in drafts])
    _warn_of_always(drafts, matcher, faults)
    proofs = tuple(prove(drafts, matcher, faults))
    rulebook = Rulebook(
        rules=tuple(each.rule for each in drafts),
        matcher=matcher,
        warnings=tuple(_in_order(faults.warnings, files)),
        files=len(files),
        examples=sum(len(each.examples) for each in drafts),
        drafts=tuple(drafts),
        lists=tuple(queries.lists()),
    )
    return Examined(rulebook, tuple(_in_order(faults.errors, files)), proofs, queries)


def _warn_of_always(drafts: Sequence[Draft], matcher: Matcher, faults: Faults) -> None:
    """Warn of rules that no word could rule out, but for those that were warned of when their queries were read."""
    always = {each.id for each in matcher.always}
    for draft in drafts:
        query = draft.rule.query
        if draft.rule.id in always and not weakness(query) and not true_of_nothing(query):
            told = f"rule '{draft.rule.id}' can match by a regular expression alone, so it is tried on every article"
            hint = "join that by AND to a word that must be there too"
            faults.warn(draft.name, (0, len(draft.name.text)), "PW424", told, hint)


def _sheet(file: Path | Typed, faults: Faults) -> _Sheet | None:
    """Return a file's sections; None where it cannot be read as YAML."""
    source = read(file)
    if isinstance(source, Diagnostic):
        faults.add(source)
        return None
    try:
        root, duplicates = compose(source)
    except Unreadable as problem:
        faults.add(problem.diagnostic)
        return None
    for key, first in duplicates:
        told = f"key {shown(key.text)} stands twice in one mapping"
        faults.at(key, "PW107", told, f"first on line {source.line_of(first.start)}")
    found = keyed(root, FILE, "a rule file", faults) if root and not _is_absent(root) else {}
    values = {key: value for key, (_, value) in found.items() if not _is_absent(value)}
    return _Sheet(values.get("lists"), values.get("defaults"), values.get("rules"))


def _is_absent(value: YamlValue) -> bool:
    return isinstance(value, YamlText) and value.is_absent


def _lists(sheets: Sequence[_Sheet], faults: Faults) -> dict[str, tuple[YamlText, YamlValue]]:
    """Return the lists of all files by name."""
    lists: dict[str, tuple[YamlText, YamlValue]] = {}
    for sheet in sheets:
        for key, value in pairs(sheet.lists, "'lists'", faults) if sheet.lists else ():
            if not _LIST_NAME.fullmatch(key.text):
                faults.at(key, "PW113", f"{shown(key.text)} is not a name for a list", "letters, digits, '-' and '_'")
            elif key.text in lists:
                faults.at(key, "PW108", f"list '{key.text}' is defined twice", _first(lists[key.text][0]))
            else:
                lists[key.text] = (key, value)
    return lists


def _drafts(sheet: _Sheet, reader: RuleReader) -> Iterator[Draft]:
    defaults = reader.defaults(sheet.defaults) if sheet.defaults else Settings()
    for value in parts(sheet.rules, "'rules'", reader.faults) if sheet.rules else ():
        if made := reader.draft(value, defaults, sheet.defaults):
            yield made


def _unique(drafts: Sequence[Draft], faults: Faults) -> Iterator[Draft]:
    seen: dict[str, YamlText] = {}
    for each in drafts:
        first = seen.setdefault(each.name.text, each.name)
        if first is each.name:
            yield each
        else:
            faults.at(each.name, "PW108", f"rule id {shown(each.name.text)} is given twice", _first(first))


def _first(name: YamlText) -> str:
    return f"first at {name.source.path}:{name.source.line_of(name.start)}"


def _in_order(diagnostics: Sequence[Diagnostic], files: Sequence[Path | Typed]) -> list[Diagnostic]:
    place = {str(file): number for number, file in enumerate(files)}
    return sorted(diagnostics, key=lambda each: (place.get(each.path, 0), each.line, each.column))
