"""`watcher audit`: images scanned in full, and compared with what is derived for them."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from watcher.cli import exits
from watcher.cli.output import AsOption, FileOption, Format, Listing, show
from watcher.cli.progress import progress_on
from watcher.cli.session import Session, session_of
from watcher.domain.errors import StartError, UsageError
from watcher.report.audit import document
from watcher.report.sheets.columns import Entry, field
from watcher.services.audit import AuditOutcome, Sample
from watcher.services.pass_ import Mood, PassReport, Stage

_STAGES: tuple[Stage, ...] = ("match", "audit", "exposure")
_COLUMNS = (
    field("image", "image", flexible=True),
    field("side", "side"),
    field("vulnerability", "vulnerability"),
    field("package", "package"),
    field("installed_version", "installed", flexible=True, spared=2),
    field("fixed_version", "fixed in", flexible=True, spared=3),
    field("status", "status", spared=5),
    field("severity", "severity", spared=4),
    field("severity_source"),
    field("context"),
    field("rule", "likely rule", flexible=True),
)


def audit(
    context: typer.Context,
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="So many images; else as the fleet grows."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every image.")] = False,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """Scan images in full under the knowledge in force, and compare with what is derived.

    An image that differs is matched on its own from then on. Exit code 4 where one does.
    """
    if every and sample is not None:
        raise UsageError("--sample and --all: give one of them")
    session = session_of(context)
    report = _made(session, Sample(sample, every))
    found = report.audit or AuditOutcome("audit")
    told: Any = document(report.at, found.audited, found.direct, report.failures)
    differing = {one.subject for one in found.mismatching}
    failed = [one for one in report.failures if one.subject not in differing]
    for one in failed:
        session.say(f"failed: {one.stage}: {one.subject}: {one.error}")
    show(Listing(told, _entries(told), _COLUMNS, [_note(told)]), format_, output)
    if differing or report.counts["mismatching"]:
        raise typer.Exit(exits.DIFFERS)
    if failed:
        raise typer.Exit(exits.PARTLY)


def _made(session: Session, sample: Sample) -> PassReport:
    """Make a pass of its own: what it finds is recorded as everything else is."""
    with session.opened() as app:
        app.database.require(own_upgrade=True)
        started_at = session.now()
        now, last = started_at.replace(microsecond=0), app.views.finished(None)
        if last is None:
            raise StartError("nothing was ever matched: run `watcher sync` first")
        runner = session.runner(app.parts(progress_on(sys.stderr)))
        _ = runner.scanner.version  # without Trivy nothing is begun
        # A history may have been replayed up to a time ahead of the clock.
        at = max(now, last.at)
        return runner.make(at, started_at, _STAGES, app.config.snapshot(), Mood(sample=sample))


def _entries(told: Any) -> list[Entry]:  # noqa: ANN401 - the document
    return [
        {"image": one["image"], "side": side, **difference}
        for one in told["mismatching"]
        for side in ("missing", "extra")
        for difference in one[side]
    ]


def _note(told: Any) -> str:  # noqa: ANN401 - the document
    return (
        f"{told['images']} images audited, {told['findings']} findings compared, "
        f"{len(told['mismatching'])} images differ; {told['direct']} are matched on their own"
    )
