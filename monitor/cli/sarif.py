"""Diagnostics as SARIF 2.1.0, which code scanning services read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from monitor import __version__
from monitor.cli.explain_code import codes
from monitor.diagnostics import Diagnostic

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """Return a log of one run, with the rule of every code that is told of. Paths are URIs relative to the current folder."""
    told = sorted({each.code for each in diagnostics})
    explained = codes()
    driver = {
        "name": "presswatch",
        "version": __version__,
        "rules": [{"id": code, "fullDescription": {"text": explained[code]}} for code in told],
    }
    run = {
        "tool": {"driver": driver},
        # Columns count characters, as ours do; the other choice is UTF-16 code units.
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, told.index(each.code)) for each in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, object]:
    message = f"{diagnostic.message} ({diagnostic.hint})" if diagnostic.hint else diagnostic.message
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": str(diagnostic.severity),
        "message": {"text": message},
    }
    # What a variable of the environment says stands in no file.
    if diagnostic.path and not diagnostic.path.startswith("$"):
        result["locations"] = [{"physicalLocation": _place(diagnostic)}]
    return result


def _place(diagnostic: Diagnostic) -> dict[str, object]:
    path = Path(diagnostic.path)
    place: dict[str, object] = {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}
    }
    if diagnostic.line:
        region = {
            "startLine": diagnostic.line, "startColumn": diagnostic.column, "endColumn": diagnostic.end_column,
        }  # fmt: skip
        place["region"] = {name: value for name, value in region.items() if value}
    return place
