"""The fold: bindings and matches, intersected to episodes of exposure, each with its evidence.

An episode of (stream, platform, vulnerability) is a maximal interval in which some package of the
bound image matches. The fold is pure: the same facts give the same episodes in whatever order they
arrived. A binding whose image is not known, catalogued and matched proves nothing: what was open
before it stays open until the next evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from watcher.domain.interval import Bound, later
from watcher.domain.knowledge import Match
from watcher.domain.stream import Binding

Cause = Literal[
    "remediated",
    "knowledge_withdrawn",
    "detection_change",
    "retired",
    "head_removed",
    "platform_gone",
    "out_of_scope",
]

# What counts when several intervals end at the same moment: only then is anything a success when
# nothing else explains the end.
_PRECEDENCE: tuple[Cause, ...] = (
    "out_of_scope",
    "retired",
    "head_removed",
    "platform_gone",
    "knowledge_withdrawn",
    "detection_change",
    "remediated",
)


@dataclass(frozen=True, slots=True)
class Content:
    """The packages of an image over [since, until), by number, as one catalogue lists them."""

    packages: frozenset[int]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A binding with what its image contains; no contents means: not known yet.

    `known_until` is set where the binding is presumed to go on: nothing opens from then on.
    """

    binding: Binding
    contents: tuple[Content, ...] = ()
    known_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """One uninterrupted stretch of exposure; `end` None while it lasts.

    `first_image`, `last_image` are manifest digests; `present` is the start of the unbroken run of
    bindings that held an affected package; `packages` are ids of the packages that match last.
    """

    start: Bound
    end: Bound | None
    cause: Cause | None
    first_image: str
    last_image: str
    present: datetime
    packages: frozenset[int]
    ended_by: str | None = None  # the digest of the image that remediated it


@dataclass(frozen=True, slots=True)
class _Piece:
    package: int
    position: int  # of the binding in the stream's history
    start: Bound
    end: Bound | None
    cause: Cause | None

    @property
    def order(self) -> tuple[datetime, bool, int, int]:
        return self.start.at, self.start.backfilled, self.position, self.package


def fold(history: Sequence[Held], matches: Mapping[int, Sequence[Match]]) -> list[Episode]:
    """Fold the matches of one vulnerability (by package id) into the episodes of one stream.

    `history` holds the stream's bindings on one platform, oldest first and not overlapping.
    """
    pieces = sorted(_pieces(history, matches), key=lambda piece: piece.order)
    return [_episode(group, history, matches) for group in _runs(pieces)]


def is_flap(earlier: datetime | None, start: datetime) -> bool:
    """Whether an episode starts within a day of the end of the one before it."""
    return earlier is not None and (start - earlier).total_seconds() < 24 * 3600


def presumed(history: Iterable[Held]) -> list[Held]:
    """Stretch known bindings over the unknown ones behind them: nothing is believed meanwhile.

    What was open stays open over them, and nothing new opens. The bound at which something is known
    again reaches back, in doubt, to where knowing stopped.
    """
    known: list[Held] = []
    unknown_since: datetime | None = None
    previous: Binding | None = None
    for held in history:
        binding = held.binding
        follows = (
            previous is not None
            and previous.end is not None
            and previous.end.at == binding.start.at
        )
        doubt, previous = (unknown_since if follows else None), binding
        if held.contents:
            start = binding.start.reaching_back_to(doubt) if doubt else binding.start
            known.append(replace(held, binding=replace(binding, start=start)))
            unknown_since = None
        else:
            unknown_since = doubt or binding.start.at
            if known and follows:
                known[-1] = _stretched(known[-1], binding)
    return known


def _stretched(held: Held, over: Binding) -> Held:
    own = held.binding.end
    doubt = (own.not_before or own.at) if own else over.start.at
    end = over.end.reaching_back_to(doubt) if over.end else None
    stretched = replace(held.binding, end=end, reason=over.reason)
    return Held(stretched, held.contents, held.known_until or over.start.at)


def _pieces(history: Sequence[Held], matches: Mapping[int, Sequence[Match]]) -> Iterator[_Piece]:
    for position, held in enumerate(history):
        for content in held.contents:
            for package in content.packages & matches.keys():
                for match in matches[package]:
                    piece = _intersect(position, history, content, package, match)
                    if piece is not None:
                        yield piece


def _intersect(
    position: int, history: Sequence[Held], content: Content, package: int, match: Match
) -> _Piece | None:
    binding = history[position].binding
    starts = [binding.start, match.start]
    if content.since is not None:
        starts.append(Bound(content.since))
    start = later(*starts)
    known_until = history[position].known_until
    if known_until is not None and start.at >= known_until:
        return None
    ends = [end for end in (binding.end, match.end) if end is not None]
    if content.until is not None:
        ends.append(Bound(content.until))
    end = min(ends, key=lambda bound: bound.at) if ends else None
    if end is None:
        return _Piece(package, position, start, None, None)
    if end.at <= start.at:
        return None
    cause = _cause(position, history, package, match, end.at)
    return _Piece(package, position, start, _bound_of(cause, binding, match, end), cause)


def _bound_of(cause: Cause, binding: Binding, match: Match, end: Bound) -> Bound:
    if cause == "knowledge_withdrawn" and match.end is not None:
        return match.end
    if cause not in {"knowledge_withdrawn", "detection_change"} and binding.end is not None:
        return binding.end
    return end


def _cause(
    position: int, history: Sequence[Held], package: int, match: Match, at: datetime
) -> Cause:
    binding = history[position].binding
    by_binding = binding.end is not None and binding.end.at == at
    by_match = match.end is not None and match.end.at == at
    if by_binding and binding.reason != "moved":
        return binding.reason or "retired"
    if by_match and not (by_binding and not _next_holds(history, position, package)):
        return match.end_cause or "knowledge_withdrawn"
    return "remediated" if by_binding else "detection_change"


def _next_holds(history: Sequence[Held], position: int, package: int) -> bool:
    following = history[position + 1 : position + 2]
    return any(package in content.packages for held in following for content in held.contents)


def _runs(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    run: list[_Piece] = []
    reach: datetime | None = None
    for piece in pieces:
        if run and reach is not None and piece.start.at > reach:
            yield run
            run = []
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
    first = run[0]
    ends = [piece.end for piece in run if piece.end is not None]
    lasting = [piece for piece in run if piece.end is None]
    at = None if lasting else max(end.at for end in ends)
    last = lasting or [piece for piece in run if piece.end and piece.end.at == at]
    cause = (
        None
        if lasting
        else min((piece.cause for piece in last if piece.cause), key=_PRECEDENCE.index)
    )
    deciding = next((piece for piece in last if piece.cause == cause), last[0])
    position = max(piece.position for piece in last)
    return Episode(
        start=later(*(piece.start for piece in run if piece.start.at == first.start.at)),
        end=deciding.end,
        cause=cause,
        first_image=history[first.position].binding.image or "",
        last_image=history[position].binding.image or "",
        present=_present(first.position, history, frozenset(matches)),
        packages=frozenset(piece.package for piece in last),
        ended_by=_ended_by(cause, position, history),
    )


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
