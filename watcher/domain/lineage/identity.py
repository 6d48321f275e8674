"""The base of an image: what its layers show, confirmed or refuted by what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watcher.domain.lineage.known import Bases, KnownBase
from watcher.domain.lineage.said import by_claim, by_provenance, by_run_image
from watcher.domain.lineage.subject import BaseIdentity, Subject, short
from watcher.domain.lineage.told import BASE_DIGEST, BASE_NAME, Claim, same_name


def identify(subject: Subject, bases: Bases) -> BaseIdentity | None:
    """Tell an image's base by its layers, confirmed by what is said; layers win over any claim.

    What is said of a base whose layers nobody knows is of the lower grades. What is said against
    known layers is not believed: then there is no base, and the evidence says why.
    """
    found = _by_layers(subject, bases)
    if found is not None:
        return _shown(subject, found, bases)
    return by_run_image(subject) or by_provenance(subject, bases) or by_claim(subject, bases)


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
    is a base of later images in other repositories that have its labels, unless they say so
    themselves; and one with all the same layers is a copy of it, as far as anybody can tell.
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
    apart = not (base.repositories & subject.repositories)
    # Builders hand on every label, with its value or another one.
    inherits = base.labels <= subject.labels
    return not copy and apart and inherits and _earlier(base, subject)


def _earlier(base: KnownBase, subject: Subject) -> bool:
    """Whether a base may have been made before an image, by what both say of themselves."""
    if base.created is None or subject.created is None:
        return True
    return base.created <= subject.created


def _best(subject: Subject, group: Sequence[KnownBase]) -> KnownBase:
    """Of images with the same layers the one that is named, else watched, else the newest."""

    def weight(base: KnownBase) -> tuple[object, ...]:
        claim = subject.told.claim
        named = claim is not None and any(same_name(claim.name, name) for name in base.names)
        confirmed, earlier = _confirmed(subject, base), _earlier(base, subject)
        made = base.created.timestamp() if base.created else 0.0
        return confirmed, named, base.watched, earlier, made, base.image

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
    first = "its first layer is that" if count == 1 else f"its first {count} layers are those"
    layers = f"{'all its layers are those' if whole else first} of {short(digest)}"
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
        return f"the {word} names {short(digest)}, on which that base is built itself"
    if _named(claim.name, base):
        return f"the {word} names another digest of it, {short(digest)}"
    return f"the {word} names {short(digest)} and is not believed"


def _name(base: KnownBase, claim: Claim | None) -> str | None:
    named = next((one for one in base.names if claim and same_name(claim.name, one)), None)
    return named or (base.names[0] if base.names else None)
