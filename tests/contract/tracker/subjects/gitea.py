"""The adapter `gitea` on a real Gitea."""

from __future__ import annotations

from typing import Literal

from tests.servers.gitea import Gitea, Project
from watcher.adapters.http import Breaking, Connecting, Retrying, Timeouts
from watcher.adapters.trackers.gitea import gitea_tracker
from watcher.domain.ticket import OURS
from watcher.ports.tracker import Ticket, Tracker

HASTY = Connecting(
    timeouts=Timeouts(connect=2, read=5, total=10),
    retrying=Retrying(attempts=1, within=1, first=0.01, jitter=0.0),
    breaking=Breaking(silent=1000, failing=1000),
)


class GiteaSubject:
    """A repository of its own for each test."""

    keeps_clock = True
    fragile = False

    def __init__(self, server: Gitea) -> None:
        self.server = server
        self.project: Project = server.project()
        self.url = server.url
        self.tracker: Tracker = self.another()

    def another(self) -> Tracker:
        return gitea_tracker(
            "tickets", self.url, self.project.name, self.server.token, connecting=HASTY
        )

    def set_state(self, ticket: Ticket, state: Literal["open", "closed"]) -> None:
        self.project.edit(ticket.id, state=state)

    def set_title(self, ticket: Ticket, title: str) -> None:
        self.project.edit(ticket.id, title=title)

    def set_labels(self, ticket: Ticket, labels: tuple[str, ...]) -> None:
        self.project.label(ticket.id, labels)

    def set_text(self, ticket: Ticket, text: str) -> None:
        marker = ticket.body.splitlines()[-1]
        self.project.edit(ticket.id, body=f"{text}\r\n\r\n{marker}")

    def copy(self, ticket: Ticket) -> str:
        number = self.project.file(ticket.title, ticket.body)
        self.project.label(number, (OURS,))
        return number

    def delete(self, ticket: Ticket) -> None:
        self.project.delete(ticket.id)

    def misplace(self, ticket: Ticket) -> None:
        self.project.label(ticket.id, ())

    def damage(self, ticket: Ticket) -> None:
        self.project.edit(ticket.id, body="- [ ] my own list")

    def empty(self) -> None:
        name = self.project.name.split("/")[1]
        self.project.remove()
        self.project = self.server.named(name)

    def stop(self) -> None:
        self.url = "http://127.0.0.1:9"  # discards, and nobody listens
        self.tracker = self.another()
