"""Harbor's lists, from bytes to values."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.adapters.registries.harbor.entries import (
    ArtifactEntry,
    Project,
    RepositoryEntry,
    Tag,
    artifact,
    parse_list,
    project,
    repository,
)
from watcher.domain.errors import PermanentError

ARTIFACTS = Path(__file__).with_name("artifacts.json")


def digest(figure: str) -> str:
    return f"sha256:{figure * 64}"


def test_artifacts_as_a_real_harbor_writes_them() -> None:
    assert parse_list("it", ARTIFACTS.read_bytes(), artifact) == (
        ArtifactEntry(
            41,
            "shop/deep/api",
            7,
            digest("1"),
            image=True,
            tags=(
                Tag("1.0", datetime(2026, 3, 1, 8, 15, 31, 456000, UTC)),
                Tag("latest", datetime(2026, 3, 4, 9, tzinfo=UTC)),
            ),
        ),
        ArtifactEntry(42, "shop/deep/api", 7, digest("2"), image=True, tags=(Tag("1.1", None),)),
        ArtifactEntry(43, "", 8, digest("4"), image=False, tags=()),
        ArtifactEntry(0, "", 0, digest("5"), image=True, tags=()),
    )


def test_projects_are_private_only_where_it_is_said() -> None:
    body = (
        b'[{"name": "a", "metadata": {"public": "false"}}, {"name": "b", "metadata": {"public":'
        b' "true"}}, {"name": "c", "metadata": null}, {"name": "d", "metadata": {"public": 0}}]'
    )
    assert parse_list("it", body, project) == (
        Project("a", private=True, cache=False),
        Project("b", private=False, cache=False),
        Project("c", private=False, cache=False),
        Project("d", private=False, cache=False),
    )


def test_projects_are_caches_where_they_have_a_registry() -> None:
    body = b'[{"name": "a", "registry_id": 3}, {"name": "b", "registry_id": 0}, {"name": "c"}]'
    assert [one.cache for one in parse_list("it", body, project)] == [True, False, False]


def test_repositories_count_their_artifacts() -> None:
    body = b'[{"id": 7, "name": "shop/api", "artifact_count": 3}, {"name": "shop/web"}]'
    assert parse_list("it", body, repository) == (
        RepositoryEntry(7, "shop/api", 3),
        RepositoryEntry(0, "shop/web", 0),
    )


def test_a_list_of_null_is_an_empty_one() -> None:
    assert parse_list("it", b"null", project) == ()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"7", b"[7]", b"[null]", b"\xff", b"<html>", b"[{]", b"[" * 100_000]
)
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(PermanentError, match="check that the url is Harbor's own"):
        parse_list("it", body, project)
