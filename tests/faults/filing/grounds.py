"""Trackers on which the story is filed: each trial has a project of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from tests.contract.tracker.conftest import MAKERS
from tests.contract.tracker.subjects.boards import BoardSubject
from tests.contract.tracker.subjects.gitea import HASTY
from tests.servers.gitea import Gitea
from watcher.adapters.trackers.folder import FolderTracker
from watcher.adapters.trackers.gitea import gitea_tracker
from watcher.domain.ticket import marked
from watcher.ports.tracker import Tracker


@dataclass(frozen=True, slots=True, order=True)
class Filed:
    """An issue as it is there, whoever filed it; `key` is its marker's, if it has one."""

    key: str
    open: bool
    title: str
    body: str
    remarks: int = 0


class Project(Protocol):
    """A project of a trial."""

    def tracker(self) -> Tracker:
        """What watcher files with, built as by a new process."""

    def filed(self) -> list[Filed]:
        """Every issue that there is."""


Ground = Callable[[Path, str], Any]  # a context that gives a Project, by a folder and a name


@contextmanager
def folder_ground(folder: Path, _name: str) -> Iterator[Project]:
    """The folder tracker."""
    yield _Folder(folder / "tickets")


@dataclass(frozen=True, slots=True)
class _Folder:
    folder: Path

    def tracker(self) -> Tracker:
        return FolderTracker("tickets", self.folder)

    def filed(self) -> list[Filed]:
        listing = self.tracker().tickets()
        assert listing.unreadable == ()
        return sorted(
            Filed(str(one.key), one.state == "open", one.title, _plain(one.body))
            for one in listing.tickets
        )


def board_ground(make: Callable[[ExitStack], BoardSubject]) -> Ground:
    """A faithful server of a vendor's API."""

    @contextmanager
    def ground(_folder: Path, _name: str) -> Iterator[Project]:
        with ExitStack() as stack:
            yield BoardProject(make(stack))

    return ground


@dataclass(frozen=True, slots=True)
class BoardProject:
    """A board of a faithful server."""

    subject: BoardSubject

    def tracker(self) -> Tracker:
        return self.subject.another()

    def filed(self) -> list[Filed]:
        return sorted(
            Filed(_key(one.body), one.open, one.title, _plain(one.body), len(one.comments))
            for one in self.subject.board.issues.values()
        )


def gitea_ground(server: Gitea) -> Ground:
    """A repository of a real Gitea."""

    @contextmanager
    def ground(_folder: Path, name: str) -> Iterator[Project]:
        yield _Gitea(server, server.named(name))

    return ground


@dataclass(frozen=True, slots=True)
class _Gitea:
    server: Gitea
    project: Any

    def tracker(self) -> Tracker:
        return gitea_tracker(
            "tickets", self.server.url, self.project.name, self.server.token, connecting=HASTY
        )

    def filed(self) -> list[Filed]:
        return sorted(
            Filed(
                _key(one["body"]),
                one["state"] == "open",
                one["title"],
                _plain(one["body"]),
                one["comments"],
            )
            for one in self.project.issues()
        )


def _key(body: str) -> str:
    found = marked(body.replace("\r\n", "\n"))
    return str(found.key) if found else ""


def _plain(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if "://" not in line).strip()


BOARDS: Final[Mapping[str, Ground]] = {name: board_ground(one) for name, one in MAKERS.items()}
