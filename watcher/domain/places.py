"""Places to look at: single repositories, or whole registries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watcher.domain.reference import Repository


@dataclass(frozen=True, slots=True)
class Places:
    """Whole registries, and single repositories of others."""

    registries: frozenset[str] = frozenset()
    repositories: frozenset[Repository] = frozenset()

    @classmethod
    def of(cls, places: Iterable[Repository | str]) -> Places:
        """Put repositories and names of registries together; a registry swallows its own."""
        told = list(places)
        registries = frozenset(one for one in told if isinstance(one, str))
        return cls(
            registries,
            frozenset(
                one
                for one in told
                if isinstance(one, Repository) and one.registry not in registries
            ),
        )

    def __or__(self, other: Places) -> Places:
        """All of both."""
        return Places.of([*self, *other])

    def __iter__(self) -> Iterator[Repository | str]:
        """Every place, registries first."""
        yield from sorted(self.registries)
        yield from sorted(self.repositories)

    def __bool__(self) -> bool:
        """Whether there is anywhere to look."""
        return bool(self.registries or self.repositories)

    def at_most(self, most: int) -> Places:
        """The same places; where more than `most` lie in one registry, that registry instead."""
        counted = Counter(one.registry for one in self.repositories)
        crowded = [name for name, count in counted.items() if count > most]
        return Places.of([*self, *crowded])

    def within(self, registry: str) -> frozenset[str] | None:
        """The paths to look at in a registry, None for all of it."""
        if registry in self.registries:
            return None
        return frozenset(one.path for one in self.repositories if one.registry == registry)

    def hold(self, subject: str) -> bool:
        """Whether a registry, repository, tag or digest that a failure names lies here."""
        named = subject.partition("@")[0].partition(":")[0]
        registry, _, path = named.partition("/")
        return registry in self.registries or Repository(registry, path) in self.repositories
