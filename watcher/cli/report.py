"""`watcher report`: the figures for management."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.instants import parse_instant
from watcher.cli.output import AsOfOption, FileOption, emit
from watcher.cli.session import Reading, reading
from watcher.ports.store.exposures import WindowFilter
from watcher.report.written import written

if TYPE_CHECKING:
    from watcher.report.figures.coverage import WatchedStream

_SCOPE = "What is published: the newest image of every stream in the registries configured."


def report(
    context: typer.Context,
    *,
    as_of: AsOfOption = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="T", help="Where the period begins; 90 days before its end else."),
    ] = None,
    output: FileOption = None,
) -> None:
    """Write the management report's figures as JSON: exposure, remediation, coverage."""
    begin = parse_instant("--since", since) if since is not None else None
    with reading(context, as_of) as record:
        # Their arithmetic takes a while to import, and no other command needs it.
        from watcher.report.figures import coverage, management, period, stretch  # noqa: PLC0415

        owner_of = record.app.config.owner_of
        covered = period.Period.ending(record.as_of, begin)
        windows = record.app.exposures.windows(WindowFilter(), record.upto)
        watched = coverage.Watched(
            _streams(record, record.as_of),
            [coverage.sample(at, _streams(record, at)) for at in covered.days()],
        )
        told = management.document(
            covered, _SCOPE, stretch.stretches_of(windows, owner_of), watched
        )
    emit(written(told), output)


def _streams(record: Reading, at: datetime) -> list[WatchedStream]:
    """The streams that were watched at a time, and how well; none where no pass had ended."""
    from watcher.report.figures.coverage import watched_streams  # noqa: PLC0415

    views, config = record.app.views, record.app.config
    done = views.finished(at)
    if done is None:
        return []
    judged = views.coverage(done.number, at, config.stale_after)
    heads, unlisted = views.streams(done.number), views.unlisted(done.number)
    return watched_streams(heads, judged, unlisted, config.owner_of)
