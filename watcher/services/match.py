"""Match: each distinct package once for the whole fleet, one scanner run per context and shard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import ClassVar

from watcher.domain.errors import AttemptError
from watcher.domain.knowledge import KnowledgeVersion, begun, ended, first_step
from watcher.domain.package import Finding, Package
from watcher.ports.crew import Crew, MatchTask, Wanted
from watcher.ports.progress import Progress
from watcher.ports.store.jobs import Job, Order
from watcher.ports.store.matches import (
    Appearance,
    Assessment,
    ContextMatch,
    ContextState,
    Disappearance,
    Matches,
)
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome
from watcher.services.sharding import how_many, shards
from watcher.services.work import Bench, Left, Prepared, Tries

REMEMBERED = timedelta(days=30)  # how long after its last binding an image is still matched
SHARD = 10_000  # packages in one document: beyond, one run outlasts the others


@dataclass(slots=True)
class MatchOutcome(Outcome):
    """What the stage did; `covered` are contexts matched under the version in force."""

    covered: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Asked:
    """A context with the packages to match now, and under which version each was matched before."""

    context: ContextState
    whole: bool
    packages: Mapping[int, Package]
    taking_part: Mapping[int, int | None]

    def previous(self, package: int) -> int | None:
        """The last version under which the package was matched; None if it never was."""
        if package not in self.taking_part:
            return None
        dropped = self.taking_part[package]
        return self.context.last_version if dropped is None else dropped


@dataclass(frozen=True, slots=True)
class MatchCraft:
    """How one context is matched; signs `Craft`."""

    stage: ClassVar[str] = "match"
    crew: Crew
    store: Matches

    @property
    def act(self) -> Callable[[MatchTask], list[tuple[int, Finding]]]:
        """Match one shard."""
        return self.crew.match

    def prepare(self, job: Job) -> Prepared:
        """Read what is to be matched now: nothing, where that was done meanwhile."""
        told, since = job.payload, job.wanted.at - REMEMBERED
        under, number = Wanted(**told["under"]), told["context"]
        context = self.store.context(number, since)
        whole = context is not None and context.last_version != told["version"]
        if context is None or not (whole or context.new):
            return Prepared([])
        packages = self.store.in_scope(number, since, only_new=not whole)
        asked = Asked(context, whole, packages, self.store.taking_part(number))
        findings = self.store.findings_of(number) if whole else {}
        cut = shards(packages, findings, SHARD)
        tasks = [MatchTask(context.name, shard, under) for shard in cut]
        return Prepared(tasks, asked)

    def apply(
        self, job: Job, kept: Asked | None, results: Sequence[list[tuple[int, Finding]]]
    ) -> None:
        """Record what the context's match changes."""
        if kept is None:
            return
        versions = self.store.versions()
        now = next(one for one in versions if one.number == job.payload["version"])
        found = {
            (number, finding.vulnerability): finding
            for shard in results
            for number, finding in shard
        }
        held = self.store.held(kept.context.number)
        self.store.record(job.wanted, now, compare(kept, held, found, (versions, now)))


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


def compare(
    asked: Asked,
    held: Mapping[tuple[int, str], Assessment],
    found: Mapping[tuple[int, str], Finding],
    under: tuple[Sequence[KnowledgeVersion], KnowledgeVersion],
) -> ContextMatch:
    """Work out what a completed match changes; matches of packages that were not asked stay."""
    versions, now = under
    appeared = [
        Appearance(
            number,
            finding,
            begun(versions, asked.previous(number), now.number),
            asked.previous(number),
        )
        for (number, name), finding in found.items()
        if (number, name) not in held
    ]
    disappeared = []
    for number, name in held:
        previous = asked.previous(number)
        if number in asked.packages and (number, name) not in found and previous is not None:
            disappeared.append(Disappearance(number, name, *ended(versions, previous, now.number)))
    on = frozenset(number for number, dropped in asked.taking_part.items() if dropped is None)
    return ContextMatch(
        context=asked.context.number,
        last_version=asked.context.last_version,
        whole=asked.whole,
        package_count=len(asked.packages),
        joined=frozenset(asked.packages) - on,
        left=on - asked.packages.keys() if asked.whole else frozenset(),
        appeared=tuple(appeared),
        disappeared=tuple(disappeared),
        reassessed=_reassessed(held, found),
    )


def _reassessed(
    held: Mapping[tuple[int, str], Assessment], found: Mapping[tuple[int, str], Finding]
) -> tuple[tuple[int, Finding], ...]:
    return tuple(
        (number, finding)
        for (number, name), finding in found.items()
        if (number, name) in held and _is_news(held[number, name], finding)
    )


def _is_news(held: Assessment, finding: Finding) -> bool:
    return held != assessment(finding) or (not held.dated and finding.published is not None)


def assessment(finding: Finding) -> Assessment:
    """What a finding says beside that it exists."""
    return Assessment(
        finding.severity, finding.severity_source, finding.status, finding.fixed_version
    )
