"""`watcher rebuild`: the ledger recomputed from facts, and compared with what is recorded."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import typer

from watcher.cli import exits
from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.progress import progress_on
from watcher.cli.session import reading
from watcher.report.rebuild import document
from watcher.report.sheets.columns import Column, Entry, entries_of, field
from watcher.services.rebuild import rebuild as recompute


def _told(side: str) -> Column:
    return Column(side, lambda row: _sentence(row[side]), side)


def _sentence(side: object) -> str | None:
    """One side of a difference in a line; None where it has nothing."""
    if not isinstance(side, Mapping):
        return None
    until = f"to {side['to']} ({side['cause']})" if side["to"] else "still open"
    return f"from {side['from']} {until}"


_COLUMNS = (
    field("stream", "stream", flexible=True),
    field("platform", "platform", spared=2),
    field("vulnerability", "vulnerability"),
    field("episode"),
    field("what", "what"),
    field("differs", "differs"),
    _told("recorded"),
    _told("recomputed"),
)


def rebuild(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """Fold the whole ledger anew from its facts and compare it with what is recorded.

    Nothing is written. Exit code 4 where something differs: each episode is named.
    """
    with reading(context, as_of) as record:
        asked = record.as_of if as_of is not None else None
        result = recompute(record.app.recount, asked, progress_on(sys.stderr))
    counts = {"tracks": result.tracks, "windows": result.windows, "episodes": result.episodes}
    differing = result.differing.total()
    told = document(record.as_of, counts, differing, result.differences)
    show(Listing(told, entries_of(told, "differences"), _COLUMNS, _notes(told)), format_, output)
    if differing:
        raise typer.Exit(exits.DIFFERS)


def _notes(told: Entry) -> list[str]:
    compared = ", ".join(f"{name}: {told[name]}" for name in ("tracks", "windows", "episodes"))
    differing = f"differing: {told['differing']}"
    return [f"folded anew: {compared}", differing if told["differing"] else "nothing differs"]
