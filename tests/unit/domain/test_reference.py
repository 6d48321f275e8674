"""References: what is a name, and what only looks like one."""

from __future__ import annotations

import pytest

from watcher.domain.errors import UsageError
from watcher.domain.reference import (
    ArtifactReference,
    Platform,
    Repository,
    is_digest,
    is_repository_path,
    is_tag,
)

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        DIGEST[:-1],
        DIGEST + "0",
        DIGEST.upper(),
        DIGEST + "\n",
        DIGEST.replace("sha256", "sha512"),
    ],
)
def test_only_a_whole_lower_case_sha256_is_a_digest(text: str) -> None:
    assert is_digest(DIGEST)
    assert not is_digest(text)


@pytest.mark.parametrize("text", ["latest", "1.2.3", "_x", "A" * 128, "v1-2_3.x"])
def test_these_are_tags(text: str) -> None:
    assert is_tag(text)


@pytest.mark.parametrize("text", ["", ".hidden", "-x", "a b", "a/b", "A" * 129, "x\n", "ü"])
def test_these_are_no_tags(text: str) -> None:
    assert not is_tag(text)


@pytest.mark.parametrize("text", ["a", "shop/api", "a.b/c_d/e__f/g--h", "1/2", "a/" * 127 + "b"])
def test_these_are_repository_paths(text: str) -> None:
    assert is_repository_path(text)


@pytest.mark.parametrize(
    "text", ["", "/a", "a/", "a//b", "Shop", "a..b", "a___b", "-a", "a/../b", "a" * 256, "a\n"]
)
def test_these_are_no_repository_paths(text: str) -> None:
    assert not is_repository_path(text)


def test_a_repository_is_written_with_its_registry() -> None:
    assert str(Repository("local", "shop/api")) == "local/shop/api"


@pytest.mark.parametrize("text", ["linux/amd64", "linux/arm/v7"])
def test_a_platform_is_written_as_it_is_read(text: str) -> None:
    assert str(Platform.parse(text)) == text


@pytest.mark.parametrize("text", ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux//v7"])
def test_half_a_platform_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="linux/amd64"):
        Platform.parse(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "ghcr.io/aquasecurity/trivy-db:2",
            ArtifactReference("ghcr.io", "aquasecurity/trivy-db", "2"),
        ),
        ("localhost:5000/db", ArtifactReference("localhost:5000", "db", "latest")),
        ("[::1]:5000/db:1", ArtifactReference("[::1]:5000", "db", "1")),
        ("my_registry/db:1", ArtifactReference("my_registry", "db", "1")),
        (f"h.example/db:2@{DIGEST}", ArtifactReference("h.example", "db", "2", DIGEST)),
        (f"h.example/db@{DIGEST}", ArtifactReference("h.example", "db", "latest", DIGEST)),
    ],
)
def test_an_artifact_is_read_from_host_path_tag_and_digest(
    text: str, read: ArtifactReference
) -> None:
    assert ArtifactReference.parse(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "trivy-db",
        "trivy-db:2",
        "/db:2",
        "h.example/",
        "h.example/DB:2",
        "h.example/db:",
        "h.example/db:a b",
        "h.example/db@",
        "h.example/db@sha256:12",
        "https://h.example/db:2",
        "user:secret@h.example/db:2",
        "h example/db:2",
        "h.example:port/db:2",
        "h.example?x/db:2",
        "-h.example/db:2",
    ],
)
def test_what_is_no_artifact_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError, match="host/path"):
        ArtifactReference.parse(text)


def test_an_artifact_is_asked_for_by_its_digest_where_there_is_one() -> None:
    pinned = ArtifactReference("h.example", "db", "2", DIGEST)
    assert (pinned.target, str(pinned)) == (DIGEST, f"h.example/db@{DIGEST}")
    moving = ArtifactReference("h.example", "db", "2")
    assert (moving.target, str(moving)) == ("2", "h.example/db:2")


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:5000", "127.0.0.1:5000", "127.1.2.3", "[::1]", "[::1]:5000"]
)
def test_this_machine_may_be_plain(host: str) -> None:
    assert ArtifactReference(host, "db").plain


@pytest.mark.parametrize(
    "host",
    [
        "h.example",
        "127.evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "[::2]",
    ],
)
def test_another_machine_is_never_plain_whatever_its_name(host: str) -> None:
    assert not ArtifactReference(host, "db").plain
