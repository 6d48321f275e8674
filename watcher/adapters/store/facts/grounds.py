"""The grounds facts are folded on: which ids are one vulnerability, and what is stated of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection

from watcher.adapters.store.aliases import Aliases, read_aliases
from watcher.adapters.store.statements.stated import Stated, read_stated


@dataclass(frozen=True, slots=True)
class Grounds:
    """What was so after a pass; read once, however many tracks are folded."""

    aliases: Aliases = field(default_factory=Aliases)
    stated: Stated = field(default_factory=dict)

    @classmethod
    def read(cls, connection: Connection, upto: int) -> Grounds:
        """Read them as they stood recorded after a pass."""
        aliases = read_aliases(connection, upto)
        return cls(aliases, read_stated(connection, upto, aliases))

    @property
    def of_images(self) -> Grounds:
        """The same without statements: what is in images, whoever publishes them."""
        return Grounds(self.aliases)

    def changed(self, before: Grounds) -> frozenset[int]:
        """Canonical numbers of which something else is stated than before."""
        numbers: Collection[int] = self.stated.keys() | before.stated.keys()
        return frozenset(one for one in numbers if self.stated.get(one) != before.stated.get(one))
