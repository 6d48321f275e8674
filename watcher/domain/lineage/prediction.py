"""An image moved to another base before anybody rebuilds it: what that ends, leaves and brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.domain.lineage.contents import Installed, Named, PackageSet

Flawed = Mapping[int, frozenset[int]]  # vulnerabilities by package


@dataclass(frozen=True, slots=True)
class Matching:
    """What packages match now, summed by set and asked for often.

    `but` are packages with vulnerabilities that do not count: statements excuse them.
    """

    flawed: Flawed
    but: Flawed = field(default_factory=dict)
    _sets: dict[int, frozenset[int]] = field(default_factory=dict)
    _images: dict[tuple[int, ...], frozenset[int]] = field(default_factory=dict)

    def without(self, but: Flawed) -> Matching:
        """The same, but for what is excused."""
        return Matching(self.flawed, but) if but else self

    def of(self, held: Iterable[PackageSet]) -> frozenset[int]:
        """The vulnerabilities of the packages of sets."""
        every = list(held)
        numbers = tuple(one.number for one in every)
        if numbers not in self._images:
            self._images[numbers] = frozenset[int]().union(*map(self._of_set, every))
        return self._images[numbers]

    def of_packages(self, packages: Iterable[Installed]) -> frozenset[int]:
        """The vulnerabilities of packages."""
        return frozenset[int]().union(*(self._of_package(one.number) for one in packages))

    def _of_set(self, one: PackageSet) -> frozenset[int]:
        if one.number not in self._sets:
            self._sets[one.number] = self.of_packages(one.packages)
        return self._sets[one.number]

    def _of_package(self, number: int) -> frozenset[int]:
        found = self.flawed.get(number, frozenset())
        return found - self.but[number] if number in self.but else found


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
    base: Sequence[PackageSet],
    candidate: Sequence[PackageSet],
    now: Matching,
    then: Matching | None = None,
) -> Prediction:
    """Predict an image rebuilt on a candidate: its own packages and those of the candidate.

    `base` is what the base itself holds; `now` is what the image matches, `then` what the rebuilt
    one does, where that is told apart. What concerns a package that an application layer installed,
    upgraded, copied or removed while a base has one of its name is unproven: only the rebuild can
    tell.
    """
    then = then or now
    own = apart(image, base)
    doubtful = _touched(image, base) | (_system(own) & (_system(base) | _system(candidate)))
    before, after = now.of(image), then.of((*own, *candidate))
    unproven = frozenset[int]()
    if doubtful:
        unproven = now.of_packages(_called(image, doubtful)) | then.of_packages(
            _called(candidate, doubtful)
        )
    return Prediction(
        fixes=(before - after) - unproven,
        remains=(before & after) - unproven,
        introduces=(after - before) - unproven,
        unproven=unproven,
    )


def apart(image: Sequence[PackageSet], base: Sequence[PackageSet]) -> list[PackageSet]:
    """What an image's own layers bring, beside those of its base."""
    layers = {one.layer for one in base}
    return [one for one in image if one.layer not in layers]


def future(
    image: Sequence[PackageSet], base: Sequence[PackageSet], candidate: Sequence[PackageSet]
) -> tuple[PackageSet, ...]:
    """An image as it will be once it is rebuilt on a candidate: what others can be moved to."""
    return (*candidate, *apart(image, base))


def _touched(image: Sequence[PackageSet], base: Sequence[PackageSet]) -> frozenset[Named]:
    """Names of the base's packages that the image no longer has as the base brought them."""
    kept = {one.number for one in image}
    lost = [one for one in base if one.number not in kept]
    if not lost:
        return frozenset()
    left = {(each.number, one.layer) for one in image for each in one.packages}
    return frozenset(
        each.named for one in lost for each in one.packages if (each.number, one.layer) not in left
    )


def _system(held: Iterable[PackageSet]) -> frozenset[Named]:
    return frozenset[Named]().union(*(one.system_names for one in held))


def _called(held: Iterable[PackageSet], names: frozenset[Named]) -> Iterable[Installed]:
    return (each for one in held for each in one.packages if each.named in names)
