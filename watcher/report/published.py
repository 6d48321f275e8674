"""The published reports as a document, and the choice of one among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from watcher.ports.store.archive import Published
from watcher.report.times import stamp

Document = dict[str, object]

_PART = re.compile(r"(?:sha256:)?([0-9a-f]{8,64})")


def document(reports: Iterable[Published]) -> Document:
    """Write the list of published reports."""
    return {"schema": "watcher/published/1", "published": [_report(one) for one in reports]}


def by_name(reports: Sequence[Published], text: str) -> Published | None:
    """The report of a number, or of the beginning of its sha256; None where there is not one."""
    named = _PART.fullmatch(text)
    found = [one for one in reports if str(one.number) == text]
    if not found and named is not None:
        found = [one for one in reports if one.sha256.startswith(named[1])]
    return found[0] if len(found) == 1 else None


def by_time(reports: Iterable[Published], at: datetime) -> Published | None:
    """The report that was published last by a time."""
    before = [one for one in reports if one.about.published_at <= at]
    return before[-1] if before else None


def _report(one: Published) -> Document:
    return {
        "id": str(one.number),
        "sha256": f"sha256:{one.sha256}",
        "published_at": stamp(one.about.published_at),
        "as_of": stamp(one.about.as_of),
        "since": stamp(one.about.since),
        "known_now": one.about.known_now,
        "figures_version": one.about.figures_version,
        "bytes": one.size,
    }
