"""Puts the parts together, once for each process; nothing else builds anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Thread
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from watcher.adapters.artifacts import OciArtifacts
from watcher.adapters.feeds import Feed
from watcher.adapters.identity import GoogleIdentity
from watcher.adapters.library import FolderLibrary
from watcher.adapters.paper import ChromiumPaper
from watcher.adapters.post import Mail, Server, Webhook
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.adapters.store.archive import SqlArchive
from watcher.adapters.store.attestations import SqlAttestations
from watcher.adapters.store.audits import SqlAudits
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.calls import SqlCalls
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.columns import SqlLedgerColumns
from watcher.adapters.store.condition import SqlConditions
from watcher.adapters.store.database import Database
from watcher.adapters.store.digests import SqlDigests
from watcher.adapters.store.directs import SqlDirects
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.feeds import SqlFeeds
from watcher.adapters.store.grounds import SqlGrounds
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.jobs import SqlJobs
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.lineages import SqlLineages
from watcher.adapters.store.lock import DatabaseLock, NamedLock
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.offers import SqlOffers
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.presence import SqlPresence
from watcher.adapters.store.recount import SqlRecount
from watcher.adapters.store.statements.record import SqlVex
from watcher.adapters.store.successions import SqlSuccessions
from watcher.adapters.store.tokens import SqlTokens
from watcher.adapters.store.views import SqlViews
from watcher.adapters.store.views.browsing import SqlBrowsing
from watcher.adapters.vex import AttestedFeed, Called, feed_of
from watcher.config import Config
from watcher.config.digest import Reader
from watcher.config.trackers import FolderTracker
from watcher.crewing import (
    CrewSettings,
    crew_of,
    logins_of,
    name_of,
    registry_of,
    trackers_of,
)
from watcher.domain.errors import StartError
from watcher.domain.reference import Repository
from watcher.domain.stream import StreamRule
from watcher.domain.ticket import Terms
from watcher.ports.artifacts import Artifacts
from watcher.ports.crew import Crew, Wanted
from watcher.ports.feeds import FeedSource
from watcher.ports.identity import Identity
from watcher.ports.library import Library
from watcher.ports.paper import Paper
from watcher.ports.post import Post
from watcher.ports.progress import Progress
from watcher.ports.registry import Registry
from watcher.ports.scanner import Scanner
from watcher.ports.sign_in import SignIn
from watcher.ports.store.archive import Archive
from watcher.ports.store.attestations import Attestations
from watcher.ports.store.browsing import Browsing
from watcher.ports.store.bumps import Bumps
from watcher.ports.store.calls import Calls
from watcher.ports.store.columns import LedgerColumns
from watcher.ports.store.condition import Conditions
from watcher.ports.store.digests import Digests
from watcher.ports.store.exposures import Exposures
from watcher.ports.store.feeds import FeedRecords
from watcher.ports.store.grounds import Grounds
from watcher.ports.store.passes import Leadership
from watcher.ports.store.recount import Recount
from watcher.ports.store.successions import Successions
from watcher.ports.store.tokens import Tokens
from watcher.ports.store.vex import VexRecord
from watcher.ports.store.views import Views
from watcher.ports.tracker import Tracker
from watcher.ports.vex import VexFeed
from watcher.report.dues import DEFAULT_JUDGE, Judge
from watcher.report.ticket import Template, board, draft, template_of
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
from watcher.services.ticket import Filing, Placement, TicketStage
from watcher.services.vex import VexStage
from watcher.services.work import RemoteCrew, ScannerCrew, Workplace

_PATIENCE: Final = 1.0  # seconds
_LATEST: Final = (1 << 31) - 1  # a pass that no other one follows


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


@dataclass(frozen=True, slots=True)
class App:
    """A whole watcher over one configuration: what reads the record, and what makes passes."""

    config: Config
    database: Database
    views: Views
    exposures: Exposures
    columns: LedgerColumns
    bumps: Bumps
    browsing: Browsing
    feeds: FeedRecords
    successions: Successions
    calls: Calls
    leadership: Leadership
    identity: Identity
    statements: VexRecord
    recount: Recount
    archive: Archive
    grounds: Grounds
    tokens: Tokens
    conditions: Conditions
    paper: Paper
    digests: Digests
    posts: Callable[[], list[tuple[Reader, list[Post]]]]
    sign_in: Callable[[Callable[[], datetime]], SignIn | None]
    parts: Callable[[Progress], Parts]


@contextmanager
def build(config: Config) -> Iterator[App]:
    """Build a watcher with its real adapters; nothing is asked of any of them yet.

    Raises UsageError for a configuration that cannot work, StartError where the database fails
    under way. On the way out, work that waits is dropped, scanners that run are stopped, and other
    work that runs is waited for, but not for long.
    """
    engine = open_engine(config.database.url.reveal())
    executor = ThreadPoolExecutor(config.trivy.workers, thread_name_prefix="watcher")
    scanners: list[TrivyScanner] = []
    elsewhere = ExitStack()

    def parts(progress: Progress) -> Parts:
        trivy = config.trivy
        timeout = trivy.timeout.total_seconds()
        scanner = TrivyScanner(trivy.binary, config.state, timeout, trivy.memory)
        scanners.append(scanner)
        made = _parts(config, engine, scanner, executor, progress)
        return _spread(config, made, elsewhere)

    try:
        yield App(
            config,
            Database(engine),
            SqlViews(engine),
            SqlExposures(engine),
            SqlLedgerColumns(engine),
            SqlBumps(engine),
            SqlBrowsing(engine),
            SqlFeeds(engine),
            SqlSuccessions(engine),
            SqlCalls(engine),
            NamedLock(engine, "leader"),
            GoogleIdentity(),
            SqlVex(engine),
            SqlRecount(engine),
            SqlArchive(engine),
            SqlGrounds(engine),
            SqlTokens(engine),
            SqlConditions(engine),
            ChromiumPaper(),
            SqlDigests(engine),
            partial(_posts, config),
            partial(_sign_in, config),
            parts,
        )
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        raise StartError(
            f"the database {Database(engine).address} failed: {reason}; what was recorded stays, "
            "run the command again"
        ) from error
    finally:
        for scanner in scanners:
            scanner.stop()
        elsewhere.close()
        _wind_up(executor)
        engine.dispose()


def _wind_up(executor: Executor) -> None:
    """Drop what waits and wait for what runs, unless a registry is too slow for whoever ends us."""
    ending = {"wait": True, "cancel_futures": True}
    waiting = Thread(target=executor.shutdown, kwargs=ending, daemon=True)
    waiting.start()
    waiting.join(_PATIENCE)


def _parts(
    config: Config, engine: Engine, scanner: Scanner, executor: Executor, progress: Progress
) -> Parts:
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
        planning=_planning(config, registries, SqlFeeds(engine)),
        filing=_filing(config),
        template=template_of(config.tickets.template),
        trackers=trackers_of(config.trackers, config.owners),
        vex=_vex(config, registries, SqlAttestations(engine)),
        attested=_attested(config),
    )


def _spread(config: Config, parts: Parts, ending: ExitStack) -> Parts:
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


def _posts(config: Config) -> list[tuple[Reader, list[Post]]]:
    """Who reads the digest, and the ways to each; each address and webhook is a way of its own."""
    found: list[tuple[Reader, list[Post]]] = []
    for one in config.digest.readers:
        ways: list[Post] = []
        smtp = config.web.smtp
        if smtp is not None:
            password = smtp.password.reveal() if smtp.password else None
            server = Server(
                smtp.host, smtp.port, smtp.security, smtp.sender, smtp.username, password
            )
            ways += [Mail(server, [address]) for address in one.mail]
        if one.webhook is not None:
            ways.append(Webhook(one.team or "management", one.webhook.reveal()))
        found.append((one, ways))
    return found


def _sign_in(config: Config, now: Callable[[], datetime]) -> SignIn | None:
    """Who vouches for people; None where nobody has to sign in."""
    if config.web.auth is None:
        return None
    # Here, because few commands need it.
    from watcher.adapters.sign_in import Client, sign_in_with  # noqa: PLC0415

    told = config.web.auth.oidc
    wanted = (told.roles_claim, *([told.teams_claim] if told.teams_claim else []))
    client = Client(told.client_id, told.client_secret.reveal(), told.scopes, wanted)
    return sign_in_with(told.issuer, client, told.tls_ca, now)


def _planning(config: Config, registries: Sequence[Registry], feeds: FeedRecords) -> Planning:
    by_name = {one.name: one for one in registries}

    def address(one: Repository) -> str:
        registry = by_name.get(one.registry)
        return registry.address(one.path) if registry else str(one)

    return Planning(
        team_of=config.owner_of,
        address=address,
        threshold=config.tickets.threshold,
        standards=lambda: Judge(config.policy.meant, config.factors_of, feeds.flaws(_LATEST)),
        controls=config.controls,
        skips=config.tickets.skips,
        minimum_age=config.tickets.minimum_age,
        majors=config.tickets.majors,
        accepted=config.accepted,
    )


def _filing(config: Config) -> Filing:
    tickets = config.tickets
    filing = {one.team: one for one in reversed(config.owners) if one.tracker}
    by_team = {team: name_of(one, config.trackers) for team, one in filing.items()}
    wishes = {
        team: Placement(one.labels, one.assignees, one.issue_type) for team, one in filing.items()
    }
    return Filing(
        tracker_of=by_team.get,
        placement_of=lambda team: wishes.get(team, Placement()),
        approval=tickets.approval,
        has_dashboard=_dashboards(config),
        per_hour=tickets.per_hour,
        open_at_most=tickets.open_at_most,
        terms=Terms(dismissal=tickets.dismissal, kev=config.feeds.kev is not None),
    )


def _dashboards(config: Config) -> Callable[[str], bool]:
    """Which trackers have a dashboard, by their names; a folder's is a file more among tickets."""
    wanted = config.tickets.dashboard
    names = {one.name for one in config.trackers if isinstance(one, FolderTracker)}
    return lambda name: wanted == "everywhere" or (wanted == "services" and name not in names)


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
