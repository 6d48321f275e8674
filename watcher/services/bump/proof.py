"""The proof of a bump for one stream: its predicted image, and what that ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.domain.lineage import (
    Contents,
    Installed,
    Matching,
    PackageSet,
    Prediction,
    apart,
    predict,
)
from watcher.domain.package import rank
from watcher.ports.store.lineages import Built, Flaw, Lineages

Sets = Sequence[PackageSet]
But = Mapping[int, frozenset[int]]  # vulnerabilities that do not count, by package

NOTHING: But = {}


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
        found = (part[number] for part in self.parts if number in part)
        return min(found, key=lambda flaw: rank(flaw.severity), default=None)


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the images of plans hold, and what their packages match now."""

    contents: Contents
    flaws: Mapping[int, Sequence[Flaw]]
    matching: Matching
    _worst: dict[int, Mapping[int, Flaw]] = field(default_factory=dict)
    _names: dict[int, frozenset[str]] = field(default_factory=dict)

    def sets(self, image: int | None) -> Sets | None:
        """What an image holds; None where it is not known."""
        return None if image is None else self.contents.sets.get(image)

    def worst(self, held: Iterable[PackageSet]) -> Worst:
        """The worst flaw of each vulnerability in sets."""
        return Worst([self._worst_of(one) for one in {one.number: one for one in held}.values()])

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

    def _names_of(self, one: PackageSet) -> frozenset[str]:
        if one.number not in self._names:
            self._names[one.number] = frozenset(flaw.name for flaw in self._worst_of(one).values())
        return self._names[one.number]

    def _worst_of(self, one: PackageSet) -> Mapping[int, Flaw]:
        if one.number not in self._worst:
            found: dict[int, Flaw] = {}
            for package in one.packages:
                for flaw in self.flaws.get(package.number, ()):
                    held = found.get(flaw.number)
                    if held is None or rank(flaw.severity) < rank(held.severity):
                        found[flaw.number] = flaw
            self._worst[one.number] = found
        return self._worst[one.number]


def read_fleet(store: Lineages, images: Collection[int]) -> Fleet:
    """Read what images hold and match, each set of packages once."""
    contents = store.contents(images)
    flaws = store.flaws(contents.packages)
    flawed = {number: frozenset(flaw.number for flaw in told) for number, told in flaws.items()}
    return Fleet(contents, flaws, Matching(flawed))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a stream may be moved to: how it is called, and what it holds.

    `image` is None for one that nobody has built yet: an image of the organisation as it will be.
    """

    image: int | None
    digest: str
    sets: Sets


@dataclass(frozen=True, slots=True)
class Aside:
    """What does not count in a stream: excused by package, as it is and as it would be; accepted.

    `accepted` are vulnerabilities by number; `why` says of each number why it does not count.
    """

    now: But = field(default_factory=dict)
    then: But = field(default_factory=dict)
    accepted: frozenset[int] = frozenset()
    why: Mapping[int, str] = field(default_factory=dict)


COUNTED = Aside()


@dataclass(frozen=True, slots=True)
class Proof:
    """What moving one stream to a candidate would change.

    `set_aside` are vulnerabilities that the image has and that do not count. Of `own`, which no
    base brought, `expected` are likely to end by the rebuild itself.
    """

    built: Built
    candidate: Candidate
    prediction: Prediction
    flaws: Worst
    own: frozenset[int]
    held: frozenset[int]
    expected: frozenset[int]
    set_aside: Mapping[int, str]

    @property
    def moves(self) -> bool:
        """Whether the stream stands on another image than the candidate."""
        return self.built.base != self.candidate.image

    def severe(self, threshold: str) -> list[Flaw]:
        """The flaws at or above a threshold that end, the worst first."""
        return self._severe(self.prediction.fixes, threshold)

    def brought(self, threshold: str) -> list[Flaw]:
        """The flaws at or above a threshold that are new, the worst first."""
        return self._severe(self.prediction.introduces, threshold)

    def left(self, threshold: str) -> list[Flaw]:
        """The flaws at or above a threshold that the base brought and the candidate has too."""
        return self._severe(self.prediction.remains - self.own, threshold)

    def doubtful(self, threshold: str) -> list[Flaw]:
        """The image's flaws at or above a threshold that are unproven, the worst first."""
        return self._severe(self.prediction.unproven & self.held, threshold)

    def _severe(self, numbers: Iterable[int], threshold: str) -> list[Flaw]:
        flaws = (self.flaws[number] for number in numbers)
        severe = [flaw for flaw in flaws if rank(flaw.severity) <= rank(threshold)]
        return sorted(severe, key=lambda flaw: (rank(flaw.severity), flaw.name))


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
    image, base = fleet.sets(built.image), fleet.sets(built.base)
    if image is None or base is None:
        return None
    now, then = fleet.matching.without(aside.now), fleet.matching.without(aside.then)
    told = predict(image, base, candidate.sets, now, then)
    own = apart(image, base)
    accepted = aside.accepted & (told.fixes | told.unproven)
    held = now.of(image)
    excused = fleet.matching.of(image) - held if aside.now else frozenset()
    return Proof(
        built=built,
        candidate=candidate,
        prediction=Prediction(
            fixes=told.fixes - accepted,
            remains=told.remains - aside.accepted,
            introduces=told.introduces - aside.accepted,
            unproven=told.unproven - accepted,
        ),
        flaws=fleet.worst((*image, *base, *candidate.sets)),
        own=now.of(own),
        held=held,
        expected=_expected(own, fleet),
        set_aside={
            number: aside.why[number]
            for number in excused | (aside.accepted & held)
            if number in aside.why
        },
    )


def _expected(own: Iterable[PackageSet], fleet: Fleet) -> frozenset[int]:
    """What an image's own layers have of packages of the system that are fixed by now."""
    system: Iterable[Installed] = (p for one in own for p in one.packages if p.system)
    return frozenset(
        flaw.number
        for package in system
        for flaw in fleet.flaws.get(package.number, ())
        if flaw.fixed_version
    )
