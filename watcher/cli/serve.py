"""Serving the web over a record until somebody presses Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from watcher.cli.session import Session
from watcher.config import load
from watcher.domain.errors import StartError


def serve(session: Session, configuration: Path, tell: Callable[[str], None]) -> None:
    """Serve the record of a configuration; `tell` hears the address, once it answers.

    Where the configured port is taken, it is a free one.
    """
    # The web takes a while to import, and few commands need it.
    from watcher.web.application import make_application  # noqa: PLC0415
    from watcher.web.listening import Listening  # noqa: PLC0415
    from watcher.web.server import serving  # noqa: PLC0415

    with session.build(load(configuration, session.environment)) as app, ExitStack() as stack:
        where = Listening.of(app.config.web)
        application = make_application(app, session.now, ahead=True)
        try:
            address = stack.enter_context(serving(application, where.host, where.port))
        except StartError:
            address = stack.enter_context(serving(application, where.host, 0))
        tell(address)
        try:
            Event().wait()
        except KeyboardInterrupt:
            session.say("the web has ended; the record stays")
