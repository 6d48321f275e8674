"""Shards: every package once, none too heavy."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from watcher.services.sharding import HEAVIEST, how_many, shards


@given(st.dictionaries(st.integers(0, 300), st.integers(0, 30)), st.integers(1, 50))
def test_every_package_is_in_one_shard_and_no_shard_is_too_long(
    findings: dict[int, int], most: int
) -> None:
    packages = {number: str(number) for number in findings}
    cut = shards(packages, findings, most)
    members = Counter(number for shard in cut for number, _ in shard)
    assert members == Counter(packages.keys())
    assert all(0 < len(shard) <= most for shard in cut)
    assert all(packages[number] == one for shard in cut for number, one in shard)


def test_packages_that_had_many_findings_are_spread_over_shards_of_equal_weight() -> None:
    findings = {number: 1_000 if number < 60 else 0 for number in range(600)}
    cut = shards(dict.fromkeys(findings, ""), findings, 10_000)
    weights = [sum(1 + findings[number] for number, _ in shard) for shard in cut]
    assert len(cut) == how_many(600, 60_000, 10_000) == 4
    assert max(weights) - min(weights) <= 1_000
    assert max(weights) <= HEAVIEST


def test_few_packages_without_findings_are_one_shard_and_none_are_none() -> None:
    assert len(shards({1: "a", 2: "b"}, {}, 10_000)) == 1
    assert shards({}, {5: 9}, 10_000) == []
