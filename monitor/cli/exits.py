"""The exit codes, of which supervisors and scripts make use. The numbers from 64 up are those of sysexits.h."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended; click itself ends with 2 for wrong usage."""

    FINE = 0
    FINDINGS = 1
    WARNINGS = 3
    UNAVAILABLE = 69
    TRY_LATER = 75
    CONFIGURATION = 78
    INTERRUPTED = 130
    TERMINATED = 143
