"""What a tracker shows of tickets: by their label, by what is known of them, and by their time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watcher.adapters.issues.issue import Issue, Place
from watcher.adapters.issues.text import IssueText
from watcher.domain.errors import NotFoundError, TransientError
from watcher.domain.ticket import TicketKey
from watcher.domain.ticket.state import fingerprint
from watcher.ports.tracker import Known, Listing, Ticket, Unreadable


class Shown:
    """Gathers the issues of one listing, each once."""

    def __init__(self, name: str, place: Place, known: Mapping[str, Known]) -> None:
        self._name = name
        self._place = place
        self._known = known
        self._labelled: dict[str, Issue] = {}
        self._late: dict[str, Issue] = {}
        self._asked: dict[str, Issue] = {}
        self._searching = False

    def take(self, issues: Iterable[Issue]) -> None:
        """Take what has our label: only those who work there can give it."""
        self._labelled.update((one.id, one) for one in issues)

    def take_late(self, issues: Iterable[Issue]) -> None:
        """Take what may have lost its label on the way, as far as our own account filed it."""
        self._searching = True
        mine = self._place.account()
        self._late.update(
            (one.id, one) for one in issues if one.author == mine and one.id not in self._labelled
        )

    def look_closer(self) -> None:
        """Ask for what is known and not listed and, where lists lag, for what they contradict.

        Raises TransientError where none of it is there, in another project of the same name.
        """
        listed = self._labelled.keys() | self._late.keys()
        missing = [one for one in self._known if one not in listed]
        if missing:
            # Whoever is not known there sees less, and must not conclude from it.
            self._place.account()
            self._same_place()
        for id_ in missing:
            self._ask(id_)
        if self._place.lags:
            for id_ in [one for one in self._known if one in listed]:
                if self._contradicted(id_):
                    self._ask(id_)

    def listing(self) -> Listing:
        """Everything gathered, oldest first."""
        every = {**self._late, **self._labelled, **self._asked}
        ordered = sorted({one.id: one for one in every.values()}.values(), key=_age)
        tickets = [ticket for one in ordered if (ticket := self._ticket(one)) is not None]
        unreadable = [
            Unreadable(one.id, self._key(one), f"{one.url} {one.elsewhere}")
            for one in ordered
            if one.elsewhere is not None
        ]
        copied = len({one.key for one in tickets}) < len(tickets)
        return Listing.of(
            tickets,
            unreadable,
            orphans=self._orphans(ordered),
            ours=[one.id for one in ordered if copied and self._place.filed_by_us(one)],
        )

    def _orphans(self, ordered: Iterable[Issue]) -> list[str]:
        """What we filed, and the marker was lost: looked for where something may have been filed.

        It has our label: an account may file more than tickets.
        """
        if not self._searching:
            return []
        return [
            one.id
            for one in ordered
            if one.id in self._labelled
            and one.open
            and self._key(one) is None
            and self._place.filed_by_us(one)
        ]

    def _ticket(self, issue: Issue) -> Ticket | None:
        key = None if issue.elsewhere is not None else self._key(issue)
        return ticket_of(issue, key) if key is not None else None

    def _key(self, issue: Issue) -> TicketKey | None:
        """Its marker's, else the one it is known by: people may have lost the marker."""
        found = IssueText.of(issue.body).key
        known = self._known.get(issue.id)
        return found or (known.key if known else None)

    def _ask(self, id_: str) -> None:
        try:
            self._asked[id_] = self._place.issue(id_)
        except NotFoundError:
            for kept in (self._labelled, self._late):
                kept.pop(id_, None)

    def _same_place(self) -> None:
        there = self._place.identity()
        others = [one for one in self._known.values() if one.place not in {None, there}]
        if others:
            raise TransientError(
                f"tracker {self._name}: {self._place.where} is another project than it was, and "
                f"holds none of the {len(self._known)} tickets filed there: restore it, or correct "
                "the tracker's project"
            )

    def _contradicted(self, id_: str) -> bool:
        issue, known = {**self._late, **self._labelled}[id_], self._known[id_]
        said = fingerprint(IssueText.of(issue.body, known.key).shown)
        return issue.open == known.closed or (known.written is not None and said != known.written)


def _age(issue: Issue) -> tuple[float, int, str]:
    born = issue.created_at.timestamp() if issue.created_at else 0.0
    return born, len(issue.id), issue.id


def ticket_of(issue: Issue, key: TicketKey) -> Ticket:
    """An issue as the ticket with this key."""
    return Ticket(
        id=issue.id,
        key=key,
        title=issue.title,
        body=IssueText.of(issue.body, key).shown,
        state="open" if issue.open else "closed",
        labels=issue.labels,
        url=issue.url,
        created_at=issue.created_at,
        updated_at=issue.updated_at,
        version=issue.version,
        closed_at=issue.closed_at,
        place=issue.place,
    )
