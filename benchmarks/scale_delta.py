"""A hundredth of the matches changes: what it takes to record that, and to fold it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import Engine

from benchmarks.scale_sheet import Sheet, counted, last_pass
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.passes import SqlPasses
from watcher.domain.interval import Bound
from watcher.domain.package import Finding
from watcher.ports.store.matches import (
    Appearance,
    ContextMatch,
    ContextState,
    Disappearance,
    Stamp,
)
from watcher.ports.store.passes import Snapshot
from watcher.services.exposure import ExposureStage
from watcher.services.match import REMEMBERED


def measure_delta(sheet: Sheet, engine: Engine) -> None:
    """Let one match of two hundred be gone and another one begin, by the record's own ways."""
    at = last_pass(engine).at + timedelta(hours=1)
    passes, store = SqlPasses(engine), SqlMatches(engine)
    this = passes.begin(at, at, ["match", "exposure"], Snapshot("0" * 64, "{}"))
    version = store.adopt(this, Stamp("0.74.0", f"sha256:{'d' * 64}", "db:2", at, at))
    changes = [_changes(store, one, at) for one in store.contexts(at - REMEMBERED)]
    begun = time.perf_counter()
    for one in changes:
        store.record(this, version, one)
    sheet.note("delta of 1 %: record, s", time.perf_counter() - begun)
    with counted(engine) as statements:
        begun = time.perf_counter()
        counts = ExposureStage(SqlLedger(engine)).take(this).counts
        sheet.note("delta of 1 %: fold, s", time.perf_counter() - begun)
    passes.finish(this, "complete", {})
    changed = sum(len(one.appeared) + len(one.disappeared) for one in changes)
    folded = counts["episodes_opened"] + counts["episodes_closed"]
    sheet.note("delta of 1 %: fold, statements", len(statements))
    sheet.note("delta of 1 %: matches changed", changed)
    sheet.note("delta of 1 %: episodes changed", folded)


def _changes(store: SqlMatches, context: ContextState, at: datetime) -> ContextMatch:
    held = sorted(store.held(context.number))
    gone = [Disappearance(*one, Bound(at), "knowledge_withdrawn") for one in held[::200]]
    begun = [
        Appearance(package, _finding(f"{name}-again", at), Bound(at), context.last_version)
        for package, name in held[100::200]
    ]
    return ContextMatch(
        context=context.number,
        last_version=context.last_version,
        whole=True,
        package_count=context.packages,
        joined=frozenset(),
        left=frozenset(),
        appeared=tuple(begun),
        disappeared=tuple(gone),
        reassessed=(),
    )


def _finding(vulnerability: str, at: datetime) -> Finding:
    return Finding("", "", vulnerability, "HIGH", "nvd", "affected", "", published=at)
