"""The facts under the ledger, read for a batch of tracks as they stood after a given pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from watcher.adapters.store.facts.bound import read_bindings
from watcher.adapters.store.facts.contents import read_contents
from watcher.adapters.store.facts.dated import read_matches
from watcher.adapters.store.facts.grounds import Grounds
from watcher.adapters.store.facts.held import Holders, read_holders
from watcher.domain.exposure import Content, Episode, Excused, Held
from watcher.domain.knowledge import Match
from watcher.domain.stream import Binding
from watcher.domain.vex import Place
from watcher.ports.store.ledger import Track, TrackFacts

__all__ = ["Facts", "Grounds", "read_facts"]


@dataclass(frozen=True, slots=True)
class Facts:
    """Bindings by track, contents by image, matches by package and vulnerability.

    Where single vulnerabilities are asked for, contents are the packages alone that ever had them.
    Matches are by the numbers they were recorded under; what is told of a track is by the ones
    that its grounds give.
    """

    bindings: Mapping[Track, list[tuple[Binding, int | None]]]
    contents: Mapping[int, tuple[Content, ...]]
    matches: Mapping[int, Mapping[int, list[Match]]]
    grounds: Grounds
    holders: Holders

    def of(self, track: Track, asked: frozenset[int] | None) -> TrackFacts:
        """The facts of one track, for the vulnerabilities asked for; None: for all."""
        history = tuple(
            Held(binding, self.contents.get(image, ()) if image is not None else ())
            for binding, image in self.bindings.get(track, [])
        )
        held = frozenset[int]().union(*(c.packages for one in history for c in one.contents))
        found: dict[int, dict[int, list[Match]]] = defaultdict(dict)
        for package in held & self.matches.keys():
            for member, dated in self.matches[package].items():
                number = self.grounds.aliases.of(member)
                if asked is None or number in asked:
                    found[number][package] = found[number].get(package, []) + dated
        return TrackFacts(track, history, found, asked, excused=self._excused(track, found))

    def places(self, track: Track, episode: Episode) -> list[Place]:
        """Where the packages are held that match last; only where something is stated of them."""
        for binding, image in reversed(self.bindings.get(track, [])):
            if image is not None and binding.image == episode.last_image:
                held = (self.holders.places(track, binding, image, p) for p in episode.packages)
                return [place for found in held for place in found]
        return []

    def _excused(
        self, track: Track, found: Mapping[int, Mapping[int, list[Match]]]
    ) -> Mapping[int, Excused]:
        """What is excused of those vulnerabilities of which something is stated."""
        bound = self.bindings.get(track, [])
        return {
            number: self.holders.excused(track, bound, found[number], self.grounds.stated[number])
            for number in found.keys() & self.grounds.stated.keys()
        }


def read_facts(
    connection: Connection,
    upto: int,
    asked: Mapping[Track, frozenset[int] | None],
    grounds: Grounds,
) -> Facts:
    """Read all that folding these tracks needs, as it stood recorded after pass `upto`."""
    single = None
    if None not in asked.values():
        single = grounds.aliases.closed(
            one for numbers in asked.values() if numbers for one in numbers
        )
    bound = read_bindings(connection, upto, asked.keys())
    images = {image for history in bound.values() for _, image in history if image is not None}
    contents = read_contents(connection, upto, images, single)
    held = frozenset[int]().union(*(c.packages for one in contents.values() for c in one))
    matches = read_matches(connection, upto, held, single)
    holders = read_holders(connection, upto, asked.keys(), images, matches, grounds)
    return Facts(bound, contents, matches, grounds, holders)
