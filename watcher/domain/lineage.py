"""Base images: which one an image is built from, by what evidence, and what a newer one changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

Named = tuple[bool, str]  # whether the system has it, and its name

Grade = Literal["layers+annotation", "layers", "provenance", "annotation"]

BASE_NAME = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"


@dataclass(frozen=True, slots=True)
class Claim:
    """What an image says of its base, in annotations of the OCI image specification 1.1."""

    name: str | None
    digest: str | None

    @classmethod
    def read(cls, annotations: Mapping[str, str], labels: Mapping[str, str]) -> Claim | None:
        """Read the annotations of a manifest, else the labels of a configuration."""
        for told in (annotations, labels):
            if BASE_NAME in told or BASE_DIGEST in told:
                return cls(told.get(BASE_NAME), told.get(BASE_DIGEST))
        return None


@dataclass(frozen=True, slots=True)
class KnownBase:
    """An image that is watched as a base: its number, digests it goes by, and its layers.

    `digests` holds that of its manifest and those of the indexes it is in; `names` are those of
    the streams that ever pointed to it, the one that did so last first.
    """

    image: int
    digests: tuple[str, ...]
    diff_ids: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaseIdentity:
    """The base of an image: `image` is its number where it is known, `evidence` is one sentence.

    Without a grade it has none: what it claims is refuted, and the evidence says how.
    """

    image: int | None
    name: str | None
    digest: str | None
    grade: Grade | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Bases:
    """Known bases, found by the layers that images begin with."""

    by_prefix: Mapping[str, tuple[KnownBase, ...]] = field(default_factory=dict)
    by_digest: Mapping[str, tuple[KnownBase, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Iterable[KnownBase]) -> Bases:
        """Index bases by their layers; one without layers is no base."""
        layered: dict[str, list[KnownBase]] = {}
        named: dict[str, list[KnownBase]] = {}
        for base in known:
            if base.diff_ids:
                layered.setdefault(_chain(base.diff_ids)[-1], []).append(base)
                for digest in base.digests:
                    named.setdefault(digest, []).append(base)
        return cls(_frozen(layered), _frozen(named))

    def longest(self, diff_ids: Sequence[str]) -> tuple[KnownBase, ...]:
        """The bases with the most of the image's first layers; not the image itself as a whole."""
        for prefix in reversed(_chain(diff_ids)[:-1]):
            if prefix in self.by_prefix:
                return self.by_prefix[prefix]
        return ()

    def refuted(self, diff_ids: Sequence[str], digest: str) -> bool:
        """Whether a digest is that of bases known by their layers, and the image has none's."""
        claimed = self.by_digest.get(digest, ())
        return bool(claimed) and not any(
            tuple(diff_ids[: len(base.diff_ids)]) == tuple(base.diff_ids) for base in claimed
        )


def _frozen(found: Mapping[str, list[KnownBase]]) -> dict[str, tuple[KnownBase, ...]]:
    return {name: tuple(members) for name, members in found.items()}


def identify(diff_ids: Sequence[str], claim: Claim | None, bases: Bases) -> BaseIdentity | None:
    """Tell an image's base by its layers, confirmed by its claim; layers win over any claim.

    A claim of a base whose layers nobody knows is the lowest grade. One against known layers is not
    believed: then there is no base, and the evidence says why.
    """
    found = bases.longest(diff_ids)
    if not found:
        return _claimed(diff_ids, claim, bases)
    confirmed = next((b for b in found if claim and claim.digest in b.digests), None)
    base = confirmed or _named(found, claim) or found[-1]
    layers = f"its first {len(base.diff_ids)} layers are those of {_short(base.digests[0])}"
    name = _name(base, claim)
    if confirmed:
        evidence = f"annotation {BASE_DIGEST}, confirmed by the layers: {layers}"
        return BaseIdentity(base.image, name, base.digests[0], "layers+annotation", evidence)
    told = (
        f"; the annotation names {_short(claim.digest)} and is not believed"
        if claim and claim.digest
        else ""
    )
    return BaseIdentity(base.image, name, base.digests[0], "layers", f"{layers}{told}")


def _claimed(diff_ids: Sequence[str], claim: Claim | None, bases: Bases) -> BaseIdentity | None:
    if claim is None or claim.digest is None:
        return None
    if bases.refuted(diff_ids, claim.digest):
        evidence = (
            f"the annotation names {_short(claim.digest)}, whose layers the image does not have: "
            "it is not believed"
        )
        return BaseIdentity(None, None, None, None, evidence)
    evidence = "an annotation alone; no layers of a watched base confirm it"
    return BaseIdentity(None, claim.name, claim.digest, "annotation", evidence)


def _named(found: Sequence[KnownBase], claim: Claim | None) -> KnownBase | None:
    name = claim.name if claim else None
    return next((base for base in found if name in base.names), None) if name else None


def _name(base: KnownBase, claim: Claim | None) -> str | None:
    if claim is not None and claim.name in base.names:
        return claim.name
    return base.names[0] if base.names else None


def _short(digest: str | None) -> str:
    return digest.removeprefix("sha256:")[:12] if digest else "nothing"


def _chain(diff_ids: Sequence[str]) -> list[str]:
    """A name for each prefix of a list of layers."""
    names: list[str] = []
    for diff_id in diff_ids:
        before = names[-1] if names else ""
        names.append(sha256(f"{before} {diff_id}".encode()).hexdigest())
    return names


@dataclass(frozen=True, slots=True)
class Installed:
    """A package in an image: the diff id of its layer, and whether the system has it."""

    number: int
    name: str
    layer: str
    system: bool

    @property
    def named(self) -> Named:
        """What the package is called, and by whom."""
        return self.system, self.name


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
    image: Sequence[Installed],
    base: Sequence[Installed],
    candidate: Sequence[Installed],
    matched: Mapping[int, frozenset[int]],
) -> Prediction:
    """Predict an image rebuilt on a candidate: its own packages and those of the candidate.

    `base` is what the base itself holds, `matched` maps packages to the vulnerabilities they match
    now. What concerns a package that an application layer installed, upgraded, copied or removed
    while a base has one of its name is unproven: only the rebuild can tell.
    """
    layers = frozenset(one.layer for one in base)
    own = [one for one in image if one.layer not in layers]
    doubtful = _touched(image, base) | (_system(own) & (_system(base) | _system(candidate)))
    before, after = _matching(image, matched), _matching((*own, *candidate), matched)
    touched = [one for one in (*image, *candidate) if one.named in doubtful]
    unproven = _matching(touched, matched)
    return Prediction(
        fixes=(before - after) - unproven,
        remains=(before & after) - unproven,
        introduces=(after - before) - unproven,
        unproven=unproven,
    )


def _touched(image: Sequence[Installed], base: Sequence[Installed]) -> frozenset[Named]:
    """Names of the base's packages that the image no longer has as the base brought them."""
    kept = {(one.number, one.layer) for one in image}
    return frozenset(one.named for one in base if (one.number, one.layer) not in kept)


def _system(packages: Iterable[Installed]) -> frozenset[Named]:
    return frozenset(one.named for one in packages if one.system)


def _matching(
    packages: Iterable[Installed], matched: Mapping[int, frozenset[int]]
) -> frozenset[int]:
    return frozenset[int]().union(*(matched.get(one.number, frozenset()) for one in packages))
