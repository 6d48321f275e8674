"""`watcher bumps`: base-image bumps, wanted and filed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from watcher.bootstrap import pass_runner
from watcher.cli.output import AsOption, FileOption, Format, Listing, show
from watcher.cli.progress import SilentProgress
from watcher.cli.session import reading
from watcher.cli.sheet import Column, Entry, field
from watcher.ports.store.passes import PassRecord
from watcher.reading import documents
from watcher.reading.reading import Reading
from watcher.report.bumps import Document, document

_COLUMNS = (
    field("key", "key"),
    field("team", "team"),
    field("action", "action"),
    field("base", "base"),
    field("target_digest", "target"),
    field("fixes", "fixes"),
    field("remains", "remains"),
    field("introduces", "introduces"),
    field("unproven", "unproven"),
    field("done", "done"),
    field("streams", "streams"),
    field("exposure_days_per_week", "days a week"),
    field("state"),
    field("until"),
    Column(None, lambda entry: entry["stands"], "state"),
    field("ticket", "ticket"),
    field("intended", "would"),
)


def bumps(
    context: typer.Context,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Plan anew and say what would be done.")
    ] = False,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List base-image bumps: what each would end, for which streams, and its ticket."""
    with reading(context) as record:
        told = _planned(record) if dry_run else documents.bumps(record)
    rows = [_row(one) for one in told["bumps"]]
    show(Listing(told, rows, _COLUMNS, [f"bumps: {len(rows)}"]), format_, output)


def _planned(record: Reading) -> Document:
    """What a pass would plan and do now."""
    runner = pass_runner(record.app.parts(SilentProgress()))
    versions = runner.records.matches.versions()
    if not versions:
        return document(record.as_of, [], record.app.bumps.remembered(), {})
    stages = runner.stages
    plans = stages.bump.planner.draw(PassRecord(record.upto, record.as_of), versions[-1])
    steps = stages.ticket.preview({one.cause: one for one in plans}, record.as_of)
    intended = {cause: type(step).__name__.lower() for cause, step in steps.items()}
    terms = stages.ticket.filing.terms
    return document(record.as_of, plans, record.app.bumps.remembered(), intended, terms)


def _row(bump: Mapping[str, Any]) -> Entry:
    counted = {name: len(bump[name]) for name in ("fixes", "remains", "introduces", "unproven")}
    return {
        **bump,
        **counted,
        "base": bump["base"]["name"],
        "target_digest": bump["target"]["digest"],
        "done": sum(image["done"] for image in bump["images"]),
        "streams": len(bump["images"]),
        "stands": _stands(bump["state"], bump["until"]),
        "ticket": bump["ticket"]["id"] if bump["ticket"] else None,
    }


def _stands(state: str, until: str | None) -> str:
    """The state, with the day that ends it."""
    return f"{state} until {until[:10]}" if until else state
