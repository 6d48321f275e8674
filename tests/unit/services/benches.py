"""A bench with a record in memory, a craft that does little, and hands that a test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.jobs import FakeJobs, FakePresence
from tests.unit.domain.days import day
from watcher.ports.store.jobs import Job, Order
from watcher.ports.store.passes import PassRecord
from watcher.services.work import Bench, Prepared


class Hands(Executor):
    """Does a task when a test says so; `broken` is what a submit raises from now on."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.at_once = at_once
        self.broken: Exception | None = None
        self.given: list[Any] = []
        self.most = 0
        self._waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - the standard library's own signature
        """Take a task."""
        if self.broken is not None:
            raise self.broken
        future: Future[Any] = Future()
        self.given.append(args[0])
        self._waiting.append((future, lambda: fn(*args, **kwargs)))
        self.most = max(self.most, len(self._waiting))
        if self.at_once:
            self.do()
        return future

    def do(self, most: int = 1_000) -> None:
        """Do what waits."""
        for future, work in self._taken(most):
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
                future.set_exception(error)

    def break_down(self, error: BaseException) -> None:
        """Lose everything that is under way."""
        for future, _ in self._taken(1_000):
            if future.set_running_or_notify_cancel():
                future.set_exception(error)

    def _taken(self, most: int) -> list[tuple[Future[Any], Callable[[], Any]]]:
        taken, self._waiting = self._waiting[:most], self._waiting[most:]
        return taken


@dataclass(slots=True)
class Copying:
    """A craft whose tasks give themselves; signs `Craft`.

    A task that stands in `wrong` raises what stands there, once if it is a list; so does a key
    that stands in `wrong` when its job is prepared or applied, as `prepare:key`, `apply:key`.
    """

    stage: str = "match"
    wrong: dict[str, Exception | list[Exception]] = field(default_factory=dict)
    prepared: list[str] = field(default_factory=list)
    applied: list[tuple[str, list[str]]] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    under: list[PassRecord] = field(default_factory=list)

    @property
    def act(self) -> Callable[[str], str]:
        return self._act

    def prepare(self, job: Job) -> Prepared:
        self.prepared.append(job.key)
        self._fail(f"prepare:{job.key}")
        return Prepared(job.payload["tasks"], f"{job.key} kept")

    def apply(self, job: Job, kept: str, results: Sequence[str]) -> None:
        assert kept == f"{job.key} kept"
        self._fail(f"apply:{job.key}")
        self.applied.append((job.key, list(results)))
        self.attempts.append(job.attempts)
        self.under.append(job.wanted)

    def _act(self, task: str) -> str:
        self._fail(task)
        return f"{task}!"

    def _fail(self, what: str) -> None:
        wrong = self.wrong.get(what)
        if isinstance(wrong, list):
            wrong = wrong.pop(0) if wrong else None
        if wrong is not None:
            raise wrong


@dataclass(slots=True)
class Shop:
    """Everything around a bench."""

    hands: Hands = field(default_factory=Hands)
    craft: Copying = field(default_factory=Copying)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    width: int = 2
    presence: FakePresence = field(init=False)

    def __post_init__(self) -> None:
        self.presence = FakePresence(self.jobs)

    @contextmanager
    def bench(self, **told: Any) -> Iterator[Bench]:  # noqa: ANN401 - fields of it
        """A place at the bench."""
        told = {"eager": False, "patience": 0.0, **told}
        with self.presence.joined("pass") as worker:
            yield Bench(
                self.jobs, self.presence, self.hands, lambda: self.width, worker=worker, **told
            )

    def order(
        self, bench: Bench, at: float, *keys: str, tasks: int = 1, told: str = ""
    ) -> PassRecord:
        """Begin a pass that wants jobs with so many tasks each."""
        this = self.jobs.begin(day(at))
        named = {key: [f"{key}{told}"] if tasks == 1 else _several(key, tasks) for key in keys}
        bench.order(this, "match", [Order(key, {"tasks": named[key]}) for key in keys])
        return this

    @property
    def done(self) -> list[str]:
        """Keys that were applied, in order."""
        return [key for key, _ in self.craft.applied]

    def states(self) -> dict[str, str]:
        """What is left, by key."""
        return {one.key: "under way" if one.worker else one.state for one in self.jobs.unfinished()}


def _several(key: str, tasks: int) -> list[str]:
    return [f"{key}{number}" for number in range(tasks)]
