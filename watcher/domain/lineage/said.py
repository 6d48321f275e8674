"""The base of an image by what is said of it alone, where no layers show any."""

from __future__ import annotations

from watcher.domain.lineage.known import Bases
from watcher.domain.lineage.provenance import Material
from watcher.domain.lineage.subject import BaseIdentity, Subject, short


def by_run_image(subject: Subject) -> BaseIdentity | None:
    """The run image of buildpacks, whose last layer the image has."""
    run = subject.told.run_image
    if run is None or run.digest is None or run.top not in subject.diff_ids:
        return None
    count = subject.diff_ids.index(run.top) + 1
    evidence = (
        f"the metadata of its buildpacks names the run image, whose last layer is its layer {count}"
    )
    return BaseIdentity(None, run.name, run.digest, "provenance", evidence)


def by_provenance(subject: Subject, bases: Bases) -> BaseIdentity | None:
    """The image of the final stage, where a provenance tells which one that is."""
    told = subject.provenance
    if told is None or not told.materials:
        return None
    final = told.final(subject.layers)
    if final is not None:
        evidence = (
            f"its provenance tells the layers of {len(told.materials)} images that the build used; "
            f"its first {len(final.layers)} are those of {short(final.digest)}"
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


def by_claim(subject: Subject, bases: Bases) -> BaseIdentity | None:
    """The base that the image names, unless known layers refute it: then none, and why."""
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
        f"the {word} names {short(claim.digest)}, whose layers the image does not have: "
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
