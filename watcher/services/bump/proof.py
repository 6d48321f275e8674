"""The proof of a bump for one stream: its predicted image, and what that ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from watcher.domain.lineage import Installed, Prediction, predict
from watcher.domain.package import rank
from watcher.ports.store.lineages import Built, Flaw, Lineages


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the images of a plan hold, and what their packages match now."""

    installed: Mapping[int, Sequence[Installed]]
    flaws: Mapping[int, Sequence[Flaw]]

    def of(self, images: Collection[int]) -> dict[int, Flaw]:
        """The worst flaw of each vulnerability that the packages of these images match."""
        found: dict[int, Flaw] = {}
        for image in images:
            for package in self.installed.get(image, ()):
                for flaw in self.flaws.get(package.number, ()):
                    held = found.get(flaw.number)
                    if held is None or rank(flaw.severity) < rank(held.severity):
                        found[flaw.number] = flaw
        return found

    def names(self, image: int) -> frozenset[str] | None:
        """The names of the vulnerabilities of an image; None where it is not known."""
        if image not in self.installed:
            return None
        return frozenset(flaw.name for flaw in self.of([image]).values())


@dataclass(frozen=True, slots=True)
class Proof:
    """What moving one stream to the head of its base's lineage would change."""

    built: Built
    prediction: Prediction
    flaws: Mapping[int, Flaw]
    own: frozenset[int]  # vulnerabilities of packages that no base brought
    held: frozenset[int]  # vulnerabilities of the image as it is

    def severe(self, threshold: str) -> list[Flaw]:
        """The flaws at or above a threshold that end, the worst first."""
        return self._severe(self.prediction.fixes, threshold)

    def doubtful(self, threshold: str) -> list[Flaw]:
        """The image's flaws at or above a threshold that are unproven, the worst first."""
        return self._severe(self.prediction.unproven & self.held, threshold)

    def _severe(self, numbers: Iterable[int], threshold: str) -> list[Flaw]:
        flaws = (self.flaws[number] for number in numbers)
        severe = [flaw for flaw in flaws if rank(flaw.severity) <= rank(threshold)]
        return sorted(severe, key=lambda flaw: (rank(flaw.severity), flaw.name))


def read_fleet(store: Lineages, images: Collection[int]) -> Fleet:
    """Read what images hold and match, each package once."""
    installed = store.installed(images)
    packages = {one.number for held in installed.values() for one in held}
    return Fleet(installed, store.flaws(packages))


@dataclass(frozen=True, slots=True)
class Missing:
    """What a proof needs and is not catalogued and matched yet; `newest` where that is the head."""

    what: str
    newest: str | None = None

    @property
    def why(self) -> str:
        """The reason, as people read it."""
        return f"{self.what} is not catalogued and matched yet"


def missing(built: Built, fleet: Fleet) -> Missing | None:
    """What is not known of all that a proof needs; None where nothing is missing."""
    head = f"{built.head.name}@{built.head.digest}"
    if built.head.image not in fleet.installed:
        return Missing(f"the newest base {head}", head)
    if built.base not in fleet.installed:
        return Missing(f"the base {built.head.name}@{built.base_digest}")
    if built.image not in fleet.installed:
        return Missing(f"the image {built.repository}@{built.digest}")
    return None


def prove(built: Built, fleet: Fleet) -> Proof | None:
    """Prove one stream's bump; None while the image, its base or the candidate is not known."""
    if missing(built, fleet) is not None:
        return None
    needed = (built.image, built.base, built.head.image)
    image, base, candidate = (fleet.installed[number] for number in needed)
    matched = {
        number: frozenset(flaw.number for flaw in flaws) for number, flaws in fleet.flaws.items()
    }
    layers = {one.layer for one in base}
    own = [one for one in image if one.layer not in layers]
    return Proof(
        built=built,
        prediction=predict(image, base, candidate, matched),
        flaws=fleet.of(needed),
        own=_matching(own, matched),
        held=_matching(image, matched),
    )


def _matching(
    packages: Iterable[Installed], matched: Mapping[int, frozenset[int]]
) -> frozenset[int]:
    return frozenset[int]().union(*(matched.get(one.number, frozenset()) for one in packages))
