"""`watcher doctor`: looks at everything that a pass needs, a line each."""

from __future__ import annotations

import typer

from watcher.cli import exits
from watcher.cli.checks import all_checks
from watcher.cli.output import AsOption, FileOption, Format, Listing, show
from watcher.cli.session import session_of
from watcher.report.doctor import document
from watcher.report.sheets.columns import entries_of, field

_COLUMNS = (
    field("state", "state"),
    field("check", "check"),
    field("message", "message", flexible=True),
)


def doctor(
    context: typer.Context, format_: AsOption = Format.TABLE, output: FileOption = None
) -> None:
    """Check configuration, database, Trivy, knowledge, its sources, each registry, and the disk.

    Exit code 1 where something fails; warnings alone are 0.
    """
    session = session_of(context)
    with session.opened() as app:
        told = document(list(all_checks(app, session.file, session.now())))
    entries = entries_of(told, "doctor")
    show(Listing(told, entries, _COLUMNS), format_, output)
    if not told["healthy"]:
        raise typer.Exit(exits.PARTLY)
