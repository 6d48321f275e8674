"""The dashboard of a tracker: one issue in which people tick what is to be done with each bump."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from watcher.domain.ticket.key import Cause, TicketKey, unescaped

Wish = Literal["approve", "hold", "refresh"]

_TEAM: Final = "watcher"
_LINEAGE: Final = "dashboard/"  # no lineage is called so: each ends in a tag
_BOX: Final = re.compile(
    r"\[(?P<tick>[ xX])\][ \t}]*(?:<!-- |\{\{)"
    r"watcher:(?P<wish>approve|hold|refresh)=(?P<key>\S{1,2100}?)(?: -->|\}\})"
)


def dashboard_of(tracker: str) -> TicketKey:
    """The key of a tracker's dashboard."""
    return TicketKey(1, Cause(_TEAM, f"{_LINEAGE}{tracker}"))


def is_dashboard(cause: Cause) -> bool:
    """Whether a cause is a dashboard, and no bump."""
    return cause.team == _TEAM and cause.lineage.startswith(_LINEAGE) and ":" not in cause.lineage


@dataclass(frozen=True, slots=True)
class Wishes:
    """What people ticked: tickets to be filed whatever the limits, to be left alone, to be redone.

    A tick is on one generation of a cause, so that it says nothing of the next one.
    """

    approved: frozenset[TicketKey] = frozenset()
    held: frozenset[TicketKey] = frozenset()
    refreshed: frozenset[TicketKey] = frozenset()

    @classmethod
    def read(cls, text: str) -> Wishes:
        """Read the ticked boxes of a dashboard's text; what is no box of ours is ignored."""
        ticked: dict[str, set[TicketKey]] = {"approve": set(), "hold": set(), "refresh": set()}
        for found in _BOX.finditer(text):
            if found["tick"] == " ":
                continue
            try:
                ticked[found["wish"]].add(TicketKey.parse(unescaped(found["key"])))
            except ValueError:
                continue
        return cls(*(frozenset(ticked[one]) for one in ("approve", "hold", "refresh")))

    def of(self, wish: Wish) -> frozenset[TicketKey]:
        """The tickets for which one thing is ticked."""
        return {"approve": self.approved, "hold": self.held, "refresh": self.refreshed}[wish]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a bump stands, as the dashboard shows it.

    `boxes` are what may be ticked, and whether it is ticked still. `state` is one word of:
    `open`, `waiting` (to be filed, and why not yet), `closed` (by a person, and until when).
    """

    key: TicketKey
    title: str
    state: Literal["open", "waiting", "closed"]
    why: str | None = None
    url: str | None = None
    boxes: tuple[tuple[Wish, bool], ...] = ()


def ordered(standings: Iterable[Standing]) -> list[Standing]:
    """By team and lineage, so that a dashboard does not change without a reason."""
    return sorted(standings, key=lambda one: (one.key.cause, one.key.generation))
