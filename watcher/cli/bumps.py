"""`watcher bumps`: base-image bumps, wanted and filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from watcher.report.bumps import Document, document, intention

_COLUMNS = (
    field("key", "key", flexible=True, spared=11),
    field("team", "team"),
    field("action", "action", spared=9),
    field("base", "base", flexible=True),
    field("target_digest", "target", spared=5),
    field("fixes", "fixes"),
    field("remains", "remains", spared=8),
    field("introduces", "introduces", spared=6),
    field("unproven", "unproven", spared=7),
    field("moved", "moved", spared=3),
    field("streams", "streams", spared=2),
    field("exposure_days_per_week", "days a week", spared=4),
    field("state"),
    field("until"),
    Column(None, lambda entry: entry["stands"], "state", flexible=True),
    field("ticket", "ticket"),
    field("intended", "would"),
    field("because", flexible=True),
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
        known = [_base_known(one) for one in documents.images(record)["images"]]
        watched = bool(record.config.bases)
    rows = [_row(one) for one in told["bumps"]]
    notes = [f"bumps: {len(rows)}", *_unseen(known, watched=watched)]
    show(Listing(told, rows, _COLUMNS, notes), format_, output)


def _planned(record: Reading) -> Document:
    """What a pass would plan and do now."""
    runner = pass_runner(record.app.parts(SilentProgress()))
    versions = runner.records.matches.versions()
    if not versions:
        return document(record.as_of, [], record.app.bumps.remembered(), {})
    stages = runner.stages
    plans = stages.bump.planner.draw(PassRecord(record.upto, record.as_of), versions[-1])
    told = stages.ticket.preview({one.cause: one for one in plans}, record.as_of)
    intended = {cause: intention(one.step, one.draft) for cause, one in told.items()}
    terms = stages.ticket.filing.terms
    return document(record.as_of, plans, record.app.bumps.remembered(), intended, terms)


def _row(bump: Mapping[str, Any]) -> Entry:
    counted = {name: len(bump[name]) for name in ("fixes", "remains", "introduces", "unproven")}
    return {
        **bump,
        **counted,
        "base": bump["base"]["name"],
        "target_digest": bump["target"]["digest"],
        "stands": _stands(bump["state"], bump["until"], bump["newest_unknown"]),
        "ticket": bump["ticket"]["id"] if bump["ticket"] else None,
    }


def _stands(state: str, until: str | None, newest: str | None) -> str:
    """The state, with the day that ends it, and the newest base where nothing is known of it."""
    standing = f"{state} until {until[:10]}" if until else state
    digest = newest.rpartition("@")[2] if newest else ""
    return f"{standing}; newest base unknown: {digest}" if newest else standing


def _base_known(image: Mapping[str, Any]) -> bool:
    """Whether an image's base is one that was seen itself: an annotation alone proves nothing."""
    return image["base"] is not None and image["base"]["grade"] != "annotation"


def _unseen(known: Sequence[bool], *, watched: bool) -> list[str]:
    """Say why there may be fewer bumps than old bases."""
    unknown = known.count(False)
    if not unknown:
        return []
    if not watched:
        return [f"no base image is watched: name them under bases (images: {len(known)})"]
    told = (
        f"base not known: {unknown} of {len(known)} images; only bases that a pass has seen are "
        "known, so older ones are planned for after a rebuild"
    )
    return [told]
