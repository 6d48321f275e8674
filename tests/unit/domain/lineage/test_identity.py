"""Bases found by layers, and what is said of them that is believed or not."""

from __future__ import annotations

from datetime import datetime

from tests.unit.domain.days import day
from watcher.domain.lineage import (
    BaseIdentity,
    Bases,
    Claim,
    KnownBase,
    Material,
    Provenance,
    RunImage,
    Subject,
    Told,
    identify,
)
from watcher.domain.lineage.known import EMPTY_LAYERS

NAME = "registry.example/base/python:3.12"


def known(
    number: int,
    *layers: str,
    name: str = NAME,
    watched: bool = True,
    created: datetime | None = None,
    labels: str = "",
) -> KnownBase:
    return KnownBase(
        number,
        (digest(number),),
        layers,
        (name,),
        watched,
        created,
        frozenset(labels.split()),
    )


def digest(number: int) -> str:
    return f"sha256:{number:064}"


def looked(diff_ids: str, *bases: KnownBase, **told: object) -> BaseIdentity | None:
    """The base of an image with the digest 99 in the repository shop/api, or its absence."""
    values: dict[str, object] = {"repositories": frozenset({"registry.example/shop/api"}), **told}
    subject = Subject(99, digest(99), tuple(diff_ids.split()), **values)  # type: ignore[arg-type]
    return identify(subject, Bases.of(bases))


def found(diff_ids: str, *bases: KnownBase, **told: object) -> BaseIdentity:
    base = looked(diff_ids, *bases, **told)
    assert base is not None
    return base


def claiming(number: int | None, name: str | None = NAME, *, inherited: bool = False) -> Told:
    return Told(Claim(name, None if number is None else digest(number), inherited))


def test_the_base_with_the_most_of_the_first_layers_is_the_base() -> None:
    base = found("a b c", known(1, "a"), known(2, "a", "b"), known(3, "a", "x"))
    assert (base.image, base.grade) == (2, "layers")
    assert base.evidence == f"its first 2 layers are those of {digest(2)[7:19]}"


def test_one_layer_is_told_as_one() -> None:
    assert found("a b", known(1, "a")).evidence == f"its first layer is that of {digest(1)[7:19]}"


def test_an_image_is_not_its_own_base() -> None:
    assert looked("a b", known(99, "a", "b")) is None
    inside = KnownBase(5, (digest(98), digest(99)), ("a", "b"), (NAME,))  # by its index's digest
    assert looked("a b", inside) is None


def test_an_image_that_adds_no_layer_is_built_on_what_has_the_same() -> None:
    base = found("a b", known(1, "a", "b"), known(2, "a"))
    assert (base.image, base.grade) == (1, "layers")
    assert base.evidence.startswith("all its layers are those of")


def test_layers_in_another_order_are_no_base() -> None:
    assert looked("b a c", known(1, "a", "b")) is None


def test_a_base_whose_layers_hold_nothing_is_the_base_of_nothing() -> None:
    (empty, other) = sorted(EMPTY_LAYERS)
    assert looked(f"{empty} {other} b", known(1), known(2, empty), known(3, empty, other)) is None
    assert found(f"{empty} a b", known(4, empty, "a")).image == 4


def test_of_bases_with_the_same_layers_the_named_one_counts_then_the_newest() -> None:
    alike = (known(1, "a", name="x/one:1"), known(2, "a", name="x/two:1", created=day(1)))
    assert found("a b", *alike, known(3, "a", name="x/three:1")).image == 2
    assert found("a b", *alike, told=claiming(None, "x/one:1")).image == 1
    assert found("a b", *alike, told=claiming(1, None)).image == 1
    later = known(4, "a", name="x/four:1", created=day(9))
    assert found("a b", *alike, later, created=day(5)).image == 2


# what the image says


def test_a_claim_that_the_layers_confirm_is_the_strongest_evidence() -> None:
    base = found("a b", known(1, "a"), told=claiming(1))
    assert (base.image, base.name, base.grade) == (1, NAME, "layers+annotation")
    assert "annotation org.opencontainers.image.base.digest, confirmed" in base.evidence


def test_a_name_without_a_digest_is_confirmed_by_the_layers_as_well() -> None:
    base = found("a b", known(1, "a"), told=claiming(None))
    assert (base.grade, base.name) == ("layers+annotation", NAME)
    hub = known(2, "a", name="docker.io/library/debian:12")
    assert found("a b", hub, told=claiming(None, "debian:12")).grade == "layers+annotation"
    assert found("a b", hub, told=claiming(None, "debian")).grade == "layers"
    assert looked("a", told=claiming(None)) is None


def test_a_claim_against_the_layers_is_not_believed_and_that_is_said() -> None:
    base = found("a b", known(1, "a"), told=claiming(9, "x/other:1"))
    assert (base.image, base.grade) == (1, "layers")
    assert base.evidence.endswith(f"the annotation names {digest(9)[7:19]} and is not believed")
    base = found("a b", known(1, "a"), told=claiming(9))
    assert base.evidence.endswith(f"names another digest of it, {digest(9)[7:19]}")


def test_a_label_that_was_inherited_does_not_outweigh_layers() -> None:
    bases = (known(1, "a"), known(2, "a", "b", name="x/dev:1"))
    for told in (claiming(1), claiming(1, inherited=True)):
        base = found("a b c", *bases, told=told)
        assert (base.image, base.grade) == (2, "layers")
        assert "on which that base is built itself" in base.evidence


def test_a_claim_alone_is_the_weakest_evidence_and_names_no_image() -> None:
    base = found("a", told=claiming(9))
    assert (base.image, base.digest, base.grade) == (None, digest(9), "annotation")


def test_a_claim_of_a_base_whose_known_layers_the_image_lacks_is_refuted() -> None:
    bases = (known(1, "x", "y"), known(2, "z"))
    for told, word in ((claiming(1), "annotation"), (claiming(1, inherited=True), "label")):
        base = found("a b", *bases, told=told)
        assert (base.image, base.name, base.digest, base.grade) == (None, None, None, None)
        assert f"the {word} names" in base.evidence
        assert "whose layers the image does not have: it is not believed" in base.evidence


def test_of_one_layer_an_annotation_can_neither_be_confirmed_nor_refuted() -> None:
    base = found("squashed", known(1, "x", "y"), told=claiming(1))
    assert (base.grade, base.image, base.digest) == ("annotation", None, digest(1))
    label = found("squashed", known(1, "x", "y"), told=claiming(1, inherited=True))
    assert label.grade is None


# images of the organisation


def own(number: int, *layers: str, **told: object) -> KnownBase:
    values: dict[str, object] = {"name": "registry.example/shop/parent:1", "watched": False, **told}
    return known(number, *layers, **values)  # type: ignore[arg-type]


def test_an_image_of_the_organisation_is_a_base_of_later_ones_elsewhere() -> None:
    base = found("a b c", known(1, "a"), own(2, "a", "b"))
    assert (base.image, base.grade) == (2, "layers")
    assert base.evidence.endswith("an image of your own")
    late = own(2, "a", "b", created=day(9))
    assert found("a b c", known(1, "a"), late, created=day(5)).image == 1
    assert found("a b c", known(1, "a"), late, created=day(9)).image == 2


def test_versions_of_one_repository_are_not_built_on_each_other() -> None:
    for name in ("registry.example/shop/api:1", "registry.example/shop/api#1-slim"):
        assert found("a b c", known(1, "a"), own(2, "a", "b", name=name)).image == 1
        told = claiming(2, None)
        assert found("a b c", known(1, "a"), own(2, "a", "b", name=name), told=told).image == 2


def test_a_child_has_every_label_of_its_parent() -> None:
    parent = own(2, "a", "b", labels="x y")
    assert found("a b c", known(1, "a"), parent, labels=frozenset("x")).image == 1
    assert found("a b c", known(1, "a"), parent, labels=frozenset("xyz")).image == 2


def test_a_copy_of_another_image_is_built_on_what_that_is_built_on() -> None:
    assert found("a b", known(1, "a"), own(2, "a", "b")).image == 1
    assert looked("a b", own(2, "a", "b")) is None


def test_what_an_image_itself_names_comes_before_layers_that_builds_may_share() -> None:
    bases = (known(1, "a"), own(2, "a", "b"))
    base = found("a b c", *bases, told=claiming(1))
    assert (base.image, base.grade) == (1, "layers+annotation")
    assert found("a b c", *bases, told=claiming(1, inherited=True)).image == 2
    assert found("a b c", *bases, told=claiming(2)).image == 2
    used = Provenance((Material("python:3.12", digest(1)),))
    assert found("a b c", *bases, provenance=used).image == 1
    both = Provenance((Material("x", digest(1)), Material("y", digest(2))))
    assert found("a b c", *bases, provenance=both).image == 2


# builders


def test_a_provenance_lists_the_images_of_every_stage_and_layers_tell_the_final_one() -> None:
    used = Provenance((Material("golang:1", digest(7)), Material("python:3.12", digest(1))))
    base = found("a b", known(1, "a"), known(7, "g"), provenance=used)
    assert (base.image, base.grade) == (1, "layers")
    assert "one of 2 images that the build used" in base.evidence


def test_a_provenance_that_tells_layers_names_the_final_image_that_nobody_saw() -> None:
    used = Provenance(
        (
            Material("golang:1", digest(7), ("g1", "g2")),
            Material("small:1", digest(8), ("s1",)),
            Material("large:1", digest(9), ("s1", "s2")),
        )
    )
    base = found("x y z", provenance=used, layers=("s1", "s2", "own"))
    assert (base.image, base.name, base.digest) == (None, "large:1", digest(9))
    assert base.grade == "provenance"
    none = found("x y", provenance=used, layers=("own", "s1"))
    assert (none.grade, none.digest) == (None, None)
    assert "no layers show the final one" in none.evidence


def test_the_one_image_of_a_build_is_its_base_unless_its_layers_say_otherwise() -> None:
    used = Provenance((Material("golang:1", digest(7)),))
    base = found("x", provenance=used)
    assert (base.grade, base.name) == ("provenance", "golang:1")
    assert found("x", known(7, "g"), provenance=used).grade is None


def test_buildpacks_name_their_run_image_by_its_last_layer() -> None:
    run = Told(run_image=RunImage("x/run:1", digest(3), "b"))
    base = found("a b c", known(3, "a", "b", name="x/run:1"), told=run)
    assert (base.image, base.grade) == (3, "layers+annotation")
    unseen = found("a b c", told=run)
    assert (unseen.image, unseen.digest, unseen.grade) == (None, digest(3), "provenance")
    assert "whose last layer is its layer 2" in unseen.evidence
    assert looked("a c", told=run) is None
    forged = found("a c", known(1, "a"), told=run)
    assert (forged.image, forged.grade) == (1, "layers")


def test_what_copacetic_patched_is_no_base_of_the_patched_image() -> None:
    told = Told(original="registry.example/shop/parent:1")
    base = found("a b patch", known(1, "a"), own(2, "a", "b"), told=told)
    assert base.image == 1
    assert "Copacetic patched it" in base.evidence
    child = found("a b patch c", known(1, "a"), known(3, "a", "b", "patch"), told=told)
    assert child.image == 3
