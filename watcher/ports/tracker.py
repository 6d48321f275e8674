"""A tracker: where tickets are filed. Signed by every module of adapters/trackers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal, Protocol

from watcher.domain.errors import TransientError
from watcher.domain.ticket import BumpTicket, Standing, Step, TicketKey


class UncertainError(TransientError):
    """A write may have taken effect although it failed.

    Before a create is tried again, the tracker must be listed for the key.
    """


@dataclass(frozen=True, slots=True)
class Medium:
    """What a tracker makes of a text: its markup, and how many characters of ours it takes."""

    markup: Literal["markdown", "wiki"] = "markdown"
    longest: int = 60_000  # GitHub takes 65,536, and people write behind ours


MARKDOWN: Final = Medium()


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket to be filed. The body is in the tracker's markup and ends with its key's marker.

    `assignees` are accounts as the tracker calls them, `kind` is its word for the type of issue.
    """

    key: TicketKey
    title: str
    body: str
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the tracker shows it.

    `body` is watcher's text up to and with the marker, as it was last written or a person changed
    it; it ends with a newline. Times are aware UTC, None where the tracker has lost them. `version`
    changes with every change of the ticket and means nothing beyond that. `place` is the tracker's
    own name for the project that holds it, which another one of the same address does not have.
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
    closed_at: datetime | None = None
    place: str | None = field(default=None, compare=False)  # not every list shows it


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a ticket: its key, whether it is closed, and what it said.

    `written` is the fingerprint of its text as it was last written, `place` that of the ticket.
    """

    key: TicketKey
    closed: bool = False
    written: str | None = None
    place: str | None = None


NOTHING_KNOWN: Final[Mapping[str, Known]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A ticket that is there and cannot be read; `key` is None where not even that is known.

    `copy` is one that watcher itself filed although another one has its key.
    """

    id: str
    key: TicketKey | None
    reason: str
    copy: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All tickets with a marker of ours, open and closed, no two with one key.

    A missing one is gone. What is `unreadable` is neither there nor gone. `orphans` are the ids of
    what watcher filed and nobody knows the key of: the marker was lost on the way.
    """

    tickets: tuple[Ticket, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    orphans: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        tickets: Iterable[Ticket],
        unreadable: Iterable[Unreadable] = (),
        orphans: Iterable[str] = (),
        ours: Collection[str] = (),
    ) -> Listing:
        """List tickets given oldest first; of several with one key the oldest is the ticket.

        `ours` are the ids of those that watcher's own account filed.
        """
        first: dict[TicketKey, Ticket] = {}
        others = list(unreadable)
        for ticket in tickets:
            kept = first.setdefault(ticket.key, ticket)
            if kept is not ticket:
                reason = f"has the same key as {kept.url}: take the key out of one of the two"
                copy = ticket if ticket.id in ours else None
                others.append(Unreadable(ticket.id, ticket.key, f"{ticket.url} {reason}", copy))
        return cls(tuple(first.values()), tuple(others), tuple(orphans))


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
    medium: Medium
    settling: timedelta  # how long after a create without an answer its ticket may still appear

    def tickets(
        self, known: Mapping[str, Known] = NOTHING_KNOWN, since: datetime | None = None
    ) -> Listing:
        """List every ticket of ours; complete or an error.

        `known` are those filed here before, by id: a tracker that is plainly another one, or an
        emptied one, is an error and not an empty list; one that lies where no ticket does is
        unreadable; one that lost its marker is the ticket nevertheless. `since` asks for
        everything that may have been filed since then, whatever it lost on the way.
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


@dataclass(frozen=True, slots=True)
class Intended:
    """What a pass would do about a cause: where, and with which text; None where nowhere."""

    step: Step
    tracker: str | None = None
    draft: Draft | None = None


class BoardWriter(Protocol):
    """What writes a dashboard: `watcher.report.ticket.board` signs it."""

    def __call__(self, key: TicketKey, standings: Sequence[Standing], medium: Medium) -> Draft:
        """Write title, labels and text of a dashboard for a medium."""


class TicketWriter(Protocol):
    """What writes a ticket: `watcher.report.ticket.draft` signs it."""

    def __call__(self, bump: BumpTicket, key: TicketKey, medium: Medium = MARKDOWN) -> Draft:
        """Write title, labels and text of a ticket for a medium."""
