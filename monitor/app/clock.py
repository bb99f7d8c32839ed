"""The only clock of the house."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the machine's time, aware and in UTC."""
    return datetime.now(UTC)
