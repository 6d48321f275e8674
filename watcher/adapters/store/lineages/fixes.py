"""Since when the base of an exposed stream was fixed: its lineage, folded like any stream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from watcher.adapters.store.facts import Facts, read_facts
from watcher.adapters.store.lineages.followed import Follows, Lineages, read_followed
from watcher.domain.exposure import Episode, Held, fold, presumed
from watcher.domain.interval import Bound
from watcher.domain.knowledge import Match
from watcher.ports.store.ledger import Track, TrackFacts

Asked = Mapping[Track, frozenset[int]]  # vulnerabilities by track


class Span(NamedTuple):
    """A time [start, end); `end` None while it lasts."""

    start: datetime
    end: datetime | None

    @classmethod
    def of(cls, start: Bound, end: Bound | None) -> Span:
        """The time between two bounds, as they are held to be."""
        return cls(start.at, end.at if end else None)

    def shared(self, other: Span) -> Span | None:
        """What two times have in common; None where that is nothing."""
        start = max(self.start, other.start)
        end = min((one for one in (self.end, other.end) if one is not None), default=None)
        return Span(start, end) if end is None or start < end else None


@dataclass(frozen=True, slots=True)
class BaseFixes:
    """What a batch of streams is built on, and the histories of those bases."""

    streams: Facts
    built: Mapping[tuple[int, str], Follows]  # by image and platform
    lineages: Mapping[Track, TrackFacts]
    packages: Mapping[int, frozenset[int]]  # of bases
    _clean: dict[tuple[Track, int], Sequence[Span]] = field(default_factory=dict)
    _heads: dict[Track, tuple[Sequence[Held], Sequence[Span]]] = field(default_factory=dict)

    def since(self, track: Track, vulnerability: int, episode: Episode) -> datetime | None:
        """The first time in an episode at which the head of the base's lineage was without it.

        None where the base never had it, or no head of the lineage is known to be without it.
        """
        found = (
            both.start
            for built, here in self._bringing(track, vulnerability, episode)
            for one in self._without(built.lineage, vulnerability)
            if (both := here.shared(one))
        )
        return min(found, default=None)

    def brought(self, track: Track, vulnerability: int, episode: Episode) -> bool:
        """Whether the base of some image brought it while the episode lasted."""
        return any(True for _ in self._bringing(track, vulnerability, episode))

    def _bringing(
        self, track: Track, vulnerability: int, episode: Episode
    ) -> Iterator[tuple[Follows, Span]]:
        """The bases that brought it, with the parts of the episode in which they did."""
        over = Span.of(episode.start, episode.end)
        for binding, image in self.streams.bindings.get(track, []):
            built = self.built.get((image or 0, track.platform))
            here = over.shared(Span.of(binding.start, binding.end))
            if built and here and self._brings(built, vulnerability, here):
                yield built, here

    def _brings(self, built: Follows, vulnerability: int, over: Span) -> bool:
        """Whether the base itself matched a vulnerability at some time."""
        matched = self.lineages[built.lineage].matches.get(vulnerability, {})
        return any(
            over.shared(Span.of(match.start, match.end))
            for package in self.packages.get(built.base, frozenset()) & matched.keys()
            for match in matched[package]
        )

    def _without(self, lineage: Track, vulnerability: int) -> Sequence[Span]:
        """The times at which a lineage had a head that is known to be without it."""
        key = (lineage, vulnerability)
        if key not in self._clean:
            history, known = self._history(lineage)
            matches = self.lineages[lineage].matches.get(vulnerability, {})
            self._clean[key] = [*clean_spans(history, known, matches)]
        return self._clean[key]

    def _history(self, lineage: Track) -> tuple[Sequence[Held], Sequence[Span]]:
        """The heads of a lineage, and the times at which something is known of them."""
        if lineage not in self._heads:
            history = presumed(self.lineages[lineage].history)
            self._heads[lineage] = (history, known_spans(history))
        return self._heads[lineage]


def read_base_fixes(
    connection: Connection, upto: int, lineages: Lineages, facts: Facts, asked: Asked
) -> BaseFixes:
    """Read what tracks are built on, and how those lineages stood to the same vulnerabilities."""
    bound = {
        (image, track.platform)
        for track in asked
        for _, image in facts.bindings.get(track, [])
        if image is not None
    }
    built = read_followed(connection, upto, lineages, bound) if lineages else {}
    wanted: dict[Track, frozenset[int]] = defaultdict(frozenset)
    for track, vulnerabilities in asked.items():
        for _, image in facts.bindings.get(track, []):
            known = built.get((image or 0, track.platform))
            if known is not None:
                wanted[known.lineage] |= vulnerabilities
    told = read_facts(connection, upto, wanted, facts.grounds.of_images)
    packages = {
        image: frozenset[int]().union(*(one.packages for one in contents))
        for image, contents in told.contents.items()
    }
    histories = {track: told.of(track, asked_of) for track, asked_of in wanted.items()}
    return BaseFixes(facts, built, histories, packages)


def clean_spans(
    history: Sequence[Held], known: Iterable[Span], matches: Mapping[int, Sequence[Match]]
) -> Iterator[Span]:
    """When a lineage had a head that is known to be without what these packages match.

    `history` is presumed to go on where nothing is known, `known` are the times at which it is.
    """
    exposed = [Span.of(one.start, one.end) for one in fold(history, matches)]
    for whole in known:
        yield from _minus(whole, exposed)


def known_spans(history: Iterable[Held]) -> list[Span]:
    """The times at which something is known of a head; those that touch are one, in order."""
    joined: list[Span] = []
    for held in history:
        whole = Span.of(held.binding.start, held.binding.end)
        one = whole.shared(Span(whole.start, held.known_until))
        if one is None:
            continue
        last = joined[-1] if joined else None
        if last is not None and last.end is not None and one.start == last.end:
            joined[-1] = Span(last.start, one.end)
        else:
            joined.append(one)
    return joined


def _minus(whole: Span, taken: Sequence[Span]) -> Iterator[Span]:
    """What is left of a time without others, which are in order and do not overlap."""
    start = whole.start
    for one in taken:
        gap = whole.shared(Span(start, one.start)) if one.start > start else None
        if gap is not None:
            yield gap
        if one.end is None:
            return
        start = max(start, one.end)
    rest = whole.shared(Span(start, None))
    if rest is not None:
        yield rest
