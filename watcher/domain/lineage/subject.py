"""An image whose base is looked for, and what is found of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watcher.domain.lineage.provenance import Provenance
from watcher.domain.lineage.told import NOTHING_TOLD, Told

Grade = Literal["layers+annotation", "layers", "provenance", "annotation"]


@dataclass(frozen=True, slots=True)
class Subject:
    """An image whose base is looked for.

    `layers` are its layers as stored, beside `diff_ids`, which are of what is in them: compressed
    anew they stay the same. `repositories` are those that it is in, as references name them.
    """

    image: int
    digest: str
    diff_ids: tuple[str, ...]
    layers: tuple[str, ...] = ()
    repositories: frozenset[str] = frozenset()
    created: datetime | None = None
    labels: frozenset[str] = frozenset()  # their names
    told: Told = NOTHING_TOLD
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class BaseIdentity:
    """The base of an image: `image` is its number where it is known, `evidence` is one sentence.

    Without a grade it has none: what it claims is refuted, and the evidence says how.
    """

    image: int | None
    name: str | None
    digest: str | None
    grade: Grade | None
    evidence: str


def short(digest: str) -> str:
    """A digest as people read it."""
    return digest.removeprefix("sha256:")[:12]
