"""Vulnerabilities that are told of under another number than at the last fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watcher.adapters.store.aliases import Aliases


@dataclass(frozen=True, slots=True)
class Renamed:
    """`moved` are the members that changed; `before` their earlier numbers, by those of now."""

    aliases: Aliases
    moved: frozenset[int]
    before: Mapping[int, frozenset[int]]

    @classmethod
    def since(cls, now: Aliases, then: Aliases) -> Renamed:
        """Compare with what was so at the last fold."""
        moved = now.moved(then)
        before: dict[int, set[int]] = defaultdict(set)
        for one in moved:
            before[now.of(one)].add(then.of(one))
        return cls(now, moved, {number: frozenset(found) for number, found in before.items()})

    def concerned(self, number: int) -> frozenset[int]:
        """The numbers of windows that a match of a vulnerability is or was told of in."""
        now = self.aliases.of(number)
        return self.before.get(now, frozenset()) | {number, now}


def families(before: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Give numbers that took over from each other one of them that stands for all."""
    standing: dict[int, int] = {}
    for number, others in sorted(before.items()):
        joined = {standing.get(one, one) for one in (number, *others)}
        for one in [one for one, stands in standing.items() if stands in joined]:
            standing[one] = min(joined)
        standing |= dict.fromkeys((number, *others), min(joined))
    return standing
