"""The base of an image: what its layers show, confirmed or refuted by what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watcher.domain.lineage.known import Bases, KnownBase
from watcher.domain.lineage.provenance import Material, Provenance
from watcher.domain.lineage.told import (
    BASE_DIGEST,
    BASE_NAME,
    NOTHING_TOLD,
    Claim,
    Told,
    same_name,
)

Grade = Literal["layers+annotation", "layers", "provenance", "annotation"]


@dataclass(frozen=True, slots=True)
class Subject:
    """An image whose base is looked for.

    `layers` are its layers as stored, beside `diff_ids`, which are of what is in them: compressed
    anew they stay the same. `repositories` are those that it is in, as references name them.
    """

    image: int
    digest: str
    diff_ids: tuple[str, ...]
    layers: tuple[str, ...] = ()
    repositories: frozenset[str] = frozenset()
    created: datetime | None = None
    told: Told = NOTHING_TOLD
    provenance: Provenance | None = None


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


def identify(subject: Subject, bases: Bases) -> BaseIdentity | None:
    """Tell an image's base by its layers, confirmed by what is said; layers win over any claim.

    What is said of a base whose layers nobody knows is of the lower grades. What is said against
    known layers is not believed: then there is no base, and the evidence says why.
    """
    found = _by_layers(subject, bases)
    if found is not None:
        return _shown(subject, found, bases)
    return _run_image(subject) or _attested(subject, bases) or _claimed(subject, bases)


# by layers


def _by_layers(subject: Subject, bases: Bases) -> KnownBase | None:
    """The base with the most of the image's first layers.

    An image of the organisation that nothing but layers speaks for gives way to a shorter base that
    the image's own annotation or provenance names: two builds may share their first layers.
    """
    groups = [found for found in _candidates(subject, bases) if found]
    if not groups:
        return None
    longest = _best(subject, groups[0])
    if longest.watched or _confirmed(subject, longest):
        return longest
    named = (one for group in groups[1:] for one in group if _said_itself(subject, one))
    return next(named, longest)


def _candidates(subject: Subject, bases: Bases) -> Iterator[list[KnownBase]]:
    for group in bases.beginning(subject.diff_ids):
        yield [one for one in group if _may_be(subject, one)]


def _may_be(subject: Subject, base: KnownBase) -> bool:
    """Whether an image may be the base, given that the layers fit.

    It is not its own base, nor is its original before it was patched. An image of the organisation
    is a base of later images in other repositories, unless they say so themselves; and one with
    all the same layers is a copy of it, as far as anybody can tell.
    """
    if base.image == subject.image or subject.digest in base.digests:
        return False
    original = any(same_name(subject.told.original, name) for name in base.names)
    if base.watched:
        return not (original and len(base.diff_ids) == len(subject.diff_ids))
    if original:
        return False
    if _confirmed(subject, base):
        return True
    copy = len(base.diff_ids) == len(subject.diff_ids)
    return not copy and _earlier(base, subject) and not (base.repositories & subject.repositories)


def _earlier(base: KnownBase, subject: Subject) -> bool:
    """Whether a base may have been made before an image, by what both say of themselves."""
    if base.created is None or subject.created is None:
        return True
    return base.created <= subject.created


def _best(subject: Subject, group: Sequence[KnownBase]) -> KnownBase:
    """Of images with the same layers the one that is named, else watched, else the newest."""

    def weight(base: KnownBase) -> tuple[bool, bool, bool, bool, int]:
        claim = subject.told.claim
        named = claim is not None and any(same_name(claim.name, name) for name in base.names)
        confirmed, earlier = _confirmed(subject, base), _earlier(base, subject)
        return confirmed, named, base.watched, earlier, base.image

    return max(group, key=weight)


def _confirmed(subject: Subject, base: KnownBase) -> bool:
    """Whether the image's own annotation, run image or provenance names a base."""
    return _annotated(subject, base) is not None or _listed(subject, base)


def _said_itself(subject: Subject, base: KnownBase) -> bool:
    """Whether what can be of no image below it names a base: its annotation or provenance."""
    claim = subject.told.claim
    own = claim is not None and not claim.inherited and claim.digest in base.digests
    return own or _listed(subject, base)


def _annotated(subject: Subject, base: KnownBase) -> str | None:
    """Which word of the image names a base: exactly its digest, or its name without one."""
    told = subject.told
    claim, run = told.claim, told.run_image
    if claim is not None and claim.digest in base.digests:
        return f"annotation {BASE_DIGEST}"
    if claim is not None and claim.digest is None and _named(claim.name, base):
        return f"annotation {BASE_NAME}"
    if run is not None and run.top == base.diff_ids[-1]:
        return "the metadata of its buildpacks"
    return None


def _named(name: str | None, base: KnownBase) -> bool:
    return any(same_name(name, one) for one in base.names)


def _listed(subject: Subject, base: KnownBase) -> bool:
    """Whether its provenance lists a base among the images that the build used."""
    used = subject.provenance.digests if subject.provenance else frozenset()
    return not used.isdisjoint(base.digests)


def _shown(subject: Subject, base: KnownBase, bases: Bases) -> BaseIdentity:
    """The base that layers show, with what confirms it and what is not believed."""
    count, digest = len(base.diff_ids), base.digests[0]
    whole = count == len(subject.diff_ids)
    which = "all its layers" if whole else f"its first {count} layers"
    layers = f"{which} are those of {_short(digest)}"
    if not base.watched:
        layers = f"{layers}, an image of your own"
    word = _annotated(subject, base)
    beside = _beside(subject, base, bases)
    name = _name(base, subject.told.claim)
    if word is not None:
        evidence = f"{word}, confirmed by the layers: {layers}{beside}"
        return BaseIdentity(base.image, name, digest, "layers+annotation", evidence)
    return BaseIdentity(base.image, name, digest, "layers", f"{layers}{beside}")


def _beside(subject: Subject, base: KnownBase, bases: Bases) -> str:
    """What else is said: provenance that agrees, and words that are not believed."""
    found: list[str] = []
    if _listed(subject, base) and subject.provenance:
        count = len(subject.provenance.materials)
        used = "the one image" if count == 1 else f"one of {count} images"
        found.append(f"its provenance lists it as {used} that the build used")
    claim = subject.told.claim
    if claim is not None and claim.digest is not None and claim.digest not in base.digests:
        found.append(_doubted(claim, claim.digest, base, bases))
    if subject.told.original is not None:
        found.append("Copacetic patched it; its label names what it was before, and no base")
    return "".join(f"; {one}" for one in found)


def _doubted(claim: Claim, digest: str, base: KnownBase, bases: Bases) -> str:
    ancestor = any(
        base.diff_ids[: len(one.diff_ids)] == one.diff_ids
        for one in bases.by_digest.get(digest, ())
    )
    word = "label" if claim.inherited else "annotation"
    if ancestor:
        return f"the {word} names {_short(digest)}, on which that base is built itself"
    if _named(claim.name, base):
        return f"the {word} names another digest of it, {_short(digest)}"
    return f"the {word} names {_short(digest)} and is not believed"


def _name(base: KnownBase, claim: Claim | None) -> str | None:
    named = next((one for one in base.names if claim and same_name(claim.name, one)), None)
    return named or (base.names[0] if base.names else None)


# by what is said alone


def _run_image(subject: Subject) -> BaseIdentity | None:
    """The run image of buildpacks, whose last layer the image has."""
    run = subject.told.run_image
    if run is None or run.digest is None or run.top not in subject.diff_ids:
        return None
    count = subject.diff_ids.index(run.top) + 1
    evidence = (
        f"the metadata of its buildpacks names the run image, whose last layer is its layer {count}"
    )
    return BaseIdentity(None, run.name, run.digest, "provenance", evidence)


def _attested(subject: Subject, bases: Bases) -> BaseIdentity | None:
    """The image of the final stage, where a provenance tells which one that is."""
    told = subject.provenance
    if told is None or not told.materials:
        return None
    final = told.final(subject.layers)
    if final is not None:
        evidence = (
            f"its provenance tells the layers of {len(told.materials)} images that the build used; "
            f"its first {len(final.layers)} are those of {_short(final.digest)}"
        )
        return _of_material(final, evidence)
    possible = [
        one
        for one in told.materials
        if not one.layers and not bases.refutes(subject.diff_ids, one.digest)
    ]
    if len(told.materials) == 1 and possible:
        evidence = "its provenance lists one image alone; no layers of it are known"
        return _of_material(possible[0], evidence)
    return None


def _of_material(one: Material, evidence: str) -> BaseIdentity:
    return BaseIdentity(None, one.name, one.digest, "provenance", evidence)


def _claimed(subject: Subject, bases: Bases) -> BaseIdentity | None:
    claim = subject.told.claim
    if claim is None or claim.digest is None:
        return _untold(subject)
    if not bases.refutes(subject.diff_ids, claim.digest):
        evidence = "an annotation alone; no layers of a watched base confirm it"
        return BaseIdentity(None, claim.name, claim.digest, "annotation", evidence)
    word = "label" if claim.inherited else "annotation"
    if not claim.inherited and len(subject.diff_ids) == 1:
        evidence = (
            "an annotation alone; the image is of one layer, as if squashed, so layers can neither "
            "confirm nor refute it"
        )
        return BaseIdentity(None, claim.name, claim.digest, "annotation", evidence)
    evidence = (
        f"the {word} names {_short(claim.digest)}, whose layers the image does not have: "
        "it is not believed"
    )
    return BaseIdentity(None, None, None, None, evidence)


def _untold(subject: Subject) -> BaseIdentity | None:
    """No base, and why a provenance does not help."""
    if subject.provenance is None or not subject.provenance.materials:
        return None
    count = len(subject.provenance.materials)
    used = "one image" if count == 1 else f"{count} images"
    evidence = f"its provenance lists {used} that the build used, and no layers show the final one"
    return BaseIdentity(None, None, None, None, evidence)


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
