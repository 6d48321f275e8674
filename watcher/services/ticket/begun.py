"""Calls whose answer was lost: what a listing tells of them, and what has to wait for more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.ticket import TicketKey
from watcher.ports.store.bumps import Begun
from watcher.ports.tracker import Listing, Tracker

_CREATE = "create"


@dataclass(slots=True)
class Unanswered:
    """The calls that were begun at one tracker, by their intents' numbers."""

    tracker: Tracker
    begun: Mapping[int, Begun] = field(default_factory=dict)

    @property
    def since(self) -> datetime | None:
        """Since when something may have been filed that nobody knows of."""
        return min((one.at for one in self._creates.values()), default=None)

    def orphaned(self, listing: Listing) -> tuple[TicketKey, str] | None:
        """The one ticket that lost its marker on the way, and its id, where there is no doubt."""
        keys = {one.key for one in self._missing(listing).values()}
        if len(keys) != 1 or len(listing.orphans) != 1:
            return None
        return keys.pop(), listing.orphans[0]

    def answered(self, listing: Listing) -> list[int]:
        """The intents of which a listing tells how they ended.

        A create that is not there is known to have failed only when it can land no more: another
        process may be at it still, and a list may be older than what it lists.
        """
        late = self._missing(listing)
        waits = listing.orphans or None
        settling = self.tracker.settling
        return [
            number
            for number, one in self.begun.items()
            if number not in late or (waits is None and one.age >= settling)
        ]

    def held(self, listing: Listing) -> dict[TicketKey, str]:
        """The tickets that must not be filed yet, and why."""
        answered = set(self.answered(listing))
        return {
            one.key: self._why(one, listing)
            for number, one in self._missing(listing).items()
            if number not in answered
        }

    @property
    def _creates(self) -> dict[int, Begun]:
        return {number: one for number, one in self.begun.items() if one.step == _CREATE}

    def _missing(self, listing: Listing) -> dict[int, Begun]:
        there = {one.key for one in listing.tickets} | {one.key for one in listing.unreadable}
        return {number: one for number, one in self._creates.items() if one.key not in there}

    def _why(self, one: Begun, listing: Listing) -> str:
        if listing.orphans:
            names = " or ".join(listing.orphans[:3])
            return (
                f"it may be {names}, which lost the line that ends watcher's text: write "
                f"`watcher:key={one.key}` back as its last line as in other tickets, or take the "
                "label watcher off"
            )
        left = self.tracker.settling - one.age
        return (
            "the answer to filing it was lost, and it may still appear: looked for again, and filed"
            f" anew when it has not in {left.total_seconds() / 60:.0f} min"
        )
