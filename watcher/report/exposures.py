"""The exposures document: windows and episodes with their clocks, as CONTRACT names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from watcher.domain.acceptance import Acceptance
from watcher.domain.acceptance import accepted as longest
from watcher.domain.exposure import is_flap
from watcher.domain.policy import Due
from watcher.ports.store.exposures import AffectedPackage, ReadEpisode, ReadWindow, ShownStatement
from watcher.ports.store.feeds import Flaws, ShownRatings
from watcher.ports.store.ledger import Track
from watcher.report.dues import DEFAULT_JUDGE, Judge
from watcher.report.times import stamp

Document = dict[str, object]
_BATCH = 1000  # windows in memory at once, beside what is written of them


def document(
    as_of: datetime,
    windows: Iterable[ReadWindow],
    team_of: Callable[[str], str | None],
    covered: Mapping[Track, bool],
    judge: Judge = DEFAULT_JUDGE,
    accepted: Sequence[Acceptance] = (),
) -> Document:
    """Write windows down; `team_of` names the owner of a stream, `covered` holds its tracks.

    `judge` says by when each episode has to end. `accepted` are the risks that were accepted then.
    """
    beside = _Beside(as_of, team_of, covered, accepted)
    return {
        "schema": "watcher/exposures/1",
        "as_of": stamp(as_of),
        "windows": [
            _window(one, beside)
            | _rated(ratings)
            | {"episodes": _episodes(one, judge.dues(one), as_of)}
            for one, ratings in _with_ratings(windows, judge.flaws)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a window is written down with."""

    as_of: datetime
    team_of: Callable[[str], str | None]
    covered: Mapping[Track, bool]
    accepted: Sequence[Acceptance]


def _with_ratings(
    windows: Iterable[ReadWindow], flaws: Flaws
) -> Iterator[tuple[ReadWindow, ShownRatings]]:
    rest = iter(windows)
    while batch := list(islice(rest, _BATCH)):
        told = flaws.shown({one.vulnerability for one in batch})
        yield from ((one, told[one.vulnerability]) for one in batch)


def _rated(ratings: ShownRatings) -> Document:
    """What feeds say of a window's vulnerability; null where none says anything."""
    score, percentile = ratings.epss or (None, None)
    return {
        "kev": ratings.kev,
        "kev_listed_on": stamp(ratings.kev_listed_on),
        "epss": score,
        "epss_percentile": percentile,
        "epss_dated": stamp(ratings.epss_dated),
        "exploitation": ratings.exploitation,
        "automatable": ratings.automatable,
        "technical_impact": ratings.technical_impact,
    }


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
    return round(total / timedelta(days=1), 6)


def _episodes(window: ReadWindow, dues: Sequence[Due], as_of: datetime) -> list[Document]:
    written, previous = [], None
    for one, due in zip(window.episodes, dues, strict=True):
        flap = is_flap(previous, one.episode.start.at)
        written.append(_episode(window, one, flap=flap) | _due(due) | _measures(one, as_of))
        previous = one.episode.end.at if one.episode.end else None
    return written


def _episode(window: ReadWindow, one: ReadEpisode, *, flap: bool) -> Document:
    episode = one.episode
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
        "fix_available": stamp(one.fix_available),
        "base_fix_available": stamp(one.base_fix_available),
        "ticketed": stamp(one.ticketed),
    }


def _measures(one: ReadEpisode, as_of: datetime) -> Document:
    """Days of an episode by its clocks, up to now where it lasts; null where one has not begun."""
    begin, fixed = one.episode.start.at, one.fix_available
    end = one.episode.end.at if one.episode.end else max(as_of, begin)
    remediated = one.episode.cause == "remediated"
    return {
        "known_days": _in_days(begin, end),
        "actionable_days": None if fixed is None else _in_days(max(begin, fixed), end),
        "detected_to_remediated_days": _in_days(one.detected, end) if remediated else None,
    }


def _in_days(begin: datetime, end: datetime) -> float:
    return round(max(timedelta(), end - begin) / timedelta(days=1), 6)


def _due(due: Due) -> Document:
    """By when it has to end; where there is no such time, `due_state` says why."""
    return {"due": stamp(due.at), "due_state": due.state, "due_missing": list(due.missing)}


def _package(package: AffectedPackage) -> Document:
    return {
        "purl": package.purl,
        "fixed_version": package.fixed_version or None,
        "status": package.status,
    }
