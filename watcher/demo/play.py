"""Plays a story on real servers: pushes images, publishes databases, makes each chapter's pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watcher.demo.story import Chapter, News, Story
from watcher.demo.workshop import Job, Pusher, Registry, push_all, trivy_database
from watcher.services.pass_ import PassReport

DATABASE = "mirror/trivy-db"
VERSION = "2"
_OPEN, _CLOSED = "\nstate: open\n", "\nstate: closed\n"


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers of the demo: the registry that is watched, and the mirror of the database.

    `tickets` is the folder of the tracker.
    """

    start: datetime
    registry: Registry
    mirror: Registry
    tickets: Path

    def prepare(self, chapter: Chapter) -> None:
        """Let happen what happened before the chapter's pass."""
        push_all(
            self.registry.url,
            [
                Job(repository, tag, content)
                for (repository, tag), content in chapter.pushes.items()
            ],
        )
        with Pusher(self.registry.url) as pusher:
            for repository, tag in chapter.deletes:
                pusher.delete_tag(repository, tag)
        if chapter.news is not None:
            self.publish(chapter.news)
        for key in chapter.closed_by_hand:
            close_by_hand(self.tickets, key)

    def publish(self, news: News) -> None:
        """Offer a new database."""
        updated = self.start + timedelta(days=news.updated)
        database = trivy_database(news.advisories, news.details, updated_at=updated)
        with Pusher(self.mirror.url) as pusher:
            pusher.push_artifact(DATABASE, VERSION, database.artifact())


def close_by_hand(tickets: Path, key: str) -> None:
    """Close a ticket as a person does: by its `state`. Raises ValueError where it is not open."""
    for path in tickets_in(tickets)["open"]:
        text = path.read_text(encoding="utf-8")
        if f"\nkey: {key}\n" in text:
            path.write_text(text.replace(_OPEN, _CLOSED, 1), encoding="utf-8")
            return
    raise ValueError(f"no ticket {key} is open in {tickets}: the story does not hold")


def tickets_in(folder: Path) -> dict[str, list[Path]]:
    """The files of tickets by their `state`, `open` or `closed`, in the order of their numbers."""
    files = sorted(folder.glob("*.md"), key=lambda path: int(path.stem))
    texts = [(path, path.read_text(encoding="utf-8")) for path in files]
    return {
        "open": [path for path, text in texts if _OPEN in text],
        "closed": [path for path, text in texts if _CLOSED in text],
    }


@contextmanager
def staged(folder: Path, start: datetime) -> Iterator[Stage]:
    """Start both servers, with all they hold under `folder`, and end them again."""
    with Registry(folder / "registry") as registry, Registry(folder / "mirror") as mirror:
        yield Stage(start, registry, mirror, folder / "tickets")


def play(
    story: Story, stage: Stage, make_pass: Callable[[datetime], PassReport]
) -> Iterator[tuple[Chapter, PassReport]]:
    """Play chapter after chapter; yields each with the report of its pass."""
    for chapter in story.chapters:
        stage.prepare(chapter)
        if chapter.registry_down:
            stage.registry.stop()
        try:
            report = make_pass(stage.start + timedelta(days=chapter.day))
        finally:
            if chapter.registry_down:
                stage.registry.start()
        yield chapter, report
