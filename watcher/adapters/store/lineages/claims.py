"""What images say of their bases, read from the annotations and labels that are stored of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.domain.lineage import Claim, RunImage, Told


def told_of(row: Row[tuple[Any, ...]]) -> Told:
    """Read a row's `annotations` and `labels`, with names as they can be kept."""
    told = Told.read(row.annotations, row.labels)
    return Told(
        claim=_claim(told.claim),
        run_image=_run_image(told.run_image),
        original=_kept(told.original),
    )


def claim_of(row: Row[tuple[Any, ...]]) -> Claim | None:
    """Read what a row's image says of its base, and no more."""
    return told_of(row).claim


def _claim(one: Claim | None) -> Claim | None:
    return None if one is None else replace(one, name=_kept(one.name))


def _run_image(one: RunImage | None) -> RunImage | None:
    return None if one is None else replace(one, name=_kept(one.name))


def _kept(name: str | None) -> str | None:
    return None if name is None else kept(name, LONGEST)
