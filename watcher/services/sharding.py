"""Shards: the packages of a context cut so that each scanner run takes about as long.

A run's time is mostly its findings', so packages are weighed by those they had last time.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Final, TypeVar

T = TypeVar("T")

HEAVIEST: Final = 20_000  # packages and findings of one run: two to three seconds of Trivy


def how_many(packages: int, findings: int, most: int) -> int:
    """In how many shards so many packages are cut, of at most `most` each."""
    return max(-(-packages // most), -(-(packages + findings) // HEAVIEST)) if packages else 0


def shards(
    packages: Mapping[int, T], findings: Mapping[int, int], most: int
) -> list[list[tuple[int, T]]]:
    """Cut packages, by number, into shards of about equal weight and at most `most` each.

    `findings` are those of last time, by package; a package without any was never matched or had
    none. The heaviest packages are dealt first, each to the lightest shard.
    """
    count = how_many(len(packages), sum(findings.values()), most)
    cut: list[list[tuple[int, T]]] = [[] for _ in range(count)]
    lightest = [(0, place) for place in range(count)]
    for number in sorted(packages, key=lambda one: (-findings.get(one, 0), one)):
        weight, place = heapq.heappop(lightest)
        cut[place].append((number, packages[number]))
        if len(cut[place]) < most:
            heapq.heappush(lightest, (weight + 1 + findings.get(number, 0), place))
    return [shard for shard in cut if shard]
