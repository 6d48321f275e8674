"""What images and builders say, read from what strangers wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.domain.lineage import (
    BASE_DIGEST,
    BASE_NAME,
    Claim,
    Material,
    Provenance,
    RunImage,
    Told,
    read_provenance,
)

DIGEST, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
BUILDPACKS = "io.buildpacks.lifecycle.metadata"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(DIGEST),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
FIELDS = ("materials", "metadata", "buildConfig", "buildDefinition", "runDetails")


def test_annotations_count_before_labels_which_images_inherit() -> None:
    told = Told.read({BASE_NAME: "mine", BASE_DIGEST: DIGEST}, {BASE_NAME: "inherited"})
    assert told.claim == Claim("mine", DIGEST)
    assert Told.read({}, {BASE_NAME: "x"}).claim == Claim("x", None, inherited=True)
    assert Told.read({}, {"maintainer": "x"}) == Told()


@pytest.mark.parametrize("digest", ["", "latest", "sha256:short", f"sha256:{'g' * 64}"])
def test_a_digest_that_is_none_says_nothing(digest: str) -> None:
    assert Told.read({BASE_DIGEST: digest}, {}).claim == Claim(None, None)


def run_image(told: object) -> RunImage | None:
    text = told if isinstance(told, str) else json.dumps(told)
    return Told.read({}, {BUILDPACKS: text}).run_image


def test_buildpacks_tell_their_run_image() -> None:
    told = {"runImage": {"topLayer": DIGEST, "reference": f"x/run@{OTHER}", "image": "x/run:1"}}
    assert run_image(told) == RunImage("x/run:1", OTHER, DIGEST)
    older = {"topLayer": DIGEST, "reference": f"x/run@{OTHER}"}
    stack = {"runImage": {"image": "x/run:old"}}
    assert run_image({"runImage": older, "stack": stack}) == RunImage("x/run:old", OTHER, DIGEST)
    assert run_image({"runImage": older}) == RunImage("x/run", OTHER, DIGEST)
    assert run_image({"runImage": {"topLayer": DIGEST}}) == RunImage(None, None, DIGEST)


@pytest.mark.parametrize(
    "told",
    [
        *("", "{", "[]", "null", "[" * 100_000, '{"runImage": 3}', '{"runImage": {}}'),
        {"runImage": {"topLayer": "sha256:x"}},
        {"runImage": {"topLayer": 3}},
        "x" * 1_000_001,
    ],
    ids=lambda told: str(told)[:20],
)
def test_metadata_of_buildpacks_that_is_none_says_nothing(told: object) -> None:
    assert run_image(told) is None


def test_copacetic_tells_what_it_patched() -> None:
    assert Told.read({}, {"BaseImage": "docker.io/library/nginx:1"}).original is not None
    assert Told.read({}, {"BaseImage": ""}).original is None


# provenance


def slsa(*uris: tuple[str, str], **more: Any) -> dict[str, Any]:  # noqa: ANN401 a stranger's
    materials = [{"uri": uri, "digest": {"sha256": digest[7:]}} for uri, digest in uris]
    return {"materials": materials, **more}


def test_images_of_a_build_are_named_as_people_write_them() -> None:
    told = slsa(
        ("pkg:docker/python@3.12-slim?platform=linux%2Famd64", DIGEST),
        ("pkg:docker/ghcr.io/acme/base@1.0", OTHER),
    )
    assert read_provenance(told).materials == (
        Material("python:3.12-slim", DIGEST),
        Material("ghcr.io/acme/base:1.0", OTHER),
    )


def test_what_is_no_image_and_what_reads_dockerfiles_is_left_out() -> None:
    told = slsa(
        ("https://github.com/acme/app", DIGEST),
        ("pkg:docker/docker/dockerfile@1?platform=linux%2Famd64", OTHER),
        ("pkg:docker/x@1", "sha256:short"),
    )
    assert read_provenance(told) == Provenance(())


def test_both_versions_of_slsa_are_read() -> None:
    listed = slsa(("pkg:docker/alpine@3.20", DIGEST))["materials"]
    told = {"buildDefinition": {"resolvedDependencies": listed}}
    assert read_provenance(told).digests == {DIGEST}


@pytest.mark.parametrize("version", ["v0.2", "v1"])
def test_buildkit_tells_the_layers_that_steps_found_in_images(version: str) -> None:
    steps = [
        {"id": "step0", "op": {"Op": {"source": {"identifier": f"docker-image://x@{DIGEST}"}}}},
        {"id": "step1", "op": {"source": {"identifier": "local://context"}}},
        {"id": "step2"},
    ]
    layers = {"layers": {"step0:0": [[{"digest": OTHER}]], "step1:0": [[{"digest": DIGEST}]]}}
    listed = slsa(("pkg:docker/x@1", DIGEST))["materials"]
    if version == "v0.2":
        told: dict[str, Any] = {
            "materials": listed,
            "buildConfig": {"llbDefinition": steps},
            "metadata": {"https://mobyproject.org/buildkit@v1#metadata": layers},
        }
    else:
        told = {
            "buildDefinition": {
                "resolvedDependencies": listed,
                "internalParameters": {"buildConfig": {"llbDefinition": steps}},
            },
            "runDetails": {"metadata": {"buildkit_metadata": layers}},
        }
    read = read_provenance(told)
    assert read.materials == (Material("x:1", DIGEST, (OTHER,)),)
    assert read.final((OTHER, "own")) == read.materials[0]
    assert read.final(("own", OTHER)) is None


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_any_predicate_is_read_without_an_error(told: dict[str, Any]) -> None:
    assert isinstance(read_provenance(told), Provenance)


@given(st.dictionaries(st.sampled_from((BASE_NAME, BASE_DIGEST, BUILDPACKS)), st.text()))
def test_any_labels_are_read_without_an_error(labels: dict[str, str]) -> None:
    assert isinstance(Told.read({}, labels), Told)
