"""`watcher bumps`: base-image bumps, wanted and filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from watcher.bootstrap import pass_runner
from watcher.cli.output import AsOption, FileOption, Format, Listing, show
from watcher.cli.progress import SilentProgress
from watcher.cli.session import reading
from watcher.ports.store.passes import PassRecord
from watcher.reading import documents
from watcher.reading.reading import Reading
from watcher.report.bumps import Document, document, intention
from watcher.report.sheets.bumps import COLUMNS, rows


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
    listed = [*rows(told)]
    notes = [f"bumps: {len(listed)}", *_unseen(known, watched=watched)]
    show(Listing(told, listed, COLUMNS, notes), format_, output)


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
