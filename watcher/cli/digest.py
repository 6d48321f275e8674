"""`watcher digest`: the weekly digest, sent where it is due, or shown."""

from __future__ import annotations

from typing import Annotated

import typer

from watcher.cli import exits
from watcher.cli.output import emit
from watcher.cli.session import session_of
from watcher.cli.text import plain


def digest(
    context: typer.Context,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what each reader would be told; send nothing.")
    ] = False,
) -> None:
    """Send the digest of this week to each reader who was not sent it; again is harmless."""
    # Its arithmetic takes a while to import, and few commands need it.
    from watcher.reading.digest import Digests  # noqa: PLC0415

    session = session_of(context)
    with session.opened() as app:
        app.database.require(own_upgrade=not dry_run)
        digests = Digests(app, session.now)
        if dry_run:
            for team, written, ways in digests.letters():
                to = "; ".join(way.to for way in ways)
                head = f"To: {to} ({team or 'management'})\nSubject: {written.subject}"
                emit(f"{head}\n\n{written.text}\n", None)
            return
        told = list(digests.send())
    for one in told:
        session.say(plain(one.line))
    if not told:
        session.say("no digest is due that was not sent")
    if any(one.problem for one in told):
        raise typer.Exit(exits.PARTLY)
