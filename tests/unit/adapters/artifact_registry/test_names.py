"""What the configuration, the API and those who pull call the same images."""

from __future__ import annotations

import pytest

from watcher.adapters.registries.artifact_registry import ArtifactRegistry, Site
from watcher.adapters.registries.artifact_registry.names import may_hold
from watcher.domain.errors import PermanentError, UsageError
from watcher.domain.pattern import Selection


def registry(site: Site, *include: str) -> ArtifactRegistry:
    return ArtifactRegistry("gar", site, Selection.parse(include or ("**",)))


@pytest.mark.parametrize(
    ("site", "path", "address"),
    [
        (
            Site("acme", "europe"),
            "docker/shop/api",
            "europe-docker.pkg.dev/acme/docker/shop/api",
        ),
        (
            Site("example.com:acme", "us-west4"),
            "docker/api",
            "us-west4-docker.pkg.dev/example.com/acme/docker/api",
        ),
        (Site("acme", "us"), "gcr.io/shop/api", "gcr.io/acme/shop/api"),
        (Site("acme", "us"), "us.gcr.io/api", "us.gcr.io/acme/api"),
        (Site("acme", "asia"), "asia.gcr.io/api", "asia.gcr.io/acme/api"),
        (Site("example.com:acme", "europe"), "eu.gcr.io/api", "eu.gcr.io/example.com/acme/api"),
        (
            Site("acme", "us", images="https://mirror.example"),
            "gcr.io/api",
            "mirror.example/acme/gcr.io/api",
        ),
    ],
)
def test_an_address_is_the_one_that_docker_pulls(site: Site, path: str, address: str) -> None:
    assert registry(site).address(path) == address
    digest = "sha256:" + "a" * 64
    assert registry(site).pull_access(path, digest).reference == f"{address}@{digest}"


def test_repositories_are_grouped_by_those_of_artifact_registry() -> None:
    groups = registry(Site("acme", "europe")).groups(["docker/b", "infra/a", "docker/a/x"])
    assert [(one.name, one.repositories) for one in groups] == [
        ("docker", ("docker/a/x", "docker/b")),
        ("infra", ("infra/a",)),
    ]


@pytest.mark.parametrize("path", ["docker", "docker/", "/api", "Docker/api", "docker/../api", ""])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(PermanentError, match="is no repository and image"):
        registry(Site("acme", "europe")).address(path)


def test_an_include_without_an_image_says_how_to_name_all() -> None:
    with pytest.raises(UsageError, match=r"all of a repository is docker/\*\*"):
        registry(Site("acme", "europe"), "docker")


@pytest.mark.parametrize("name", ["gcr.io", "us.gcr.io", "asia.gcr.io"])
def test_a_name_of_gcr_says_where_it_is(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is in the location (us|asia), not in europe"):
        registry(Site("acme", "europe"), f"{name}/api")


@pytest.mark.parametrize(
    ("include", "exclude", "held"),
    [
        ("**", "", True),
        ("docker/**", "", True),
        ("docker/shop/api", "", True),
        ("d?cker/x", "", True),
        ("*/api", "", True),
        ("**/api", "", True),
        ("doc**", "", True),
        ("dock/**", "", False),
        ("docker-2/**", "", False),
        ("**", "docker/**", False),
        ("**", "doc*/**", False),
        ("**", "**", False),
        ("**", "docker/shop/**", True),
        ("**", "dock/**", True),
        ("**", "docker/*", True),
    ],
)
def test_a_repository_is_listed_where_a_pattern_could_reach_into_it(
    include: str, exclude: str, *, held: bool
) -> None:
    selection = Selection.parse((include,), (exclude,) if exclude else ())
    assert may_hold(selection, "docker") is held
