"""Manifests and configurations: what is read from their bytes."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.distribution import (
    ImageDocument,
    IndexDocument,
    parse_config,
    parse_manifest,
)
from watcher.adapters.distribution.config import parse_time
from watcher.domain.errors import PermanentError
from watcher.domain.reference import Platform

DIGEST = "sha256:" + "0" * 64
OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
TAR = "application/vnd.oci.image.layer.v1.tar+gzip"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = ("schemaVersion", "mediaType", "config", "layers", "manifests", "annotations", "digest")


def described(kind: str, **more: object) -> dict[str, object]:
    return {"mediaType": kind, "digest": DIGEST, "size": 7, **more}


def manifest(**fields: object) -> bytes:
    whole = {"schemaVersion": 2, "config": described(CONFIG), "layers": [described(TAR)], **fields}
    return json.dumps(whole).encode()


def index(*entries: object, **fields: object) -> bytes:
    return json.dumps({"schemaVersion": 2, "manifests": entries, **fields}).encode()


def image(body: bytes) -> ImageDocument:
    document = parse_manifest("it", body)
    assert isinstance(document, ImageDocument)
    return document


def platforms(*entries: object) -> list[Platform | None]:
    document = parse_manifest("it", index(*entries))
    assert isinstance(document, IndexDocument)
    return [entry.platform for entry in document.entries]


def test_a_manifest_without_a_media_type_is_known_by_its_shape() -> None:
    assert image(manifest()).media_type == OCI
    assert parse_manifest("it", index()).media_type == INDEX


def test_what_is_no_image_says_what_it_is() -> None:
    helm = "application/vnd.cncf.helm.config.v1+json"
    cosign = "application/vnd.dev.cosign.simplesigning.v1+json"
    empty = described("application/vnd.oci.empty.v1+json")
    assert image(manifest()).stranger is None
    assert image(manifest(layers=[])).stranger is None
    assert image(manifest(layers=[described(cosign), described(TAR)])).stranger is None
    assert image(manifest(config=described(helm))).stranger == helm
    assert image(manifest(layers=[described(cosign)])).stranger == cosign
    assert image(manifest(config=empty, artifactType="x/sbom")).stranger == "x/sbom"


def test_an_index_leaves_out_what_is_no_image() -> None:
    amd = {"os": "linux", "architecture": "amd64"}
    unknown = {"os": "unknown", "architecture": "unknown"}
    attests = {"vnd.docker.reference.type": "attestation-manifest"}
    assert platforms(
        described(OCI, platform=amd),
        described(OCI, platform=unknown),
        described(OCI, platform=amd, annotations=attests),
        described(OCI, platform=amd, artifactType="application/sbom"),
        described("application/vnd.in-toto+json", platform=amd),
        described(OCI, platform={"os": "linux", "architecture": "arm", "variant": "v7"}),
    ) == [Platform("linux", "amd64"), Platform("linux", "arm", "v7")]


def test_an_entry_without_a_platform_is_kept_to_be_looked_into() -> None:
    assert platforms(described(OCI), described(OCI, platform={"os": "linux"})) == [None, None]


@pytest.mark.parametrize("field", ["digest", "size"])
@pytest.mark.parametrize("wrong", [None, True, -1, 1.5, "x", [], {}, 2**64, "sha512:" + "0" * 128])
def test_a_descriptor_that_is_wrong_is_refused(field: str, wrong: object) -> None:
    with pytest.raises(PermanentError, match=field):
        parse_manifest("it", manifest(layers=[described(TAR, **{field: wrong})]))


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_is_a_document_or_refused(fields: dict[str, object]) -> None:
    for body in (json.dumps(fields).encode(), manifest(**fields), index(**fields)):
        for parse in (parse_manifest, parse_config):
            with suppress(PermanentError):
                parse("it", body)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(PermanentError):
        parse_manifest("it", body)


def config(**fields: object) -> bytes:
    return json.dumps({"os": "linux", "architecture": "amd64", **fields}).encode()


def test_a_configuration_may_say_next_to_nothing() -> None:
    found = parse_config("it", config(config=None, rootfs={}, created=None))
    assert found.platform == Platform("linux", "amd64")
    assert (found.created, found.diff_ids, found.labels) == (None, (), {})


def test_labels_that_no_database_stores_are_mended() -> None:
    labels = {"a\0b": "c\0d", "lone": "\ud800", "fine": "ü\n"}
    found = parse_config("it", config(config={"Labels": labels})).labels
    assert found == {"a\ufffdb": "c\ufffdd", "lone": "?", "fine": "ü\n"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"os": 7},
        {"os": ""},
        {"os": "x" * 65},
        {"architecture": "a b"},
        {"rootfs": [1]},
        {"rootfs": {"diff_ids": ["sha256:x"]}},
        {"rootfs": {"diff_ids": DIGEST}},
        {"config": {"Labels": {"a": 1}}},
        {"config": {"Labels": ["a"]}},
        {"config": "x"},
    ],
)
def test_a_configuration_that_is_wrong_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PermanentError):
        parse_config("it", config(**wrong))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-04T17:20:30Z", datetime(2024, 5, 4, 17, 20, 30, tzinfo=UTC)),
        ("2024-05-04T17:20:30.123456789Z", datetime(2024, 5, 4, 17, 20, 30, 123456, tzinfo=UTC)),
        ("2024-05-04T17:20:30.5+02:00", datetime(2024, 5, 4, 15, 20, 30, 500000, tzinfo=UTC)),
        ("2024-05-04 17:20:30.1 -0730 PDT", datetime(2024, 5, 5, 0, 50, 30, 100000, tzinfo=UTC)),
        ("2024-05-04 17:20:30 +0000 UTC m=+0.01", datetime(2024, 5, 4, 17, 20, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("2024-05-04T17:20:30", None),
        ("2024-13-04T17:20:30Z", None),
        ("2024-05-04T17:20:30+99:99", None),
        ("2024-05-04T17:20:60Z", None),
        ("yesterday", None),
        ("", None),
        ("\uff12\uff10\uff12\uff14-05-04T17:20:30Z", None),
    ],
)
def test_times_are_read_as_they_are_written(text: str, moment: datetime | None) -> None:
    assert parse_time(text) == moment


@given(st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - as it wants
def test_every_time_is_read_back(moment: datetime) -> None:
    assert parse_time(moment.isoformat()) == moment


TIMELIKE = st.from_regex(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.*", fullmatch=True)


@given(st.text(max_size=40) | TIMELIKE)
def test_any_text_is_a_time_or_none(text: str) -> None:
    moment = parse_time(text)
    assert moment is None or moment.tzinfo is UTC
