"""What the stage found, by the numbers of repositories."""

from __future__ import annotations

from dataclasses import dataclass, field

from watcher.services.outcome import Outcome


@dataclass(slots=True)
class InventoryOutcome(Outcome):
    """Repositories whose every move is known now, those of them listed in full, those with news.

    `tried` are those that were looked at, where not everything was.
    """

    covered: set[int] = field(default_factory=set)
    reconciled: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    tried: set[int] | None = None
