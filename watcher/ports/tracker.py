"""A tracker: where tickets are filed. Signed by every module of adapters/trackers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from watcher.domain.errors import TransientError
from watcher.domain.ticket import BumpTicket, TicketKey


class UncertainError(TransientError):
    """A write may have taken effect although it failed.

    Before a create is tried again, the tracker must be listed for the key.
    """


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket to be filed. The body is Markdown and ends with the marker of its key."""

    key: TicketKey
    title: str
    body: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the tracker shows it.

    `body` is watcher's text up to and with the marker, as it was last written or a person changed
    it; it ends with a newline. Times are aware UTC, None where the tracker has lost them. `version`
    changes with every change of the ticket and means nothing beyond that.
    """

    id: str
    key: TicketKey
    title: str
    body: str
    state: Literal["open", "closed"]
    labels: tuple[str, ...]
    url: str
    created_at: datetime | None
    updated_at: datetime | None
    version: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A ticket that is there and cannot be read; `key` is None where not even that is known."""

    id: str
    key: TicketKey | None
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """All tickets with a marker of ours, open and closed, no two with one key.

    A missing one is gone. What is `unreadable` is neither there nor gone.
    """

    tickets: tuple[Ticket, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    @classmethod
    def of(cls, tickets: Iterable[Ticket], unreadable: Iterable[Unreadable] = ()) -> Listing:
        """List tickets given oldest first; of several with one key the oldest is the ticket."""
        first: dict[TicketKey, Ticket] = {}
        others = list(unreadable)
        for ticket in tickets:
            kept = first.setdefault(ticket.key, ticket)
            if kept is not ticket:
                reason = f"has the same key as {kept.url}: take the key out of one of the two"
                others.append(Unreadable(ticket.id, ticket.key, f"{ticket.url} {reason}"))
        return cls(tuple(first.values()), tuple(others))


class Tracker(Protocol):
    """One configured tracker. Raises TransientError, PermanentError and their kinds only.

    `at` is the time of the pass, aware UTC, written down where the tracker keeps no clock. Labels
    and title belong to people once a ticket is filed: they change only where a method is told to.
    Every write but `create` and `comment` may be repeated safely. A write to a ticket that changed
    since it was listed raises TransientError and changes nothing; one to a ticket that is not there
    any more raises NotFoundError.
    """

    name: str
    opened_by: str  # how a person opens a ticket again: "write `state: open` in it"

    def tickets(self, known: Collection[str] = ()) -> Listing:
        """List every ticket of ours; complete or an error.

        `known` are ids filed here before: a tracker that is plainly another one, or an emptied
        one, is an error and not an empty list. One that lies where no ticket does is unreadable.
        """

    def create(self, draft: Draft, at: datetime) -> Ticket:
        """File a ticket; raises UncertainError where it may be there in spite of the failure."""

    def update(
        self,
        ticket: Ticket,
        body: str,
        at: datetime,
        *,
        title: str | None = None,
        labels: tuple[str, ...] | None = None,
    ) -> Ticket:
        """Write the body anew, and the title and labels only where they are given."""

    def close(self, ticket: Ticket, body: str, at: datetime) -> Ticket:
        """Write the body anew and close; closing what is closed changes nothing."""

    def reopen(
        self, ticket: Ticket, body: str, at: datetime, *, labels: tuple[str, ...] | None = None
    ) -> Ticket:
        """Write the body anew, the labels where they are given, and open again."""

    def comment(self, ticket: Ticket, text: str, at: datetime) -> Ticket:
        """Add a remark in Markdown; raises UncertainError where it may be there nevertheless."""

    def check(self) -> str:
        """Say in one line that tickets can be read and filed; raises otherwise."""


class TicketWriter(Protocol):
    """What writes a ticket: `watcher.report.ticket.draft` signs it."""

    def __call__(self, bump: BumpTicket, key: TicketKey) -> Draft:
        """Write title, labels and text of a ticket."""
