"""A cause as a tracker and the record know it: tickets, what is remembered, what is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.domain.ticket import BumpTicket, Cause, Filed, Line, Rated, TicketKey, Wanted
from watcher.domain.ticket.state import State, fingerprint
from watcher.ports.store.bumps import Remembered
from watcher.ports.tracker import Listing, Ticket


@dataclass(frozen=True, slots=True)
class Case:
    """A cause with its plan, the tracker's tickets, and what is remembered of them."""

    cause: Cause
    plan: BumpTicket | None
    remembered: Mapping[TicketKey, Remembered]
    tickets: Mapping[TicketKey, Ticket]
    unreadable: Mapping[TicketKey, str]

    @classmethod
    def of(
        cls,
        cause: Cause,
        plan: BumpTicket | None,
        remembered: Iterable[Remembered],
        listing: Listing,
    ) -> Case:
        """Gather what concerns one cause."""
        return cls(
            cause=cause,
            plan=plan,
            remembered={one.key: one for one in remembered if one.key.cause == cause},
            tickets={one.key: one for one in listing.tickets if one.key.cause == cause},
            unreadable={
                one.key: one.reason
                for one in listing.unreadable
                if one.key is not None and one.key.cause == cause
            },
        )

    @property
    def open_key(self) -> TicketKey:
        """The key of the open ticket, or of the first there would be."""
        return self._opened or TicketKey(1, self.cause)

    @property
    def key(self) -> TicketKey:
        """The key of the open ticket, else of the next one that would be filed."""
        every = self.remembered.keys() | self.tickets.keys() | self.unreadable.keys()
        last = max((one.generation for one in every), default=0)
        return self._opened or TicketKey(last + 1, self.cause)

    @property
    def _opened(self) -> TicketKey | None:
        opened = (key for key, ticket in self.tickets.items() if ticket.state == "open")
        return max(opened, default=None)

    @property
    def filed(self) -> list[Filed]:
        """Every ticket of the cause, as the decision sees it."""
        keys = self.remembered.keys() | self.tickets.keys() | self.unreadable.keys()
        return [self._filed(key) for key in sorted(keys)]

    def noticed(self, tracker: str, at: datetime) -> dict[TicketKey, Remembered]:
        """What is news of tickets: closes and reopenings by people, and lost answers found."""
        seen = {key: self._seen(tracker, ticket, at) for key, ticket in self.tickets.items()}
        there = self.tickets.keys() | self.unreadable.keys()
        missing = {
            key: _missing(tracker, one, at)
            for key, one in self.remembered.items()
            if key not in there
        }
        every = {**missing, **seen}
        return {key: now for key, now in every.items() if self._is_news(key, now)}

    def _is_news(self, key: TicketKey, now: Remembered) -> bool:
        """Whether more than an address is another, which is written down with the next write."""
        held = self.remembered.get(key)
        return held is None or replace(now, url=held.url) != held

    def _seen(self, tracker: str, ticket: Ticket, at: datetime) -> Remembered:
        """What is to be remembered of a ticket that is there."""
        held = self.remembered.get(ticket.key)
        if held is None:
            return adopted(tracker, ticket)
        now = found(tracker, held, ticket)
        if ticket.state == "closed" and held.closed_by is None:
            return replace(now, closed_by="person", closed_at=_closed(ticket, held, at))
        if ticket.state == "open" and held.closed_by is not None:
            return replace(now, closed_by=None, closed_at=None)
        return now

    def ticket(self, name: str) -> Ticket:
        """The tracker's ticket of this id."""
        return next(one for one in self.tickets.values() if one.id == name)

    def _filed(self, key: TicketKey) -> Filed:
        ticket, held = self.tickets.get(key), self.remembered.get(key)
        state: State = "gone" if ticket is None else ticket.state
        if ticket is None and key in self.unreadable:  # beside a ticket it is a copy of it
            state = "unreadable"
        name = ticket.id if ticket else held.ticket if held else str(key)
        text = fingerprint(ticket.body) if ticket else ""
        if held is None:
            return Filed(ticket=name, generation=key.generation, state=state, text=text)
        return Filed(
            ticket=name,
            generation=key.generation,
            state=state,
            text=text,
            written=held.written,
            written_at=held.written_at,
            substance=held.substance,
            action=held.action,
            lines={line.name: line.done is not None for line in held.lines},
            listed=held.listed,
            outstanding=held.outstanding,
            closed_by=held.closed_by,
            closed_at=held.closed_at,
        )


def _missing(tracker: str, held: Remembered, at: datetime) -> Remembered:
    """What is to be remembered of one that a complete listing lacks."""
    if held.tracker != tracker:
        # Its tracker is not configured any more: nobody can look after it.
        return replace(held, closed_by="watcher", closed_at=at) if held.closed_by is None else held
    if held.closed_by is None:  # deleted: as good as closed by hand
        return replace(held, closed_by="person", closed_at=at, gone=True)
    return replace(held, gone=True)


def _closed(ticket: Ticket, held: Remembered, at: datetime) -> datetime:
    """When a person closed a ticket: its last change, unless that was ours; else now."""
    changed = ticket.closed_at or ticket.updated_at
    if changed is None or (held.written_at is not None and changed <= held.written_at):
        return at
    return min(changed, at)


def adopted(tracker: str, ticket: Ticket) -> Remembered:
    """What can be remembered of a ticket that only the tracker knows."""
    return Remembered(ticket.key, tracker, ticket.id, ticket.url, None, None, place=ticket.place)


def found(tracker: str, held: Remembered, ticket: Ticket) -> Remembered:
    """What is remembered of a ticket, with where it is now: projects are renamed."""
    return replace(
        held,
        tracker=tracker,
        ticket=ticket.id,
        url=ticket.url,
        place=ticket.place or held.place,
        gone=False,
    )


def remembering(
    held: Remembered, lines: tuple[Line, ...], wanted: Wanted, body: str, at: datetime
) -> Remembered:
    """Remember what a ticket's text says now."""
    listed: dict[str, Rated] = {**held.listed, **wanted.outstanding}
    return replace(
        held,
        written=fingerprint(body),
        written_at=at,
        substance=wanted.substance,
        action=wanted.action,
        lines=lines,
        listed=listed,
        outstanding=wanted.outstanding,
    )
