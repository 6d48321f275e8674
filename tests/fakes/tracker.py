"""A tracker in memory, for tests of what is built on the port; signs its contract suite."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from watcher.domain.errors import NotFoundError, PermanentError, TransientError, WatcherError
from watcher.domain.ticket import with_marker
from watcher.ports.tracker import (
    MARKDOWN,
    NOTHING_KNOWN,
    Draft,
    Known,
    Listing,
    Ticket,
    UncertainError,
    Unreadable,
)

Call = Literal["tickets", "create", "update", "close", "reopen", "comment"]
CALLS: tuple[Call, ...] = get_args(Call)


@dataclass(frozen=True, slots=True)
class _Fault:
    error: WatcherError
    took_effect: bool


class FakeTracker:
    """Holds tickets, fails as tests say, and counts what it is asked for.

    `fail_next`, `by_hand`, `delete`, `damage`, `empty` and the counters are for tests; the rest is
    the port. Ids are numbers, never given twice.
    """

    opened_by = "open it there"
    medium = MARKDOWN

    def __init__(self, name: str = "tickets") -> None:
        self.name = name
        self.settling = timedelta(0)
        self.calls: Counter[str] = Counter()
        self.comments: list[tuple[str, str]] = []
        self.drafts: list[Draft] = []
        self._tickets: dict[str, Ticket] = {}
        self._damaged: dict[str, str] = {}
        self._faults: dict[str, list[_Fault]] = {}
        self._last = 0
        self._changes = 0
        self._lock = threading.Lock()

    def fail_next(
        self, call: Call, error: WatcherError | None = None, *, took_effect: bool = False
    ) -> None:
        """Let the next such call fail, before it does anything or after it took effect."""
        wrong = error or (
            UncertainError(f"{self.name} answered 502: it may have taken effect")
            if took_effect
            else TransientError(f"{self.name} does not answer")
        )
        self._faults.setdefault(call, []).append(_Fault(wrong, took_effect))

    def by_hand(
        self,
        ticket: str,
        *,
        state: Literal["open", "closed"] | None = None,
        title: str | None = None,
        labels: tuple[str, ...] | None = None,
        body: str | None = None,
    ) -> None:
        """Edit a ticket as a person would."""
        held = self._tickets[ticket]
        self._keep(
            replace(
                held,
                state=state or held.state,
                title=held.title if title is None else title,
                labels=held.labels if labels is None else labels,
                body=held.body if body is None else body,
            )
        )

    def copy(self, ticket: str) -> str:
        """File a ticket again as a person would, marker and all."""
        self._last += 1
        self._keep(replace(self._tickets[ticket], id=str(self._last), url=self._url(self._last)))
        return str(self._last)

    def delete(self, ticket: str) -> None:
        """Take a ticket away."""
        del self._tickets[ticket]

    def damage(self, ticket: str, reason: str = "cannot be read") -> None:
        """Let a ticket be there and unreadable."""
        self._damaged[ticket] = reason

    def mend(self, ticket: str) -> None:
        """Let it be read again."""
        del self._damaged[ticket]

    def empty(self) -> None:
        """Be another tracker from now on, one that never held anything."""
        self._tickets.clear()
        self._damaged.clear()
        self._last = 0

    def tickets(
        self, known: Mapping[str, Known] = NOTHING_KNOWN, since: datetime | None = None
    ) -> Listing:
        """List all tickets, the damaged ones apart."""
        del since
        self._begin("tickets")
        if known and not self._last:
            raise TransientError(f"{self.name} holds none of the {len(known)} tickets filed there")
        self._finish("tickets")
        return Listing.of(
            [one for one in self._tickets.values() if one.id not in self._damaged],
            [
                Unreadable(one.id, one.key, f"{one.url} {self._damaged[one.id]}")
                for one in self._tickets.values()
                if one.id in self._damaged
            ],
        )

    def create(self, draft: Draft, at: datetime) -> Ticket:
        """File a ticket."""
        self._begin("create")
        self.drafts.append(draft)
        with self._lock:
            self._last += 1
            number = self._last
        made = Ticket(
            id=str(number),
            key=draft.key,
            title=" ".join(draft.title.split()),
            body=with_marker(draft.body, draft.key),
            state="open",
            labels=draft.labels,
            url=self._url(number),
            created_at=at,
            updated_at=at,
            version="",
        )
        self._keep(made)
        self._finish("create")
        return self._tickets[made.id]

    def update(
        self,
        ticket: Ticket,
        body: str,
        at: datetime,
        *,
        title: str | None = None,
        labels: tuple[str, ...] | None = None,
    ) -> Ticket:
        """Write the body anew, and title and labels where they are given."""
        given = {
            name: value
            for name, value in (("title", title), ("labels", labels))
            if value is not None
        }
        return self._change("update", ticket, at, lambda held: _with(held, body, **given))

    def close(self, ticket: Ticket, body: str, at: datetime) -> Ticket:
        """Write the body anew and close."""
        return self._change("close", ticket, at, lambda held: _with(held, body, state="closed"))

    def reopen(
        self, ticket: Ticket, body: str, at: datetime, *, labels: tuple[str, ...] | None = None
    ) -> Ticket:
        """Write the body anew, labels where they are given, and open."""
        given = {} if labels is None else {"labels": labels}
        return self._change(
            "reopen", ticket, at, lambda held: _with(held, body, state="open", **given)
        )

    def comment(self, ticket: Ticket, text: str, at: datetime) -> Ticket:
        """Keep a remark."""
        self._begin("comment")
        held = self._held(ticket)
        self.comments.append((ticket.id, text))
        self._keep(replace(held, updated_at=at))
        self._finish("comment")
        return self._tickets[ticket.id]

    def check(self) -> str:
        """Say that it is there."""
        self.tickets()
        return f"tracker {self.name} is in memory; tickets: {len(self._tickets)}"

    def _change(
        self, call: Call, ticket: Ticket, at: datetime, change: Callable[[Ticket], Ticket]
    ) -> Ticket:
        self._begin(call)
        held = self._held(ticket)
        changed = change(held)
        if changed != held:
            self._keep(replace(changed, updated_at=at))
        self._finish(call)
        return self._tickets[ticket.id]

    def _held(self, ticket: Ticket) -> Ticket:
        held = self._tickets.get(ticket.id)
        if held is None:
            raise NotFoundError(f"{ticket.url} is not there any more")
        if held.version != ticket.version:
            raise TransientError(f"{ticket.url} was changed just now")
        if ticket.id in self._damaged:
            raise PermanentError(f"{ticket.url} {self._damaged[ticket.id]}")
        return held

    def _keep(self, ticket: Ticket) -> None:
        self._changes += 1
        self._tickets[ticket.id] = replace(ticket, version=str(self._changes))

    def _url(self, number: int) -> str:
        return f"memory:{self.name}/{number}"

    def _begin(self, call: Call) -> None:
        self.calls[call] += 1
        faults = self._faults.get(call)
        if faults and not faults[0].took_effect:
            raise faults.pop(0).error

    def _finish(self, call: Call) -> None:
        faults = self._faults.get(call)
        if faults:
            raise faults.pop(0).error


def _with(held: Ticket, body: str, **changes: Any) -> Ticket:  # noqa: ANN401 any field of it
    return replace(held, body=with_marker(body, held.key), **changes)
