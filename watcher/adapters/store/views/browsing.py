"""The record for pages, read from SQL."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select

from watcher.adapters.store.asof import folded_upto, unended, visible
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.tables.knowledge import knowledge
from watcher.adapters.store.tables.passes import failures, passes
from watcher.adapters.store.views.changes import read_changes_of
from watcher.adapters.store.views.flaw import read_concerned, read_flaw
from watcher.adapters.store.views.history import read_pointed, read_tracks
from watcher.adapters.store.views.inside import (
    read_findings,
    read_image,
    read_packages,
    read_pointing,
)
from watcher.adapters.store.views.knowledge import read_versions
from watcher.adapters.store.views.listed import read_about, read_windows
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.reference import Repository
from watcher.ports.store.browsing import (
    ConcernedPackage,
    InstalledPackage,
    KnownVersion,
    NamedTrack,
    PointedTo,
    Pointing,
    PresentFinding,
    ShownFlaw,
    ShownImage,
    StandingFailure,
    WindowsFound,
    WindowsWanted,
)
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import MatchChange


@dataclass(frozen=True, slots=True)
class SqlBrowsing:
    """Signs the port `Browsing`."""

    engine: Engine

    def windows(self, wanted: WindowsWanted, upto: int) -> WindowsFound:
        """Part of the windows that a page asks for."""
        return read_windows(self.engine, SqlExposures(self.engine), wanted, upto)

    def about(self, text: str, upto: int) -> frozenset[str]:
        """The vulnerabilities, by name, that concern a package or have an id that holds a text."""
        with self.engine.connect() as connection:
            return read_about(connection, text, folded_upto(connection, upto))

    def tracks(self, upto: int, repository: Repository | None = None) -> list[NamedTrack]:
        """Every track ever bound, or those of one repository, by name and platform."""
        with self.engine.connect() as connection:
            return read_tracks(connection, upto, repository)

    def pointed(self, track: Track, upto: int) -> list[PointedTo]:
        """What a track pointed to, oldest first."""
        with self.engine.connect() as connection:
            return read_pointed(connection, track, upto)

    def image(self, repository: Repository, digest: str, upto: int) -> ShownImage | None:
        """An image that a stream of the repository points to, or did; None where none does."""
        with self.engine.connect() as connection:
            return read_image(connection, repository, digest, upto)

    def pointing(self, image: int, upto: int) -> list[Pointing]:
        """The tracks that point to an image, or did; those that do come first."""
        with self.engine.connect() as connection:
            return read_pointing(connection, image, upto)

    def packages(self, image: int, upto: int, offset: int, at_most: int) -> list[InstalledPackage]:
        """Part of the packages of an image, by name."""
        with self.engine.connect() as connection:
            return read_packages(connection, image, upto, offset, at_most)

    def findings(self, image: int, upto: int, at_most: int) -> tuple[int, list[PresentFinding]]:
        """How many findings an image has, and the worst of them."""
        with self.engine.connect() as connection:
            return read_findings(connection, image, upto, at_most)

    def changes(self, vulnerability: str, upto: int) -> list[tuple[KnowledgeVersion, MatchChange]]:
        """How what one vulnerability matches changed, newest first, and under which version."""
        with self.engine.connect() as connection:
            versions = read_versions(connection, upto)
            return read_changes_of(connection, upto, versions, vulnerability)

    def flaw(self, name: str, upto: int) -> ShownFlaw | None:
        """A vulnerability by its id, in whatever letter case; None where it is not known."""
        with self.engine.connect() as connection:
            return read_flaw(connection, name, upto)

    def concerned(self, name: str, upto: int, at_most: int) -> list[ConcernedPackage]:
        """Packages that a vulnerability concerns, those first that it still does."""
        with self.engine.connect() as connection:
            return read_concerned(connection, name, upto, at_most)

    def failures(self, upto: int) -> list[StandingFailure]:
        """What had failed when it was last tried, by stage and subject."""
        statement = (
            select(failures, passes.c.at)
            .join(passes, passes.c.id == failures.c.opened_in)
            .where(visible(failures, upto), unended(failures, upto))
            .order_by(failures.c.stage, failures.c.subject)
        )
        with self.engine.connect() as connection:
            return [
                StandingFailure(row.stage, row.subject, row.error, row.retry, row.attempts, row.at)
                for row in connection.execute(statement)
            ]

    def versions(self, upto: int) -> list[KnownVersion]:
        """All versions of knowledge by their times, oldest first; the last one is in force."""
        statement = select(knowledge).where(visible(knowledge, upto)).order_by(knowledge.c.id)
        with self.engine.connect() as connection:
            return [
                KnownVersion(row.scanner, row.db_digest, row.updated_at, row.effective_at)
                for row in connection.execute(statement)
            ]
