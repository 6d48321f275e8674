"""Entries as a table for people: nothing cut off but digests, nothing obeyed by the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from watcher.cli.sheet import Column, Entry
from watcher.cli.text import plain, shortened

_GAP = 2  # spaces between columns
_NARROWEST = 24  # what folding leaves of a flexible column
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
    """Draw a table with notes below it; coloured and fitted only where it goes to a terminal.

    A terminal that is too narrow even for folded columns wraps lines itself: nothing is cut.
    """
    headed = [column for column in columns if column.heading is not None]
    rows = [[_cell(column, entry) for column in headed] for entry in entries]
    drawn = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold")
    for column in headed:
        drawn.add_column(column.heading or "", overflow="fold", no_wrap=not column.flexible)
    for row in rows:
        drawn.add_row(*row)
    console = _console(terminal, *_widths(headed, rows))
    if rows:
        console.print(drawn)
    for note in notes:
        console.print(Text(plain(note)), soft_wrap=True)
    return _trimmed(console)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> tuple[int, int]:
    """How wide a table is with its flexible columns folded, and with all of them unfolded."""
    folded = unfolded = 0
    for position, column in enumerate(columns):
        cells = (cell_len(row[position].plain) for row in rows)
        width = max([cell_len(column.heading or ""), *cells])
        folded += (min(width, _NARROWEST) if column.flexible else width) + _GAP
        unfolded += width + _GAP
    return folded, unfolded


def _console(terminal: TextIO | None, folded: int, unfolded: int) -> Console:
    real = Console(file=terminal) if terminal is not None else None
    if real is None or not real.is_terminal:
        return Console(file=io.StringIO(), force_terminal=False, width=unfolded, highlight=False)
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        width=max(real.width, folded),
        no_color=real.no_color,
        highlight=False,
    )


def _trimmed(console: Console) -> str:
    drawn = console.file
    text = drawn.getvalue() if isinstance(drawn, io.StringIO) else ""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _cell(column: Column, entry: Entry) -> Text:
    value = column.read(entry)
    text = shown_as(column.short(value) if column.short else value)
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
