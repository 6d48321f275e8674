"""The ledger in columns: rows of whole numbers, as reports over all of it read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, exists, or_, select

from watcher.adapters.store.aliases import read_names
from watcher.adapters.store.asof import folded_upto
from watcher.adapters.store.columns.assessed import read_assessed, read_purls
from watcher.adapters.store.columns.beneath import read_beneath
from watcher.adapters.store.columns.episodes import read_episodes
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import repositories, streams
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes
from watcher.adapters.store.tables.passes import passes
from watcher.domain.reference import Repository
from watcher.ports.store.columns import (
    Assessed,
    BeneathColumns,
    EpisodeColumns,
    NamedFlaw,
    NamedStream,
    Pair,
)


@dataclass(frozen=True, slots=True)
class SqlLedgerColumns:
    """Signs the port `LedgerColumns`."""

    engine: Engine

    def episodes(
        self,
        upto: int,
        reach: datetime,
        whole: Collection[int],
        seen: Collection[int] | None = None,
    ) -> EpisodeColumns:
        """Every episode that had not ended by a time, with what belongs to it."""
        with self.engine.connect() as connection:
            return read_episodes(connection, folded_upto(connection, upto), reach, whole, seen)

    def first_detected(self, upto: int) -> datetime | None:
        """When the first of all episodes was recorded."""
        with self.engine.connect() as connection:
            upto = folded_upto(connection, upto)
            superseded = unindexed(episodes.c.superseded_in)
            told = exists().where(
                episodes.c.detected_in == passes.c.id,
                unindexed(episodes.c.opened_in) <= upto,
                or_(superseded.is_(None), superseded > upto),
            )
            return connection.scalar(select(passes.c.at).where(told).order_by(passes.c.at).limit(1))

    def streams(self, numbers: Collection[int]) -> Mapping[int, NamedStream]:
        """What streams are called."""
        statement = (
            select(streams.c.id, repositories.c.registry, repositories.c.path)
            .add_columns(streams.c.by, streams.c.name)
            .join(repositories, repositories.c.id == streams.c.repository_id)
            .where(among(streams.c.id, numbers))
        )
        with self.engine.connect() as connection:
            return {
                number: NamedStream(Repository(registry, path), by, name)
                for number, registry, path, by, name in connection.execute(statement)
            }

    def flaws(self, upto: int, numbers: Collection[int]) -> Mapping[int, NamedFlaw]:
        """What vulnerabilities are called."""
        named = select(vulnerabilities.c.id, vulnerabilities.c.name)
        with self.engine.connect() as connection:
            others = read_names(connection, folded_upto(connection, upto), numbers)
            rows = connection.execute(named.where(among(vulnerabilities.c.id, numbers)))
            return {number: NamedFlaw(name, others.get(number, ())) for number, name in rows}

    def assessed(self, upto: int, pairs: Sequence[Pair]) -> Sequence[Assessed]:
        """What is said of each pair."""
        with self.engine.connect() as connection:
            return read_assessed(connection, folded_upto(connection, upto), pairs)

    def purls(self, affected: Collection[int]) -> Mapping[int, Sequence[Collection[str]]]:
        """What each package of sets is called in whatever image, by set."""
        with self.engine.connect() as connection:
            return read_purls(connection, affected)

    def beneath(
        self, upto: int, platforms: Sequence[str], flaws: Mapping[int, NamedFlaw]
    ) -> BeneathColumns:
        """What tracks were built on, and what tickets asked of them."""
        with self.engine.connect() as connection:
            return read_beneath(connection, upto, platforms, flaws)
