"""Reads a configuration: file, included files, environment; and tells every fault of it at once."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File

from pydantic import ValidationError

from monitor.config import checks, environment, extras, secrets, wording
from monitor.config.config import Config
from monitor.config.digest_checks import INSTANT
from monitor.config.documents import Document, Fault, Written, table
from monitor.config.globs import matching, matching_rules
from monitor.config.names import kept_names
from monitor.config.settings import SecretRef, Settings
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import ConfigurationError
from monitor.secret import Secret


@dataclass(frozen=True, slots=True)
class Examined:
    """A configuration looked at: what is written, what is wrong with it, and, where nothing is, what it comes to."""

    written: Written
    diagnostics: tuple[Diagnostic, ...]
    config: Config | None = None


def load(path: File, environ: Mapping[str, str], *, missing_secrets: Severity = Severity.ERROR) -> Config:
    """Return the configuration of a file, its included files and the environment.

    Raises ConfigurationError with every fault, in the order of files and lines. With `missing_secrets=WARNING` secrets that
    cannot be had here are only warned of: for commands that look at the files of another machine, or need no secret.
    """
    found = examine(path, environ, missing_secrets=missing_secrets)
    if found.config is None:
        raise ConfigurationError(found.diagnostics)
    return found.config


def examine(path: File, environ: Mapping[str, str], *, missing_secrets: Severity = Severity.ERROR) -> Examined:
    """Do what `load` does, and return what there is to say of it even where it does not hold."""
    document = Document.read(path, str(path))
    if isinstance(document, Diagnostic):
        return Examined(Written(), (document,))
    base = path.resolve().parent
    written = Written(values=copy.deepcopy(dict(document.values)), main=document)
    faults = environment.apply(written, environ)
    _build_in(written.values)
    unreadable = _include(written, base)
    written.own = kept_names(written, base)
    settings, misfits = _settings(written)
    faults += misfits
    values: dict[SecretRef, Secret] = {}
    if settings:
        values, unresolved = secrets.resolve(settings, environ, secrets.folders(environ, base), missing=missing_secrets)
        faults += [*unresolved, *secrets.misfits(settings, values), *_vain_globs(settings, base)]
        faults += extras.missing(settings, severity=missing_secrets)
    told = [*unreadable, *(written.diagnostic(each) for each in _once(faults))]
    diagnostics = tuple(sorted(told, key=_place))
    if settings is None or any(each.severity is Severity.ERROR for each in told):
        return Examined(written, diagnostics)
    return Examined(written, diagnostics, Config(path.resolve(), settings, values, written, diagnostics))


def whereabouts(path: File, environ: Mapping[str, str]) -> Config | None:
    """Return a configuration that says no more than where the database is, whatever is wrong with the rest; None where that is wrong.

    For whoever asks after a daemon that works on while people edit its files.
    """
    found = examine(path, environ, missing_secrets=Severity.WARNING)
    if found.config:
        return found.config
    written = found.written
    if written.main is None:
        environment.apply(written, environ)
    service = table(written.values.get("service"))
    kept = {"data_dir": service["data_dir"]} if "data_dir" in service else {}
    try:
        settings = Settings.model_validate({"service": kept, "database": written.values.get("database", {})})
    except ValidationError:
        return None
    folders = secrets.folders(environ, path.resolve().parent)
    values, _ = secrets.resolve(settings, environ, folders, missing=Severity.WARNING)
    return Config(path.resolve(), settings, values, written, found.diagnostics)


def _build_in(values: dict[str, object]) -> None:
    """Add what is there without being written: the outbox, a digest where there is none, and when instant digests ring."""
    channels, digests = values.setdefault("channels", {}), values.setdefault("digests", {})
    if isinstance(channels, dict):
        channels.setdefault("outbox", {"type": "outbox"})
    if isinstance(digests, dict):
        if not digests:
            digests[INSTANT] = {}
        for name, digest in digests.items():
            if isinstance(digest, dict) and not digest.keys() & {"at", "cron"}:
                built_in = {"wait": "30s", "max_rate": "20/h"} if name == INSTANT else {"max_rate": "20/h"}
                digest |= {key: value for key, value in built_in.items() if key not in digest}


def _include(written: Written, base: File) -> list[Diagnostic]:
    """Append the feeds of included files to the merged list; return what is wrong with the files as such."""
    told: list[Diagnostic] = []
    globs = table(written.values.get("service")).get("include")
    names = [each for each in globs if isinstance(each, str)] if isinstance(globs, list) else []
    for file in matching(names, base):
        document = Document.read(file, str(_shown(file, base, written)))
        if isinstance(document, Diagnostic):
            told.append(document)
            continue
        told += _strangers(document)
        feeds, more = written.values.setdefault("feeds", []), document.values.get("feeds", [])
        if isinstance(feeds, list) and isinstance(more, list):
            written.included.append((len(feeds), document))
            feeds += copy.deepcopy(more)
    return told


def _shown(file: File, base: File, written: Written) -> File:
    """Return an included file's path as written from where the configuration's own path is."""
    own = File(written.main.shown).parent if written.main else base
    return own / file.relative_to(base) if file.is_relative_to(base) else file


def _strangers(document: Document) -> list[Diagnostic]:
    hint = "an included file holds [[feeds]] and nothing else"
    strange = [key for key in document.values if key != "feeds" or not isinstance(document.values[key], list)]
    return [
        document.diagnostic(Fault((key,), "PW110", f"'{key}' does not belong here", hint, on_key=True), (key,))
        for key in strange
    ]


def _settings(written: Written) -> tuple[Settings | None, list[Fault]]:
    disagreements = checks.faults(written.values)
    try:
        return Settings.model_validate(written.values), disagreements
    except ValidationError as error:
        return None, [*wording.faults(error, written.values), *disagreements]


def _vain_globs(settings: Settings, base: File) -> list[Fault]:
    service = settings.service
    globs = (("rules", service.rules, matching_rules), ("include", service.include, matching))
    return [
        Fault(("service", key, index), "PW441", f"'{each}' matches no file", severity=Severity.WARNING)
        for key, each_of, found in globs
        for index, each in enumerate(each_of)
        if not found([each], base)
    ]


def _once(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults, one for each place and code: a wrong value may be noticed by its shape and by its meaning."""
    return list({(each.path, each.code, each.part): each for each in reversed(faults)}.values())[::-1]


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    return diagnostic.path, diagnostic.line, diagnostic.column
