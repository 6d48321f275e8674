"""Patterns: what matches what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.domain.errors import UsageError
from watcher.domain.pattern import Pattern, Selection

SEGMENTS = st.text("ab.-*?[]\\^$+(){}|", min_size=1, max_size=6)
PATHS = st.lists(st.text("abAB.-_[]", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join)


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("shop/api", ["shop/api"], ["shop/api2", "shop", "shop/api/x", "Shop/api"]),
        ("shop/*", ["shop/api", "shop/"], ["shop/a/b", "shop"]),
        ("shop/**", ["shop/api", "shop/a/b"], ["shop", "shopping/api", "base/shop/api"]),
        ("**", ["a", "a/b", "a/b/c"], []),
        ("*", ["a"], ["a/b"]),
        ("**/api", ["api", "shop/api", "a/b/api"], ["shop/xapi", "api/x"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "a/b/c"]),
        ("a/**/**/b", ["a/b", "a/x/b"], ["ab"]),
        ("base-?", ["base-1"], ["base-", "base-10", "base-/"]),
        ("sh**p", ["shop", "sh/x/p"], ["shopx"]),
        ("*-dev", ["1.0-dev", "-dev"], ["1.0-dev2", "a/1.0-dev"]),
        ("a.b", ["a.b"], ["axb"]),
        ("[ab]", ["[ab]"], ["a"]),
        ("a\nb", ["a\nb"], ["a"]),
    ],
)
def test_a_pattern_matches_what_it_says(
    pattern: str, matching: list[str], others: list[str]
) -> None:
    compiled = Pattern(pattern)
    assert [path for path in matching if not compiled.matches(path)] == []
    assert [path for path in others if compiled.matches(path)] == []


@given(PATHS)
def test_a_path_matches_itself_and_everything_matches_two_stars(path: str) -> None:
    assert Pattern(path).matches(path)
    assert Pattern(path).literal
    assert Pattern("**").matches(path)


@given(PATHS)
def test_a_star_for_each_segment_matches(path: str) -> None:
    stars = "/".join("*" for _ in path.split("/"))
    assert Pattern(stars).matches(path)
    assert not Pattern(stars + "/*").matches(path)
    assert not Pattern(stars).literal


@given(SEGMENTS)
def test_any_text_is_a_pattern(text: str) -> None:
    assert Pattern(text).matches("b" * 9) in {True, False}


def test_an_empty_pattern_is_a_mistake() -> None:
    with pytest.raises(UsageError):
        Pattern("")


def test_patterns_of_one_text_are_equal() -> None:
    assert Pattern("a/*") == Pattern("a/*")
    assert len({Pattern("a/*"), Pattern("a/*")}) == 1
    assert str(Pattern("a/*")) == "a/*"


def test_a_selection_holds_what_is_included_and_not_excluded() -> None:
    selection = Selection.parse(("shop/**", "base/os"), ("shop/old/*",))
    assert selection.holds("shop/api")
    assert selection.holds("base/os")
    assert not selection.holds("shop/old/api")
    assert not selection.holds("base/python")
    assert not Selection.parse(()).holds("a")
