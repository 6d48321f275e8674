"""The adapters `github`, `gitlab` and `jira` on faithful servers of their vendors' APIs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final, Literal

from tests.contract.tracker.subjects.gitea import HASTY
from tests.servers.issues import BOT, TOKEN, Board, GitHub, GitLab, Jira, Served, served
from tests.servers.issues.server import Shape
from watcher.adapters.trackers.github import github_tracker
from watcher.adapters.trackers.gitlab import gitlab_tracker
from watcher.adapters.trackers.jira import jira_tracker
from watcher.domain.ticket import OURS
from watcher.ports.tracker import Ticket, Tracker

_JIRA_TOKEN: Final = f"Bearer {TOKEN}"
_CLOUD_LOGIN: Final = "Basic d2F0Y2hlci1ib3RAYWNtZTpzM2NyZXQtb2YtdGhlLWJvdA=="

Build = Callable[[str], Tracker]


def _github(url: str) -> Tracker:
    return github_tracker("tickets", url, "acme/shop", TOKEN, connecting=HASTY)


def _gitlab(url: str) -> Tracker:
    return gitlab_tracker("tickets", url, "acme/shop", TOKEN, connecting=HASTY)


def _jira(url: str) -> Tracker:
    return jira_tracker("tickets", url, "SHOP", TOKEN, connecting=HASTY)


def _cloud(url: str) -> Tracker:
    return jira_tracker(
        "tickets", url, "SHOP", TOKEN, username=f"{BOT}@acme", cloud=True, connecting=HASTY
    )


def github(stack: ExitStack) -> BoardSubject:
    """A repository on an Enterprise server of GitHub."""
    return BoardSubject(stack, GitHub(Board()), _github, "acme/other#5")


def gitlab(stack: ExitStack) -> BoardSubject:
    """A project on a GitLab."""
    return BoardSubject(stack, GitLab(Board()), _gitlab, "elsewhere")


def jira(stack: ExitStack) -> BoardSubject:
    """A project on a Jira Data Center."""
    return BoardSubject(stack, Jira(Board("SHOP"), _JIRA_TOKEN, cloud=False), _jira, "PAY-5")


def jira_cloud(stack: ExitStack) -> BoardSubject:
    """A project on Jira Cloud."""
    shape = Jira(Board("SHOP"), _CLOUD_LOGIN, cloud=True)
    return BoardSubject(stack, shape, _cloud, "PAY-5")


class BoardSubject:
    """One board, served for a test."""

    keeps_clock = True
    fragile = False

    def __init__(self, stack: ExitStack, shape: Shape, build: Build, elsewhere: str) -> None:
        self.shape = shape
        self.board = shape.board
        self.served: Served = stack.enter_context(served(shape))
        self.build = build
        self.url = self.served.url
        self._elsewhere = elsewhere
        self.tracker: Tracker = self.another()

    def another(self) -> Tracker:
        return self.build(self.url)

    def set_state(self, ticket: Ticket, state: Literal["open", "closed"]) -> None:
        self.board.change(self.number(ticket), open_=state == "open")

    def set_title(self, ticket: Ticket, title: str) -> None:
        self.board.change(self.number(ticket), title=title)

    def set_labels(self, ticket: Ticket, labels: tuple[str, ...]) -> None:
        self.board.change(self.number(ticket), labels=labels)

    def set_text(self, ticket: Ticket, text: str) -> None:
        marker = ticket.body.splitlines()[-1]
        self.board.change(self.number(ticket), body=f"{text}\r\n\r\n{marker}")

    def copy(self, ticket: Ticket) -> str:
        made = self.board.file(ticket.title, ticket.body, (OURS,))
        return ticket.id.removesuffix(str(self.number(ticket))) + str(made.number)

    def delete(self, ticket: Ticket) -> None:
        self.board.delete(self.number(ticket))

    def misplace(self, ticket: Ticket) -> None:
        held = self.board.issues[self.number(ticket)]
        held.moved = self._elsewhere
        if isinstance(self.shape, GitHub):
            # Transferred to a repository of which the token may read issues.
            other = f"{self.served.url}/api/v3/repositories/{self.board.identity}/issues"
            held.moved = f"{other}/{self.board.file('transferred', ticket.body).number}"

    def damage(self, ticket: Ticket) -> None:
        self.board.change(self.number(ticket), body="- [ ] my own list")

    def empty(self) -> None:
        self.board.empty()

    def stop(self) -> None:
        self.url = "http://127.0.0.1:9"  # discards, and nobody listens
        self.tracker = self.another()

    @staticmethod
    def number(ticket: Ticket) -> int:
        return int(ticket.id.rpartition("-")[2])
