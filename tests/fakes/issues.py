"""A place for issues in memory, with what goes wrong on the way to one: for histories by thousands.

It signs `watcher.adapters.issues.Place`, and with the tracker over it the contract suite.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Literal

from tests.servers.issues.board import BOT, Board, Record
from watcher.adapters.issues import Change, Issue
from watcher.domain.errors import NotFoundError, RateLimitedError, TransientError
from watcher.ports.tracker import MARKDOWN, Draft, UncertainError

Fault = Literal["refused", "lost", "late", "limited", "die before", "die after"]


class Killed(BaseException):
    """The process died here."""


class FakePlace:
    """Issues of a board. The next write meets the first fault that waits; lists may lag."""

    medium = MARKDOWN
    opened_by = "open it there"
    settling = timedelta(minutes=5)
    where = "memory:shop"

    def __init__(self, board: Board, *, lags: bool = False) -> None:
        self.board = board
        self.lags = lags
        self.faults: list[Fault] = []
        self.late: list[Callable[[], object]] = []
        self.closed: list[int] = []  # by this place, in order
        self.writes = 0
        self.lists = 0
        self._index: dict[int, Record] = {}
        self.lagging = False

    def refresh(self) -> None:
        """Let lists show what is there now."""
        self._index = copy.deepcopy(self.board.issues)

    def land(self) -> None:
        """Let what was sent long ago take effect at last."""
        waiting, self.late = self.late, []
        for effect in waiting:
            effect()

    def issues(self, label: str | None, since: datetime | None = None) -> Iterator[Issue]:
        """List issues as they were when lists last knew."""
        self.lists += 1
        if not (self.lags and self.lagging):
            self.refresh()
        for one in sorted(self._index.values(), key=lambda one: one.number):
            if (label is None or label in one.labels) and (since is None or one.number):
                yield self._issue(one)

    def issue(self, id_: str) -> Issue:
        """One issue as it is now."""
        held = self.board.issues.get(int(id_))
        if held is None:
            raise NotFoundError(f"issue {id_} is not there")
        return self._issue(held)

    def prepared(self, _draft: Draft) -> str:
        """The project's identity."""
        return self.identity()

    def add(self, draft: Draft, title: str, body: str) -> Issue:
        """File an issue."""
        return self._written(
            lambda: self.board.file(title, body, draft.labels, BOT, draft.assignees)
        )

    def edit(self, issue: Issue, change: Change) -> Issue:
        """Change an issue."""
        number = int(issue.id)

        def effect() -> Record:
            if change.open is False:
                self.closed.append(number)
            return self.board.change(
                number,
                title=change.title,
                body=change.body,
                open_=change.open,
                labels=change.labels,
            )

        return self._written(effect)

    def remark(self, issue: Issue, text: str) -> None:
        """Add a remark."""
        self._written(lambda: self._remarked(int(issue.id), text))

    def account(self) -> str:
        """Who we are."""
        return BOT

    def filed_by_us(self, issue: Issue) -> bool:
        """Whether we filed it."""
        return issue.author == BOT

    def identity(self) -> str:
        """The project's number."""
        return str(self.board.identity)

    def doubts(self) -> list[str]:
        """None."""
        return []

    def _remarked(self, number: int, text: str) -> Record:
        self.board.remark(number, text)
        return self.board.issues[number]

    def _written(self, effect: Callable[[], Record]) -> Issue:
        self.writes += 1
        fault = self.faults.pop(0) if self.faults else None
        match fault:
            case "refused":
                raise TransientError("nobody answers")
            case "limited":
                raise RateLimitedError("too many requests", 60.0)
            case "die before":
                raise Killed
            case "late":
                self.late.append(lambda: _unless_gone(effect))
                raise UncertainError("no answer in time")
        made = effect()
        if fault == "die after":
            raise Killed
        if fault == "lost":
            raise UncertainError("502, and it was done")
        return self._issue(made)

    def _issue(self, one: Record) -> Issue:
        return Issue(
            id=str(one.number),
            title=one.title,
            body=one.body,
            open=one.open,
            labels=tuple(one.labels),
            url=f"memory:shop/{one.number}",
            author=one.author,
            created_at=one.created_at,
            updated_at=one.updated_at,
            closed_at=one.closed_at,
            place=self.identity(),
        )


def _unless_gone(effect: Callable[[], object]) -> None:
    """A write that lands on what was deleted meanwhile changes nothing."""
    try:
        effect()
    except KeyError:
        return
