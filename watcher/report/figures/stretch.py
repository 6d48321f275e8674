"""A stretch of exposure: an episode with all that figures need of it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from packageurl import PackageURL

from watcher.domain.acceptance import Acceptance
from watcher.domain.exposure import Cause
from watcher.domain.policy import Due
from watcher.domain.waterfall import Milestones
from watcher.ports.store.exposures import ReadEpisode, ReadWindow
from watcher.report.dues import DEFAULT_JUDGE, Judge
from watcher.report.exposures import stream_name

UNOWNED = "(unowned)"
_NOT_DUE = Due("unlimited")
_NO_MILESTONES = Milestones()
_NO_BASES: Mapping[str, str] = MappingProxyType({})
_SYSTEMS = frozenset({"deb", "apk", "rpm"})  # their namespace is the system's


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stream was exposed to a vulnerability over [start, end); `end` None while it lasts.

    `stream` is the whole name without the platform. `start` is when the exposure was known to the
    world, `detected` when watcher recorded it. `team` is None where nobody owns the stream.
    `packages` are the names of what is affected, while it lasts. `cluster` names what it is not
    independent of: the base that its stream is built on, else the stream. `accepted` says whether
    somebody accepted the risk, and whether that still holds. `windows` are the numbers of the
    windows, one for each platform, whose episodes it is. `due` is what the policy says of it,
    `milestones` are what it waited for.
    """

    stream: str
    team: str | None
    vulnerability: str
    severity: str
    platform: str
    start: datetime
    end: datetime | None
    cause: Cause | None
    backfilled: bool
    detected: datetime
    packages: tuple[str, ...] = ()
    cluster: str = ""
    accepted: Literal["holds", "expired"] | None = None
    windows: tuple[int, ...] = ()
    due: Due = _NOT_DUE
    milestones: Milestones = _NO_MILESTONES


def stretches_of(
    windows: Iterable[ReadWindow],
    team_of: Callable[[str], str | None],
    base_of: Mapping[str, str] = _NO_BASES,
    judge: Judge = DEFAULT_JUDGE,
    accepted: Callable[[ReadWindow], Acceptance | None] = lambda _: None,
    as_of: datetime | None = None,
) -> Iterator[Stretch]:
    """Read windows as stretches, one at a time.

    `team_of` names the owner of a stream, `base_of` the base that it is built on; `judge` says by
    when each has to end. `accepted` tells who accepted a window's risk, if anybody did; it is
    judged as of `as_of`.
    """
    for window in windows:
        stream, severity = stream_name(window), window.severity
        team, cluster, risk = team_of(stream), base_of.get(stream, stream), accepted(window)
        expired = risk is not None and as_of is not None and risk.expired(as_of)
        for one, due in zip(window.episodes, judge.dues(window), strict=True):
            episode = one.episode
            yield Stretch(
                stream=stream,
                team=team,
                vulnerability=window.vulnerability,
                severity=severity,
                platform=window.track.platform,
                start=episode.start.at,
                end=episode.end.at if episode.end else None,
                cause=episode.cause,
                backfilled=episode.start.backfilled,
                detected=one.detected,
                packages=() if episode.end else _names(one),
                cluster=cluster,
                accepted=None if risk is None else "expired" if expired else "holds",
                windows=(window.number,),
                due=due,
                milestones=_milestones(one),
            )


def team_name(team: str | None) -> str:
    """How documents call a team; streams without an owner are shown as one."""
    return UNOWNED if team is None else team


def _milestones(one: ReadEpisode) -> Milestones:
    return Milestones(
        known_in_db=one.known_at,
        detected=one.detected,
        fix_available=one.fix_available,
        base_fix_available=one.base_fix_available,
        ticketed=one.ticketed,
        in_base=one.in_base,
    )


def _names(one: ReadEpisode) -> tuple[str, ...]:
    return tuple(sorted(package_names(package.purl for package in one.packages)))


def package_names(purls: Iterable[str]) -> set[str]:
    """What packages are called, without version and system."""
    return {_name(purl) for purl in purls}


@lru_cache(maxsize=100_000)
def _name(purl: str) -> str:
    """What a package is called: with its namespace, unless that is only the system's name."""
    try:
        read = PackageURL.from_string(purl)
    except ValueError:
        return purl
    if read.type in _SYSTEMS or not read.namespace:
        return read.name
    return f"{read.namespace}{':' if read.type == 'maven' else '/'}{read.name}"
