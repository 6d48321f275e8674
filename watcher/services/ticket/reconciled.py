"""What a tracker shows, held against what was filed there: a ticket is known by its id as well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from watcher.domain.ticket import TicketKey
from watcher.ports.store.bumps import Remembered
from watcher.ports.tracker import Listing, Ticket, Unreadable


def reconciled(listing: Listing, remembered: Iterable[Remembered]) -> Listing:
    """Tell of broken tickets which they were; one under another key than its own is broken too.

    So that what a person damaged is neither taken for deleted nor for another ticket.
    """
    filed = {one.ticket: one.key for one in remembered}
    strays = [one for one in listing.tickets if filed.get(one.id, one.key) != one.key]
    unreadable = [replace(one, key=filed.get(one.id, one.key)) for one in listing.unreadable]
    unreadable += [_stray(one, filed[one.id]) for one in strays]
    return Listing(
        tickets=tuple(one for one in listing.tickets if one not in strays),
        unreadable=tuple(unreadable),
        orphans=listing.orphans,
    )


def _stray(ticket: Ticket, key: TicketKey) -> Unreadable:
    reason = f"{ticket.url} says key {ticket.key}, and was filed as {key}: put that back"
    return Unreadable(ticket.id, key, reason)
