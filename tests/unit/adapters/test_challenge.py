"""Challenges: what is read from WWW-Authenticate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.distribution.challenge import Challenge, parse_challenges


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("Basic", [("basic", {})]),
        ('Basic realm="x"', [("basic", {"realm": "x"})]),
        (
            'Bearer realm="https://a/token",service="r",scope="repository:x:pull,push"',
            [
                (
                    "bearer",
                    {"realm": "https://a/token", "service": "r", "scope": "repository:x:pull,push"},
                )
            ],
        ),
        (
            'Basic realm="a", Bearer realm = "b" , service=c',
            [("basic", {"realm": "a"}), ("bearer", {"realm": "b", "service": "c"})],
        ),
        (r'Bearer realm="say \"hi\""', [("bearer", {"realm": 'say "hi"'})]),
        ('Bearer realm="first",realm="second"', [("bearer", {"realm": "first"})]),
        ('realm="orphan"', []),
        ("x" * 8193, []),
    ],
)
def test_what_is_read(header: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    assert parse_challenges(header) == tuple(Challenge(*one) for one in expected)


@given(st.text(max_size=300))
def test_anything_may_be_read(header: str) -> None:
    for challenge in parse_challenges(header):
        assert challenge.scheme == challenge.scheme.lower()


@given(
    st.dictionaries(
        st.sampled_from(["realm", "service", "scope", "error"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    )
)
def test_quoted_parameters_are_read_back(parameters: dict[str, str]) -> None:
    escaped = {
        key: value.replace("\\", r"\\").replace('"', r"\"") for key, value in parameters.items()
    }
    header = "Bearer " + ", ".join(f'{key}="{value}"' for key, value in escaped.items())
    assert parse_challenges(header) == (Challenge("bearer", parameters),)


@pytest.mark.parametrize("bad", ['Bearer realm="' + "\\" * 8000, "a=" * 4000, '"' * 8000])
@pytest.mark.timeout(120)
def test_no_header_takes_long_to_read(bad: str) -> None:
    # Where each character is tried with each other one, a hundredth of this takes minutes.
    for _ in range(1000):
        parse_challenges(bad)
