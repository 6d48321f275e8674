"""What images say of their bases, read from the annotations and labels that are stored of them."""

from __future__ import annotations

from sqlalchemy import Row

from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.domain.lineage import Claim
from watcher.domain.reference import is_digest


def claim_of(row: Row[tuple[object, ...]]) -> Claim | None:
    """Read a row's `annotations` and `labels`; a stranger's digest that is none says nothing."""
    claim = Claim.read(row.annotations, row.labels)
    if claim is None:
        return None
    name = None if claim.name is None else kept(claim.name, LONGEST)
    digest = claim.digest if claim.digest and is_digest(claim.digest) else None
    return Claim(name, digest)
