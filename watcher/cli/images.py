"""`watcher images`: the images that streams point to, and what each consists of."""

from __future__ import annotations

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.cli.sheet import REMARK, Entry, field
from watcher.reading import documents

_COLUMNS = (
    field("image", "image"),
    field("platform", "platform"),
    field("os", "os"),
    field("packages", "packages"),
    field("base", "base"),
    field("direct"),
    field("streams", "streams", flexible=True),
    field("covered", "covered"),
    field("reason"),
    field("warning"),
    REMARK,
)


def images(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List the images that streams point to: OS, number of packages, and coverage."""
    with reading(context, as_of) as record:
        told = documents.images(record)
    entries: list[Entry] = [
        {**one, "base": one["base"]["name"] if one["base"] else None} for one in told["images"]
    ]
    note = f"covered: {sum(one['covered'] is True for one in entries)} of {len(entries)}"
    show(Listing(told, entries, _COLUMNS, [note]), format_, output)
