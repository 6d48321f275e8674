"""Filters of the list of windows, as they stand in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from watcher.domain.errors import UsageError
from watcher.domain.package import SEVERITIES
from watcher.ports.store.browsing import DueTimes, WindowsWanted
from watcher.web.asked import given, one_of, page_number

PAGE: Final = 50
AGES: Final = {"": "any age", "7": "over 7 days", "30": "over 30 days", "90": "over 90 days"}
DUES: Final = {
    "": "any",
    "overdue": "overdue",
    "week": "within 7 days",
    "later": "later",
    "never": "no due date",
}
STATES: Final = ("open", "closed", "any")
SORTS: Final = ("due", "severity", "age", "stream")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of windows was asked for; empty fields ask for everything."""

    q: str = ""
    severities: tuple[str, ...] = ()
    state: str = STATES[0]
    team: str = ""
    stream: str = ""
    vulnerability: str = ""
    age: str = ""
    due: str = ""
    sort: str = SORTS[0]
    page: int = 1

    @classmethod
    def parse(cls, asked: Mapping[str, str | None], severities: list[str]) -> Filters:
        """Read an address; raises UsageError that names what cannot be meant."""
        told = {name: given(text) or "" for name, text in asked.items()}
        for name, known in (("age", AGES), ("due", DUES)):
            if told[name] not in known:
                raise UsageError(f"{name}={told[name][:40]!r} is none of {', '.join(known)[2:]}")
        wanted = [one_of("severity", one, SEVERITIES) for one in severities if given(one)]
        return cls(
            q=told["q"],
            severities=tuple(one for one in SEVERITIES if one in wanted),
            state=one_of("state", told["state"], STATES),
            team=told["team"],
            stream=told["stream"],
            vulnerability=told["vulnerability"],
            age=told["age"],
            due=told["due"],
            sort=one_of("sort", told["sort"], SORTS),
            page=page_number(told["page"]),
        )

    @property
    def narrow(self) -> bool:
        """Whether anything is left out beside what is closed."""
        return replace(self, sort=SORTS[0], page=1) != Filters()

    def pairs(self, **other: str | int) -> list[tuple[str, str | int | None]]:
        """The filters as an address says them, with some of them otherwise."""
        told: dict[str, str | int] = {
            "q": self.q,
            "state": "" if self.state == STATES[0] else self.state,
            "team": self.team,
            "stream": self.stream,
            "vulnerability": self.vulnerability,
            "age": self.age,
            "due": self.due,
            "sort": "" if self.sort == SORTS[0] else self.sort,
            "page": "" if self.page == 1 else self.page,
            **other,
        }
        return [("severity", one.lower()) for one in self.severities] + list(told.items())

    def wanted(
        self,
        streams: frozenset[int] | None,
        platform: str | None,
        limits: Mapping[str, float],
        as_of: datetime,
    ) -> WindowsWanted:
        """The question to the record; `streams` are those that team and stream leave."""
        return WindowsWanted(
            state=one_of("state", self.state, STATES),
            severities=frozenset(self.severities),
            streams=streams,
            platform=platform,
            vulnerability=self.vulnerability or None,
            text=self.q,
            since_before=as_of - timedelta(days=int(self.age)) if self.age else None,
            due=self._due_times(as_of),
            limits=limits,
            order=one_of("sort", self.sort, SORTS),
            offset=(self.page - 1) * PAGE,
            at_most=PAGE,
        )

    def _due_times(self, as_of: datetime) -> DueTimes | None:
        times = {
            "overdue": DueTimes(before=as_of),
            "week": DueTimes(since=as_of, before=as_of + _WEEK),
            "later": DueTimes(since=as_of + _WEEK),
            "never": DueTimes(never=True),
        }
        return times.get(self.due)
