"""How our values are written in a column: aware UTC times, durations, text any database can hold, tags and spans."""

from abc import abstractmethod
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from monitor.core.model import Span
from monitor.core.text.cleaning import storable

T = TypeVar("T")
State = TypeVar("State", bound=StrEnum)

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row's own number. SQLite makes one by itself only where the column is called INTEGER."""


class Kept(sa.types.TypeDecorator[T]):
    """A value of ours that is kept as another; null stays null."""

    @abstractmethod
    def write(self, value: T, dialect: str) -> Any:
        """Return what the column keeps."""

    @abstractmethod
    def read(self, kept: Any) -> T:
        """Return the value again."""

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        """Called by SQLAlchemy for every value on its way in."""
        return None if value is None else self.write(value, dialect.name)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> T | None:
        """Called by SQLAlchemy for every value on its way out."""
        return None if value is None else self.read(value)


class UtcTime(Kept[datetime]):
    """An aware datetime, in UTC whatever zone it came in. SQLite has no zones, so there the zone is dropped and put back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def write(self, value: datetime, dialect: str) -> datetime:
        """Refuse a datetime without a zone: nobody knows which instant it means."""
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect == "sqlite" else moved

    def read(self, kept: datetime) -> datetime:
        """Return the instant in UTC."""
        return kept.replace(tzinfo=UTC) if kept.tzinfo is None else kept.astimezone(UTC)


class Duration(Kept[timedelta]):
    """A length of time, kept in whole milliseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def write(self, value: timedelta, _dialect: str) -> int:
        """Round down."""
        return value // timedelta(milliseconds=1)

    def read(self, kept: int) -> timedelta:
        """Return the length."""
        return timedelta(milliseconds=kept)


class Words(Kept[str]):
    """Text from outside, made storable."""

    impl = sa.Text
    cache_ok = True

    def write(self, value: str, _dialect: str) -> str:
        """Replace what PostgreSQL and UTF-8 refuse."""
        return storable(value)

    def read(self, kept: str) -> str:
        """Return the text as it is."""
        return kept

    def result_processor(self, _dialect: Dialect, _coltype: object) -> None:
        """Say that there is nothing to do on the way out: a feed has twenty such columns, and is read a thousand times a second."""


class Tags(Kept[tuple[str, ...]]):
    """A tuple of words, kept as a JSON array."""

    impl = sa.JSON
    cache_ok = True

    def write(self, value: tuple[str, ...], _dialect: str) -> list[str]:
        """Return the array."""
        return [storable(each) for each in value]

    def read(self, kept: list[str]) -> tuple[str, ...]:
        """Return the words."""
        return tuple(kept)


class Spans(Kept[tuple[Span, ...]]):
    """A match's spans, kept as a JSON array of [field, start, end]."""

    impl = sa.JSON
    cache_ok = True

    def write(self, value: tuple[Span, ...], _dialect: str) -> list[list[str | int]]:
        """Return the array."""
        return [[each.field, each.start, each.end] for each in value]

    def read(self, kept: list[tuple[str, int, int]]) -> tuple[Span, ...]:
        """Return the spans."""
        return tuple(Span(*each) for each in kept)


class StateOf(Kept[State]):
    """A state kept by its word."""

    impl = sa.String(16)
    cache_ok = True

    def __init__(self, states: type[State]) -> None:
        super().__init__()
        self.states = states

    def write(self, value: State, _dialect: str) -> str:
        """Return the word; one that is no state of this kind is refused."""
        return self.states(value).value

    def read(self, kept: str) -> State:
        """Return the member of the enum."""
        return self.states(kept)
