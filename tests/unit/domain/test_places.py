"""Places: single repositories and whole registries, put together and told apart."""

from __future__ import annotations

import pytest

from watcher.domain.places import Places
from watcher.domain.reference import Repository

API, WEB, OTHER = Repository("a", "api"), Repository("a", "web"), Repository("b", "api")


def test_a_registry_swallows_its_repositories_and_no_others() -> None:
    assert Places.of([API, "a", OTHER]) == Places(frozenset({"a"}), frozenset({OTHER}))
    assert Places.of([API]) | Places.of(["a"]) == Places.of(["a"])
    assert Places.of(["a"]) | Places.of([API]) == Places.of(["a"])


def test_too_many_in_one_registry_are_all_of_it() -> None:
    some = Places.of([API, WEB, OTHER])
    assert some.at_most(2) == some
    assert some.at_most(1) == Places.of(["a", OTHER])
    assert Places().at_most(0) == Places()


def test_what_is_within_a_registry_is_told_by_paths_or_as_all() -> None:
    some = Places.of(["a", OTHER])
    assert some.within("a") is None
    assert some.within("b") == frozenset({"api"})
    assert some.within("c") == frozenset()


@pytest.mark.parametrize("end", ["", ":latest", f"@sha256:{'0' * 64}"])
def test_a_subject_lies_where_its_repository_does(end: str) -> None:
    repository, registry = Places.of([API]), Places.of(["a"])
    assert repository.hold(f"a/api{end}")
    assert registry.hold(f"a/api{end}")
    assert not repository.hold(f"a/api2{end}")
    assert not repository.hold(f"b/api{end}")
    assert not registry.hold(f"ab/api{end}")


def test_a_registry_itself_lies_in_no_repository_of_it() -> None:
    assert Places.of(["a"]).hold("a")
    assert not Places.of([API]).hold("a")


def test_no_place_at_all_is_false() -> None:
    assert not Places()
    assert Places.of(["a"])
    assert Places.of([API])
    assert [*Places.of([WEB, "b", API])] == ["b", API, WEB]
