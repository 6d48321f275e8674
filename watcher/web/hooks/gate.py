"""The gates that hooks come through: one for each registry, closed until it is configured."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from watcher.config import Config
from watcher.domain.places import Places
from watcher.domain.reference import Repository
from watcher.ports.identity import Identity
from watcher.web.hooks.document import parse
from watcher.web.hooks.proof import NOBODY, Proof, Shown, opened_by, proof_of
from watcher.web.hooks.reading import Reader, reader_of

_SILENCE: Final = 60.0  # seconds in which the same is not said of the same registry again
_LOG: Final = logging.getLogger(__name__)


class RefusedError(Exception):
    """A request that is not let in; `known` tells whether there is anything behind the gate."""

    def __init__(self, *, known: bool) -> None:
        super().__init__()
        self.known = known


@dataclass(frozen=True, slots=True)
class Gate:
    """One registry's: what is asked for, who reads, and for whom it stays closed."""

    name: str
    proof: Proof | None
    reader: Reader
    keys: str

    def places(self, body: bytes, includes: Callable[[Repository], bool]) -> Places:
        """Where a body says something moved, as far as that is watched.

        Raises UnreadableError for a body that the registry's kind does not send.
        """
        named = {Repository(self.name, one.path) for one in self.reader(parse(body))}
        return Places.of(one for one in named if includes(one))


@dataclass(slots=True)
class Gates:
    """Every registry's, by name."""

    gates: Mapping[str, Gate]
    felt: Callable[[], float] = monotonic
    _said: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config, identity: Identity) -> Gates:
        """The gates of a configuration."""
        return cls(
            {
                one.name: Gate(one.name, proof_of(one, identity), reader_of(one), opened_by(one))
                for one in config.registries
            }
        )

    def waits_at(self, name: str) -> bool:
        """Whether somebody else is asked before a request may pass."""
        gate = self.gates.get(name)
        return gate is not None and gate.proof is not None and gate.proof.waits

    def passed(self, name: str, shown: Shown) -> Gate:
        """The gate that a request may pass.

        Raises RefusedError where it may not: in the same words for a name that nobody has and for
        a registry that takes no hooks. May wait for a moment, and raise TransientError.
        """
        gate = self.gates.get(name)
        proof = gate.proof if gate else None
        given = (proof or NOBODY).is_given(shown)
        if gate is None:
            raise RefusedError(known=False)
        if proof is None:
            self._say(name, f"it is closed: set {gate.keys} of the registry to open it")
            raise RefusedError(known=False)
        if not given:
            self._say(name, f"what came along does not prove the sender: compare {gate.keys}")
            raise RefusedError(known=True)
        return gate

    def _say(self, name: str, what: str) -> None:
        if self.felt() - self._said.get(name, float("-inf")) >= _SILENCE:
            self._said[name] = self.felt()
            _LOG.warning("a request to /hooks/%s was refused: %s; see docs/webhooks.md", name, what)
