"""What every table shares: names of constraints, and times that are always aware UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Integer, MetaData, Text
from sqlalchemy.types import TypeDecorator

LONGEST = 600  # characters of an indexed text: PostgreSQL takes 2,700 bytes of it

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware time in UTC, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; write others in UTC."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a time without a zone was to be stored: {value}")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read a time as aware UTC."""
        del dialect
        return value.astimezone(UTC) if value else None

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """What reads a column: SQLite writes times as texts, mostly those of few passes."""
        if dialect.name == "sqlite":
            return _read
        return super().result_processor(dialect, coltype)


def _read(told: str | None) -> datetime | None:
    return None if told is None else _moment(told)


@lru_cache(maxsize=1 << 14)
def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told).replace(tzinfo=UTC)


def kept(text: str, longest: int | None = None) -> str:
    """A text as both databases can keep it: without NUL and halves of surrogate pairs."""
    cut = text if longest is None else text[:longest]
    try:
        cut.encode()
    except UnicodeEncodeError:
        cut = cut.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return cut.replace("\0", "\ufffd")


class Words(TypeDecorator[str]):
    """Text that strangers wrote, kept as `kept` makes it."""

    impl = Text
    cache_ok = True

    def __init__(self, longest: int | None = None) -> None:
        """Cut it after so many characters; None leaves it whole."""
        super().__init__()
        self.longest = longest

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write what can be kept."""
        del dialect
        return None if value is None else kept(value, self.longest)


def key() -> Column[int]:
    """A row's own number."""
    return Column("id", Integer, primary_key=True)


def refer(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """A reference to another table's row."""
    return Column(name, Integer, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def opened() -> Column[int]:
    """The pass that recorded the fact."""
    return Column("opened_in", Integer, ForeignKey("passes.id"), nullable=False, index=True)


def closed(name: str = "closed_in") -> Column[int]:
    """The pass that recorded the fact's end, or that it was superseded."""
    return Column(name, Integer, ForeignKey("passes.id"), nullable=True, index=True)
