"""The tracker in memory."""

from __future__ import annotations

from typing import Literal

from tests.fakes.tracker import CALLS, FakeTracker
from watcher.ports.tracker import Ticket, Tracker


class FakeSubject:
    """The fake."""

    keeps_clock = False
    fragile = True

    def __init__(self) -> None:
        self._fake = FakeTracker()
        self.tracker: Tracker = self._fake

    def another(self) -> Tracker:
        return self._fake

    def set_state(self, ticket: Ticket, state: Literal["open", "closed"]) -> None:
        self._fake.by_hand(ticket.id, state=state)

    def set_title(self, ticket: Ticket, title: str) -> None:
        self._fake.by_hand(ticket.id, title=title)

    def set_labels(self, ticket: Ticket, labels: tuple[str, ...]) -> None:
        self._fake.by_hand(ticket.id, labels=labels)

    def set_text(self, ticket: Ticket, text: str) -> None:
        marker = ticket.body.splitlines()[-1]
        self._fake.by_hand(ticket.id, body=f"{text}\n\n{marker}\n")

    def copy(self, ticket: Ticket) -> str:
        return self._fake.copy(ticket.id)

    def delete(self, ticket: Ticket) -> None:
        self._fake.delete(ticket.id)

    def misplace(self, ticket: Ticket) -> None:
        self._fake.damage(ticket.id, "lies where no ticket does: put it back")

    def damage(self, ticket: Ticket) -> None:
        self._fake.damage(ticket.id)

    def empty(self) -> None:
        self._fake.empty()

    def stop(self) -> None:
        for call in CALLS * 3:
            self._fake.fail_next(call)
