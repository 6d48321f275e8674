"""Reports that were drawn lately: kept for whoever asks again before the next pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Drawing:
    """Of what a report is drawn.

    `asked` is the sha256 of all that it depends on beside the record: configuration, period and
    figures. `upto` is the last pass it is drawn from.
    """

    asked: str
    upto: int
    as_of: datetime


class DrawnReports(Protocol):
    """The reports drawn from the record after its last passes, a few of them."""

    def found(self, wanted: Drawing, since: datetime) -> bytes | None:
        """The newest that is as of [since, wanted.as_of] and else as wanted; None if none is."""

    def keep(self, drawn: Drawing, body: bytes) -> None:
        """Keep one, in the place of those of earlier passes; not where nothing can be written."""
