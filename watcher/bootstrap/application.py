"""A whole watcher over one configuration, and how it is wound up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Thread
from typing import Final

from sqlalchemy.exc import OperationalError

from watcher.adapters.identity import GoogleIdentity
from watcher.adapters.paper import ChromiumPaper
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.adapters.store.archive import SqlArchive
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.calls import SqlCalls
from watcher.adapters.store.columns import SqlLedgerColumns
from watcher.adapters.store.condition import SqlConditions
from watcher.adapters.store.database import Database
from watcher.adapters.store.digests import SqlDigests
from watcher.adapters.store.drawn import SqlDrawnReports
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.feeds import SqlFeeds
from watcher.adapters.store.grounds import SqlGrounds
from watcher.adapters.store.lock import NamedLock
from watcher.adapters.store.recount import SqlRecount
from watcher.adapters.store.statements.record import SqlVex
from watcher.adapters.store.successions import SqlSuccessions
from watcher.adapters.store.tokens import SqlTokens
from watcher.adapters.store.views import SqlViews
from watcher.adapters.store.views.browsing import SqlBrowsing
from watcher.bootstrap.configured import parts_of, spread
from watcher.bootstrap.people import posts_of, sign_in_of
from watcher.bootstrap.runner import Parts
from watcher.bootstrap.tracing import tracing_of
from watcher.config import Config
from watcher.config.digest import Reader
from watcher.domain.errors import StartError
from watcher.ports.identity import Identity
from watcher.ports.paper import Paper
from watcher.ports.post import Post
from watcher.ports.progress import Progress
from watcher.ports.sign_in import SignIn
from watcher.ports.store.archive import Archive
from watcher.ports.store.browsing import Browsing
from watcher.ports.store.bumps import Bumps
from watcher.ports.store.calls import Calls
from watcher.ports.store.columns import LedgerColumns
from watcher.ports.store.condition import Conditions
from watcher.ports.store.digests import Digests
from watcher.ports.store.drawn import DrawnReports
from watcher.ports.store.exposures import Exposures
from watcher.ports.store.feeds import FeedRecords
from watcher.ports.store.grounds import Grounds
from watcher.ports.store.passes import Leadership
from watcher.ports.store.recount import Recount
from watcher.ports.store.successions import Successions
from watcher.ports.store.tokens import Tokens
from watcher.ports.store.vex import VexRecord
from watcher.ports.store.views import Views

_PATIENCE: Final = 1.0  # seconds


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
    drawn: DrawnReports
    grounds: Grounds
    tokens: Tokens
    conditions: Conditions
    paper: Paper
    digests: Digests
    posts: Callable[[], list[tuple[Reader, list[Post]]]]
    sign_in: Callable[[Callable[[], datetime]], SignIn | None]
    parts: Callable[[Progress], Parts]
    tracer: object | None = None  # OpenTelemetry's provider, where traces are sent


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
        made = parts_of(config, engine, scanner, executor, progress)
        return spread(config, made, elsewhere)

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
            SqlDrawnReports(engine),
            SqlGrounds(engine),
            SqlTokens(engine),
            SqlConditions(engine),
            ChromiumPaper(),
            SqlDigests(engine),
            partial(posts_of, config),
            partial(sign_in_of, config),
            parts,
            elsewhere.enter_context(tracing_of(config)),
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
