"""Images and indexes: what their documents say of each other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from watcher.demo.workshop import Image, Index, built_on, layer, signature
from watcher.demo.workshop.blobs import Blob, digest_of

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
BASE = Image([layer({"etc/base": "1"})], created=NOON, labels={"base": "yes", "team": "core"})


def document(blob: Blob) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(blob.content)
    return loaded


def test_a_manifest_lists_configuration_and_layers_by_digest_and_size() -> None:
    image = Image((layer({"a": "1"}), layer({"b": "2"})), created=NOON)
    manifest = document(image.manifest())
    named = [manifest["config"], *manifest["layers"]]
    blobs = [image.config(), *image.blobs()[:-1]]
    assert [(one["digest"], one["size"]) for one in named] == [
        (digest_of(blob.content), len(blob.content)) for blob in blobs
    ]
    assert image.digest == digest_of(image.manifest().content)


def test_a_configuration_says_where_when_and_from_what() -> None:
    image = Image(BASE.layers, platform="linux/arm64/v8", created=NOON, labels={"a": "b"})
    config = document(image.config())
    assert (config["os"], config["architecture"], config["variant"]) == ("linux", "arm64", "v8")
    assert config["created"] == "2024-05-01T12:00:00Z"
    assert config["config"] == {"Labels": {"a": "b"}}
    assert config["rootfs"]["diff_ids"] == [BASE.layers[0].diff_id]
    assert len(config["history"]) == 1


def test_an_image_of_unknown_age_says_nothing_of_it() -> None:
    config = document(Image(BASE.layers).config())
    assert "created" not in config
    assert "created" not in config["history"][0]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Image(BASE.layers, created=datetime(2024, 5, 1)).config()  # noqa: DTZ001 - the point


def test_a_child_has_its_bases_layers_first_and_inherits_labels() -> None:
    child = built_on(BASE, [layer({"app": "1"})], created=NOON, labels={"team": "shop"})
    assert child.layers[:1] == BASE.layers
    assert child.labels == {"base": "yes", "team": "shop"}
    assert "annotations" not in document(child.manifest())


def test_a_child_may_name_its_base() -> None:
    child = built_on(BASE, [], created=NOON, base_name="registry.example/base:1")
    assert document(child.manifest())["annotations"] == {
        "org.opencontainers.image.base.name": "registry.example/base:1",
        "org.opencontainers.image.base.digest": BASE.digest,
    }


def test_dockers_types_are_dockers_throughout() -> None:
    manifest = document(Image(BASE.layers, format="docker").manifest())
    assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
    assert manifest["config"]["mediaType"] == "application/vnd.docker.container.image.v1+json"
    kinds = {one["mediaType"] for one in manifest["layers"]}
    assert kinds == {"application/vnd.docker.image.rootfs.diff.tar.gzip"}


def test_an_index_lists_its_platforms_and_attestations_as_unknown() -> None:
    arm = Image(BASE.layers, platform="linux/arm64/v8")
    index = Index((BASE, arm), attested=True)
    entries = document(index.index())["manifests"]
    platforms = ["{os}/{architecture}".format(**one["platform"]) for one in entries]
    assert platforms == ["linux/amd64", "linux/arm64", "unknown/unknown", "unknown/unknown"]
    assert entries[1]["platform"]["variant"] == "v8"
    assert [one["digest"] for one in entries[:2]] == [BASE.digest, arm.digest]
    assert entries[3]["annotations"]["vnd.docker.reference.digest"] == arm.digest


def test_an_index_is_pushed_after_all_that_it_lists() -> None:
    index = Index((BASE,), attested=True)
    *inner, last = [manifest.digest for manifest in index.manifests()]
    assert last == index.digest
    assert inner == [one["digest"] for one in document(index.index())["manifests"]]
    held = {blob.digest for blob in index.blobs()}
    for manifest in index.manifests()[:-1]:
        content = document(manifest)
        assert {one["digest"] for one in [content["config"], *content["layers"]]} <= held


def test_a_signature_is_tagged_after_the_image_it_signs() -> None:
    tag, artifact = signature(BASE.digest)
    assert tag == BASE.digest.replace("sha256:", "sha256-") + ".sig"
    assert BASE.digest.encode() in artifact.layers[0].content
