"""Bindings and matches, intersected and joined to episodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from watcher.domain.exposure.episode import (
    NOTHING_EXCUSED,
    Cause,
    Content,
    Episode,
    Excused,
    Held,
)
from watcher.domain.interval import Bound, earlier, later
from watcher.domain.knowledge import Match
from watcher.domain.stream import Binding
from watcher.domain.vex import without

# What counts when several packages' matches end at the same moment: it is a success only where
# nothing else explains the end of any of them.
_PRECEDENCE: tuple[Cause, ...] = (
    "out_of_scope",
    "retired",
    "head_removed",
    "platform_gone",
    "vex_not_affected",
    "knowledge_withdrawn",
    "detection_change",
    "remediated",
)


class _Stretch(NamedTuple):
    """A part of a binding over which the packages are the same; `left` is why it ends."""

    position: int  # of the binding in the stream's history
    start: Bound
    end: Bound | None
    left: Cause
    known_until: datetime | None


class _Piece(NamedTuple):
    package: int
    position: int
    start: Bound
    end: Bound | None
    cause: Cause | None
    presumed: bool  # begins where nothing opens: it only carries on what is open

    @property
    def order(self) -> tuple[datetime, bool, int, int]:
        return self.start.at, self.presumed, self.position, self.package


def fold(
    history: Sequence[Held],
    matches: Mapping[int, Sequence[Match]],
    excused: Excused = NOTHING_EXCUSED,
) -> list[Episode]:
    """Fold the matches of one vulnerability (by package id) into the episodes of one stream.

    `history` holds the stream's bindings on one platform, oldest first and not overlapping. What
    is excused is subtracted from the matches.
    """
    pieces = [*_pieces(history, matches, excused)]
    if len(pieces) > 1:
        pieces.sort(key=lambda piece: piece.order)
    return [_episode(run, history, matches) for run in _runs(pieces)]


def _pieces(
    history: Sequence[Held], matches: Mapping[int, Sequence[Match]], excused: Excused
) -> Iterator[_Piece]:
    for position, held in enumerate(history):
        for number, content in enumerate(held.contents):
            packages = content.packages & matches.keys()
            if not packages:
                continue
            here = _stretch(position, held, content)
            going_on = _next_packages(history, position, number, here)
            for package in packages:
                for match in _left(matches[package], held.binding, package, excused):
                    piece = _intersect(package, here, match, goes_on=package in going_on)
                    if piece.end is None or piece.start.at < piece.end.at:
                        yield piece


def _left(
    matches: Iterable[Match], binding: Binding, package: int, excused: Excused
) -> Iterable[Match]:
    """What counts of a package's matches while a stream points to an image."""
    found = excused.get((binding.image, binding.target, package))
    if not found:
        return matches
    return (left for match in matches for left in without(match, found))


def _stretch(position: int, held: Held, content: Content) -> _Stretch:
    start, end, reason = held.binding.start, held.binding.end, held.binding.reason
    left: Cause = "remediated" if reason == "moved" else reason or "retired"
    if content.since is not None:
        start = later(start, Bound(content.since))
    if content.until is not None:
        until = Bound(content.until)
        left = left if end is not None and end.at <= until.at else "detection_change"
        end = until if end is None else earlier(end, until)
    return _Stretch(position, start, end, left, held.known_until)


def _next_packages(
    history: Sequence[Held], position: int, number: int, here: _Stretch
) -> frozenset[int]:
    """The packages that take over where a stretch ends; none where nothing follows at once."""
    last = number + 1 == len(history[position].contents)
    if here.end is None or (last and position + 1 == len(history)):
        return frozenset()
    position, number = (position + 1, 0) if last else (position, number + 1)
    content = history[position].contents[number]
    start = content.since or history[position].binding.start.at
    return content.packages if start == here.end.at else frozenset()


def _intersect(package: int, here: _Stretch, match: Match, *, goes_on: bool) -> _Piece:
    """A package's match in a stretch; `goes_on` where the next stretch has the package too.

    The first end says why. Where both come at once, the match ended only if the package goes on. A
    match that lasts though the package goes on can end only where the next image has it excused.
    """
    start = later(here.start, match.start)
    beyond = here.known_until is not None and start.at >= here.known_until
    end, cause = here.end, here.left if here.end else None
    if match.end is not None:
        by_match = end is None or match.end.at < end.at or (goes_on and match.end.at == end.at)
        if goes_on and by_match and here.known_until is None:
            end = match.end  # when exactly the image changed makes no difference to this package
        else:
            end = match.end if end is None else earlier(match.end, end)
        cause = match.end_cause or "knowledge_withdrawn" if by_match else cause
        goes_on = goes_on and not by_match
    if goes_on and end is not None:
        cause = "vex_not_affected"
    return _Piece(package, here.position, start, end, cause, presumed=beyond)


def _runs(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Group pieces into unbroken stretches; what only carries on begins none."""
    run: list[_Piece] = []
    reach: datetime | None = None
    for piece in pieces:
        if run and reach is not None and piece.start.at > reach:
            yield run
            run = []
        if not run and piece.presumed:
            continue
        ending = piece.end.at if piece.end else None
        reach = (
            ending if not run else (None if reach is None or ending is None else max(reach, ending))
        )
        run.append(piece)
    if run:
        yield run


def _episode(
    run: list[_Piece], history: Sequence[Held], matches: Mapping[int, Sequence[Match]]
) -> Episode:
    start = run[0].start if len(run) == 1 else earlier(*(piece.start for piece in run))
    end, last = _end(run)
    packages = frozenset([piece.package for piece in last])
    affected = packages if last is run else frozenset([piece.package for piece in run])
    end = end and end.no_earlier_than(start.earliest)
    causes = {piece.cause for piece in last if piece.cause is not None}
    cause = min(causes, key=_PRECEDENCE.index) if len(causes) > 1 else next(iter(causes), None)
    position = last[-1].position
    return Episode(
        start=start,
        end=end,
        cause=cause,
        first_image=history[run[0].position].binding.image or "",
        last_image=history[position].binding.image or "",
        present=_present(run[0].position, history, affected),
        packages=packages,
        ended_by=_ended_by(cause, position, history),
        known=_known(start, matches),
    )


def _end(run: list[_Piece]) -> tuple[Bound | None, list[_Piece]]:
    """Where a run ends, None while it lasts, and its pieces that reach that far."""
    if len(run) == 1:
        return run[0].end, run
    ends = [piece.end for piece in run if piece.end is not None]
    end = later(*ends) if len(ends) == len(run) else None
    return end, [piece for piece in run if (piece.end and piece.end.at) == (end and end.at)]


def _known(start: Bound, matches: Mapping[int, Sequence[Match]]) -> datetime | None:
    """When a database first knew of a match that had not ended before an episode."""
    reaching = (
        match.known
        for found in matches.values()
        for match in found
        if match.known is not None and (match.end is None or match.end.at > start.at)
    )
    return min(reaching, default=None)


def _present(position: int, history: Sequence[Held], affected: frozenset[int]) -> datetime:
    while position:
        earlier, here = history[position - 1], history[position]
        end = earlier.binding.end
        holds = any(content.packages & affected for content in earlier.contents)
        if not holds or end is None or end.at != here.binding.start.at:
            break
        position -= 1
    return history[position].binding.start.at


def _ended_by(cause: Cause | None, position: int, history: Sequence[Held]) -> str | None:
    if cause != "remediated" or position + 1 >= len(history):
        return None
    return history[position + 1].binding.image
