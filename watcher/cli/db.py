"""`watcher db`: the schema of the database, and bringing it to this version's."""

from __future__ import annotations

import typer

from watcher.cli.output import emit
from watcher.cli.session import session_of

application = typer.Typer(
    rich_markup_mode=None, help="Look at the database's migration, or upgrade it."
)


@application.command()
def current(context: typer.Context) -> None:
    """Show the migration that the database is at, and the one that this version needs."""
    with session_of(context).opened() as app:
        found = app.database.state()
        told = "up to date" if found.ready else f"needs {found.wanted}: run `watcher db upgrade`"
        emit(f"{app.database.address}: migration {found.current or 'none'}, {told}\n", None)


@application.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to the migration that this version needs; again is harmless."""
    with session_of(context).opened() as app:
        found = app.database.upgrade()
        emit(f"{app.database.address}: migration {found.current}, up to date\n", None)
