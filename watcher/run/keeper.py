"""Keeping a process serving: until it is told to end, and anew under a configuration read again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Event

from watcher.bootstrap import App
from watcher.config import Config
from watcher.domain.errors import WatcherError
from watcher.ports.progress import Progress
from watcher.run.condition import Condition
from watcher.run.notify import Supervisor
from watcher.run.service import Service


@dataclass(slots=True)
class Keeper:
    """Keeps one process serving. `service` makes what serves over a watcher, ended by an event.

    What is read again takes effect whole: parts give back what they are at and are started anew.
    A configuration that cannot be read, or under which nothing starts, changes nothing.
    """

    read: Callable[[], Config]
    build: Callable[[Config], AbstractContextManager[App]]
    service: Callable[[App, Event, Condition], Service]
    now: Callable[[], datetime]
    say: Callable[[str], None]
    progress: Progress
    supervisor: Supervisor = field(default_factory=Supervisor)
    condition: Condition = field(default_factory=Condition)
    # A signal may come while an Event's own lock is held, and setting it then would wait for ever.
    _wake: SimpleQueue[None] = field(default_factory=SimpleQueue)
    _ending: bool = False
    _asked: bool = False
    _proven: Config | None = None  # the last one under which everything came up

    def end(self) -> None:
        """Let it end; for a signal."""
        self._ending = True
        self._wake.put(None)

    def read_anew(self) -> None:
        """Let it read its configuration anew; for a signal."""
        self._asked = True
        self._wake.put(None)

    def keep(self) -> bool:
        """Serve until told to end; False where a part did not end in time.

        Raises UsageError, StartError where it cannot even begin.
        """
        config: Config | None = self.read()
        ended = True
        while config is not None:
            try:
                config, in_time = self._under(config)
                ended = ended and in_time
            except WatcherError as error:
                if self._proven is None or self._proven is config:
                    raise
                self._refuse(error)
                config = self._proven
        return ended

    def _under(self, config: Config) -> tuple[Config | None, bool]:
        """Serve under a configuration; the one that follows it, None at the end."""
        with self.build(config) as app:
            app.database.require(own_upgrade=True)
            service = self.service(app, Event(), self.condition)
            with service.serving() as parts:
                self._came_up(config)
                following = self._wait(parts.live)
                if following is None:
                    self.supervisor.stopping()
                self.say("stopping: what is under way is given back")
            return following, parts.ended()

    def _came_up(self, config: Config) -> None:
        if self._proven is not config:
            self.condition.configured(self.now())
        self._proven = config
        self.supervisor.ready()

    def _wait(self, live: Callable[[], bool]) -> Config | None:
        """Wait for an end, None, or for another configuration that can be served under."""
        while not self._ending:
            with suppress(Empty):
                self._wake.get(timeout=self.supervisor.every)
            if live():
                self.supervisor.lives()
            if self._asked and not self._ending:
                self._asked = False
                following = self._read_again()
                if following is not None:
                    return following
        return None

    def _read_again(self) -> Config | None:
        """The configuration as it stands now; None where it is of no use, which is said."""
        self.supervisor.reloading()
        try:
            config = self.read()
            # Whether its parts can be put together, while those of the one in force still run.
            with self.build(config) as app:
                app.database.require(own_upgrade=True)
                app.parts(self.progress)
        except WatcherError as error:
            self._refuse(error)
            self.supervisor.ready()
            return None
        self.say("the configuration is read anew")
        return config

    def _refuse(self, error: WatcherError) -> None:
        self.condition.misconfigured(self.now())
        for line in str(error).splitlines():
            self.say(f"configuration: {line}")
        self.say("the configuration is broken: the one before stays in force")
