"""The record of what sources offer that was not put in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select, update

from watcher.adapters.store.rows import still_open
from watcher.adapters.store.tables.knowledge import offers
from watcher.adapters.store.writing import writing
from watcher.ports.store.offers import OlderOffer
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlOffers:
    """Signs the port `Offers`."""

    engine: Engine

    def older(self) -> Mapping[str, OlderOffer]:
        """The offers that stand, by source."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(offers).where(still_open(offers)))
            return {
                row.source: OlderOffer(row.source, row.digest, row.updated_at, row.since)
                for row in rows
            }

    def offered(self, this: PassRecord, offer: OlderOffer) -> None:
        """Record an offer; another one of the same source is over with it."""
        row = {
            "source": offer.source,
            "digest": offer.digest,
            "updated_at": offer.updated_at,
            "since": offer.since,
            "opened_in": this.number,
        }
        with writing(self.engine, this) as connection:
            _end(connection, this, offer.source)
            connection.execute(insert(offers).values(row))

    def over(self, this: PassRecord, source: str) -> None:
        """Record that a source offers no older database any more."""
        with writing(self.engine, this) as connection:
            _end(connection, this, source)


def _end(connection: Connection, this: PassRecord, source: str) -> None:
    standing = (offers.c.source == source) & still_open(offers)
    connection.execute(update(offers).where(standing).values(closed_in=this.number))
