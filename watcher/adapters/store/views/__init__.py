"""Views of the record for people, read from SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from watcher.adapters.store.tables.passes import config_snapshots, passes
from watcher.adapters.store.views.accepted import read_accepted
from watcher.adapters.store.views.current import count_direct
from watcher.adapters.store.views.find import read_first_holdings, read_holdings
from watcher.adapters.store.views.judged import read_coverage, read_unlisted, read_watched
from watcher.adapters.store.views.knowledge import read_knowledge
from watcher.adapters.store.views.sampling import read_sampled
from watcher.adapters.store.views.watched import read_images, read_streams
from watcher.domain.acceptance import Acceptance
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import (
    Coverage,
    FinishedPass,
    FirstHoldings,
    Holding,
    KnowledgeDelta,
    Sampled,
    Sampling,
    Search,
    StreamHead,
    Unlisted,
    WatchedHead,
    WatchedImage,
)


@dataclass(frozen=True, slots=True)
class SqlViews:
    """Signs the port `Views`."""

    engine: Engine

    def finished(self, at: datetime | None) -> FinishedPass | None:
        """The last pass that ended and was made at or before a time; None: the last of all."""
        statement = (
            select(passes.c.id, passes.c.at, passes.c.started_at)
            .where(passes.c.state.in_(("complete", "partial")))
            .order_by(passes.c.id.desc())
            .limit(1)
        )
        if at is not None:
            statement = statement.where(passes.c.at <= at)
        with self.engine.connect() as connection:
            row = connection.execute(statement).first()
        return FinishedPass(row.id, row.at, row.started_at) if row else None

    def configuration(self, upto: int) -> str:
        """The configuration that a pass was made under, as canonical JSON without secrets."""
        statement = select(config_snapshots.c.body).join(
            passes, passes.c.config_id == config_snapshots.c.id
        )
        with self.engine.connect() as connection:
            return str(connection.scalar(statement.where(passes.c.id == upto)))

    def coverage(self, upto: int, as_of: datetime, stale_after: timedelta) -> dict[Track, Coverage]:
        """Tell for every track ever bound whether it is covered, in a fixed number of queries."""
        with self.engine.connect() as connection:
            return read_coverage(connection, upto, as_of, stale_after)

    def streams(self, upto: int) -> list[StreamHead]:
        """What every stream points to, by repository and name; ended streams are left out."""
        with self.engine.connect() as connection:
            return read_streams(connection, upto)

    def published(self, upto: int, as_of: datetime, stale_after: timedelta) -> list[WatchedHead]:
        """The same of published streams alone, with how well each is covered, and its base."""
        with self.engine.connect() as connection:
            return read_watched(connection, upto, as_of, stale_after)

    def sampled(
        self, times: Sequence[datetime], stale_after: timedelta, only: Sampling | None = None
    ) -> list[Sampled]:
        """How many streams were watched and covered at each of some times, as recorded then."""
        with self.engine.connect() as connection:
            return read_sampled(connection, times, stale_after, only)

    def unlisted(self, upto: int) -> list[Unlisted]:
        """What is in scope and was never listed, so that no stream tells of it."""
        with self.engine.connect() as connection:
            return read_unlisted(connection, upto)

    def images(self, upto: int) -> list[WatchedImage]:
        """The images that streams point to, each once per repository."""
        with self.engine.connect() as connection:
            return read_images(connection, upto)

    def find(self, wanted: Search, upto: int) -> list[Holding]:
        """Where packages are held; heads of streams first, then by stream, platform and purl."""
        with self.engine.connect() as connection:
            return read_holdings(connection, wanted, upto)

    def first_holdings(
        self, wanted: Search, upto: int, at_most: int, seen: Collection[int] | None = None
    ) -> FirstHoldings:
        """The first so many of `find`, of the streams that are seen; None for all of them."""
        with self.engine.connect() as connection:
            return read_first_holdings(connection, wanted, upto, at_most, seen)

    def directs(self, upto: int) -> int:
        """How many images that streams point to are matched by scans of their own."""
        with self.engine.connect() as connection:
            return count_direct(connection, upto)

    def accepted(self, upto: int) -> tuple[Acceptance, ...]:
        """The risks that the configuration of a pass accepted."""
        with self.engine.connect() as connection:
            return read_accepted(connection, upto)

    def knowledge(self, upto: int) -> list[KnowledgeDelta]:
        """All versions of knowledge, oldest first."""
        with self.engine.connect() as connection:
            return read_knowledge(connection, upto)
