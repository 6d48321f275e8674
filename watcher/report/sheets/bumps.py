"""The bumps document as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from watcher.report.sheets.columns import Column, Document, Entry, entries_of, field

COLUMNS: Final = (
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


def rows(told: Document) -> Iterator[Entry]:
    """A row for each bump."""
    return map(_row, entries_of(told, "bumps"))


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
