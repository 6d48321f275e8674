"""`watcher demo`: 120 days of a small fleet, on real servers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from watcher.cli.called import called
from watcher.cli.progress import progress_on
from watcher.cli.serve import serve as show
from watcher.cli.session import session_of
from watcher.cli.telling import Telling
from watcher.demo.run import Demo, season_before


def demo(
    context: typer.Context,
    *,
    folder: Annotated[
        Path, typer.Option(help="Where the demo keeps everything; emptied first.")
    ] = Path("var/demo"),
    serve: Annotated[
        bool, typer.Option(help="Show the record in the browser until Ctrl-C.")
    ] = True,
) -> None:
    """Play 120 days of a small fleet: a real registry, real Trivy, 41 passes, SQLite, tickets."""
    session = session_of(context)
    start = season_before(session.now())
    demonstration = Demo(
        folder.resolve(), start, session.now, progress_on(sys.stderr), session.environment
    )
    console = Console(highlight=False, soft_wrap=True)
    telling = Telling(start)
    console.print(telling.opening())
    with demonstration.played() as chapters:
        for played in chapters:
            console.print(telling.line(played))
    console.print(telling.closing(folder, called()))
    if serve:
        show(session, demonstration.configuration, lambda address: console.print(_invited(address)))


def _invited(address: str) -> str:
    return f"\nThe report and all behind it: [bold]{address}/[/bold]  (Ctrl-C ends)"
