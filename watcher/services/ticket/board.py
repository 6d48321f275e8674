"""A tracker's dashboard during a pass: what people ticked in it, and how bumps stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from watcher.domain.ticket import (
    Create,
    Dismissed,
    Grace,
    Held,
    Reopen,
    Standing,
    Step,
    TicketKey,
    Update,
    Wish,
    Wishes,
    dashboard_of,
)
from watcher.domain.ticket.board import ordered
from watcher.domain.ticket.state import fingerprint
from watcher.ports.store.bumps import Remembered
from watcher.ports.tracker import Listing, Ticket, Tracker
from watcher.services.ticket.case import Case

_LEFT_ALONE = "left alone, as ticked on the dashboard"


@dataclass(slots=True)
class Board:
    """The dashboard as it was listed, and the lines that are gathered for it."""

    key: TicketKey
    ticket: Ticket | None
    remembered: Remembered | None
    wishes: Wishes
    lines: list[Standing] = field(default_factory=list)

    @classmethod
    def of(cls, tracker: Tracker, listing: Listing, remembered: list[Remembered]) -> Board:
        """The dashboard of a tracker; of one that people closed only what is left alone counts."""
        key = dashboard_of(tracker.name)
        ticket = next((one for one in listing.tickets if one.key == key), None)
        known = next((one for one in remembered if one.key == key), None)
        wishes = Wishes.read(ticket.body) if ticket else Wishes()
        if ticket is not None and ticket.state == "closed":
            wishes = Wishes(held=wishes.held)  # nobody would take the other ticks back
        return cls(key, ticket, known, wishes)

    @property
    def unwanted(self) -> bool:
        """Whether people closed it or took it away."""
        if self.ticket is not None:
            return self.ticket.state == "closed"
        return self.remembered is not None

    def decided(self, case: Case, step: Step) -> Step:
        """The step with what people ticked; evidence closes a ticket whatever they did."""
        if case.key in self.wishes.held and isinstance(step, Create | Update | Reopen):
            return Held(_LEFT_ALONE)
        return step

    def gather(self, case: Case, title: str, step: Step, ticket: Ticket | None) -> None:
        """Take down how a bump stands: `ticket` is what its step made of it, None where nothing.

        A tick stays until what it asks for was done.
        """
        opened = ticket or case.tickets.get(case.key)
        if opened is not None and opened.state == "open":
            boxes: tuple[Wish, ...] = ("hold", "refresh")
            done: frozenset[Wish] = frozenset({"refresh"}) if ticket else frozenset()
            why = step.reason if isinstance(step, Held) else None
            line = Standing(opened.key, title, "open", why, opened.url)
        elif isinstance(step, Held | Create | Reopen):
            boxes, done = ("approve", "hold"), frozenset()
            line = Standing(case.key, title, "waiting", _why(step))
        elif isinstance(step, Grace | Dismissed):
            boxes, done = (), frozenset()
            last = max(case.remembered.values(), key=lambda one: one.key, default=None)
            line = Standing(case.key, title, "closed", _why(step), last.url if last else None)
        else:
            return
        ticks = ((one, one not in done and line.key in self.wishes.of(one)) for one in boxes)
        self.lines.append(replace(line, boxes=tuple(ticks)))

    def standings(self) -> list[Standing]:
        """All that was gathered, in an order that stays."""
        return ordered(self.lines)

    def written(self, body: str) -> bool:
        """Whether the dashboard says this already, in whatever words its tracker keeps it."""
        if self.ticket is None:
            return False
        shown, wanted = fingerprint(self.ticket.body), fingerprint(body)
        held = self.remembered
        kept = held is not None and (held.written, held.substance) == (shown, wanted)
        return kept or shown == wanted


def _why(step: Step) -> str | None:
    """Why a bump stands as it does, as far as that is not plain."""
    match step:
        case Held(reason):
            return reason
        case Create() | Reopen():
            return "could not be filed yet"
        case Grace(_, until):
            return f"waits for evidence until {until:%Y-%m-%d}"
        case Dismissed(_, until):
            return f"dismissed until {until:%Y-%m-%d}"
        case _:
            return None
