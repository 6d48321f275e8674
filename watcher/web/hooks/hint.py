"""A hint: look here now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watcher.domain.reference import is_referrer_tag, is_repository_path


@dataclass(frozen=True, slots=True, order=True)
class Hint:
    """A repository in which something moved, and the tag that did, where one is named."""

    path: str
    tag: str | None = None

    @property
    def leads_somewhere(self) -> bool:
        """Whether there can be an image: not in what is no repository, nor under a signature."""
        return is_repository_path(self.path) and not is_referrer_tag(self.tag or "")


def hints(told: Iterable[tuple[str, str | None]]) -> frozenset[Hint]:
    """Hints by path and tag; an empty tag is none, and what leads nowhere is left out."""
    found = (Hint(path, tag or None) for path, tag in told)
    return frozenset(one for one in found if one.leads_somewhere)
