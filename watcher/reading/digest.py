"""Digests of the record: one for each reader, sent once a week."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.bootstrap import App
from watcher.domain.access import Grant, Role
from watcher.domain.errors import PermanentError, TransientError
from watcher.ports.post import Letter, Post
from watcher.reading import management
from watcher.reading.reading import Asked, Reading
from watcher.reading.sight import Ownership, Sight
from watcher.report.digest import letter
from watcher.report.pages.report import page


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a digest, in a line; `problem` where it was not sent, or nobody knows."""

    line: str
    problem: bool = False


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of a watcher."""

    app: App
    now: Callable[[], datetime]

    def letters(self) -> Iterator[tuple[str | None, Letter, Sequence[Post]]]:
        """What each reader is told now, and the ways to that reader."""
        for reader, ways in self.app.posts():
            yield reader.team, self._letter(reader.team), ways

    def _letter(self, team: str | None) -> Letter:
        app, sight = self.app, None
        if team is not None:
            ownership = Ownership(app.browsing, app.config.owner_of)
            sight = Sight.of(Grant(Role.VIEWER, frozenset({team})), ownership)
        told = management.report(Reading.of(app, Asked(), self.now(), sight))
        return letter(told, team, app.config.web.url, page(told, standalone=True))

    def send(self) -> Iterator[Told]:
        """Send what is due this week and was not sent; each is noted before it is handed over.

        One that a killed process was handing over is never sent again; one that surely was not
        taken is tried again when this is called again.
        """
        due = self.app.config.digest.last_due(self.now())
        if not self.app.config.digest.readers or self.app.views.finished(None) is None:
            return
        noted = self.app.digests.noted(f"{due:%Y-%m-%d} ")
        for reader, ways in self.app.posts():
            keyed = {_key(due, reader.team, way): way for way in ways}
            left = {key: way for key, way in keyed.items() if key not in noted}
            written = self._letter(reader.team) if left else None
            for key, way in left.items():
                if written is not None and self.app.digests.begun(key, self.now()):
                    yield self._handed(key, written, way)

    def _handed(self, key: str, written: Letter, way: Post) -> Told:
        try:
            way.send(written)
        except PermanentError as error:
            self.app.digests.not_sent(key)
            return Told(f"digest not sent, tried again later: {error}", problem=True)
        except TransientError as error:
            return Told(f"digest perhaps not sent, and not sent again: {error}", problem=True)
        self.app.digests.sent(key, self.now())
        return Told(f"digest sent to {way.to}")


def _key(due: datetime, team: str | None, way: Post) -> str:
    reader = hashlib.sha256(f"{team!r} {way.to}".encode()).hexdigest()[:32]
    return f"{due:%Y-%m-%d} {reader}"
