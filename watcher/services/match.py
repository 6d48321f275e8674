"""Match: each distinct package once for the whole fleet, one scanner run per context and shard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from datetime import timedelta

from watcher.domain.errors import AttemptError
from watcher.domain.knowledge import KnowledgeVersion, begun, ended
from watcher.domain.package import Finding, Package
from watcher.ports.library import Library
from watcher.ports.progress import Progress
from watcher.ports.scanner import KnowledgeFiles, Scanner
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
class MatchStage:
    """The stage with what it needs."""

    library: Library
    scanner: Scanner
    store: Matches
    executor: Executor
    progress: Progress

    def take(self, this: PassRecord, version: KnowledgeVersion) -> MatchOutcome:
        """Match what the version in force has not seen; a context that fails changes nothing."""
        outcome = MatchOutcome("match")
        since = this.at - REMEMBERED
        jobs = []
        for context in self.store.contexts(since):
            whole = context.last_version != version.number
            if not whole and not context.new:
                outcome.covered.add(context.number)
                continue
            packages = self.store.in_scope(context.number, since, only_new=not whole)
            jobs.append(Asked(context, whole, packages, self.store.taking_part(context.number)))
        if jobs:
            self._run(this, version, jobs, outcome)
        return outcome

    def _run(
        self,
        this: PassRecord,
        version: KnowledgeVersion,
        jobs: Sequence[Asked],
        outcome: MatchOutcome,
    ) -> None:
        files = self.library.files(version.db_digest, None)
        versions = self.store.versions()
        shards = {
            self.executor.submit(self._match, job.context.name, shard, files): job
            for job in jobs
            for shard in _shards(job.packages)
        }
        waiting = {job.context.number: len(_shards(job.packages)) for job in jobs}
        found: dict[int, list[Future[list[tuple[int, Finding]]]]] = {
            job.context.number: [] for job in jobs
        }
        with self.progress.over("match", len(shards)) as step:
            for done in as_completed(shards):
                job = shards[done]
                number = job.context.number
                found[number].append(done)
                step()
                if len(found[number]) == waiting[number]:
                    self._record(this, versions, version, job, found.pop(number), outcome)

    def _match(
        self, context: str, shard: Mapping[int, Package], files: KnowledgeFiles
    ) -> list[tuple[int, Finding]]:
        numbers = {package.identity: number for number, package in shard.items()}
        findings = self.scanner.match(context, list(shard.values()), files)
        return [(numbers[finding.identity], finding) for finding in findings]

    def _record(
        self,
        this: PassRecord,
        versions: Sequence[KnowledgeVersion],
        version: KnowledgeVersion,
        job: Asked,
        shards: Iterable[Future[list[tuple[int, Finding]]]],
        outcome: MatchOutcome,
    ) -> None:
        try:
            pairs = [pair for shard in shards for pair in shard.result()]
        except AttemptError as error:
            outcome.failed(job.context.name, error)
            return
        found = {(number, finding.vulnerability): finding for number, finding in pairs}
        match = compare(job, self.store.held(job.context.number), found, (versions, version))
        self.store.record(this, version, match)
        outcome.covered.add(job.context.number)
        outcome.counts["packages_matched"] += len(job.packages)
        outcome.counts["matches_added"] += len(match.appeared)
        outcome.counts["matches_removed"] += len(match.disappeared)


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


def _shards(packages: Mapping[int, Package]) -> list[dict[int, Package]]:
    items = list(packages.items())
    return [dict(items[start : start + SHARD]) for start in range(0, len(items), SHARD)]
