"""What a pass asked of registries: their counters now, less what stood there before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from watcher.ports.registry import Registry


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts by the names of the sync document."""

    registries: Sequence[Registry]
    before: Counter[str]

    @classmethod
    def begun(cls, registries: Sequence[Registry]) -> Meter:
        """Read the counters when a pass begins."""
        return cls(registries, _read(registries))

    def counted(self) -> Counter[str]:
        """What was counted since."""
        now = _read(self.registries)
        now.subtract(self.before)
        return now


def _read(registries: Sequence[Registry]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for registry in registries:
        counts["registry_requests"] += registry.traffic.requests
        counts["manifest_gets"] += registry.traffic.manifest_gets
        counts["bytes_pulled"] += registry.traffic.bytes_pulled
    return counts
