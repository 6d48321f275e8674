"""A pass put together over one database, from parts that differ between deployment, demo, test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine

from watcher.adapters.store.attestations import SqlAttestations
from watcher.adapters.store.audits import SqlAudits
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.directs import SqlDirects
from watcher.adapters.store.feeds import SqlFeeds
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.jobs import SqlJobs
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.lineages import SqlLineages
from watcher.adapters.store.lock import DatabaseLock
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.offers import SqlOffers
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.presence import SqlPresence
from watcher.adapters.store.statements.record import SqlVex
from watcher.domain.reference import Repository
from watcher.domain.stream import StreamRule
from watcher.domain.ticket import Terms
from watcher.ports.artifacts import Artifacts
from watcher.ports.crew import Crew, Wanted
from watcher.ports.feeds import FeedSource
from watcher.ports.library import Library
from watcher.ports.progress import Progress
from watcher.ports.registry import Registry
from watcher.ports.scanner import Scanner
from watcher.ports.tracker import Tracker
from watcher.ports.vex import VexFeed
from watcher.report.dues import DEFAULT_JUDGE
from watcher.report.ticket import Template, board, draft
from watcher.services.attestation import AttestationStage
from watcher.services.audit import AuditCraft, AuditStage, BirthAudit
from watcher.services.bump import BumpStage, Planner, Planning
from watcher.services.catalog import CatalogCraft, CatalogStage
from watcher.services.exposure import ExposureStage
from watcher.services.feeds import FeedStage
from watcher.services.inventory import RECONCILE, InventoryStage
from watcher.services.knowledge import KnowledgeStage, Sources
from watcher.services.match import DirectCraft, DirectStage, MatchCraft, MatchStage
from watcher.services.pass_ import PassRunner, Records, Stages
from watcher.services.retention import KEPT, Limits, RetentionStage
from watcher.services.streams import StreamStage
from watcher.services.supply import Supply
from watcher.services.ticket import Filing, TicketStage
from watcher.services.vex import VexStage
from watcher.services.work import ScannerCrew, Workplace

# What a pass without owners and trackers plans and files: nothing.
_NO_OWNERS = Planning(lambda _: None, str, "HIGH", standards=lambda: DEFAULT_JUDGE)
_NOWHERE = Filing(tracker_of=lambda _: None, per_hour=0, open_at_most=0, terms=Terms())


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a pass is made of that differs between a deployment, the demo and a test.

    `executor` does what needs connections of ours; `hands` do the tasks of the `crew`, `width` at
    once: the same threads, and a crew of our own, where none are given.
    """

    engine: Engine
    registries: Sequence[Registry]
    artifacts: Artifacts
    library: Library
    scanner: Scanner
    sources: Sources
    includes: Callable[[Repository], bool]
    rules: Sequence[StreamRule]
    executor: Executor
    progress: Progress
    is_base: Callable[[Repository], bool] = lambda _: False
    planning: Planning = _NO_OWNERS
    filing: Filing = _NOWHERE
    template: Template | None = None
    trackers: Mapping[str, Tracker] = field(default_factory=dict)
    vex: Sequence[VexFeed] = ()
    attested: Collection[str] = ()
    crew: Crew | None = None
    hands: Executor | None = None
    width: Callable[[], int] = lambda: 4
    reconcile: timedelta = RECONCILE
    retention: Limits = KEPT
    feeds: Sequence[FeedSource] = ()


def pass_runner(parts: Parts) -> PassRunner:
    """Put a pass together over one database."""
    engine, executor, progress = parts.engine, parts.executor, parts.progress
    inventory, catalogues, matches = SqlInventory(engine), SqlCatalogues(engine), SqlMatches(engine)
    by_name = {registry.name: registry for registry in parts.registries}
    scanner, library = parts.scanner, parts.library
    lineages, bumps, audits = SqlLineages(engine), SqlBumps(engine), SqlAudits(engine)
    attestations = SqlAttestations(engine)
    supply, offers = Supply(parts.artifacts, library), SqlOffers(engine)

    def supplied(under: Wanted) -> object:
        return supply.files(under.db, under.java_db, parts.sources)

    crew = parts.crew or ScannerCrew(by_name, supply, parts.sources, scanner)
    return PassRunner(
        records=Records(DatabaseLock(engine), SqlPasses(engine), matches, catalogues),
        stages=Stages(
            knowledge=KnowledgeStage(
                parts.artifacts, library, scanner, matches, offers, parts.sources
            ),
            inventory=InventoryStage(
                parts.registries, parts.includes, inventory, executor, parts.reconcile
            ),
            streams=StreamStage(
                by_name, parts.rules, parts.is_base, inventory, attestations, executor
            ),
            catalog=CatalogStage(
                by_name.keys(), CatalogCraft(crew, catalogues), progress, supplied
            ),
            match=MatchStage(MatchCraft(crew, matches), progress, supplied),
            birth=BirthAudit(catalogues),
            direct=DirectStage(
                by_name.keys(), DirectCraft(crew, matches, SqlDirects(engine)), progress, supplied
            ),
            audit=AuditStage(
                by_name.keys(), AuditCraft(crew, audits, catalogues), progress, supplied
            ),
            attestations=AttestationStage(by_name, parts.attested, attestations, executor),
            vex=VexStage(parts.vex, SqlVex(engine)),
            exposure=ExposureStage(SqlLedger(engine)),
            feeds=FeedStage(parts.feeds, SqlFeeds(engine)),
            bump=BumpStage(lineages, bumps, Planner(lineages, bumps, parts.planning)),
            ticket=TicketStage(
                parts.trackers,
                parts.filing,
                bumps,
                partial(draft, terms=parts.filing.terms, template=parts.template),
                board,
            ),
            retention=RetentionStage(
                library, matches, offers, catalogues, SqlJobs(engine), parts.retention
            ),
        ),
        registries=parts.registries,
        scanner=scanner,
        workplace=Workplace(
            SqlJobs(engine), SqlPresence(engine), parts.hands or executor, parts.width
        ),
    )
