"""Repositories listed one by one, where a registry has no list of several."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence

from watcher.domain.errors import AttemptError
from watcher.ports.registry import Group, Known, Listing


class EachByItself(ABC):
    """The half of the port that a registry without bulk lists shares with its kind."""

    def groups(self, repositories: Collection[str]) -> Sequence[Group]:
        """Every repository is its own group."""
        return [Group(one, (one,)) for one in sorted(repositories)]

    def listings(
        self, group: Group, known: Mapping[str, Known], *, thorough: bool
    ) -> Mapping[str, Listing | AttemptError]:
        """List the repository of a group."""
        del thorough  # every listing is complete
        found: dict[str, Listing | AttemptError] = {}
        for path in group.repositories:
            try:
                found[path] = self.tags(path, known.get(path, {}))
            except AttemptError as error:
                found[path] = error
        return found

    @abstractmethod
    def tags(self, repository: str, known: Known) -> Listing:
        """List and resolve the tags of one repository, as the port describes."""
