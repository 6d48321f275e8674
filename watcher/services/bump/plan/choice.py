"""Which move a lineage makes: the least that ends the most, and who has to move first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watcher.domain.lineage import future
from watcher.domain.ticket import Alternative, Cause, LineName
from watcher.ports.store.lineages import Built
from watcher.services.bump.plan.excused import aside
from watcher.services.bump.plan.options import Option, options
from watcher.services.bump.plan.scene import Scene, line_name
from watcher.services.bump.proof import Candidate, Proof, prove


@dataclass(frozen=True, slots=True)
class Choice:
    """A lineage's move with its proofs; `waiting` names the stream that has to be rebuilt first.

    `alternative` is what would end something where no move that may be proposed does. `unknown` is
    the newest image of the lineage where that is what is not known, by platform.
    """

    option: Option
    proofs: Sequence[Proof]
    waiting: str | None = None
    alternative: Alternative | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choices:
    """Chooses for each cause once: who is built on an image that has to move waits for that."""

    scene: Scene
    causes: Mapping[Cause, Sequence[Built]]
    _chosen: dict[Cause, Choice] = field(default_factory=dict)
    _choosing: set[Cause] = field(default_factory=set)

    def of(self, cause: Cause, *, tended: bool = False) -> Choice:
        """What a cause's lineage moves to; one with a ticket that is open waits for nobody."""
        if cause not in self._chosen:
            self._choosing.add(cause)
            self._chosen[cause] = self._choose(cause, tended=tended)
            self._choosing.discard(cause)
        return self._chosen[cause]

    def _choose(self, cause: Cause, *, tended: bool) -> Choice:
        members = self.causes.get(cause, ())
        if not members:
            return Choice(Option("rebuild", {}), ())
        awaited = {} if tended else self._awaited(members)
        found = options(members, self.scene)
        same, *others = found
        if awaited:
            return Choice(same, self._waiting(members, awaited), waiting=_first(members, awaited))
        unknown = _unknown(members, same, self.scene)
        first = _Tried.of(same, members, self.scene)
        if unknown or not first.left:
            return Choice(same, first.proofs, unknown=unknown)
        tried = [_Tried.of(one, members, self.scene) for one in others]
        best = first
        for one in tried:
            if one.option.proposed and one.beats(best):
                best = one
        if best.fixed:
            return Choice(best.option, best.proofs)
        return Choice(same, first.proofs, alternative=_alternative(tried, first, self.scene))

    def _awaited(self, members: Sequence[Built]) -> dict[LineName, Proof]:
        """The proofs of the organisation's own images below these, which have to move first."""
        found: dict[LineName, Proof] = {}
        for one in members:
            name = LineName(one.head.name, one.head.platform)
            parent = self.scene.builds.get(name)
            if name in found or parent is None:
                continue
            proof = self._moving(parent)
            if proof is not None:
                found[name] = proof
        return found

    def _moving(self, parent: Built) -> Proof | None:
        """The proof that an image of somebody's own has something to end first."""
        planning = self.scene.planning
        team = planning.team_of(parent.name)
        if team is None or not (parent.published or planning.controls(parent.name)):
            return None
        cause = Cause(team, parent.head.name)
        if cause in self._choosing or cause not in self.causes:
            return None
        proofs = (one for one in self.of(cause).proofs if one.built.track == parent.track)
        return next((one for one in proofs if one.moves and one.severe(planning.threshold)), None)

    def _waiting(self, members: Sequence[Built], awaited: Mapping[LineName, Proof]) -> list[Proof]:
        """What these would end once the images below them are rebuilt."""
        rebuilt = {name: _rebuilt(below, self.scene) for name, below in awaited.items()}
        found: list[Proof] = []
        for one in members:
            candidate = rebuilt.get(LineName(one.head.name, one.head.platform))
            proof = _proven(one, candidate, self.scene) if candidate else None
            if proof is not None:
                found.append(proof)
        return found


@dataclass(frozen=True, slots=True)
class _Tried:
    """An option with its proofs: what it fixes, brings and leaves at or above the threshold."""

    option: Option
    proofs: Sequence[Proof]
    fixed: int
    brought: int
    left: int

    @classmethod
    def of(cls, option: Option, members: Sequence[Built], scene: Scene) -> _Tried:
        candidates = {
            platform: Candidate(head.image, head.digest, ground)
            for platform, head in option.heads.items()
            if (ground := scene.fleet.ground(head.image)) is not None
        }
        proofs = [
            proof
            for one in members
            if option.head(one) is not None
            and (candidate := candidates.get(one.head.platform)) is not None
            and (proof := _proven(one, candidate, scene)) is not None
        ]
        moving = [one for one in proofs if one.moves]
        threshold = scene.planning.threshold
        return cls(
            option=option,
            proofs=proofs,
            fixed=sum(len(one.severe(threshold)) for one in moving),
            brought=sum(len(one.brought(threshold)) for one in moving),
            left=sum(len(one.left(threshold)) for one in proofs),
        )

    def beats(self, other: _Tried) -> bool:
        """Whether it fixes strictly more, and more than what it brings takes away."""
        gain = self.fixed - self.brought > other.fixed - other.brought
        return gain and self.fixed > other.fixed


def _proven(one: Built, candidate: Candidate, scene: Scene) -> Proof | None:
    return prove(one, candidate, scene.fleet, aside(one, candidate, scene))


def _rebuilt(below: Proof, scene: Scene) -> Candidate | None:
    """An image of the organisation as it will be: nobody has built it yet."""
    image, base = scene.fleet.sets(below.built.image), scene.fleet.ground(below.built.base)
    if image is None or base is None:
        return None
    return Candidate(None, "", future(image, base, below.candidate.ground))


def _unknown(members: Sequence[Built], same: Option, scene: Scene) -> dict[str, str]:
    """The newest images that nothing is known of, by platform."""
    found: dict[str, str] = {}
    for one in members:
        head = same.head(one)
        if head is not None and scene.fleet.sets(head.image) is None:
            found[head.platform] = f"{head.name}@{head.digest}"
    return found


def _first(members: Sequence[Built], awaited: Mapping[LineName, Proof]) -> str:
    """The stream to wait for."""
    names = (LineName(one.head.name, one.head.platform) for one in members)
    return min(line_name(awaited[name].built).stream for name in names if name in awaited)


def _alternative(tried: Sequence[_Tried], first: _Tried, scene: Scene) -> Alternative | None:
    """Of all that may not be proposed what would end the most; None where nothing does."""
    found = [one for one in tried if one.beats(first)]
    if not found:
        return None
    best = max(found, key=lambda one: one.fixed - one.brought)
    head = max(best.option.heads.values(), key=lambda one: (one.since, one.platform))
    reference = f"{scene.planning.address(head.repository)}:{head.tag}"
    names = {flaw.name for one in best.proofs for flaw in one.severe(scene.planning.threshold)}
    return Alternative(reference, head.named_digest, len(names))
