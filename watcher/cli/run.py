"""`watcher run`: scheduler, workers and web, until somebody says stop."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.bootstrap import App
from watcher.cli import exits
from watcher.cli.progress import SilentProgress
from watcher.cli.session import session_of
from watcher.config import Config, load
from watcher.config.secrets import secrets_of
from watcher.report.masked import Masked
from watcher.run.log import Style, logging_to, say
from watcher.run.role import Role

if TYPE_CHECKING:
    from watcher.run.condition import Condition
    from watcher.run.service import Service

_HEEDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(
    context: typer.Context,
    role: Annotated[
        list[Role] | None,
        typer.Option(help="What this process does; all of it where none is named. Repeatable."),
    ] = None,
    log: Annotated[
        Style, typer.Option(help="How the log is written: text, or JSON with pass and job.")
    ] = Style.TEXT,
) -> None:
    """Run for years: make passes as they fall due, and serve the web, until SIGTERM or SIGINT.

    SIGHUP reads the configuration anew; a broken one leaves the one before in force.
    """
    # The web takes a while to import, and no other command needs it.
    from watcher.run.keeper import Keeper  # noqa: PLC0415
    from watcher.run.notify import Supervisor  # noqa: PLC0415
    from watcher.run.service import Service  # noqa: PLC0415

    session, roles, progress = session_of(context), frozenset(role or Role), SilentProgress()
    masked = Masked()

    def service(app: App, stop: Event, condition: Condition) -> Service:
        say(f"watcher runs as {', '.join(sorted(roles))}; {app.database.address}")
        return Service(app, roles, session.now, say, progress, stop, condition)

    def read() -> Config:
        config = load(session.file, session.environment)
        # What was secret may still be under way somewhere.
        masked.secrets = (*masked.secrets, *secrets_of(config))
        for line in config.advice:
            say(f"warning: {line}")
        return config

    supervisor = Supervisor.of(session.environment)
    keeper = Keeper(read, session.build, service, session.now, say, progress, supervisor)
    with (
        logging_to(sys.stderr, log, session.now, masked),
        _heeding(keeper.end, keeper.read_anew),
    ):
        ended = keeper.keep()
        say("stopped" if ended else "stopped; what did not end in time is taken up by the next run")
    if not ended:
        # A thread waits for a registry that does not answer: nothing it holds needs it any more.
        sys.stderr.flush()
        os._exit(exits.DONE)


@contextmanager
def _heeding(end: Callable[[], None], read_anew: Callable[[], None]) -> Iterator[None]:
    """End at the first signal, and the second one ends the process at once; SIGHUP reads anew."""
    ending = False

    def heed(number: int, _frame: FrameType | None) -> None:
        nonlocal ending
        if number == signal.SIGHUP:
            read_anew()
            return
        if ending:
            os._exit(128 + number)
        ending = True
        end()

    before = {number: signal.signal(number, heed) for number in _HEEDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
