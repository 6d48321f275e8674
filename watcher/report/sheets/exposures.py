"""The exposures document as a sheet: a row for each episode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from watcher.report.sheets.columns import (
    Column,
    Document,
    Entry,
    entries_of,
    field,
    without_qualifiers,
)


def _accepted(row: Entry) -> Mapping[str, object]:
    told = row["acceptance"]
    return told if isinstance(told, Mapping) else {}


def _stated(one: Entry) -> str:
    doubts = ", ".join(str(doubt).replace("_", " ") for doubt in one["doubts"])  # type: ignore[attr-defined]
    return f"{one['status']} by {one['author'] or 'unknown'}{f' ({doubts})' if doubts else ''}"


def _remark(row: Entry) -> str:
    """What people say of a window: accepted until when, stated by whom."""
    accepted, remarks = _accepted(row), [f"VEX: {_stated(one)}" for one in entries_of(row, "vex")]
    if accepted:
        word = "expired" if accepted["expired"] else "until"
        remarks.insert(0, f"accepted by {accepted['author']}, {word} {accepted['expires']}")
    return "; ".join(remarks)


COLUMNS: Final = (
    field("name", "stream", flexible=True),
    field("registry"),
    field("repository"),
    field("platform", "platform", spared=7),
    field("team"),
    field("vulnerability", "vulnerability"),
    field("severity", "severity"),
    Column("state", lambda row: "open" if row["to"] is None else "closed", "state", spared=3),
    field("from", "from", spared=2),
    field("to", "to", spared=5),
    field("cause", "cause", spared=6),
    field("cumulative_days", "days", short=lambda days: f"{days:.1f}"),
    field("backfilled"),
    field("from_not_before"),
    field("to_not_before"),
    field("flap"),
    field("detected"),
    field("fix_available"),
    field("first_image"),
    field("last_image"),
    field("ended_by"),
    field("packages", "packages", short=without_qualifiers, flexible=True),
    field("covered", "covered", spared=4),
    field("aliases"),
    Column("accepted_by", lambda row: _accepted(row).get("author")),
    Column("accepted_until", lambda row: _accepted(row).get("expires")),
    Column("vex", lambda row: [_stated(one) for one in entries_of(row, "vex")]),
    Column(None, _remark, "remark", flexible=True),
)


def rows(told: Document) -> Iterator[Entry]:
    """A row for each episode, with what is said of its window."""
    for window in entries_of(told, "windows"):
        sign = ":" if window.get("by") == "tag" else "#"
        name = f"{window['registry']}/{window['repository']}{sign}{window['stream']}"
        for episode in entries_of(window, "episodes"):
            packages = [_package(one) for one in entries_of(episode, "packages")]
            yield {**window, **episode, "name": name, "packages": packages}


def _package(package: Mapping[str, object]) -> str:
    return str(package["purl"])
