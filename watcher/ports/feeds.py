"""Feeds that rate vulnerabilities: EPSS, KEV and SSVC, fetched whole and parsed whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

FeedName = Literal["epss", "kev", "ssvc"]


@dataclass(frozen=True, slots=True)
class Scores:
    """A day of EPSS: for each CVE the score and the percentile, both from 0 to 1."""

    dated: datetime
    scores: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A CVE that is known to be exploited: since when it is listed, and until when to act."""

    name: str
    listed_on: datetime
    due_on: datetime | None
    ransomware: bool


@dataclass(frozen=True, slots=True)
class Listings:
    """A release of the catalogue of known exploited vulnerabilities."""

    dated: datetime
    listings: Sequence[Listing]


@dataclass(frozen=True, slots=True)
class Point:
    """What a CVE was found to be: `exploitation` is none, poc or active; None is not said."""

    name: str
    exploitation: str | None
    automatable: bool | None
    technical_impact: str | None  # partial or total


@dataclass(frozen=True, slots=True)
class Points:
    """SSVC's decision points; `dated` is the newest of their times, None where none has one."""

    dated: datetime | None
    points: Sequence[Point]


Content = Scores | Listings | Points


class FeedSource(Protocol):
    """Where one feed comes from."""

    @property
    def name(self) -> FeedName:
        """Which feed it is."""

    def fetch(self) -> bytes:
        """Read it whole, within bounds; raises TransientError or PermanentError."""

    def parse(self, content: bytes) -> Content:
        """Read what was fetched; raises PermanentError where it is not whole, or not that feed."""
