"""Match: each distinct package once for the whole fleet, one scanner run per context and shard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from watcher.domain.errors import AttemptError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.ports.crew import Wanted
from watcher.ports.progress import Progress
from watcher.ports.store.jobs import Order
from watcher.ports.store.matches import ContextState
from watcher.ports.store.passes import PassRecord
from watcher.services.match.craft import REMEMBERED, SHARD, MatchCraft
from watcher.services.match.outcome import MatchOutcome
from watcher.services.work import Bench, Tries


@dataclass(frozen=True, slots=True)
class MatchStage:
    """The stage with what it needs.

    `supplied` raises where the databases are not to be had: then no context is to blame.
    """

    craft: MatchCraft
    progress: Progress
    supplied: Callable[[Wanted], object]

    def take(
        self, this: PassRecord, version: KnowledgeVersion, under: Wanted, bench: Bench
    ) -> MatchOutcome:
        """Match what the version in force has not seen; a context that fails changes nothing."""
        outcome = MatchOutcome("match")
        since = this.at - REMEMBERED
        store, asked = self.craft.store, dict[int, int]()
        orders = []
        for context in store.contexts(since):
            whole = context.last_version != version.number
            if not whole and not context.new:
                outcome.covered.add(context.number)
                continue
            asked[context.number] = context.packages if whole else context.new
            orders.append(_order(context, version, asked[context.number], under))
        if orders and not self._supplied(under, outcome):
            return outcome
        tries = Tries.of(bench, "match")
        bench.order(this, "match", orders)
        if not orders:
            return outcome
        with self.progress.over("match", len(orders)) as step:
            bench.clear(self.craft, step)
        left = bench.left("match")
        outcome.failures += [one.failure for one in left]
        done = asked.keys() - {one.job.payload["context"] for one in left}
        outcome.covered |= done
        outcome.counts["packages_matched"] += sum(asked[number] for number in done)
        tried = done | {one.job.payload["context"] for one in tries.failed(left)}
        runs = (-(-asked[number] // SHARD) for number in tried & asked.keys())
        outcome.counts["trivy_runs"] += sum(runs)
        for way, number in store.changed(this).items():
            outcome.counts[f"matches_{way}"] += number
        return outcome

    def _supplied(self, under: Wanted, outcome: MatchOutcome) -> bool:
        try:
            self.supplied(under)
        except AttemptError as error:
            outcome.failed("match", error)
            return False
        return True


def _order(context: ContextState, version: KnowledgeVersion, packages: int, under: Wanted) -> Order:
    """What is told changes with what is asked, and not with the time: what failed rests.

    With more packages than whoever is at it has read, it is done once more.
    """
    payload = {
        "context": context.number,
        "version": version.number,
        "packages": packages,
        "under": asdict(under),
    }
    return Order(context.name, payload)
