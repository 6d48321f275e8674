"""Moves between tags: what is newer of the same kind, and what only a suffix tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.domain.move import Move, moves, other_flavours
from watcher.domain.version import parse

TAGS = st.text("0123456789.v-_abcdlpine", min_size=1, max_size=14)


def told(tag: str, others: str, *, majors: bool = False) -> dict[str, str]:
    """The moves from a tag: their kinds, with ! for a new major version."""
    found = moves(tag, others.split(), majors=majors)
    assert len(found) <= 7
    return {one.tag: one.kind + "!" * one.major for one in found}


@pytest.mark.parametrize(
    ("tag", "others", "expected"),
    [
        ("3.12", "3.11 3.13 3.14 3.13.1 3.15-slim", {"3.14": "version"}),
        ("3.12-slim", "3.13 3.13-slim 3.13-alpine", {"3.13-slim": "version"}),
        ("1.2.3", "1.2.4 1.2.9 1.8.0", {"1.2.9": "version", "1.8.0": "version"}),
        ("v1.2.3", "v1.2.5 1.2.9", {"v1.2.5": "version", "1.2.9": "prefix"}),
        ("1.2", "1.2 1.1 1.2.1", {}),
        ("2024.1.5", "2024.2.1 2025.1.1", {"2024.2.1": "version"}),
        # nothing stable moves to a pre-release, and a pre-release to either
        ("3.12", "3.13-rc 3.13rc1 3.13", {"3.13": "version"}),
        ("1.2.0-rc1", "1.2.0-rc2 1.2.0-rc10 1.1.0", {"1.2.0-rc10": "version"}),
        ("1.2.0-rc2", "1.2.0", {"1.2.0": "version"}),
        # systems below
        ("1.27-alpine3.19", "1.27-alpine3.20 1.27-alpine3.9", {"1.27-alpine3.20": "system"}),
        ("1.27-alpine3.19", "1.28-alpine3.18 1.28-alpine", {}),
        ("3.12-slim-bookworm", "3.12-slim-trixie 3.12-bookworm", {"3.12-slim-trixie": "system"}),
        ("3.12-slim-bookworm", "3.13-slim-bullseye", {}),
        ("bookworm-slim", "trixie-slim trixie bullseye-slim", {"trixie-slim": "system"}),
        ("jammy", "noble focal bookworm latest", {"noble": "system"}),
        ("9.0-jdk21-ubi9", "9.0-jdk21-ubi10", {"9.0-jdk21-ubi10": "system"}),
        ("9.0-jdk21", "9.0-jdk25", {}),  # another major version of the runtime
        # dates
        ("20240101", "20240601 20230101 2024-07-01", {"20240601": "date"}),
        ("2024-01-15", "2024-02-01 20240301", {"2024-02-01": "date"}),
        (
            "jammy-20240111",
            "jammy-20240530 noble-20240429 jammy",
            {"jammy-20240530": "date", "noble-20240429": "system"},
        ),
        # builds
        ("17.0.9_9-jre", "17.0.10_7-jre 17.0.10_7-jdk 21.0.1_3-jre", {"17.0.10_7-jre": "build"}),
        ("9.4-1134", "9.4-999 9.4-1227 9.5-100 9.5", {"9.4-1227": "build", "9.5-100": "build"}),
        ("1.2.3-1a2b3c4", "1.2.4-f00f00f 1.2.4", {}),  # hashes have no order
        ("1.2.3-amd64", "1.2.4-amd64 1.2.5 1.2.5-arm64", {"1.2.4-amd64": "version"}),
        # names that tell nothing
        ("latest", "main stable 1.2", {}),
        ("main", "main-20240101", {}),
    ],
)
def test_a_tag_moves_to_what_is_newer_of_its_kind(
    tag: str, others: str, expected: dict[str, str]
) -> None:
    assert told(tag, others) == expected


def test_a_major_version_is_proposed_only_where_that_is_allowed() -> None:
    assert told("3.12", "3.13 4.0 4.1") == {"3.13": "version"}
    assert told("3.12", "3.13 4.0 4.1", majors=True) == {"3.13": "version", "4.1": "version!"}
    assert told("9.0-jdk21", "9.0-jdk25", majors=True) == {"9.0-jdk25": "system!"}
    assert told("9", "600", majors=True) == {}


def test_the_least_move_comes_first_and_second_class_after_first() -> None:
    found = moves(
        "1.2.3-alpine3.19",
        ["1.2.4-alpine3.19", "1.9.0-alpine3.19", "1.2.4-alpine3.20"],
        majors=False,
    )
    assert [one.tag for one in found][:2] == ["1.2.4-alpine3.19", "1.9.0-alpine3.19"]
    assert [one.second_class for one in found] == [False, False, True]


def test_other_flavours_are_of_the_same_version() -> None:
    tags = ["1.28-alpine", "1.28", "1.28-slim", "1.27-alpine", "1.28.1-alpine", "latest"]
    assert other_flavours("1.28", tags) == ["1.28-alpine", "1.28-slim"]
    assert other_flavours("latest", tags) == []


@given(TAGS, st.lists(TAGS, max_size=8), st.booleans())
def test_no_move_leads_back_or_to_less_precision(
    tag: str,
    tags: list[str],
    majors: bool,  # noqa: FBT001 drawn
) -> None:
    found = moves(tag, tags, majors=majors)
    assert len(found) == len({one.tag for one in found}) <= 7
    for one in found:
        assert one.tag in tags
        assert one.tag != tag
        assert majors or not one.major
        here, there = parse(tag), parse(one.tag)
        if here and there:
            assert len(here.numbers) == len(there.numbers)
            assert there.numbers >= here.numbers
            assert here.prerelease or not there.prerelease
        assert all(back.tag != tag for back in moves(one.tag, [tag], majors=True))


@given(TAGS)
def test_a_tag_alone_moves_nowhere(tag: str) -> None:
    assert moves(tag, [tag], majors=True) == []
    assert Move(tag, "version").second_class is False
