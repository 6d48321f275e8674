"""Copies of SQLite databases, whole even where their last writer has not tidied up."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """Let `target` hold what `source` holds, what is still in its log included."""
    with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(target)) as wanted:
        held.backup(wanted)
