"""The trackers that sign the contract suite: each adapter on the real thing, and the fake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Protocol

import pytest

from tests.fakes.tracker import CALLS, FakeTracker
from watcher.adapters.trackers.folder import FolderTracker
from watcher.ports.tracker import Ticket, Tracker

# One entry per module of adapters/trackers.
SIGNED = {"folder"}


class Subject(Protocol):
    """A tracker under test, and what people and failures do to it."""

    tracker: Tracker

    def another(self) -> Tracker:
        """A second adapter on the same tracker, as another process would build it."""

    def set_state(self, ticket: Ticket, state: Literal["open", "closed"]) -> None:
        """Close or open a ticket by hand."""

    def set_title(self, ticket: Ticket, title: str) -> None:
        """Give a ticket another title by hand."""

    def set_labels(self, ticket: Ticket, labels: tuple[str, ...]) -> None:
        """Label a ticket by hand."""

    def set_text(self, ticket: Ticket, text: str) -> None:
        """Write another text above the marker by hand."""

    def copy(self, ticket: Ticket) -> str:
        """File a copy by hand; returns its id."""

    def delete(self, ticket: Ticket) -> None:
        """Take a ticket away."""

    def misplace(self, ticket: Ticket) -> None:
        """Put a ticket where no ticket lies."""

    def damage(self, ticket: Ticket) -> None:
        """Make a ticket unreadable."""

    def empty(self) -> None:
        """Replace the tracker by one that never held anything."""

    def stop(self) -> None:
        """Let every later call fail."""


class FolderSubject:
    """The adapter `folder` on a real folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tracker: Tracker = FolderTracker("tickets", folder)

    def another(self) -> Tracker:
        return FolderTracker("tickets", self.folder)

    def set_state(self, ticket: Ticket, state: Literal["open", "closed"]) -> None:
        self._edit(ticket, r"^state: .*$", f"state: {state}")

    def set_title(self, ticket: Ticket, title: str) -> None:
        self._edit(ticket, r"^title: .*$", f"title: {title}")

    def set_labels(self, ticket: Ticket, labels: tuple[str, ...]) -> None:
        self._edit(ticket, r"^labels: .*$", f"labels: [{', '.join(labels)}]")

    def set_text(self, ticket: Ticket, text: str) -> None:
        self._edit(ticket, r"^---\n\n(?s:.*)(?=^<!-- watcher:key)", f"---\n\n{text}\n\n")

    def copy(self, ticket: Ticket) -> str:
        (self.folder / "77.md").write_bytes(self._path(ticket).read_bytes())
        return "77"

    def delete(self, ticket: Ticket) -> None:
        self._path(ticket).unlink()

    def misplace(self, ticket: Ticket) -> None:
        self._path(ticket).rename(self.folder / f"{ticket.id}-debian.md")

    def damage(self, ticket: Ticket) -> None:
        self._edit(ticket, r"^title: .*$", "title: [")

    def empty(self) -> None:
        self.folder.rename(self.folder.with_name("unmounted"))

    def stop(self) -> None:
        self.folder.rename(self.folder.with_name("elsewhere"))
        self.folder.write_bytes(b"a file where the folder was")

    def _path(self, ticket: Ticket) -> Path:
        return self.folder / f"{ticket.id}.md"

    def _edit(self, ticket: Ticket, pattern: str, text: str) -> None:
        path = self._path(ticket)
        edited, count = re.subn(
            pattern, lambda _: text, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE
        )
        assert count == 1
        path.write_text(edited, encoding="utf-8")


class FakeSubject:
    """The fake."""

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


@pytest.fixture(params=["fake", *sorted(SIGNED)])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    if request.param == "fake":
        return FakeSubject()
    return FolderSubject(tmp_path / "tickets")
