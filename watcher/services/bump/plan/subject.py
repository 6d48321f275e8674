"""What one plan is about: a team's streams on one lineage, and what is proven of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.domain.ticket import Cause, Line, LineName, Unknown
from watcher.ports.store.bumps import Remembered
from watcher.ports.store.lineages import Built
from watcher.services.bump.plan.choice import Choice
from watcher.services.bump.plan.lines import line_of, remembered_lines, urgency
from watcher.services.bump.plan.scene import Scene, line_name
from watcher.services.bump.proof import Proof, missing


@dataclass(frozen=True, slots=True)
class Subject:
    """A team's streams on one lineage: their move, and what cannot be told of them yet."""

    cause: Cause
    members: Sequence[Built]
    choice: Choice
    unknown: Sequence[Unknown]
    ticket: Remembered | None  # to tend

    @classmethod
    def of(
        cls,
        cause: Cause,
        members: Sequence[Built],
        choice: Choice,
        ticket: Remembered | None,
        scene: Scene,
    ) -> Subject:
        """Gather what is known of the streams of a cause."""
        listed = to_do(ticket.lines) if ticket else set()
        unknown = [
            Unknown(line_name(one), lacking.why, lacking.newest)
            for one in members
            if one.behind or line_name(one) in listed
            if (lacking := missing(one, scene.fleet, choice.unknown.get(one.track.platform)))
        ]
        return cls(cause, members, choice, unknown, ticket)

    @property
    def proofs(self) -> Sequence[Proof]:
        """The proofs of the streams of which something can be proven."""
        return self.choice.proofs

    def wanting(self, threshold: str) -> list[Proof]:
        """The proofs of streams to be moved in which that ends something that counts."""
        return [one for one in self.proofs if one.moves and one.severe(threshold)]

    def doubted(self, threshold: str) -> list[Proof]:
        """The proofs of streams to be moved where only the rebuild can tell if that counts."""
        return [
            one
            for one in self.proofs
            if one.moves and one.doubtful(threshold) and not one.severe(threshold)
        ]

    def lines(self, scene: Scene) -> list[Line]:
        """The lines to do, and those that are or were on the ticket."""
        threshold = scene.planning.threshold
        found = {line_name(one.built): line_of(one, threshold) for one in self.wanting(threshold)}
        if self.ticket is not None:
            images = {line_name(one): one.digest for one in self.members}
            found |= remembered_lines(self.ticket, found.keys(), images, scene)
        return sorted(found.values(), key=urgency)


def to_do(lines: Iterable[Line]) -> set[LineName]:
    """The names of the lines that are not done."""
    return {line.name for line in lines if line.done is None}
