"""The find document: who holds a package or is exposed, and what was searched for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage, FirstHoldings, Holding, StreamHead
from watcher.report.streams import UNKNOWN, United, united
from watcher.report.times import stamp

Document = dict[str, object]


def document(
    text: str,
    as_of: datetime,
    holdings: FirstHoldings,
    heads: Iterable[StreamHead],
    coverage: Mapping[Track, Coverage],
) -> Document:
    """Write findings down, heads of streams first, with a sentence on what was searched."""
    every = [
        {"name": head.stream, "covered": coverage.get(head.track, UNKNOWN).covered}
        for head in heads
    ]
    watched = united(every)
    return {
        "schema": "watcher/find/1",
        "as_of": stamp(as_of),
        "searched": text,
        "find": [_finding(one, coverage) for one in holdings.holdings],
        "streams": watched.streams,
        "on_platforms": watched.rows,
        "not_covered": watched.streams - watched.covered,
        "note": _note(text, holdings.current, watched),
    }


def _finding(one: Holding, coverage: Mapping[Track, Coverage]) -> Document:
    return {
        "stream": one.stream,
        "platform": one.track.platform,
        "image": f"{one.repository}@{one.image}",
        "package": one.package.name,
        "version": one.package.version,
        "purl": one.package.purl,
        "vulnerability": one.vulnerability,
        "current": one.until is None,
        "since": stamp(one.since),
        "until": stamp(one.until),
        "covered": coverage.get(one.track, UNKNOWN).covered,
    }


def _note(text: str, current: Iterable[tuple[str, str]], watched: United) -> str:
    holding = united({"name": stream, "covered": True} for stream, _ in current)
    note = f"streams watched: {watched.told}; hold or are exposed to {text} now: {holding.told}"
    uncovered = watched.streams - watched.covered
    if not uncovered:
        return f"{note}; all are covered" if watched.streams else note
    return f"{note}; not covered, so may be affected too: {uncovered} (see watcher streams)"
