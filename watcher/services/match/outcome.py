"""What matching did, whichever way."""

from __future__ import annotations

from dataclasses import dataclass, field

from watcher.services.outcome import Outcome


@dataclass(slots=True)
class MatchOutcome(Outcome):
    """What a stage did; `covered` are contexts matched under the version in force."""

    covered: set[int] = field(default_factory=set)
