"""Rebuild: the ledger folded anew from all facts, and held against what is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from watcher.domain.exposure import Episode, resumes
from watcher.domain.interval import Bound
from watcher.ports.progress import Progress
from watcher.ports.store.browsing import NamedTrack
from watcher.ports.store.recount import (
    Account,
    Difference,
    EpisodeClocks,
    RecordedEpisode,
    Recount,
    What,
)
from watcher.services.exposure import folded

MOST: Final = 1000  # differences that are named; all are counted


@dataclass(slots=True)
class Rebuilt:
    """What was compared, as it stood after pass `upto`, and the differences found."""

    upto: int
    tracks: int = 0
    windows: int = 0
    episodes: int = 0  # that the facts give
    differing: Counter[What] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)  # the first of them


def rebuild(store: Recount, at: datetime | None, progress: Progress) -> Rebuilt:
    """Fold every track anew, in batches, from the facts known at a time (None: now).

    Recorded times are kept: facts are those that were recorded by then, and the ledger is what it
    was then. Nothing is written.
    """
    upto = store.folded(at)
    named = {one.track: one for one in store.tracks(upto)}
    result = Rebuilt(upto, tracks=len(named))
    with progress.over("rebuild", len(named)) as advance:
        for account in store.accounts(upto, list(named)):
            _compare(store, named[account.track], account, result)
            advance()
    return result


def _compare(store: Recount, track: NamedTrack, account: Account, result: Rebuilt) -> None:
    """Take one track into the result."""
    fresh = {number: _written(found) for number, found in folded(account.facts).items() if found}
    result.windows += len(fresh)
    result.episodes += sum(map(len, fresh.values()))
    differing = dict(_differing(fresh, account.recorded))
    if not differing:
        return
    names = store.vulnerabilities(differing.keys())
    for number, pairs in differing.items():
        for recorded, recomputed in pairs:
            what = _what(recorded, recomputed)
            result.differing[what] += 1
            if len(result.differences) < MOST:
                one = Difference(track, names[number], what, recorded, recomputed)
                result.differences.append(one)


Pair = tuple[RecordedEpisode | None, RecordedEpisode | None]


def _differing(
    fresh: Mapping[int, Sequence[RecordedEpisode]], held: Mapping[int, Sequence[RecordedEpisode]]
) -> Iterator[tuple[int, list[Pair]]]:
    """The vulnerabilities of which something differs, by number."""
    for number in sorted(fresh.keys() | held.keys()):
        recorded, recomputed = held.get(number, ()), fresh.get(number, ())
        if any(one.clocks is None for one in recorded):  # an earlier watcher kept none
            recorded, recomputed = _without_clocks(recorded), _without_clocks(recomputed)
        if list(recorded) != list(recomputed):
            yield number, list(_pairs(recorded, recomputed))


def _pairs(
    recorded: Iterable[RecordedEpisode], recomputed: Iterable[RecordedEpisode]
) -> Iterator[Pair]:
    """What is left of both when the equal ones are gone, those together that overlap."""
    left, right = Counter(recorded), Counter(recomputed)
    only_held = sorted((left - right).elements(), key=_start)
    only_fresh = sorted((right - left).elements(), key=_start)
    for one in only_held:
        partner = next((other for other in only_fresh if _overlap(one, other)), None)
        if partner is not None:
            only_fresh.remove(partner)
        yield one, partner
    yield from ((None, one) for one in only_fresh)


def _start(one: RecordedEpisode) -> datetime:
    return one.start.at


def _overlap(one: RecordedEpisode, other: RecordedEpisode) -> bool:
    before = one.end is None or other.start.at < one.end.at
    after = other.end is None or one.start.at < other.end.at
    return before and after


def _what(recorded: RecordedEpisode | None, recomputed: RecordedEpisode | None) -> What:
    if recorded is None:
        return "missing"
    return "unfounded" if recomputed is None else "different"


def _without_clocks(told: Iterable[RecordedEpisode]) -> list[RecordedEpisode]:
    return [replace(one, clocks=None) for one in told]


def _written(found: Iterable[Episode]) -> list[RecordedEpisode]:
    """Episodes as the ledger would have them: a recorded end says nothing of being backfilled."""
    written: list[RecordedEpisode] = []
    for one in found:
        end = Bound(one.end.at, one.end.not_before) if one.end else None
        goes_on = resumes(written[-1].cause if written else None)
        clocks = EpisodeClocks(one.present, one.known, one.packages, goes_on)
        written.append(RecordedEpisode(one.start, end, one.cause, clocks))
    return written
