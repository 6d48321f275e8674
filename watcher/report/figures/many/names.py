"""Names of streams, teams, clusters and vulnerabilities, each by its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from watcher.ports.store.columns import NamedStream
from watcher.ports.store.views import stream_name

Name = TypeVar("Name")


@dataclass(slots=True)
class Places(Generic[Name]):
    """Names in the order in which they came."""

    names: list[Name] = field(default_factory=list)
    _place: dict[Name, int] = field(default_factory=dict)

    def of(self, name: Name) -> int:
        """The place of a name, a new one where it has none yet."""
        place = self._place.get(name)
        if place is None:
            place = self._place[name] = len(self.names)
            self.names.append(name)
        return place


@dataclass(slots=True)
class Names:
    """What the numbers of columns mean."""

    streams: Places[str] = field(default_factory=Places)
    teams: Places[str | None] = field(default_factory=Places)
    clusters: Places[str] = field(default_factory=Places)
    flaws: Places[str] = field(default_factory=Places)


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owns a stream, and what it is built on; `base_of` holds those whose base is known."""

    team_of: Callable[[str], str | None]
    base_of: Mapping[str, str]

    def placed(self, names: Names, stream: str) -> tuple[int, int, int]:
        """The places of a stream, its team and its cluster."""
        cluster = self.base_of.get(stream, stream)
        return (
            names.streams.of(stream),
            names.teams.of(self.team_of(stream)),
            names.clusters.of(cluster or stream),
        )


def called(one: NamedStream) -> str:
    """The whole name of a stream."""
    return stream_name(one.repository, one.by, one.name)
