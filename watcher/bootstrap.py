"""Puts the parts together, once for each process; nothing else builds anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from sqlalchemy import Engine

from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.lock import DatabaseLock
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.passes import SqlPasses
from watcher.domain.reference import Repository
from watcher.domain.stream import StreamRule
from watcher.ports.artifacts import Artifacts
from watcher.ports.library import Library
from watcher.ports.progress import Progress
from watcher.ports.registry import Registry
from watcher.ports.scanner import Scanner
from watcher.services.audit import BirthAudit
from watcher.services.catalog import CatalogStage
from watcher.services.exposure import ExposureStage
from watcher.services.inventory import InventoryStage
from watcher.services.knowledge import KnowledgeStage, Sources
from watcher.services.match import MatchStage
from watcher.services.pass_ import PassRunner, Records, Stages
from watcher.services.streams import StreamStage


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a pass is made of that differs between a deployment, the demo and a test."""

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


def pass_runner(parts: Parts) -> PassRunner:
    """Put a pass together over one database."""
    engine, executor, progress = parts.engine, parts.executor, parts.progress
    inventory, catalogues, matches = SqlInventory(engine), SqlCatalogues(engine), SqlMatches(engine)
    by_name = {registry.name: registry for registry in parts.registries}
    scanner, library = parts.scanner, parts.library
    return PassRunner(
        records=Records(DatabaseLock(engine), SqlPasses(engine), matches, catalogues),
        stages=Stages(
            knowledge=KnowledgeStage(parts.artifacts, library, scanner, matches, parts.sources),
            inventory=InventoryStage(parts.registries, parts.includes, inventory, executor),
            streams=StreamStage(by_name, parts.rules, inventory, executor),
            catalog=CatalogStage(by_name, library, scanner, catalogues, executor, progress),
            match=MatchStage(library, scanner, matches, executor, progress),
            audit=BirthAudit(catalogues),
            exposure=ExposureStage(SqlLedger(engine)),
        ),
        registries=parts.registries,
        scanner=scanner,
    )
