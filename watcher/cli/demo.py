"""`watcher demo`: a month in the life of a small fleet, on real servers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from watcher.cli.progress import progress_on
from watcher.cli.session import session_of
from watcher.demo.run import Demo, month_before
from watcher.demo.story import Chapter
from watcher.services.pass_ import PassReport


def demo(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option(help="Where the demo keeps everything; emptied first.")
    ] = Path("var/demo"),
) -> None:
    """Play a month of a small fleet: a real registry, real Trivy, ten passes, SQLite."""
    session = session_of(context)
    start = month_before(session.now())
    demonstration = Demo(
        folder.resolve(), start, session.now, progress_on(sys.stderr), session.environment
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"A month of a small fleet, from {start:%d %b %Y} on.")
    with demonstration.played() as chapters:
        for chapter, report in chapters:
            console.print(_told(chapter, report))
    console.print(f"\nThe record stays in {escape(str(folder))}. Ask it, for example:")
    for question in ("exposures --open", "find jinja2", "streams", "knowledge"):
        console.print(f"  watcher --config {escape(str(folder))}/watcher.yaml {question}")


def _told(chapter: Chapter, report: PassReport) -> str:
    counts = report.counts
    news = [
        f"{counts[name]} {word}"
        for name, word in (
            ("catalogued", "catalogued"),
            ("matches_added", "matches more"),
            ("matches_removed", "matches fewer"),
            ("episodes_opened", "episodes opened"),
            ("episodes_closed", "closed"),
        )
        if counts[name]
    ]
    seconds = sum(report.seconds.values())
    lines = [f"[bold]day {chapter.day:>2g}[/bold]  {escape(chapter.title)}"]
    lines.append(f"        {', '.join(news) or 'nothing changed'} ({seconds:.1f} s)")
    failed = [escape(f"{failure.subject}: {failure.error}") for failure in report.failures]
    lines += [f"        [yellow]{line}[/yellow]" for line in failed]
    return "\n".join(lines)
