"""Entries as a table for people: nothing cut off but digests, nothing obeyed by the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from watcher.cli.fitting import GAP, Demand, broken, fit
from watcher.cli.text import plain, shortened
from watcher.report.sheets.columns import Column, Entry

_NOTHING = "-"
_FIRST = 1_000  # what is spared before all else
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

    Columns that were left out are named below. A terminal that is too narrow for all that wraps
    lines itself: nothing is cut.
    """
    headed = [column for column in columns if column.heading is not None]
    rows = [[_cell(column, entry) for column in headed] for entry in entries]
    real = Console(file=terminal) if terminal is not None else None
    width = real.width if real is not None and real.is_terminal else None
    fitted = fit([_demand(column, at, rows) for at, column in enumerate(headed)], width)
    drawn = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for at in fitted:
        column = headed[at]
        drawn.add_column(
            column.heading or "", overflow="fold", no_wrap=not column.flexible, width=fitted[at]
        )
    for row in rows:
        drawn.add_row(*(_broken(row[at], fitted[at]) for at in fitted))
    console = _console(real, sum(fitted.values()) + GAP * (len(fitted) - 1))
    if rows:
        console.print(drawn)
    left_out = [column.heading or "" for at, column in enumerate(headed) if at not in fitted]
    if rows and left_out:
        said = f"too narrow for: {', '.join(left_out)} (a wider terminal or --format csv has them)"
        console.print(Text(said))
    for note in notes:
        console.print(Text(plain(note)), soft_wrap=True)
    return _trimmed(console)


def _demand(column: Column, at: int, rows: Sequence[Sequence[Text]]) -> Demand:
    """How wide a column is at its widest; one that says nothing is left out first."""
    width = max([cell_len(column.heading or ""), *(cell_len(row[at].plain) for row in rows)])
    empty = all(row[at].plain == _NOTHING for row in rows)
    return Demand(width, flexible=column.flexible, spared=_FIRST if empty else column.spared)


def _broken(cell: Text, width: int) -> Text:
    """A cell that is broken where people would break it."""
    if cell_len(cell.plain) <= width or cell_len(cell.plain) != len(cell.plain):
        return cell
    return Text(broken(cell.plain, width), style=cell.style)


def _console(real: Console | None, width: int) -> Console:
    if real is None or not real.is_terminal:
        return Console(file=io.StringIO(), force_terminal=False, width=width, highlight=False)
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        width=max(real.width, width),
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
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(shown_as(one) for one in value) or _NOTHING
    return shortened(plain(str(value)))
