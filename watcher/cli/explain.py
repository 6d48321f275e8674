"""`watcher explain`: one figure of the report, walked down to the facts that it came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from watcher.cli.explained import lines
from watcher.cli.output import AsOfOption, FileOption, KnownNowOption, emit
from watcher.cli.session import reading
from watcher.reading.instants import parse_instant
from watcher.report.written import written


class ExplainFormat(StrEnum):
    """How a figure is explained."""

    TABLE = "table"
    JSON = "json"


def explain(
    context: typer.Context,
    *,
    figure: Annotated[
        str,
        typer.Argument(
            metavar="FIGURE", help="A number of the report: episodes.open, km_median_days, …"
        ),
    ],
    as_of: AsOfOption = None,
    known_now: KnownNowOption = False,
    since: Annotated[
        str | None,
        typer.Option(metavar="T", help="Where the period begins; 90 days before its end else."),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, max=100_000, help="How many parts are told of.")
    ] = 10,
    format_: Annotated[
        ExplainFormat, typer.Option("--format", help="How it is told.")
    ] = ExplainFormat.TABLE,
    output: FileOption = None,
) -> None:
    """Walk one figure of the report down: what it counts, and the facts under each part.

    The parts that add most come first. All of them are summed, whether told of or not.
    """
    begin = parse_instant("--since", since) if since is not None else None
    with reading(context, as_of, known_now=known_now) as record:
        # Its arithmetic takes a while to import, as the report's does.
        from watcher.reading.explained import explain as walk_down  # noqa: PLC0415

        told = walk_down(record, figure, begin, limit)
    emit(written(told) if format_ is ExplainFormat.JSON else "".join(lines(told)), output)
