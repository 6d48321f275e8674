"""Match: packages with what is known of them, once for the fleet or by an image's own scan."""

from __future__ import annotations

from watcher.services.match.compare import Asked, assessment, compare
from watcher.services.match.craft import REMEMBERED, SHARD, MatchCraft
from watcher.services.match.direct import DirectCraft, DirectStage
from watcher.services.match.outcome import MatchOutcome
from watcher.services.match.stage import MatchStage

__all__ = [
    "REMEMBERED",
    "SHARD",
    "Asked",
    "DirectCraft",
    "DirectStage",
    "MatchCraft",
    "MatchOutcome",
    "MatchStage",
    "assessment",
    "compare",
]
