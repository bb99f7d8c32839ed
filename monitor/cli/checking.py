"""Everything that `presswatch check` looks at, and what is wrong with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from monitor.cli.rulebooks import known, others, rule_files
from monitor.cli.unread import unread
from monitor.cli.wording import counted
from monitor.config import Config, Examined, Fault, Written, examine, names, written_rule_files
from monitor.config.defaults import shipped_templates
from monitor.config.templates import missing_templates, own_templates
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import RulesError
from monitor.parse.extraction import can_extract
from monitor.parse.languages import can_detect
from monitor.rulebook import Rulebook, Typed, load


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, in words, what is wrong with it, and what is worth a quiet word ("" is nothing)."""

    what: str
    diagnostics: tuple[Diagnostic, ...]
    aside: str = ""

    def count(self, severity: Severity) -> int:
        """Return how many diagnostics are of a severity."""
        return sum(each.severity is severity for each in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be checked: a configuration; and, instead of its rules, files and folders, or rules that were typed."""

    config: Path
    environ: Mapping[str, str]
    paths: tuple[Path, ...] = ()
    typed: Typed | None = None

    def examine(self) -> Examined:
        """Read the configuration."""
        return examine(self.config, self.environ, missing_secrets=Severity.WARNING)

    def check(self, examined: Examined) -> Checked:
        """Look at everything else too."""
        rules = self._rules(examined)
        templates = _templates(examined.config)
        what = ", ".join(each for each in (str(self.config), rules.what, templates.what) if each)
        pages = () if can_extract() else tuple(unread_pages(examined.written))
        # Who is warned already needs no second word.
        aside = unread(examined.config, installed=can_extract()) if examined.config and not pages else ""
        return Checked(what, (*examined.diagnostics, *pages, *rules.diagnostics, *templates.diagnostics), aside)

    def files(self, examined: Examined) -> list[Path]:
        """Return the files that are read for this, as they are there now."""
        rules = [*rule_files(self.paths), *written_rule_files(examined.written, self.config)]
        more = [*examined.config.included_files, *own_templates(examined.config)] if examined.config else []
        return [self.config, *rules, *more]

    def _rules(self, examined: Examined) -> Checked:
        """Load the rules, with the names that even a faulty configuration has."""
        configured = written_rule_files(examined.written, self.config)
        named: list[Path | Typed] = [*rule_files(self.paths), *([self.typed] if self.typed else [])]
        files_read = counted(len(named or configured), "rule file")
        beside = others(configured, rule_files(self.paths)) if named else []
        try:
            book = load(named or configured, known(examined.written), beside)
        except RulesError as problem:
            return Checked(files_read, problem.diagnostics)
        what = f"{files_read} ({counted(len(book.rules), 'rule')}, {counted(book.examples, 'example')})"
        idle = () if named else empty_digests(examined.written, book)
        undetectable = None if can_detect() else book.undetectable()
        return Checked(what, (*book.warnings, *filter(None, [undetectable]), *idle))


def unread_pages(written: Written) -> Iterator[Diagnostic]:
    """Warn where the pages of all articles are asked for; for where nothing is installed that reads them."""
    fetch, feeds = written.values.get("fetch"), written.values.get("feeds")
    tables: list[tuple[tuple[str | int, ...], object]] = [(("fetch", "full_text"), fetch)]
    tables += [
        (("feeds", index, "full_text"), each) for index, each in enumerate(feeds if isinstance(feeds, list) else [])
    ]
    for path, table in tables:
        if isinstance(table, Mapping) and table.get("full_text") == "always":
            hint = "pip install 'presswatch[fulltext]' to have them read"
            told = "pages are to be read always, but what reads them is not installed"
            yield written.diagnostic(Fault(path, "PW442", told, hint, severity=Severity.WARNING))


def empty_digests(written: Written, book: Rulebook) -> Iterator[Diagnostic]:
    """Warn of digests that no rule delivers to; of the built-in one only where it is written."""
    fed = {digest for rule in book.rules for digest in rule.deliver}
    for digest in sorted(names(written).digests - fed):
        if written.origin(("digests", digest)) != "default":
            message = f"digest '{digest}' is delivered to by no rule"
            fault = Fault(("digests", digest), "PW402", message, on_key=True, severity=Severity.WARNING)
            yield written.diagnostic(fault)


def _templates(config: Config | None) -> Checked:
    if config is None:
        return Checked("", ())
    own = own_templates(config)
    return Checked(counted(len(own), "template"), (*_template_faults(config, own), *missing_templates(config)))


def _template_faults(config: Config, own: Sequence[Path]) -> Sequence[Diagnostic]:
    """Return what is wrong with templates. The engine that runs them takes a tenth of a second to import, and its process longer; few have any."""
    if not own:
        return ()
    check: Callable[[Sequence[Path], Path], list[Diagnostic]] = import_module("monitor.render.checking").check_alone
    return check(config.template_folders, shipped_templates())
