"""What a pass is put together from."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.ports.store import Catalogues, Matches, Passes
from watcher.ports.store.passes import PassLock
from watcher.services.attestation import AttestationStage
from watcher.services.audit import AuditStage, BirthAudit
from watcher.services.bump import BumpStage
from watcher.services.catalog import CatalogStage
from watcher.services.exposure import ExposureStage
from watcher.services.feeds import FeedStage
from watcher.services.inventory import InventoryStage
from watcher.services.knowledge import KnowledgeStage
from watcher.services.match import DirectStage, MatchStage
from watcher.services.retention import RetentionStage
from watcher.services.streams import StreamStage
from watcher.services.ticket import TicketStage
from watcher.services.vex import VexStage


@dataclass(frozen=True, slots=True)
class Records:
    """The parts of the record that the pass itself reads and writes."""

    lock: PassLock
    passes: Passes
    matches: Matches
    catalogues: Catalogues


@dataclass(frozen=True, slots=True)
class Stages:
    """Every stage, ready to run."""

    knowledge: KnowledgeStage
    feeds: FeedStage
    inventory: InventoryStage
    streams: StreamStage
    catalog: CatalogStage
    match: MatchStage
    birth: BirthAudit
    direct: DirectStage
    audit: AuditStage
    attestations: AttestationStage
    vex: VexStage
    exposure: ExposureStage
    bump: BumpStage
    ticket: TicketStage
    retention: RetentionStage
