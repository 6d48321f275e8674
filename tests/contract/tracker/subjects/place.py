"""The tracker that vendors share, over the place in memory."""

from __future__ import annotations

from typing import Literal

from tests.fakes.issues import FakePlace
from tests.servers.issues import Board
from watcher.adapters.issues import IssueTracker
from watcher.domain.errors import TransientError
from watcher.domain.ticket import OURS
from watcher.ports.tracker import Ticket, Tracker


class PlaceSubject:
    """One board in memory."""

    keeps_clock = True
    fragile = False

    def __init__(self) -> None:
        self.board = Board()
        self.stopped = False
        self.tracker: Tracker = self.another()

    def another(self) -> Tracker:
        return IssueTracker(
            "tickets", _Silent(self.board) if self.stopped else FakePlace(self.board)
        )

    def set_state(self, ticket: Ticket, state: Literal["open", "closed"]) -> None:
        self.board.change(int(ticket.id), open_=state == "open")

    def set_title(self, ticket: Ticket, title: str) -> None:
        self.board.change(int(ticket.id), title=title)

    def set_labels(self, ticket: Ticket, labels: tuple[str, ...]) -> None:
        self.board.change(int(ticket.id), labels=labels)

    def set_text(self, ticket: Ticket, text: str) -> None:
        self.board.change(int(ticket.id), body=f"{text}\n\n{ticket.body.splitlines()[-1]}")

    def copy(self, ticket: Ticket) -> str:
        return str(self.board.file(ticket.title, ticket.body, (OURS,)).number)

    def delete(self, ticket: Ticket) -> None:
        self.board.delete(int(ticket.id))

    def misplace(self, ticket: Ticket) -> None:
        self.board.change(int(ticket.id), labels=())

    def damage(self, ticket: Ticket) -> None:
        self.board.change(int(ticket.id), body="- [ ] my own list")

    def empty(self) -> None:
        self.board.empty()

    def stop(self) -> None:
        self.stopped = True
        self.tracker = self.another()


class _Silent(FakePlace):
    """A place that answers nothing."""

    def __getattribute__(self, name: str) -> object:
        if name in {"issues", "issue", "prepared", "add", "edit", "account", "identity"}:
            raise TransientError("nobody answers")
        return super().__getattribute__(name)
