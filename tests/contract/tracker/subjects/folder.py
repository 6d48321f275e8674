"""The folder tracker on a real folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from watcher.adapters.trackers.folder import FolderTracker
from watcher.ports.tracker import Ticket, Tracker


class FolderSubject:
    """The adapter `folder` on a real folder."""

    keeps_clock = False
    fragile = True

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
