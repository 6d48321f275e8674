"""`watcher backup` and `watcher restore`: the record as one file, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watcher.adapters.store.backup import Manifest, verified
from watcher.cli.output import emit
from watcher.cli.session import session_of
from watcher.report.times import stamp

_File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup(context: typer.Context, file: _File) -> None:
    """Write everything that is recorded into a new file, and verify it; passes may go on meanwhile.

    It is restored into SQLite or PostgreSQL, whichever it came from.
    """
    session = session_of(context)
    with session.opened() as app:
        made = app.database.back_up(file, session.now().replace(microsecond=0))
        emit(f"{app.database.address} is in {file}: {_told(made)}\n", None)


def restore(
    context: typer.Context,
    file: _File,
    check: Annotated[
        bool, typer.Option("--check", help="Verify the backup, and restore nothing.")
    ] = False,
) -> None:
    """Verify a backup and fill an empty database with it, wholly or not at all."""
    if check:
        emit(f"{file} is whole: {_told(verified(file))}\n", None)
        return
    with session_of(context).opened() as app:
        read = app.database.restore(file, app.config.state)
        emit(f"{file} is in {app.database.address}: {_told(read)}\n", None)


def _told(manifest: Manifest) -> str:
    return (
        f"migration {manifest.migration}, {len(manifest.tables)} tables, {manifest.rows} rows, "
        f"made at {stamp(manifest.made_at)} by watcher {manifest.release}"
    )
