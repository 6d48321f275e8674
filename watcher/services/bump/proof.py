"""The proof of a bump for one stream: its predicted image, and what that ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.domain.lineage import (
    Contents,
    Ground,
    Matching,
    PackageSet,
    Prediction,
    predict,
)
from watcher.domain.package import rank
from watcher.ports.store.lineages import Built, Flaw, Lineages

Sets = Sequence[PackageSet]
But = Mapping[int, frozenset[int]]  # vulnerabilities that do not count, by package
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst flaw of each vulnerability in some sets of packages, summed by set."""

    parts: Sequence[Mapping[int, Flaw]]

    def __getitem__(self, number: int) -> Flaw:
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def get(self, number: int) -> Flaw | None:
        """The worst flaw of a vulnerability; None where no set has it."""
        worst: Flaw | None = None
        for part in self.parts:
            found = part.get(number)
            if found is not None and (worst is None or rank(found.severity) < rank(worst.severity)):
                worst = found
        return worst


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the images of plans hold, and what their packages match now, each summed up once."""

    contents: Contents
    flaws: Mapping[int, Sequence[Flaw]]
    matching: Matching
    _worst: dict[int, Mapping[int, Flaw]] = field(default_factory=dict)
    _names: dict[int, frozenset[str]] = field(default_factory=dict)
    _grounds: dict[int, Ground] = field(default_factory=dict)
    _severe: dict[object, list[Flaw]] = field(default_factory=dict)
    _told: dict[object, frozenset[str]] = field(default_factory=dict)

    def sets(self, image: int | None) -> Sets | None:
        """What an image holds; None where it is not known."""
        return None if image is None else self.contents.sets.get(image)

    def ground(self, image: int) -> Ground | None:
        """What an image holds that others stand on; None where it is not known."""
        sets = self.sets(image)
        if sets is None:
            return None
        if image not in self._grounds:
            self._grounds[image] = Ground(sets)
        return self._grounds[image]

    def worst(self, held: Iterable[PackageSet]) -> Worst:
        """The worst flaw of each vulnerability in sets."""
        distinct = {one.number: one for one in held}
        return Worst([self.worst_of(one) for one in distinct.values()])

    def names(self, image: int) -> frozenset[str] | None:
        """The names of the vulnerabilities of an image; None where it is not known."""
        held = self.sets(image)
        if held is None:
            return None
        return frozenset[str]().union(*map(self._names_of, held))

    def named(self, numbers: Iterable[int], held: Sets) -> frozenset[str]:
        """The names of vulnerabilities that sets have."""
        worst = self.worst(held)
        return frozenset(flaw.name for number in numbers if (flaw := worst.get(number)))

    def severe(self, proof: Proof, numbers: frozenset[int], threshold: str) -> list[Flaw]:
        """The flaws among numbers at or above a threshold, the worst first.

        Streams on one base mostly have the same, so that is summed up once.
        """
        built = proof.built
        key = built.base, id(proof.candidate), built.image if numbers & proof.own else 0
        found = self._severe.get((key, numbers, threshold))
        if found is None:
            flaws = (proof.flaws[number] for number in numbers)
            severe = [flaw for flaw in flaws if rank(flaw.severity) <= rank(threshold)]
            found = sorted(severe, key=lambda flaw: (rank(flaw.severity), flaw.name))
            self._severe[key, numbers, threshold] = found
        return found

    def names_of(self, proof: Proof, numbers: frozenset[int]) -> frozenset[str]:
        """The names of vulnerabilities of a proof, however many streams have the same."""
        key = ("names", proof.built.base, id(proof.candidate), numbers)
        if key not in self._told:
            self._told[key] = frozenset(proof.flaws[number].name for number in numbers)
        return self._told[key]

    def _names_of(self, one: PackageSet) -> frozenset[str]:
        if one.number not in self._names:
            self._names[one.number] = frozenset(flaw.name for flaw in self.worst_of(one).values())
        return self._names[one.number]

    def worst_of(self, one: PackageSet) -> Mapping[int, Flaw]:
        """The worst flaw of each vulnerability in one set."""
        if one.number not in self._worst:
            found: dict[int, Flaw] = {}
            for package in one.packages:
                for flaw in self.flaws.get(package.number, ()):
                    held = found.get(flaw.number)
                    if held is None or rank(flaw.severity) < rank(held.severity):
                        found[flaw.number] = flaw
            self._worst[one.number] = found
        return self._worst[one.number]


NO_FLEET = Fleet(Contents(), {}, Matching({}))


def read_fleet(store: Lineages, images: Collection[int]) -> Fleet:
    """Read what images hold and match, each set of packages once."""
    contents = store.contents(images)
    flaws = store.flaws(contents.packages)
    flawed = {number: frozenset(flaw.number for flaw in told) for number, told in flaws.items()}
    return Fleet(contents, flaws, Matching(flawed))


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """What streams may be moved to: how it is called, and what it holds.

    `image` is None for one that nobody has built yet: an image of the organisation as it will be.
    """

    image: int | None
    digest: str
    ground: Ground


NOWHERE = Candidate(None, "", Ground(()))


@dataclass(frozen=True, slots=True)
class Aside:
    """What does not count in a stream: excused by package, as it is and as it would be; accepted.

    `accepted` are vulnerabilities by number; `why` says of each number why it does not count.
    """

    now: But = field(default_factory=dict)
    then: But = field(default_factory=dict)
    accepted: frozenset[int] = _NONE
    why: Mapping[int, str] = field(default_factory=dict)


COUNTED = Aside()


@dataclass(frozen=True, slots=True)
class Proof:
    """What moving one stream to a candidate would change.

    `set_aside` are vulnerabilities that the image has and that do not count. Of `own`, which the
    `own_sets` have and no base brought, `expected` are likely to end by the rebuild itself.
    """

    built: Built
    candidate: Candidate
    prediction: Prediction
    flaws: Worst
    own_sets: Sets
    own: frozenset[int]
    held: frozenset[int]
    set_aside: Mapping[int, str]
    fleet: Fleet

    @property
    def moves(self) -> bool:
        """Whether the stream stands on another image than the candidate."""
        return self.built.base != self.candidate.image

    @property
    def own_parts(self) -> list[Mapping[int, Flaw]]:
        """The worst flaw of each vulnerability in what the image's own layers bring, by layer."""
        return [self.fleet.worst_of(one) for one in self.own_sets]

    @property
    def expected(self) -> frozenset[int]:
        """What own layers have of packages of the system that are fixed by now."""
        return frozenset(
            flaw.number
            for one in self.own_sets
            if one.system_names
            for package in one.packages
            if package.system
            for flaw in self.fleet.flaws.get(package.number, ())
            if flaw.fixed_version
        )

    def dated(self, exploited: frozenset[int]) -> frozenset[str]:
        """The names of all that a plan dates: what ends, and of its own what is exploited."""
        own = self.prediction.remains & self.own & exploited
        fixed = self.fleet.names_of(self, self.prediction.fixes)
        return fixed.union(self.flaws[number].name for number in own)

    def severe(self, threshold: str) -> list[Flaw]:
        """The flaws at or above a threshold that end, the worst first."""
        return self.fleet.severe(self, self.prediction.fixes, threshold)

    def brought(self, threshold: str) -> list[Flaw]:
        """The flaws at or above a threshold that are new, the worst first."""
        return self.fleet.severe(self, self.prediction.introduces, threshold)

    def left(self, threshold: str) -> list[Flaw]:
        """The flaws at or above a threshold that the base brought and the candidate has too."""
        return self.fleet.severe(self, self.prediction.remains - self.own, threshold)

    def doubtful(self, threshold: str) -> list[Flaw]:
        """The image's flaws at or above a threshold that are unproven, the worst first."""
        return self.fleet.severe(self, self.prediction.unproven & self.held, threshold)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a proof needs and is not catalogued and matched yet; `newest` where that is the head."""

    what: str
    newest: str | None = None

    @property
    def why(self) -> str:
        """The reason, as people read it."""
        return f"{self.what} is not catalogued and matched yet"


def missing(built: Built, fleet: Fleet, newest: str | None) -> Missing | None:
    """What is not known of all that a proof needs; `newest` is the head that is not known."""
    if newest is not None:
        return Missing(f"the newest base {newest}", newest)
    if fleet.sets(built.base) is None:
        return Missing(f"the base {built.head.name}@{built.base_digest}")
    if fleet.sets(built.image) is None:
        return Missing(f"the image {built.repository}@{built.digest}")
    return None


def prove(built: Built, candidate: Candidate, fleet: Fleet, aside: Aside = COUNTED) -> Proof | None:
    """Prove one stream's bump; None while the image or its base is not known."""
    image, base = fleet.sets(built.image), fleet.ground(built.base)
    if image is None or base is None:
        return None
    now, then = fleet.matching.without(aside.now), fleet.matching.without(aside.then)
    told = predict(image, base, candidate.ground, now, then)
    own, held, set_aside = base.apart(image), now.of(image), {}
    if aside is not COUNTED:
        excused = fleet.matching.of(image) - held
        told = _without(told, aside.accepted)
        left_out = excused | (aside.accepted & held)
        set_aside = {number: aside.why[number] for number in left_out if number in aside.why}
    return Proof(
        built=built,
        candidate=candidate,
        prediction=told,
        flaws=fleet.worst((*image, *base.sets, *candidate.ground.sets)),
        own_sets=own,
        own=now.of(own),
        held=held,
        set_aside=set_aside,
        fleet=fleet,
    )


def _without(told: Prediction, accepted: frozenset[int]) -> Prediction:
    """A prediction but for what is accepted, whatever becomes of it."""
    return Prediction(
        fixes=told.fixes - accepted,
        remains=told.remains - accepted,
        introduces=told.introduces - accepted,
        unproven=told.unproven - accepted,
    )
