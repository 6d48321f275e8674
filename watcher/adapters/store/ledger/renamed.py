"""Vulnerabilities told of under another number than at the last fold, or stated otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watcher.adapters.store.aliases import Aliases
from watcher.adapters.store.facts.grounds import Grounds


@dataclass(frozen=True, slots=True)
class Renamed:
    """What must be folded again though no match of it changed.

    `moved` are the numbers of which all matches count anew: of vulnerabilities that are told of
    under another number, or of which something else is stated. `before` are earlier numbers, by
    those of now.
    """

    aliases: Aliases
    moved: frozenset[int]
    before: Mapping[int, frozenset[int]]

    @classmethod
    def since(cls, now: Grounds, then: Grounds) -> Renamed:
        """Compare with what was so at the last fold."""
        moved = now.aliases.moved(then.aliases)
        before: dict[int, set[int]] = defaultdict(set)
        for one in moved:
            before[now.aliases.of(one)].add(then.aliases.of(one))
        moved |= now.aliases.closed(now.changed(then))
        return cls(now.aliases, moved, {number: frozenset(old) for number, old in before.items()})

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
