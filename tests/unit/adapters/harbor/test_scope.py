"""Which projects and repositories the includes are about."""

from __future__ import annotations

import pytest

from watcher.adapters.registries.harbor.scope import Scope
from watcher.domain.errors import UsageError
from watcher.domain.pattern import Selection

PROJECTS = ("base", "shop", "shop-old")


def scope(*include: str, exclude: tuple[str, ...] = ()) -> Scope:
    return Scope.of("local", Selection.parse(include, exclude))


@pytest.mark.parametrize(
    ("include", "open_", "concerned"),
    [
        (("**",), True, PROJECTS),
        (("*/**",), True, PROJECTS),
        (("**/api",), True, PROJECTS),
        (("sh**",), True, PROJECTS),
        (("shop*/api",), True, ("shop", "shop-old")),
        (("sho?/api",), True, ("shop",)),
        (("shop/**",), False, ("shop",)),
        (("shop/**", "base/*"), False, ("base", "shop")),
        (("shop/api",), False, ()),
        (("*",), False, ()),
        (("shop/**", "*"), False, ("shop",)),
    ],
)
def test_an_include_is_about_projects(
    include: tuple[str, ...], concerned: tuple[str, ...], *, open_: bool
) -> None:
    found = scope(*include)
    assert found.open is open_
    assert tuple(filter(found.concerns, PROJECTS)) == concerned
    if not open_:
        assert found.projects == concerned


@pytest.mark.parametrize(
    ("exclude", "concerned"),
    [
        ("**", ()),
        ("shop/**", ("base", "shop-old")),
        ("shop*/**", ("base",)),
        ("*/**", ()),
        ("shop/*", PROJECTS),
        ("shop/api", PROJECTS),
        ("**/api", PROJECTS),
        ("shop", PROJECTS),
    ],
)
def test_a_project_excluded_as_a_whole_is_of_no_concern(
    exclude: str, concerned: tuple[str, ...]
) -> None:
    assert tuple(filter(scope("**", exclude=(exclude,)).concerns, PROJECTS)) == concerned


def test_repositories_included_by_their_names_may_be_excluded() -> None:
    found = scope("shop/api", "shop/old", "shop/api", exclude=("*/old",))
    assert found.repositories == ("shop/api",)


@pytest.mark.parametrize("path", ["shop", "Shop/api", "shop/", "shop//api"])
def test_an_include_that_names_no_repository_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="is no repository of Harbor, such as project/name"):
        scope(path)
