"""By when the episodes of a window have to end, as a policy says with what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from watcher.domain.policy import DEFAULT, Clock, Due, Limit, Policy, Rated, Run, due
from watcher.ports.store.exposures import ReadEpisode, ReadWindow
from watcher.ports.store.feeds import NO_FLAWS, Flaws
from watcher.ports.store.views import stream_name

Factors = Mapping[str, str]
_LIKELY: Final = "likely_exploitable"


def _nothing_told(_: str) -> Factors:
    return {}


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy with what it asks for: attributes of streams by name, and what feeds say of flaws.

    `inherited` holds the clocks that windows take over from streams under another name.
    """

    policy: Policy
    factors_of: Callable[[str], Factors] = _nothing_told
    flaws: Flaws = NO_FLAWS
    inherited: Mapping[int, Sequence[Run]] = field(default_factory=dict)  # by window
    _limits: dict[str, Limit] = field(default_factory=dict)
    _rated: dict[tuple[str, frozenset[tuple[str, str]]], Sequence[Rated]] = field(
        default_factory=dict
    )

    def dues(self, window: ReadWindow) -> list[Due]:
        """What is due when, for each episode."""
        clocks = running(window.episodes, self.policy.clock, self.inherited.get(window.number, ()))
        pairs = zip(clocks, window.episodes, strict=True)
        if self.policy.only_severity:
            return [due(clock, self._of_packages(one)) for clock, one in pairs]
        stream = stream_name(window.repository, window.by, window.stream)
        rated = self.by_factors(stream, window.vulnerability)
        return [due(clock, rated) for clock, _ in pairs]

    def allows(self, stream: str, vulnerability: str, severity: str) -> timedelta | None:
        """How long an exposure may last as it is rated now; None where nobody sets or knows it."""
        if self.policy.only_severity:
            return self._limit(severity).time
        rated = self.by_factors(stream, vulnerability)
        return min((one.limit.time for one in rated if one.limit.time is not None), default=None)

    def exploited(self, vulnerability: str) -> bool:
        """Whether a vulnerability is listed as known to be exploited."""
        return self.flaws.shown([vulnerability])[vulnerability].kev is True

    def by_severity(
        self, first: Iterable[str], rerated: Iterable[tuple[datetime, str]]
    ) -> list[Rated]:
        """What ratings leave: the `first` ones are as old as the exposure, later ones are dated."""
        found = [Rated(None, self._limit(severity)) for severity in first]
        return found + [Rated(at, self._limit(severity)) for at, severity in rerated]

    def _of_packages(self, one: ReadEpisode) -> list[Rated]:
        """What each package was ever rated."""
        return self.by_severity(
            {package.first_severity for package in one.packages},
            (rated for package in one.packages for rated in package.rerated),
        )

    def _limit(self, severity: str) -> Limit:
        if severity not in self._limits:
            self._limits[severity] = self.policy.table.limit({"severity": severity})
        return self._limits[severity]

    def by_factors(self, stream: str, vulnerability: str) -> Sequence[Rated]:
        """What is left of each combination of factors that a flaw ever had in a stream."""
        attributes = self.factors_of(stream)
        key = (vulnerability, frozenset(attributes.items()))
        if key not in self._rated:
            self._rated[key] = [
                Rated(since, self.policy.table.limit(_merged(attributes, told)))
                for since, told in self.flaws.told(vulnerability, self.policy.epss)
            ]
        return self._rated[key]


DEFAULT_JUDGE: Final = Judge(DEFAULT)


def _merged(attributes: Factors, told: Factors) -> Factors:
    """What people say stands against feeds, but not against evidence of exploitation."""
    likely = {_LIKELY: "yes"} if told.get(_LIKELY) == "yes" else {}
    return {**told, **attributes, **likely}


def running(
    episodes: Iterable[ReadEpisode], clock: Clock, inherited: Sequence[Run] = ()
) -> Iterator[tuple[Run, ...]]:
    """When the clock of each episode ran, with what it takes over from those before.

    It stands still over a gap of knowledge, scope or retirement and goes on behind it; only a
    remediation sets it back.
    """
    return resuming(
        (
            Beginning(
                one.episode.start.at,
                one.episode.end.at if one.episode.end else None,
                _start(one, clock),
                remediated=one.episode.cause == "remediated",
            )
            for one in episodes
        ),
        inherited,
    )


class Beginning(NamedTuple):
    """An episode by its times: `clock` is when a clock begins that nothing before has started."""

    start: datetime
    end: datetime | None
    clock: datetime | None
    remediated: bool


def resuming(
    episodes: Iterable[Beginning], inherited: Sequence[Run] = ()
) -> Iterator[tuple[Run, ...]]:
    """When the clock of each episode of a window ran, oldest first."""
    carried = tuple(inherited)
    for one in episodes:
        start = one.start if carried else one.clock
        mine = carried
        if start is not None and (one.end is None or start < one.end):
            mine = (*carried, Run(start, one.end))
        yield mine
        carried = () if one.remediated else mine


def _start(one: ReadEpisode, clock: Clock) -> datetime | None:
    """When a clock begins that nothing before has started; None while it waits."""
    episode = one.episode
    if clock == "known":
        return episode.start.at
    times: dict[Clock, datetime | None] = {
        "present": episode.present,
        "detected": one.detected,
        "fix_available": one.fix_available,
        "base_fix_available": one.base_fix_available,
        "ticketed": one.ticketed,
    }
    reached = times[clock]
    begin = episode.present if clock in {"present", "fix_available"} else episode.start.at
    return None if reached is None else max(reached, begin)
