"""Since when the base under an exposed stream was without the flaw, for all stretches at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from watcher.domain.survival.columns.keyed import Keyed
from watcher.domain.survival.columns.whole import NEVER, Truth, Whole, paired


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What tracks were built on over [start, end): a base and its lineage, by number.

    `brought` holds when a base had a flaw, by base and flaw; `clean` when the head of a lineage was
    without it, by lineage and flaw; both keyed as `paired` does with `flaws`, which is more than
    any flaw's number.
    """

    tracks: Whole
    starts: Whole
    ends: Whole
    bases: Whole
    lineages: Whole
    brought: Keyed
    clean: Keyed
    flaws: int


def base_fixes(
    built: Built, tracks: Whole, flaws: Whole, starts: Whole, ends: Whole
) -> tuple[Truth, Whole]:
    """For each stretch whether a base brought its flaw, and when its lineage was first without.

    NEVER where it was not while the stretch lasted.
    """
    brought = np.zeros(len(tracks), dtype=np.bool_)
    fixed = np.full(len(tracks), NEVER, dtype=np.int64)
    for met, parts in _overlapping(built, tracks, starts, ends):
        begin = np.maximum(starts[met], built.starts[parts])
        end = np.minimum(ends[met], built.ends[parts])
        of_base = paired(built.bases[parts], flaws[met], built.flaws)
        bringing = built.brought.first(of_base, begin, end) != NEVER
        rows = met[bringing]
        brought[rows] = True
        of_lineage = paired(built.lineages[parts[bringing]], flaws[rows], built.flaws)
        since = built.clean.first(of_lineage, begin[bringing], end[bringing])
        fixed[rows] = np.minimum(fixed[rows], since)
    return brought, fixed


def _overlapping(
    built: Built, tracks: Whole, starts: Whole, ends: Whole
) -> list[tuple[Whole, Whole]]:
    """Stretches beside parts of their track's history: the first that each meets, then others."""
    order = np.lexsort((built.starts, built.tracks))
    times = np.unique(np.concatenate((built.starts, built.ends)))
    width = len(times) + 1
    kept = built.tracks[order]
    begun = paired(kept, np.searchsorted(times, built.starts[order]), width)
    over = paired(kept, np.searchsorted(times, built.ends[order]), width)
    # The first part that ends behind a stretch's start, and the first that begins at its end.
    place = np.searchsorted(
        over, paired(tracks, np.searchsorted(times, starts, side="right"), width), side="left"
    )
    behind = np.searchsorted(
        begun, paired(tracks, np.searchsorted(times, ends, side="left"), width), side="left"
    )
    found: list[tuple[Whole, Whole]] = []
    rows = np.flatnonzero(place < behind)
    while len(rows):
        found.append((rows, order[place[rows]]))
        place[rows] += 1
        rows = rows[place[rows] < behind[rows]]
    return found
