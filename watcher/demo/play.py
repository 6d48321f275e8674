"""Plays a story on real servers: pushes images, publishes databases, makes each chapter's pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watcher.demo.story import Chapter, News, Story
from watcher.demo.workshop import Pusher, Registry, trivy_database
from watcher.services.pass_ import PassReport

DATABASE = "mirror/trivy-db"
VERSION = "2"


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers of the demo: the registry that is watched, and the mirror of the database."""

    start: datetime
    registry: Registry
    mirror: Registry

    def prepare(self, chapter: Chapter) -> None:
        """Let happen what happened before the chapter's pass."""
        with Pusher(self.registry.url) as pusher:
            for (repository, tag), image in chapter.pushes.items():
                pusher.push_image(repository, tag, image)
            for repository, tag in chapter.deletes:
                pusher.delete_tag(repository, tag)
        if chapter.news is not None:
            self.publish(chapter.news)

    def publish(self, news: News) -> None:
        """Offer a new database."""
        updated = self.start + timedelta(days=news.updated)
        database = trivy_database(news.advisories, news.details, updated_at=updated)
        with Pusher(self.mirror.url) as pusher:
            pusher.push_artifact(DATABASE, VERSION, database.artifact())


@contextmanager
def staged(folder: Path, start: datetime) -> Iterator[Stage]:
    """Start both servers, with all they hold under `folder`, and end them again."""
    with Registry(folder / "registry") as registry, Registry(folder / "mirror") as mirror:
        yield Stage(start, registry, mirror)


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
