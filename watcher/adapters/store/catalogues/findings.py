"""A scanner's own findings on an image, written down small until they are compared."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Final

from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.domain.package import Finding

_COMPARED: Final = (
    "vulnerability",
    "severity",
    "severity_source",
    "status",
    "fixed_version",
    "vendor_ids",
)


def written(findings: Iterable[Finding]) -> bytes:
    """Write findings down as the record calls their packages, without what is not compared."""
    return zlib.compress(json.dumps([_row(one) for one in findings]).encode())


def read(body: bytes) -> tuple[Finding, ...]:
    """Read what `written` wrote."""
    rows = json.loads(zlib.decompress(body))
    return tuple(Finding(**{**row, "vendor_ids": tuple(row["vendor_ids"])}) for row in rows)


def _row(one: Finding) -> dict[str, object]:
    place = {"context": kept(one.context, LONGEST), "identity": kept(one.identity, LONGEST)}
    return place | {name: getattr(one, name) for name in _COMPARED}
