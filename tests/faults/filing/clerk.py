"""The clerk: passes of the ticket stage alone, over a real record, step by step or in one go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, update

from tests.contract.store.record import PLAIN
from tests.faults.filing.days import DAYS
from tests.faults.filing.grounds import Project
from tests.faults.harness.places import Place
from tests.faults.harness.play import opened as opened_at
from tests.faults.harness.steps import Trail
from tests.faults.harness.wires import wired_commits, wired_files
from watcher.adapters.http.transport import Question, Transport
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables.filing import ticket_intents
from watcher.domain.ticket import Terms
from watcher.report.ticket import board, draft
from watcher.services.outcome import Outcome
from watcher.services.ticket import Filing, TicketStage

_FILING = Filing(
    lambda _: "tickets", per_hour=5, open_at_most=20, terms=Terms(), has_dashboard=lambda _: True
)


def opened(folder: Path) -> AbstractContextManager[Engine]:
    """The record of a trial."""
    return opened_at(Place(folder, f"sqlite:///{folder / 'watcher.db'}"))


def make(folder: Path, project: Project, number: int) -> Outcome:
    """Make a pass of the story; whoever died before left its own one running."""
    with opened(folder) as engine:
        return _make(engine, project, number)


def make_wired(folder: Path, project: Project, number: int, trail: Trail) -> Outcome:
    """Make a pass of which every commit, file and request leaves a trace."""
    with (
        opened(folder) as engine,
        wired_commits(trail, engine),
        wired_files(trail, folder),
        wired_requests(trail),
    ):
        return _make(engine, project, number)


def _make(engine: Engine, project: Project, number: int) -> Outcome:
    told, passes, bumps = DAYS[number], SqlPasses(engine), SqlBumps(engine)
    this = passes.begin(told.at, told.at, ["ticket"], PLAIN)
    bumps.plan(this, told.plans)
    stage = TicketStage({"tickets": project.tracker()}, _FILING, bumps, draft, board)
    outcome = stage.take(this)
    passes.finish(this, "complete", {})
    return outcome


def let_time_pass(folder: Path) -> None:
    """Let every call have begun an hour earlier, by the clock of the database."""
    with opened(folder) as engine, engine.begin() as connection:
        earlier = ticket_intents.c.begun_at - 3600.0
        connection.execute(update(ticket_intents).values(begun_at=earlier))


@contextmanager
def wired_requests(trail: Trail) -> Iterator[None]:
    """Let each request be a step: before it is sent, and after its effect, the answer unread."""
    begin = Transport.begin

    def begun(transport: Transport, question: Question) -> Any:  # noqa: ANN401 - the library's own
        asked = question.url.partition("?")[0].rpartition("/")[2]
        with trail.step("tracker", f"{question.method} {asked if asked.isalpha() else '…'}"):
            return begin(transport, question)

    with patch.object(Transport, "begin", begun):
        yield
