"""The exposures document: windows and episodes with their clocks, as CONTRACT names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.domain.acceptance import Acceptance
from watcher.domain.acceptance import accepted as longest
from watcher.domain.exposure import is_flap, run_before
from watcher.ports.store.exposures import AffectedPackage, ReadEpisode, ReadWindow, ShownStatement
from watcher.ports.store.ledger import Track
from watcher.report.times import stamp

Document = dict[str, object]


def document(
    as_of: datetime,
    windows: Iterable[ReadWindow],
    team_of: Callable[[str], str | None],
    covered: Mapping[Track, bool],
    accepted: Sequence[Acceptance] = (),
) -> Document:
    """Write windows down; `team_of` names the owner of a stream, `covered` holds its tracks.

    `accepted` are the risks that were accepted then.
    """
    beside = _Beside(as_of, team_of, covered, accepted)
    return {
        "schema": "watcher/exposures/1",
        "as_of": stamp(as_of),
        "windows": [_window(one, beside) for one in windows],
    }


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a window is written down with."""

    as_of: datetime
    team_of: Callable[[str], str | None]
    covered: Mapping[Track, bool]
    accepted: Sequence[Acceptance]


def stream_name(window: ReadWindow) -> str:
    """The whole name of a window's stream, without the platform."""
    return f"{window.repository}{':' if window.by == 'tag' else '#'}{window.stream}"


def _window(window: ReadWindow, beside: _Beside) -> Document:
    last = window.episodes[-1]
    severity, source = window.rating
    return {
        "id": str(window.number),
        "registry": window.repository.registry,
        "repository": window.repository.path,
        "stream": window.stream,
        "by": window.by,
        "platform": window.track.platform,
        "team": beside.team_of(stream_name(window)),
        "covered": beside.covered.get(window.track, False),
        "vulnerability": window.vulnerability,
        "aliases": list(window.aliases),
        "severity": severity,
        "severity_source": source,
        "open": last.episode.end is None,
        "cumulative_days": _days(window.episodes, beside.as_of),
        "acceptance": _acceptance(acceptance_of(window, beside.accepted), beside.as_of),
        "vex": [_statement(one) for one in window.statements],
        "episodes": _episodes(window),
    }


def acceptance_of(window: ReadWindow, accepted: Sequence[Acceptance]) -> Acceptance | None:
    """The acceptance of a window's risk that holds the longest; None where nobody accepted it."""
    names = (window.vulnerability, *window.aliases)
    return longest(accepted, names, str(window.repository), stream_name(window))


def _acceptance(found: Acceptance | None, as_of: datetime) -> Document | None:
    if found is None:
        return None
    return {
        "reason": found.reason,
        "author": found.author,
        "expires": stamp(found.expires),
        "expired": found.expired(as_of),
    }


def _statement(one: ShownStatement) -> Document:
    return {
        "author": one.author,
        "status": one.status,
        "justification": one.justification or None,
        "stated": stamp(one.stated_at),
        "seen": stamp(one.seen_at),
        "document": one.document,
        "sha256": one.sha256,
        "doubts": list(one.doubts),
    }


def _days(episodes: Iterable[ReadEpisode], as_of: datetime) -> float:
    total = timedelta()
    for one in episodes:
        end = one.episode.end.at if one.episode.end else max(as_of, one.episode.start.at)
        total += end - one.episode.start.at
    return _in_days(total)


def _in_days(time: timedelta) -> float:
    return round(time / timedelta(days=1), 6)


def _episodes(window: ReadWindow) -> list[Document]:
    written, previous = [], None
    before = run_before(one.episode for one in window.episodes)
    for one, run in zip(window.episodes, before, strict=True):
        flap = is_flap(previous, one.episode.start.at)
        written.append({**_episode(window, one, flap=flap), "due_clock_days_before": _in_days(run)})
        previous = one.episode.end.at if one.episode.end else None
    return written


def _episode(window: ReadWindow, one: ReadEpisode, *, flap: bool) -> Document:
    episode = one.episode
    fixes = [package.fix_known_at for package in one.packages]
    fixable = all(fixes)
    return {
        "from": stamp(episode.start.at),
        "to": stamp(episode.end.at) if episode.end else None,
        "cause": episode.cause,
        "backfilled": episode.start.backfilled,
        "from_not_before": stamp(episode.start.not_before),
        "to_not_before": stamp(episode.end.not_before) if episode.end else None,
        "flap": flap,
        "entry": stamp(max(one.detected, episode.start.at)),
        "first_image": episode.first_image,
        "last_image": episode.last_image,
        "ended_by": one.ended_by,
        "packages": [_package(package) for package in one.packages],
        "published": stamp(window.published),
        "known_in_db": [stamp(one.lacked_at), stamp(one.known_at)],
        "present": stamp(episode.present),
        "detected": stamp(one.detected),
        "fix_available": stamp(max(fix for fix in fixes if fix)) if fixable else None,
        "base_fix_available": stamp(one.base_fix_available),
        "ticketed": stamp(one.ticketed),
        "due": None,
    }


def _package(package: AffectedPackage) -> Document:
    return {
        "purl": package.purl,
        "fixed_version": package.fixed_version or None,
        "status": package.status,
    }
