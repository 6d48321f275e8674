"""Where packages are held: from names to packages, from packages to images and streams."""

from __future__ import annotations

from sqlalchemy import Connection

from watcher.adapters.store.views.find.first import read_first_holdings
from watcher.adapters.store.views.find.holders import read_held
from watcher.adapters.store.views.find.sought import read_sought
from watcher.ports.store.views import Holding, Search

__all__ = ["read_first_holdings", "read_holdings"]


def read_holdings(connection: Connection, wanted: Search, upto: int) -> list[Holding]:
    """Where the packages are held that are searched, or that match the vulnerability searched."""
    return read_held(connection, read_sought(connection, wanted, upto), upto)
