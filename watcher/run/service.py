"""The service: the parts of one process, started together and ended together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Final

from watcher.bootstrap import App, pass_runner
from watcher.domain.errors import WatcherError
from watcher.ports.progress import Progress
from watcher.run.condition import Condition
from watcher.run.hand import Hand
from watcher.run.leader import Leader
from watcher.run.role import Role
from watcher.services.work import Stopped
from watcher.web.application import make_application
from watcher.web.listening import Listening
from watcher.web.server import serving

_PAUSES: Final = (1, 2, 5, 10, 30)  # seconds before a part that fell over is started again
_FAREWELL: Final = 15.0  # seconds that parts have to give back what they hold


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a process that run beside its web."""

    threads: Sequence[Thread]

    def live(self) -> bool:
        """Whether each of them still runs, which they all do until they are stopped."""
        return all(one.is_alive() for one in self.threads)

    def ended(self) -> bool:
        """Whether each of them came to its end."""
        return not any(one.is_alive() for one in self.threads)


@dataclass(frozen=True, slots=True)
class Service:
    """One process. `say` tells whoever reads the log, a line at a time."""

    app: App
    roles: Collection[Role]
    now: Callable[[], datetime]
    say: Callable[[str], None]
    progress: Progress
    stop: Event
    condition: Condition = field(default_factory=Condition)

    @contextmanager
    def serving(self) -> Iterator[Parts]:
        """Serve until the block ends; `stop` is set then, and what is under way given back."""
        with ExitStack() as stack:
            if Role.WEB in self.roles:
                self.say(f"web: {stack.enter_context(self._web())}")
            parts = Parts(
                [
                    Thread(target=self._keep, args=(role, serve), name=role, daemon=True)
                    for role, serve in self._parts()
                ]
            )
            for thread in parts.threads:
                thread.start()
            try:
                yield parts
            finally:
                self.stop.set()
                for thread in parts.threads:
                    thread.join(_FAREWELL)

    def _parts(self) -> Iterator[tuple[Role, Callable[[], None]]]:
        if Role.SCHEDULER in self.roles:
            runner = pass_runner(self.app.parts(self.progress))
            leader = Leader(self.app, runner, self.now, self.say, self.stop, self.condition)
            yield Role.SCHEDULER, leader.serve
        elif Role.WORKER in self.roles:
            # A scheduler does jobs as well, while it makes a pass.
            self.condition.working()
            yield Role.WORKER, Hand(pass_runner(self.app.parts(self.progress)), self.stop).serve

    def _keep(self, role: Role, serve: Callable[[], None]) -> None:
        """Start a part again whenever it falls over; the pauses grow while it keeps falling."""
        falls = 0
        while not self.stop.is_set():
            try:
                serve()
                falls = 0
            except Stopped:
                return
            except WatcherError as error:
                self._fell(role, str(error))
            except Exception as error:  # noqa: BLE001 - a service outlives what nobody foresaw
                self._fell(role, f"unexpected {type(error).__name__}: {error}")
            self.stop.wait(_PAUSES[min(falls, len(_PAUSES) - 1)])
            falls += 1

    def _fell(self, role: Role, why: str) -> None:
        line = " ".join(why.split())
        self.condition.lost(role, line)
        self.say(f"{role}: {line}; tried again soon")

    def _web(self) -> AbstractContextManager[str]:
        where = Listening.of(self.app.config.web)
        application = make_application(self.app, self.now, self.condition.parts, ahead=True)
        return serving(application, where.host, where.port, where.proxies)
