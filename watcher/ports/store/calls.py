"""Calls: what the clock, a hook or a person asked for, kept until a pass has answered it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from watcher.domain.places import Places
from watcher.domain.reference import Repository

MOST_PLACES: Final = (
    200  # repositories of one registry; where more wait, it is looked at as a whole
)
LOOK: Final = "look:"  # how the keys of calls begin that ask for a look
SCHEDULE: Final = "schedule:"  # and of those that ask for what is scheduled, by its name


@dataclass(frozen=True, slots=True)
class Call:
    """Something asked for.

    `times` and `number` tell it from one that came while it was answered, or after.
    """

    key: str
    payload: Mapping[str, Any]
    times: int
    number: int = 0

    @property
    def place(self) -> Repository | str | None:
        """The repository or whole registry that is to be looked at; None of another call."""
        if not self.key.startswith(LOOK):
            return None
        registry, path = self.payload["registry"], self.payload.get("repository")
        return Repository(registry, path) if path else str(registry)


class Calls(Protocol):
    """The record of calls. One key is one call, however often it is made."""

    def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Ask for something; asked again before it is answered, it is answered once."""

    def look(self, places: Places, most: int = MOST_PLACES) -> None:
        """Ask for looks at places, each a call of its own, in one transaction.

        Where more than `most` repositories of one registry would wait, one call for all of it
        stands in their stead. A look that is asked for again while it is made is made again.
        """

    def waiting(self, most: int) -> list[Call]:
        """Calls that are not answered, the first ones first."""

    def answered(self, calls: Sequence[Call]) -> None:
        """Take calls off that were answered; what was asked again meanwhile stays."""
