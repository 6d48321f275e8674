"""Bases found by layers, claims that are believed or not, and what a newer base changes."""

from __future__ import annotations

from watcher.domain.lineage import (
    BASE_DIGEST,
    BASE_NAME,
    Bases,
    Claim,
    Installed,
    KnownBase,
    Prediction,
    identify,
    predict,
)

NAME = "registry.example/base/python:3.12"


def known(number: int, *layers: str, name: str = NAME) -> KnownBase:
    return KnownBase(number, (digest(number),), layers, (name,))


def digest(number: int) -> str:
    return f"sha256:{number:064}"


def held(number: int, name: str, layer: str, *, system: bool = True) -> Installed:
    return Installed(number, name, layer, system)


def test_the_base_with_the_most_of_the_first_layers_is_the_base() -> None:
    bases = Bases.of([known(1, "a"), known(2, "a", "b"), known(3, "a", "x")])
    found = identify(["a", "b", "c"], None, bases)
    assert found is not None
    assert (found.image, found.grade) == (2, "layers")


def test_an_image_is_not_its_own_base() -> None:
    assert identify(["a", "b"], None, Bases.of([known(1, "a", "b")])) is None


def test_layers_in_another_order_are_no_base() -> None:
    assert identify(["b", "a", "c"], None, Bases.of([known(1, "a", "b")])) is None


def test_a_base_without_layers_is_the_base_of_nothing() -> None:
    assert identify(["a", "b"], None, Bases.of([known(1)])) is None


def test_a_claim_that_the_layers_confirm_is_the_strongest_evidence() -> None:
    claim = Claim(NAME, digest(1))
    found = identify(["a", "b"], claim, Bases.of([known(1, "a")]))
    assert found is not None
    assert (found.image, found.name, found.grade) == (1, NAME, "layers+annotation")


def test_a_claim_against_the_layers_is_not_believed_and_that_is_said() -> None:
    found = identify(["a", "b"], Claim(NAME, digest(9)), Bases.of([known(1, "a")]))
    assert found is not None
    assert (found.image, found.grade) == (1, "layers")
    assert "is not believed" in found.evidence


def test_a_claim_alone_is_the_weakest_evidence_and_names_no_image() -> None:
    found = identify(["a"], Claim(NAME, digest(9)), Bases.of([]))
    assert found is not None
    assert (found.image, found.digest, found.grade) == (None, digest(9), "annotation")


def test_a_claim_of_a_base_whose_known_layers_the_image_lacks_is_refuted() -> None:
    bases = Bases.of([known(1, "x", "y"), known(2, "z")])
    found = identify(["a", "b"], Claim(NAME, digest(1)), bases)
    assert found is not None
    assert (found.image, found.name, found.digest, found.grade) == (None, None, None, None)
    assert "whose layers the image does not have: it is not believed" in found.evidence


def test_a_claim_of_a_base_that_the_image_is_as_a_whole_is_not_refuted() -> None:
    found = identify(["a", "b"], Claim(NAME, digest(1)), Bases.of([known(1, "a", "b")]))
    assert found is not None
    assert found.grade == "annotation"


def test_a_name_without_a_digest_claims_nothing() -> None:
    assert identify(["a"], Claim(NAME, None), Bases.of([])) is None


def test_of_two_bases_with_the_same_layers_the_claimed_one_counts() -> None:
    bases = Bases.of([known(1, "a"), known(2, "a")])
    found = identify(["a", "b"], Claim(NAME, digest(1)), bases)
    assert found is not None
    assert found.image == 1


def test_annotations_count_before_labels_which_images_inherit() -> None:
    read = Claim.read({BASE_NAME: "mine", BASE_DIGEST: "d"}, {BASE_NAME: "inherited"})
    assert read == Claim("mine", "d")
    assert Claim.read({}, {BASE_NAME: "inherited"}) == Claim("inherited", None)
    assert Claim.read({}, {"maintainer": "x"}) is None


OPENSSL, NEWER, LIBC, JINJA = 1, 2, 3, 4
MATCHED = {OPENSSL: frozenset({10}), LIBC: frozenset({30}), JINJA: frozenset({40})}
BASE = [held(OPENSSL, "openssl", "base"), held(LIBC, "libc6", "base")]
CANDIDATE = [held(NEWER, "openssl", "new"), held(LIBC, "libc6", "new")]


def test_what_only_the_old_base_had_is_fixed_and_what_both_have_remains() -> None:
    image = [*BASE, held(JINJA, "jinja2", "app", system=False)]
    assert predict(image, BASE, CANDIDATE, MATCHED) == Prediction(
        fixes=frozenset({10}),
        remains=frozenset({30, 40}),
        introduces=frozenset(),
        unproven=frozenset(),
    )


def test_what_only_the_candidate_has_is_introduced() -> None:
    matched = {**MATCHED, NEWER: frozenset({20})}
    assert predict(BASE, BASE, CANDIDATE, matched).introduces == {20}


def test_a_base_package_that_an_own_layer_upgraded_proves_nothing() -> None:
    upgraded = 5
    image = [held(upgraded, "openssl", "app"), held(LIBC, "libc6", "base")]
    told = predict(image, BASE, CANDIDATE, {**MATCHED, upgraded: frozenset({10})})
    assert told.unproven == {10}
    assert told.fixes == frozenset()
    assert told.remains == {30}


def test_a_base_package_that_an_own_layer_removed_proves_nothing() -> None:
    image = [held(LIBC, "libc6", "base")]
    matched = {**MATCHED, NEWER: frozenset({20})}
    told = predict(image, BASE, CANDIDATE, matched)
    assert told.unproven == {20}
    assert told.introduces == frozenset()


def test_a_language_package_beside_one_of_the_base_is_no_doubt() -> None:
    node = [*BASE, held(JINJA, "semver", "base", system=False)]
    newer = [*CANDIDATE, held(6, "semver", "new", system=False)]
    image = [*node, held(7, "semver", "app", system=False)]
    told = predict(image, node, newer, {**MATCHED, 7: frozenset({70})})
    assert told.fixes == {10, 40}
    assert told.unproven == frozenset()
