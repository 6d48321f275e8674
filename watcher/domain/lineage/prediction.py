"""An image moved to another base before anybody rebuilds it: what that ends, leaves and brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from watcher.domain.lineage.contents import Installed, Named, PackageSet

Flawed = Mapping[int, frozenset[int]]  # vulnerabilities by package
_NONE: frozenset[int] = frozenset()
_NOBODY: frozenset[Named] = frozenset()


@dataclass(frozen=True, slots=True)
class Matching:
    """What packages match now, summed by set and asked for often.

    `but` are packages with vulnerabilities that do not count: statements excuse them.
    """

    flawed: Flawed
    but: Flawed = field(default_factory=dict)
    _sets: dict[int, frozenset[int]] = field(default_factory=dict)

    def without(self, but: Flawed) -> Matching:
        """The same, but for what is excused."""
        return Matching(self.flawed, but) if but else self

    def of(self, held: Iterable[PackageSet]) -> frozenset[int]:
        """The vulnerabilities of the packages of sets."""
        return _NONE.union(*map(self.of_set, held))

    def of_packages(self, packages: Iterable[Installed]) -> frozenset[int]:
        """The vulnerabilities of packages."""
        return _NONE.union(*(self._of_package(one.number) for one in packages))

    def of_set(self, one: PackageSet) -> frozenset[int]:
        """The vulnerabilities of the packages of one set."""
        found = self._sets.get(one.number)
        if found is None:
            found = self._sets[one.number] = self.of_packages(one.packages)
        return found

    def _of_package(self, number: int) -> frozenset[int]:
        found = self.flawed.get(number, _NONE)
        return found - self.but[number] if number in self.but else found


@dataclass(frozen=True)
class Ground:
    """What a base or a candidate holds, summed up once for all images that stand on it."""

    sets: Sequence[PackageSet]

    @cached_property
    def layers(self) -> frozenset[str]:
        """The layers that bring something."""
        return frozenset(one.layer for one in self.sets)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of its sets."""
        return frozenset(one.number for one in self.sets)

    @cached_property
    def system_names(self) -> frozenset[Named]:
        """The packages that the system has."""
        return _NOBODY.union(*(one.system_names for one in self.sets))

    @cached_property
    def contexts(self) -> frozenset[int]:
        """The contexts in which the packages that the system has are matched."""
        return frozenset[int]().union(*(one.contexts for one in self.sets))

    def apart(self, image: Iterable[PackageSet]) -> list[PackageSet]:
        """What an image's own layers bring beside this."""
        layers = self.layers
        return [one for one in image if one.layer not in layers]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a rebuild on another base changes, by number of vulnerability.

    `fixes` end, `remains` stay, `introduces` are new; `unproven` cannot be told before the rebuild,
    for an application layer has the same package as a base.
    """

    fixes: frozenset[int]
    remains: frozenset[int]
    introduces: frozenset[int]
    unproven: frozenset[int]


def predict(
    image: Sequence[PackageSet],
    base: Ground,
    candidate: Ground,
    now: Matching,
    then: Matching | None = None,
) -> Prediction:
    """Predict an image rebuilt on a candidate: its own packages and those of the candidate.

    `base` is what the base itself holds; `now` is what the image matches, `then` what the rebuilt
    one does, where that is told apart. What concerns a package that an application layer installed,
    upgraded, copied or removed while a base has one of its name is unproven: only the rebuild can
    tell. So are packages of the system that it installed, on a candidate of another system.
    """
    then = then or now
    own = base.apart(image)
    before, after = now.of(image), then.of((*own, *candidate.sets))
    unproven = _unproven(image, base, candidate, (now, then))
    if not unproven:
        return Prediction(before - after, before & after, after - before, unproven)
    return Prediction(
        fixes=before - after - unproven,
        remains=(before & after) - unproven,
        introduces=after - before - unproven,
        unproven=unproven,
    )


def _unproven(
    image: Sequence[PackageSet],
    base: Ground,
    candidate: Ground,
    matching: tuple[Matching, Matching],
) -> frozenset[int]:
    doubtful = _touched(image, base)
    for one in base.apart(image):
        names = one.system_names
        if names:
            doubtful |= names & base.system_names
            doubtful |= names if base.contexts != candidate.contexts else _NOBODY
            doubtful |= names & candidate.system_names
    if not doubtful:
        return _NONE
    now, then = matching
    return now.of_packages(_called(image, doubtful)) | then.of_packages(
        _called(candidate.sets, doubtful)
    )


def future(image: Sequence[PackageSet], base: Ground, candidate: Ground) -> Ground:
    """An image as it will be once it is rebuilt on a candidate: what others can be moved to."""
    return Ground((*candidate.sets, *base.apart(image)))


def _touched(image: Sequence[PackageSet], base: Ground) -> frozenset[Named]:
    """Names of the base's packages that the image no longer has as the base brought them."""
    missing = base.numbers - {one.number for one in image}
    if not missing:
        return _NOBODY
    left = {(each.number, one.layer) for one in image for each in one.packages}
    return frozenset(
        each.named
        for one in base.sets
        if one.number in missing
        for each in one.packages
        if (each.number, one.layer) not in left
    )


def _called(held: Iterable[PackageSet], names: frozenset[Named]) -> Iterable[Installed]:
    return (each for one in held for each in one.packages if each.named in names)
