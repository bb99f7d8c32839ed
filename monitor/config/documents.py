"""The places a configuration is written in: config.toml, included files, the environment; and what stands where."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File

from monitor.config.positions import Lines, Path, Spot, spots
from monitor.diagnostics import Diagnostic, Severity

#: A configuration of 5,000 feeds is about 0.6 MB; what is much larger is some other file.
LARGEST_FILE = 4 * 2**20

#: Keys whose values are secrets, wherever they stand.
SECRET_KEYS = frozenset({"password", "secret", "token", "webhook"})

#: User and password within an address, before its host or among its parameters.
_USERINFO = re.compile(r"(?<=://)[^/\s\"'@]+(?=@)|(?<=[?&]password=)[^&\s\"']+")
_HEADING = re.compile(r"^[ \t]*\[+[ \t]*([\w-]+)", re.MULTILINE)
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the value (or the key, when `on_key`) at a path of the merged configuration."""

    path: Path
    code: str
    message: str
    hint: str = ""
    on_key: bool = False
    severity: Severity = Severity.ERROR
    #: Characters [start, end) of a text value that are meant; None: all of it.
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One TOML file: its values, where each stands, and its lines with secrets struck out."""

    shown: str
    values: Mapping[str, object]
    text: str
    spots: Mapping[Path, Spot]
    lines: Lines

    @classmethod
    def read(cls, file: File, shown: str) -> "Document | Diagnostic":
        """Read a file, or say why it can't be."""
        try:
            with file.open("rb") as opened:
                raw = opened.read(LARGEST_FILE + 1)
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except OSError as problem:
            return Diagnostic(
                "PW141", f"the file cannot be read: {(problem.strerror or 'unknown reason').lower()}", shown
            )
        except UnicodeDecodeError as problem:
            line = problem.object.count(b"\n", 0, problem.start) + 1
            return Diagnostic("PW142", "the file is not UTF-8 text", shown, line)
        if len(raw) > LARGEST_FILE:
            return Diagnostic("PW141", f"the file is larger than {LARGEST_FILE // 2**20} MiB", shown)
        return cls.parse(text, shown)

    @classmethod
    def parse(cls, text: str, shown: str) -> "Document | Diagnostic":
        """Take a text apart, or say where it is not TOML."""
        try:
            values = tomllib.loads(text)
            found = spots(text)
        except tomllib.TOMLDecodeError as problem:
            return _syntax_fault(str(problem), text, shown)
        except RecursionError:
            return Diagnostic("PW142", "lists or tables are nested too deeply", shown)
        return cls(shown, values, text, found, Lines(_masked(text, found)))

    def diagnostic(self, fault: Fault, path: Path) -> Diagnostic:
        """Place a fault at `path` of this file, or at the nearest thing around it that is written here."""
        known = path
        while known and known not in self.spots:
            known = known[:-1]
        if not known:
            return Diagnostic(fault.code, fault.message, self.shown, hint=fault.hint, severity=fault.severity)
        spot = self.spots[known]
        start, end = spot.key if fault.on_key or known != path else spot.value
        if fault.part and self.text[start : start + 1] in {'"', "'"} and "\\" not in self.text[start:end]:
            start, end = start + 1 + fault.part[0], start + 1 + fault.part[1]
        line, column = self.lines.at(start)
        context = self.lines.text(line)
        end_column = min(column + end - start, len(context) + 1)
        return Diagnostic(
            fault.code, fault.message, self.shown, line, column, end_column, context, fault.hint, fault.severity
        )  # fmt: skip

    def line_of(self, path: Path) -> int | None:
        """Return the line a path is written on, None when it is not in this file."""
        spot = self.spots.get(path)
        return self.lines.at(spot.key[0])[0] if spot else None


def _masked(text: str, found: Mapping[Path, Spot]) -> str:
    """Return the text with secrets replaced by as many stars: a diagnostic shows the line it is about."""
    literal = sorted(spot.value for path, spot in found.items() if _secret(path))
    pieces: list[str] = []
    done = 0
    for start, end in literal:
        if text[start : start + 1] in {'"', "'"}:
            pieces += [text[done : start + 1], re.sub(r"[^\n]", "*", text[start + 1 : end - 1])]
            done = end - 1
    pieces.append(text[done:])
    return _USERINFO.sub(_stars, "".join(pieces))


def _stars(found: re.Match[str]) -> str:
    return "*" * len(found.group())


def _secret(path: Path) -> bool:
    """Return whether a secret may have been written at a path: an address is one where a channel has it."""
    channels_own = path[0] == "channels" and path[-1] == "url"
    return path[-1] in SECRET_KEYS or channels_own or (len(path) > 1 and path[-2] == "headers")


def _syntax_fault(told: str, text: str, shown: str) -> Diagnostic:
    found = _AT.search(told)
    message = told[: found.start()] if found else told
    lines = Lines(text)
    line, column = (int(found[1]), int(found[2])) if found and found[1] else lines.at(len(text.rstrip()))
    context = _USERINFO.sub(_stars, lines.text(line))
    # What cannot be read has no paths; the heading above tells whose address stands in the line.
    headings = _HEADING.findall("\n".join(text.split("\n")[:line]))
    keys = SECRET_KEYS | ({"url"} if headings and headings[-1].startswith("channels") else set())
    secret = re.search(rf"\b({'|'.join(sorted(keys))})\b|^\s*headers\b", context)
    hint = 'text values stand in quotes: key = "value"' if message == "Invalid value" else ""
    return Diagnostic(
        "PW142", f"not TOML: {message[:1].lower()}{message[1:]}", shown, line, column, column + 1,
        "" if secret else context, hint,
    )  # fmt: skip


@dataclass(slots=True)
class Written:
    """A whole configuration: the merged values and, for each path in them, where it was written."""

    values: dict[str, object] = field(default_factory=dict)
    main: Document | None = None
    #: Included documents with the index that their first feed has in the merged list.
    included: list[tuple[int, Document]] = field(default_factory=list)
    #: Paths given by environment variables, with the variable's name.
    variables: dict[Path, str] = field(default_factory=dict)
    #: The feeds that the database owns, with their tags, as far as they are known without asking it.
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def diagnostic(self, fault: Fault) -> Diagnostic:
        """Place a fault in the file, or at the variable, that it comes from."""
        name = self._variable(fault.path)
        if name:
            return Diagnostic(fault.code, fault.message, f"${name}", hint=fault.hint, severity=fault.severity)
        document, path = self._document(fault.path)
        if document:
            return document.diagnostic(fault, path)
        return Diagnostic(fault.code, fault.message, hint=fault.hint, severity=fault.severity)

    def origin(self, path: Path) -> str:
        """Return "config.toml:12", "$PRESSWATCH__FETCH__EVERY" or "default"."""
        name = self._variable(path)
        document, own = self._document(path)
        line = document.line_of(own) if document else None
        if name:
            return f"${name}"
        return f"{document.shown}:{line}" if document and line else "default"

    def _variable(self, path: Path) -> str:
        return next((name for length in range(len(path), 0, -1) if (name := self.variables.get(path[:length]))), "")

    def _document(self, path: Path) -> tuple[Document | None, Path]:
        """Return the file that holds a path, and what the path is called in it."""
        if len(path) > 1 and path[0] == "feeds" and isinstance(path[1], int):
            for first, document in reversed(self.included):
                if path[1] >= first:
                    return document, ("feeds", path[1] - first, *path[2:])
        return self.main, path


def table(value: object) -> Mapping[str, object]:
    """Return a value that should be a table; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[tuple[str, Mapping[str, object]]]:
    """Return the named tables within a value that should be a table of tables."""
    return [(name, table(each)) for name, each in table(value).items()]
