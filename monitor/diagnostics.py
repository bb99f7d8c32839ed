"""What is wrong with something a person wrote, where it stands, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a diagnostic is: an error keeps the files out of force, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault in a file.

    `line` and `column` count from 1 (0 = the fault has no place of its own); `end_column` is exclusive and on the same line.
    Columns count characters, not bytes or cells. `context` is the faulty line as written.
    """

    code: str
    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    end_column: int = 0
    context: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """`path:line:column: error[PW110]: message (hint)`, the concise form."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        told = f"{self.severity}[{self.code}]: {self.message}"
        told = f"{place}: {told}" if place else told
        return f"{told} ({self.hint})" if self.hint else told
