"""Match: each distinct package once for the whole fleet, one scanner run per context and shard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from watcher.domain.errors import AttemptError
from watcher.domain.knowledge import KnowledgeVersion, first_step
from watcher.ports.crew import Wanted
from watcher.ports.progress import Progress
from watcher.ports.store.jobs import Order
from watcher.ports.store.matches import ContextState
from watcher.ports.store.passes import PassRecord
from watcher.services.match.craft import REMEMBERED, SHARD, MatchCraft
from watcher.services.match.outcome import MatchOutcome
from watcher.services.sharding import how_many
from watcher.services.work import Bench, Left, Tries


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
        orders, known = [], store.contexts(since)
        steps = self._first_steps(known, version, under)
        if steps:
            self._clear(this, steps, bench, outcome)
            known = store.contexts(since)
        for context in known:
            whole = context.last_version != version.number
            if not whole and not context.new:
                outcome.covered.add(context.number)
                continue
            asked[context.number] = context.packages if whole else context.new
            orders.append(_order(context, version, asked[context.number], under))
        if orders and not self._supplied(under, outcome):
            return outcome
        left = self._clear(this, orders, bench, outcome)
        if not orders:
            return outcome
        outcome.failures += [one.failure for one in left]
        done = asked.keys() - {one.job.payload["context"] for one in left}
        outcome.covered |= done
        outcome.counts["packages_matched"] += sum(asked[number] for number in done)
        for way, number in store.changed(this).items():
            outcome.counts[f"matches_{way}"] += number
        return outcome

    def _first_steps(
        self, known: Sequence[ContextState], version: KnowledgeVersion, under: Wanted
    ) -> list[Order]:
        """What is to be matched under a version in between first, where its database is to be had.

        Without it one step has to do, and its changes have two reasons.
        """
        versions, orders = self.craft.store.versions(), list[Order]()
        for context in known:
            step = first_step(versions, context.last_version, version)
            if step is None:
                continue
            before = replace(under, db=step.db_digest)
            try:
                self.supplied(before)
            except AttemptError:
                continue
            orders.append(_order(context, step, context.packages, before))
        return orders

    def _clear(
        self, this: PassRecord, orders: Sequence[Order], bench: Bench, outcome: MatchOutcome
    ) -> list[Left]:
        """Do what is ordered, and nothing else of the stage; gives what is left of it."""
        tries, findings = Tries.of(bench, "match"), self.craft.store.findings() if orders else {}
        bench.order(this, "match", orders)
        if not orders:
            return []
        with self.progress.over("match", len(orders)) as step:
            bench.clear(self.craft, step)
        left = bench.left("match")
        untried = {one.job.key for one in left} - {one.job.key for one in tries.failed(left)}
        outcome.counts["trivy_runs"] += sum(
            how_many(one.payload["packages"], findings.get(one.payload["context"], 0), SHARD)
            for one in orders
            if one.key not in untried
        )
        return left

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
