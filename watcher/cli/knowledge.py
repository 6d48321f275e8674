"""`watcher knowledge`: the versions of knowledge, and what each one changed."""

from __future__ import annotations

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.cli.sheet import entries_of, field
from watcher.reading import documents

_COLUMNS = (
    field("db", "database"),
    field("scanner", "Trivy", spared=5),
    field("source", "source", flexible=True, spared=6),
    field("updated_at", "updated", spared=9),
    field("seen_at", "seen", spared=10),
    field("applied_at", "applied", spared=8),
    field("effective_at", "effective"),
    field("in_force", "in force"),
    field("reason", "new in it"),
    field("matches_added", "added"),
    field("matches_removed", "removed"),
    field("matches_reassessed", "reassessed", spared=3),
    field("first_matches", "first matches", spared=4),
    field("contexts_matched", "contexts", spared=7),
)


def knowledge(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List every version of knowledge, oldest first: its times, what it changed, and why."""
    with reading(context, as_of) as record:
        told = documents.knowledge(record)
    entries = entries_of(told, "knowledge")
    note = f"versions: {len(entries)}" + ("; the last is in force" if entries else "")
    show(Listing(told, entries, _COLUMNS, [note]), format_, output)
