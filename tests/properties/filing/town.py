"""A town in which tickets are filed: what is exposed, what people do, and what goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from tests.fakes.issues import FakePlace, Killed
from tests.servers.issues.board import BOT, Board
from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import CAUSE, line, plan
from tests.unit.services.ticket.office import Record
from watcher.adapters.issues import IssueTracker
from watcher.domain.package import Severity
from watcher.domain.ticket import BumpTicket, Cause, Fix, Terms, TicketKey, is_dashboard, marked
from watcher.ports.store.passes import PassRecord
from watcher.report.ticket import board, draft
from watcher.services.ticket import Filing, TicketStage

PAY: Final = Cause("pay", CAUSE.lineage)
CAUSES: Final = (CAUSE, PAY)
LINES: Final = ("api", "web")
_SETTLED: Final = timedelta(hours=1)


@dataclass(slots=True)
class Exposed:
    """What a cause's images have: of each line what is left, and since when nothing is."""

    left: dict[str, dict[str, tuple[Severity, bool]]] = field(
        default_factory=lambda: {name: {} for name in LINES}
    )
    done: dict[str, float] = field(default_factory=dict)

    @property
    def evident(self) -> bool:
        """Whether nothing is left in any line."""
        return len(self.done) == len(LINES)


class _Doomed(Record):
    """A record whose process may die at any of its commits, before or after."""

    deaths: list[str]

    def _commit(self, name: str, *told: Any) -> Any:  # noqa: ANN401 - as the record's own
        doom = self.deaths.pop(0) if self.deaths else None
        if doom == "before":
            raise Killed
        given = getattr(Record, name)(self, *told)
        if doom == "after":
            raise Killed
        return given

    def intend(self, *told: Any) -> int:  # noqa: ANN401 - as the record's own
        given: int = self._commit("intend", *told)
        return given

    def settle(self, *told: Any) -> None:  # noqa: ANN401 - as the record's own
        self._commit("settle", *told)

    def filed(self, *told: Any) -> None:  # noqa: ANN401 - as the record's own
        self._commit("filed", *told)


@dataclass(slots=True)
class Town:
    """One tracker, one record, two causes; `at` is a day of the year."""

    lags: bool = False
    at: float = 1.0
    exposed: dict[Cause, Exposed] = field(
        default_factory=lambda: {cause: Exposed() for cause in CAUSES}
    )
    place: FakePlace = field(init=False)
    record: _Doomed = field(init=False)
    target: int = 1
    planned: bool = True
    judged: int = 0

    def __post_init__(self) -> None:
        self.place = FakePlace(Board(), lags=self.lags)
        self.record = _Doomed()
        self.record.deaths = []
        for cause in CAUSES:
            for name in LINES:
                self.find(cause, name, "CVE-1", "HIGH")

    # what is exposed

    def find(
        self, cause: Cause, name: str, flaw: str, severity: Severity, *, kev: bool = False
    ) -> None:
        """Let a line have a vulnerability that the newer base would end."""
        there = self.exposed[cause]
        there.left[name][flaw] = (severity, kev)
        there.done.pop(name, None)

    def rebuild(self, cause: Cause, name: str) -> None:
        """Let a line be rebuilt on the newer base."""
        there = self.exposed[cause]
        there.left[name].clear()
        there.done[name] = self.at

    def plans(self) -> list[BumpTicket]:
        """What the bump stage would plan."""
        return [self._plan(cause) for cause in CAUSES] if self.planned else []

    def _plan(self, cause: Cause) -> BumpTicket:
        there = self.exposed[cause]
        fixes: dict[str, Fix] = {}
        for left in there.left.values():
            for flaw, (severity, kev) in left.items():
                fixes[flaw] = Fix(flaw, severity, "openssl", "3", 1, known_exploited=kev)
        lines = [line(name, len(there.left[name]), there.done.get(name)) for name in LINES]
        made = plan(lines, cause, fixes=tuple(fixes.values()), as_of=self.now)
        where = f"{made.target.reference}-{self.target}"
        return replace(made, target=replace(made.target, reference=where))

    @property
    def now(self) -> datetime:
        """The time of a pass."""
        return day(self.at)

    # passes

    def pass_(self) -> None:
        """Make a pass; whoever dies in it is followed by the next one."""
        self.record.plans = self.plans()
        before = len(self.place.closed)
        filing = Filing(lambda _: "tickets", 5, 20, Terms(kev=True), has_dashboard=lambda _: True)
        store: Any = self.record
        tracker = IssueTracker("tickets", self.place)
        stage = TicketStage({"tickets": tracker}, filing, store, draft, board)
        with suppress(Killed):
            stage.take(PassRecord(1, self.now))
        for number in self.place.closed[before:]:
            self._judge(number)

    def _judge(self, number: int) -> None:
        """What watcher closed had all its evidence, or was there twice."""
        self.judged += 1
        issue = self.place.board.issues.get(number)
        key = key_of(issue.body) if issue else None
        if key is None or self.planned is False:
            raise AssertionError(f"{number} was closed without a plan")
        twice = [one for one in self._ours() if key_of(one.body) == key]
        if len(twice) == 1:
            assert self.exposed[key.cause].evident, f"{key} was closed without evidence"

    def calm(self) -> None:
        """Let all that is under way come to its end, and passes go well until nothing changes."""
        self.place.faults.clear()
        self.record.deaths.clear()
        self.place.lagging = False
        self.place.land()
        self.record.age = _SETTLED
        for _ in range(6):
            self.at += 0.05  # more than an hour: limits are none of this
            before = self.place.writes
            self.pass_()
            if self.place.writes == before:
                break
        else:
            raise AssertionError("the passes come to no end")
        self.record.age = timedelta(0)

    # what must hold

    def sound(self) -> None:
        """Never two open tickets for one key, whoever died and whatever was lost."""
        keys = Counter(
            found for one in self._ours() if one.open and (found := key_of(one.body)) is not None
        )
        twice = [str(key) for key, count in keys.items() if count > 1]
        assert twice == []

    def settled(self) -> None:
        """After calm none is open whose evidence is there, and nothing is asked but one list."""
        if self.planned:
            for one in self._ours():
                found = key_of(one.body)
                if one.open and found is not None and not is_dashboard(found.cause):
                    assert not self.exposed[found.cause].evident, f"{found} is open, and all done"
        lists, writes = self.place.lists, self.place.writes
        self.pass_()
        # Where people took the only line that tells two apart, somebody has to say which is which.
        undecided = bool(self.record.begun) and any(
            one.open and key_of(one.body) is None for one in self._ours()
        )
        asked = (self.place.lists - lists, self.place.writes - writes)
        assert asked == ((2, 0) if undecided else (1, 0))
        assert undecided or self.record.begun == {}

    def _ours(self) -> Iterator[Any]:
        return (one for one in self.place.board.issues.values() if one.author == BOT)

    @property
    def tickets(self) -> list[int]:
        """The numbers of watcher's own tickets."""
        return [one.number for one in self._ours()]


def key_of(body: str) -> TicketKey | None:
    """The key in a text's marker."""
    found = marked(body)
    return found.key if found else None


@contextmanager
def always(town: Town) -> Iterator[None]:
    """Whatever happens in the block, it is sound behind it."""
    yield
    town.sound()
