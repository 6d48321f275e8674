"""`watcher run`: scheduler, workers and web, until somebody says stop."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from watcher.cli import exits
from watcher.cli.progress import SilentProgress
from watcher.cli.session import session_of
from watcher.report.times import stamp
from watcher.run.role import Role

_ENDED = (signal.SIGTERM, signal.SIGINT)


def run(
    context: typer.Context,
    role: Annotated[
        list[Role] | None,
        typer.Option(help="What this process does; all of it where none is named. Repeatable."),
    ] = None,
) -> None:
    """Run for years: make passes as they fall due, and serve the web, until SIGTERM or SIGINT."""
    # The web takes a while to import, and no other command needs it.
    from watcher.run.service import Service  # noqa: PLC0415

    session, stop = session_of(context), Event()

    def say(line: str) -> None:
        session.say(f"{stamp(session.now().replace(microsecond=0))} {line}")

    with _heeding(stop), session.opened() as app:
        app.database.require(own_upgrade=True)
        roles = frozenset(role or Role)
        service = Service(app, roles, session.now, say, SilentProgress(), stop)
        say(f"watcher runs as {', '.join(sorted(roles))}; {app.database.address}")
        ended = service.serve()
        say("stopped" if ended else "stopped; what did not end in time is taken up by the next run")
    if not ended:
        # A thread waits for a registry that does not answer: nothing it holds needs it any more.
        sys.stderr.flush()
        os._exit(exits.DONE)


@contextmanager
def _heeding(stop: Event) -> Iterator[None]:
    """Stop at the first signal; the second one ends the process at once."""

    def heed(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    before = {number: signal.signal(number, heed) for number in _ENDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
