"""What is open of each team and severity, and how much of that is past due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from watcher.domain.package import SEVERITIES
from watcher.domain.survival.columns import NEVER, Truth
from watcher.report.figures.many.drawn import Drawn


@dataclass(frozen=True, slots=True)
class Standing:
    """Exposures, each of a stream on however many platforms."""

    open: int
    past_due: int


def standing_of(drawn: Drawn, as_of: int) -> dict[tuple[str | None, str], Standing]:
    """Count by team, None for nobody's, and severity, as of a time in ticks."""
    runs, teams = drawn.runs, drawn.found.names.teams.names
    lasting: Truth = runs.end == NEVER
    rows = zip(
        runs.team[lasting].tolist(),
        runs.severity[lasting].tolist(),
        (runs.due[lasting] < as_of).tolist(),
        strict=True,
    )
    counted: Counter[tuple[int, int, bool]] = Counter(rows)
    return {
        (teams[team], SEVERITIES[rank]): Standing(
            counted[team, rank, False] + counted[team, rank, True], counted[team, rank, True]
        )
        for team, rank, _ in counted
    }
