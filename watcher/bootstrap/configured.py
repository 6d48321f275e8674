"""The parts of a pass as a configuration names them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import Engine

from watcher.adapters.artifacts import OciArtifacts
from watcher.adapters.feeds import Feed
from watcher.adapters.library import FolderLibrary
from watcher.adapters.store.attestations import SqlAttestations
from watcher.adapters.store.feeds import SqlFeeds
from watcher.adapters.vex import AttestedFeed, Called, feed_of
from watcher.bootstrap.filing import filing_of, planning_of
from watcher.bootstrap.runner import Parts
from watcher.config import Config
from watcher.crewing import (
    CrewSettings,
    crew_of,
    logins_of,
    registry_of,
    trackers_of,
)
from watcher.ports.progress import Progress
from watcher.ports.registry import Registry
from watcher.ports.scanner import Scanner
from watcher.ports.store.attestations import Attestations
from watcher.ports.vex import VexFeed
from watcher.report.ticket import template_of
from watcher.services.knowledge import Sources
from watcher.services.retention import Limits
from watcher.services.work import RemoteCrew


def parts_of(
    config: Config, engine: Engine, scanner: Scanner, executor: Executor, progress: Progress
) -> Parts:
    """What a configuration makes a pass of; nothing is asked of any of it yet."""
    trivy = config.trivy
    registries = [registry_of(one, config.selection(one.name)) for one in config.registries]
    return Parts(
        engine=engine,
        registries=registries,
        artifacts=OciArtifacts(logins_of(config.registries)),
        library=FolderLibrary(config.state),
        scanner=scanner,
        sources=Sources(trivy.db, trivy.java_db),
        includes=config.includes,
        rules=config.stream_rules(),
        executor=executor,
        progress=progress,
        width=lambda: trivy.workers,
        reconcile=config.schedule.reconcile,
        retention=Limits(config.retention.db_files, config.retention.raw),
        feeds=[Feed(name, place) for name, place in config.feeds.places()],
        is_base=config.is_base,
        planning=planning_of(config, registries, SqlFeeds(engine)),
        filing=filing_of(config),
        template=template_of(config.tickets.template),
        trackers=trackers_of(config.trackers, config.owners),
        vex=_vex(config, registries, SqlAttestations(engine)),
        attested=_attested(config),
    )


def spread(config: Config, parts: Parts, ending: ExitStack) -> Parts:
    """The same parts with the hands of a cluster, where the configuration names one."""
    if config.executor == "threads":
        return parts
    # Here, because it takes a second that threads need not wait.
    from watcher.adapters.executors.dask import DaskExecutor  # noqa: PLC0415
    from watcher.adapters.executors.security import security_for  # noqa: PLC0415

    address = config.executor.dask.scheduler
    hands = DaskExecutor(address, security_for(address))
    ending.callback(hands.shutdown)
    settings = CrewSettings.of(config.state, config.trivy, config.registries)
    return replace(parts, crew=RemoteCrew(settings, crew_of), hands=hands, width=hands.width)


def _vex(
    config: Config, registries: Sequence[Registry], attestations: Attestations
) -> list[VexFeed]:
    called = _called(registries)
    attached = (AttestedFeed(one, attestations, called) for one in _attested(config))
    return [*(feed_of(one, called) for one in config.feeds.vex), *attached]


def _attested(config: Config) -> list[str]:
    """The registries in which it is looked for what is attached to images."""
    return [one.name for one in config.registries if one.attestations]


def _called(registries: Sequence[Registry]) -> Called:
    """How references to each registry begin, and what it is called here."""
    return Called({one.address("x").removesuffix("x"): one.name for one in registries})
