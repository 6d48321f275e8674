"""The audit by samples: images are scanned in full, and compared with what is derived for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Catalogue, Finding
from watcher.ports.crew import CatalogTask, Crew, Wanted
from watcher.ports.progress import Progress
from watcher.ports.store.audits import Auditable, Audited, Audits, Stale, Written
from watcher.ports.store.catalogues import CatalogueOrigin, Catalogues
from watcher.ports.store.jobs import Job, Order
from watcher.ports.store.passes import PassRecord
from watcher.services.audit.birth import differing
from watcher.services.audit.compare import compare
from watcher.services.audit.rules import Difference, package_of
from watcher.services.audit.sample import Sample, choose
from watcher.services.outcome import Outcome
from watcher.services.work import Bench, Prepared, Tries, task_of, told_of

One = TypeVar("One", Auditable, Stale)

_NAMED = 100  # differences kept of one image


@dataclass(slots=True)
class AuditOutcome(Outcome):
    """What was compared, and how many images are matched on their own now."""

    audited: list[Audited] = field(default_factory=list)
    direct: int = 0

    @property
    def mismatching(self) -> list[Audited]:
        """The images that differ."""
        return [one for one in self.audited if one.differences]


@dataclass(frozen=True, slots=True)
class AuditCraft:
    """How one image is audited; signs `Craft`."""

    stage: ClassVar[str] = "audit"
    crew: Crew
    audits: Audits
    catalogues: Catalogues

    @property
    def act(self) -> Callable[[CatalogTask], Catalogue]:
        """Scan an image in full."""
        return self.crew.catalog

    def prepare(self, job: Job) -> Prepared:
        """One task; the record is read when its answer is there."""
        return Prepared([task_of(job.payload)])

    def apply(self, job: Job, kept: None, results: Sequence[Catalogue]) -> None:
        """Compare, and record what came of it; or list an image anew that may be one of many."""
        del kept
        (scanned,) = results
        told = job.payload
        under = Wanted(**told["under"])
        origin = CatalogueOrigin(under.scanner, under.db, under.java_db)
        if "image" in told:
            self.audits.again(job.wanted, told["image"], origin, scanned)
            return
        number = told["catalogue"]
        own, derived = list(scanned.findings), self.catalogues.derived(number)
        if not told["same"]:
            # Another Trivy or Java database lists other packages, which says nothing of the match.
            common = self.audits.listed(number) & _packages(scanned)
            own, derived = _among(own, common), _among(derived, common)
        found = compare(own, derived)
        written = [_written(one) for one in found.differences[:_NAMED]]
        audited = Audited(job.key, found.findings, written)
        self.audits.record(job.wanted, number, told["version"], audited, under.scanner)


@dataclass(frozen=True, slots=True)
class AuditStage:
    """The stage with what it needs; `registries` are the names of those configured.

    `supplied` raises where the databases are not to be had: then no image is to blame.
    """

    registries: Collection[str]
    craft: AuditCraft
    progress: Progress
    supplied: Callable[[Wanted], object]

    def take(
        self,
        this: PassRecord,
        asked: tuple[KnowledgeVersion, Wanted, Sample],
        covered: Collection[int],
        bench: Bench,
    ) -> AuditOutcome:
        """Scan a sample in full; `covered` are the contexts matched under the version in force."""
        version, under, sample = asked
        outcome, audits = AuditOutcome("audit"), self.craft.audits
        some = choose(self._here(audits.auditable(covered)), sample, this.number)
        again = self._here(audits.stale(under.scanner))
        orders = [_order(one, version, under) for one in some]
        orders += [_order_again(one, under) for one in again]
        if orders:
            self.supplied(under)
        tries = Tries.of(bench, "audit")
        bench.order(this, "audit", orders)
        if orders:
            with self.progress.over("audit", len(orders)) as step:
                bench.clear(self.craft, step)
        left = bench.left("audit")
        undone = {one.job.key for one in left}
        every: list[Auditable | Stale] = [*some, *again]
        pulled = [one for one in every if _subject(one) not in undone]
        outcome.counts["trivy_runs"] += len(pulled) + len(tries.failed(left))
        outcome.counts["bytes_pulled"] += sum(one.layer_bytes for one in pulled)
        outcome.audited = audits.of_pass(this)
        outcome.direct = audits.directs()
        outcome.counts["audited"] += len(outcome.audited)
        outcome.counts["mismatching"] += len(outcome.mismatching)
        outcome.failures += [one.failure for one in left]
        for one in outcome.mismatching:
            first = f"in {len(one.differences)} findings, such as {said(one.differences[0])}"
            outcome.failed(one.subject, differing(first))
        return outcome

    def _here(self, every: Iterable[One]) -> list[One]:
        return [one for one in every if one.repository.registry in self.registries]


def _order(one: Auditable, version: KnowledgeVersion, under: Wanted) -> Order:
    same = (one.origin.scanner, one.origin.java_db_digest) == (under.scanner, under.java_db)
    payload = {
        "catalogue": one.catalogue,
        "version": version.number,
        "same": same,
        **told_of(one.repository, one.digest, under),
    }
    return Order(_subject(one), payload)


def _order_again(one: Stale, under: Wanted) -> Order:
    return Order(_subject(one), {"image": one.image, **told_of(one.repository, one.digest, under)})


def _subject(one: Auditable | Stale) -> str:
    return f"{one.repository}@{one.digest}"


def _packages(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    return frozenset((one.package.context, one.package.identity) for one in catalogue.occurrences)


def _among(found: Iterable[Finding], packages: Collection[tuple[str, str]]) -> list[Finding]:
    return [one for one in found if (one.context, one.identity) in packages]


def _written(one: Difference) -> Written:
    finding = one.finding
    name, _, version = package_of(finding).rpartition("@")
    return {
        "side": one.side,
        "vulnerability": finding.vulnerability,
        "context": finding.context,
        "package": name or version,
        "installed_version": version if name else None,
        "fixed_version": finding.fixed_version or None,
        "status": finding.status,
        "severity": finding.severity,
        "severity_source": finding.severity_source,
        "rule": one.rule,
    }


def said(one: Written) -> str:
    """A difference as it was written down, in a line."""
    package = "@".join(part for part in (one["package"], one["installed_version"]) if part)
    names = ("fixed_version", "status", "severity", "severity_source")
    told = " ".join(one[name] or "-" for name in names)
    where = f"{one['vulnerability']} {package} in {one['context']}"
    return f"{one['side']}: {where}: {told} (rule: {one['rule']})"
