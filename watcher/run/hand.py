"""A worker: takes jobs of the passes that others lead, and leads none."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import Final

from watcher.services.pass_ import PassRunner

_TICK: Final = 1.0  # seconds between two looks for jobs


@dataclass(frozen=True, slots=True)
class Hand:
    """Does jobs until stopped."""

    runner: PassRunner
    stop: Event

    def serve(self) -> None:
        """Take turns at the bench; raises what the database does when it is away."""
        stages = self.runner.stages
        crafts = (stages.catalog.craft, stages.match.craft, stages.direct.craft, stages.audit.craft)
        with self.runner.workplace.bench(
            "worker", eager=False, stopping=self.stop.is_set, guard=lambda: None
        ) as bench:
            while not self.stop.is_set():
                done = [bench.take_turn(craft) for craft in crafts]
                if not any(done):
                    self.stop.wait(_TICK)
