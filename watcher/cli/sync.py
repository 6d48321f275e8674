"""`watcher sync`: one pass of every stage, or of the stages named."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from watcher.cli import exits
from watcher.cli.instants import parse_instant
from watcher.cli.output import FileOption, emit
from watcher.cli.progress import progress_on
from watcher.cli.session import Session, session_of
from watcher.cli.summary import summary
from watcher.domain.errors import UsageError
from watcher.ports.store.views import FinishedPass
from watcher.report.sync import Applied, document
from watcher.report.times import stamp
from watcher.report.written import written
from watcher.services.pass_ import STAGES, PassReport, Stage

_BY_TRIVY = frozenset({"knowledge", "catalog", "match"})


class SyncFormat(StrEnum):
    """How a pass is told of."""

    TABLE = "table"
    JSON = "json"


def sync(
    context: typer.Context,
    at: Annotated[
        str | None,
        typer.Option(metavar="T", help="Record the pass as made at this time (RFC 3339)."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE…", help=f"Only these stages of: {', '.join(STAGES)}."),
    ] = None,
    format_: Annotated[
        SyncFormat, typer.Option("--format", help="How the pass is told of.")
    ] = SyncFormat.TABLE,
    output: FileOption = None,
) -> None:
    """Make one pass: look at registries and knowledge, catalogue, match, and fold what changed.

    `--only` takes several stages: `--only knowledge match exposure`.
    """
    session, stages = session_of(context), wanted_stages(only or [])
    moment = parse_instant("--at", at) if at is not None else None
    with session.opened() as app:
        app.database.require(own_upgrade=True)
        started_at = session.now()
        _look_at_the_clock(session, app.views.finished(None), moment, started_at)
        runner = session.runner(app.parts(progress_on(sys.stderr)))
        if _BY_TRIVY & set(stages):
            # Asked before anything is recorded: a pass without Trivy would be given up at once.
            _ = runner.scanner.version
        report = runner.make(
            moment or started_at.replace(microsecond=0), started_at, stages, app.config.snapshot()
        )
    _tell(session, report, format_, output)


def _look_at_the_clock(
    session: Session, last: FinishedPass | None, moment: datetime | None, now: datetime
) -> None:
    """Warn of a pass ahead of the clock; raises UsageError where the last one was such a pass."""
    if moment is not None and moment > now:
        session.say(f"--at {stamp(moment)} lies ahead of the clock: until then, name an --at")
    if moment is None and last is not None and last.at > now:
        raise UsageError(
            f"the last pass was recorded at {stamp(last.at)}, ahead of the clock: name an --at "
            "that is no earlier, or set the clock right"
        )


def wanted_stages(names: Sequence[str]) -> list[Stage]:
    """Read the names of stages, none meaning all; raises UsageError for one that is none."""
    for name in names:
        if name not in STAGES:
            raise UsageError(f"--only {name}: no such stage; there are: {', '.join(STAGES)}")
    return [stage for stage in STAGES if not names or stage in names]


def _tell(session: Session, report: PassReport, format_: SyncFormat, file: Path | None) -> None:
    applied = Applied(report.knowledge, report.java_db, report.knowledge_changed)
    told = document(
        report.at, applied, report.counts, report.seconds, report.failures, report.notes
    )
    for one in report.failures:
        again = "; the next pass tries again" if one.retry else ""
        session.say(f"failed: {one.stage}: {one.subject}: {one.error}{again}")
    for note in report.notes:
        session.say(f"note: {note.stage}: {note.subject}: {note.text}")
    emit(written(told) if format_ is SyncFormat.JSON else summary(told), file)
    if report.failures:
        raise typer.Exit(exits.PARTLY)
