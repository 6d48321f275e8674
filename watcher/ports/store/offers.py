"""Facts of sources: which older database each of them offers, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class OlderOffer:
    """A database that a source offers although it is older than the one in force."""

    source: str
    digest: str
    updated_at: datetime
    since: datetime  # the first pass that saw it there


class Offers(Protocol):
    """The record of what sources offer that was not put in force."""

    def older(self) -> Mapping[str, OlderOffer]:
        """The offers that stand, by source."""

    def offered(self, this: PassRecord, offer: OlderOffer) -> None:
        """Record an offer; another one of the same source is over with it."""

    def over(self, this: PassRecord, source: str) -> None:
        """Record that a source offers no older database any more."""
