"""Entries as a table for people: nothing cut off but digests, nothing obeyed by the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from watcher.cli.sheet import Column, Entry
from watcher.cli.text import plain, shortened

_WIDE = 100_000  # where no terminal limits the width, a line is as long as it must be
_STYLES = {
    "no": "red",
    "fail": "red",
    "CRITICAL": "bold red",
    "HIGH": "red",
    "MEDIUM": "yellow",
    "warn": "yellow",
    "yes": "green",
    "ok": "green",
}


def table(
    entries: Iterable[Entry],
    columns: Sequence[Column],
    notes: Sequence[str],
    terminal: TextIO | None,
) -> str:
    """Draw a table with notes below it; coloured and fitted only where it goes to a terminal."""
    shown = [column for column in columns if column.heading is not None]
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in shown:
        drawn.add_column(column.heading or "", overflow="fold")
    count = 0
    for entry in entries:
        drawn.add_row(*(_cell(column.read(entry)) for column in shown))
        count += 1
    console = _console(terminal)
    if count:
        console.print(drawn)
    for note in notes:
        console.print(Text(plain(note)), soft_wrap=True)
    return _trimmed(console)


def _console(terminal: TextIO | None) -> Console:
    real = Console(file=terminal) if terminal is not None else None
    if real is not None and real.is_terminal:
        return Console(
            file=io.StringIO(),
            force_terminal=True,
            width=real.width,
            no_color=real.no_color,
            highlight=False,
        )
    return Console(file=io.StringIO(), force_terminal=False, width=_WIDE, highlight=False)


def _trimmed(console: Console) -> str:
    drawn = console.file
    text = drawn.getvalue() if isinstance(drawn, io.StringIO) else ""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _cell(value: object) -> Text:
    text = shown_as(value)
    return Text(text, style=_STYLES.get(text, ""))


def shown_as(value: object) -> str:
    """A value as people read it; what is not known is a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(shown_as(one) for one in value) or "-"
    return shortened(plain(str(value)))
