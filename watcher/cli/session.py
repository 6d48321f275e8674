"""What one call of the command line has: its surroundings, and how it gets at a watcher."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import typer

from watcher.bootstrap import App, Parts, build, pass_runner
from watcher.cli.text import plain
from watcher.config import Config, load
from watcher.reading.instants import parse_instant
from watcher.reading.reading import Asked, Reading
from watcher.services.pass_ import PassRunner

DEFAULT_FILE = Path("config/watcher.yaml")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Session:
    """The surroundings of a call; `config_file` is set once the options are read."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = _now
    build: Callable[[Config], AbstractContextManager[App]] = build
    runner: Callable[[Parts], PassRunner] = pass_runner
    config_file: Path | None = None

    @property
    def file(self) -> Path:
        """The configuration's file: the option's, else the environment's, else the usual one."""
        named = self.environment.get("WATCHER_CONFIG")
        return self.config_file or (Path(named) if named else DEFAULT_FILE)

    @contextmanager
    def opened(self) -> Iterator[App]:
        """A watcher over the configuration; raises UsageError where that is wrong."""
        config = load(self.file, self.environment)
        for line in config.advice:
            self.say(f"warning: {line}")
        with self.build(config) as app:
            yield app

    def say(self, line: str) -> None:
        """Tell a person something beside the output."""
        sys.stderr.write(f"watcher: {plain(line)}\n")


def session_of(context: typer.Context) -> Session:
    """The session that a command runs in."""
    session = context.obj
    if not isinstance(session, Session):
        raise TypeError("the command line was started without a session")
    return session


@contextmanager
def reading(
    context: typer.Context, as_of: str | None = None, *, known_now: bool = False
) -> Iterator[Reading]:
    """Open the record for reading, as of now or of the time given.

    With `known_now` for what is known now of that time. Raises UsageError for what is no time or
    none that lies behind, StartError where the database is not ready.
    """
    session = session_of(context)
    asked = Asked(parse_instant("--as-of", as_of) if as_of is not None else None, known_now)
    with session.opened() as app:
        record = Reading.of(app, asked, session.now())
        if record.last is None:
            before = f" before {as_of}" if as_of else ""
            session.say(f"no pass was completed{before}: nothing is known (watcher sync makes one)")
        yield record
