"""Reports that were published: kept as the bytes that they were, and never written again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class About:
    """What a report that is published is about, and when that is.

    `known_now` is set where it tells what was known at publication to have been so at `as_of`.
    `read_upto` is the last pass it was drawn from, None where there was none.
    """

    published_at: datetime
    as_of: datetime
    since: datetime
    known_now: bool
    figures_version: int
    read_upto: int | None


@dataclass(frozen=True, slots=True)
class Published:
    """A published report: `sha256` is that of its bytes, `size` how many those are."""

    number: int
    sha256: str
    size: int
    about: About


class Archive(Protocol):
    """The published reports."""

    def publish(self, body: bytes, about: About) -> Published:
        """Keep a report; bytes that were published before stay the report that they were."""

    def listed(self) -> list[Published]:
        """All published reports, oldest first."""

    def body(self, number: int) -> bytes:
        """A report as it was published.

        Raises KeyError where there is none, StartError where its bytes are damaged.
        """
