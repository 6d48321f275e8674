"""What a tracker holds: one project's issues, and what people do to them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

BOT: Final = "watcher-bot"
PERSON: Final = "ada"
TOKEN: Final = "s3cret-of-the-bot"  # noqa: S105 - of a server that lives for a test
_EPOCH: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)
_IDENTITIES: Final = count(7001)


@dataclass(slots=True)
class Record:
    """An issue as it is kept. `shown_from` is when lists that lag first know of its last change."""

    number: int
    title: str
    body: str
    labels: list[str]
    author: str
    created_at: datetime
    updated_at: datetime
    open: bool = True
    closed_at: datetime | None = None
    assignees: list[str] = field(default_factory=list)
    kind: str = ""
    comments: list[str] = field(default_factory=list)
    locked: bool = False
    reason: str | None = None
    moved: str | None = None
    pull: bool = False


class Board:
    """A project: its name, its issues by number, and what is amiss with it.

    Its clock is its own, and moves by a second with each change.
    """

    def __init__(self, name: str = "acme/shop") -> None:
        self.name = name
        self.identity = next(_IDENTITIES)
        self.old_names: list[str] = []
        self.issues: dict[int, Record] = {}
        self.deleted: set[int] = set()
        self.now = _EPOCH
        self.private = True
        self.may_label = True
        self.archived = False
        self.template: str | None = None  # what an automation makes of the text of new issues
        self.lock = threading.RLock()
        self._last = 0

    def tick(self) -> datetime:
        """The time of a change."""
        self.now += timedelta(seconds=1)
        return self.now

    def file(
        self,
        title: str,
        body: str,
        labels: Iterable[str] = (),
        author: str = PERSON,
        assignees: Iterable[str] = (),
    ) -> Record:
        """File an issue; its number was never given before."""
        with self.lock:
            self._last += 1
            at = self.tick()
            text = body if self.template is None or author != BOT else self.template
            made = Record(self._last, title, text, list(labels), author, at, at)
            made.assignees = list(assignees)
            self.issues[made.number] = made
            return made

    def change(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        open_: bool | None = None,
        labels: Iterable[str] | None = None,
    ) -> Record:
        """Change an issue, as people and programs do."""
        with self.lock:
            held = self.issues[number]
            at = held.updated_at = self.tick()
            held.title = held.title if title is None else title
            held.body = held.body if body is None else body
            held.labels = held.labels if labels is None else list(dict.fromkeys(labels))
            if open_ is not None and open_ != held.open:
                held.open, held.closed_at = open_, None if open_ else at
            return held

    def remark(self, number: int, text: str) -> None:
        """Add a comment."""
        with self.lock:
            self.issues[number].comments.append(text)
            self.issues[number].updated_at = self.tick()

    def delete(self, number: int) -> None:
        """Take an issue away; its number stays taken."""
        with self.lock:
            del self.issues[number]
            self.deleted.add(number)

    def rename(self, name: str) -> None:
        """Give the project another name."""
        self.old_names.append(self.name)
        self.name = name

    def empty(self) -> None:
        """Be another project of the same name, one that never held anything."""
        self.issues.clear()
        self.deleted.clear()
        self.identity = next(_IDENTITIES)
        self._last = 0
