"""Tags as people write them: which are versions, and which of two is newer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.domain.version import Version, is_date, kind_of, natural, parse

TAGS = st.text("0123456789abcdefv.-_rcxyzT", min_size=1, max_size=24)


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("1", Version((1,))),
        ("1.2", Version((1, 2))),
        ("1.2.3", Version((1, 2, 3))),
        ("v1.2.3", Version((1, 2, 3))),
        ("1.2.3.4", Version((1, 2, 3, 4))),
        ("24.04", Version((24, 4))),
        # pre-releases, glued and behind a dash
        ("3.13.0rc2", Version((3, 13, 0), prerelease="rc2")),
        ("3.13.0a1", Version((3, 13, 0), prerelease="a1")),
        ("1.0.dev3", Version((1, 0), prerelease="dev3")),
        ("1.2.3-rc1", Version((1, 2, 3), prerelease="rc1")),
        ("1.2.3-rc.1", Version((1, 2, 3), prerelease="rc.1")),
        ("1.2.3-alpha", Version((1, 2, 3), prerelease="alpha")),
        ("1.2.3-SNAPSHOT", Version((1, 2, 3), prerelease="SNAPSHOT")),
        ("1.2.3-beta-2", Version((1, 2, 3), prerelease="beta", build="2")),
        ("1.2.3-nightly20240101", Version((1, 2, 3), prerelease="nightly20240101")),
        ("3.13-rc-slim", Version((3, 13), prerelease="rc", flavour="slim")),
        # flavours, and build ids with digits
        ("2-slim", Version((2,), flavour="slim")),
        ("1.27-alpine", Version((1, 27), flavour="alpine")),
        ("3.12-slim-bookworm", Version((3, 12), flavour="slim-bookworm")),
        ("1.27.3-alpine3.20", Version((1, 27, 3), flavour="alpine", build="3.20")),
        ("9.0-jdk21-ubi9", Version((9, 0), flavour="jdk-ubi", build="21-9")),
        ("1.2.3-r45", Version((1, 2, 3), build="r45")),
        # architectures stand for themselves
        ("1.2.3-amd64", Version((1, 2, 3), architecture="amd64")),
        ("1.2.3-slim-arm64v8", Version((1, 2, 3), flavour="slim", architecture="arm64v8")),
        ("9.4-1134", Version((9, 4), build="1134")),
        ("9.4-1134.1699", Version((9, 4), build="1134.1699")),
        ("17.0.9_9-jre", Version((17, 0, 9), flavour="jre", build="9")),
        ("1.2.3_rc1", Version((1, 2, 3), prerelease="rc1")),
        ("1.2.3-1a2b3c4", Version((1, 2, 3), build="1a2b3c4")),
        ("1.2.3-2024-01-15", Version((1, 2, 3), build="2024-01-15")),
        ("6.0.1-debian-12-r3", Version((6, 0, 1), flavour="debian", build="12-r3")),
        # dates can be read as versions where a rule says they are
        ("2024.01.15", Version((2024, 1, 15))),
        ("20240101", Version((20240101,))),
        ("2024-01-15", Version((2024,), build="01-15")),
    ],
)
def test_a_tag_is_read_as_a_version(tag: str, version: Version) -> None:
    assert parse(tag) == version


@pytest.mark.parametrize(
    "tag",
    [
        "latest",
        "main",
        "pr-123",
        "release-1.2",
        "bookworm",
        "bookworm-slim",
        "jammy-20240111",
        "vv1",
        "V1.2",
        "v",
        "1.",
        "1..2",
        "1.x",
        "-1",
        "",
        # hashes, even such as look like numbers with a pre-release glued on
        "deadbeef",
        "1a2b3c4",
        "1234567a8",
        "10b1234",
        "sha-1a2b3c4",
        "sha-1234567",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ],
)
def test_these_are_no_versions(tag: str) -> None:
    assert parse(tag) is None


@pytest.mark.parametrize(
    ("kind", "tags"),
    [
        (
            "version",
            (
                "1 1.2 v1.2.3 1.27.3-alpine3.20 3.12-slim-bookworm 17.0.9_9-jre 9.4-1134 24.04"
                " 2024.1.5 1.2.3-1a2b3c4 1.2.3-20240101 1.2.3-2024-01-15 2024.01.15 2024"
            ),
        ),
        (
            "moving",
            "latest main bookworm bookworm-slim pr-123 pr-12345 release-1.2 edge stable dev",
        ),
        (
            "opaque",
            (
                "deadbeef 1a2b3c4 1234567a8 sha-1a2b3c4 sha-1234567 sha1a2b3c4 git-1a2b3c4 20240101"
                " v20240101 20240101.1 20240101-1a2b3c4 20240115093000 2024-01-15 12345"
                " 2024-01-15-1a2b3c4 1234567 main-1a2b3c4 jammy-20240111 bookworm-20240111-slim"
                " main-2024.01.15 main-20240115093000"
            ),
        ),
    ],
)
def test_a_tag_is_sorted_by_its_looks(kind: str, tags: str) -> None:
    assert {tag: kind_of(tag) for tag in tags.split()} == dict.fromkeys(tags.split(), kind)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("2024.01.15", True),
        ("v2024.01.15", True),
        ("2024-01-15-x", True),
        ("20240115", True),
        ("2024.1.5", False),
        ("2024.13.01", False),
        ("2024.01.32", False),
        ("2024.01.151", False),
        ("1999.12.31", True),
        ("3024.01.15", False),
        ("24.04", False),
    ],
)
def test_a_date_has_a_year_a_month_and_a_day_of_two_digits(tag: str, *, expected: bool) -> None:
    assert is_date(tag) is expected


@pytest.mark.parametrize(
    "tags",
    [
        "1.2.9 1.2.10 1.3 1.10 2",
        "1.0.0-rc1 1.0.0-rc2 1.0.0-rc10 1.0.0",
        "1.0a1 1.0b1 1.0rc1 1.0",
        "9.4-999 9.4-1134 9.4-1134.2 9.5-1",
        "17.0.9_8 17.0.9_9 17.0.9_10 17.0.10_7",
        "1.2.3 1.2.3-1 1.2.3-2 1.2.4-rc1",
        "2024.01.15 2024.02.01 2025.01.01",
        "1.2-alpine3.9 1.2-alpine3.10",
    ],
)
def test_newer_versions_sort_later(tags: str) -> None:
    versions = [parse(tag) for tag in tags.split()]
    orders = [version.order for version in versions if version]
    assert len(orders) == len(versions)
    assert all(older < newer for older, newer in pairwise(orders))


def test_a_hash_behind_a_version_says_nothing_of_its_age() -> None:
    one, other = parse("1.2.3-1a2b3c4"), parse("1.2.3-f00f00f")
    assert one is not None
    assert other is not None
    assert one.order == other.order


def test_a_configured_flavour_may_have_digits_and_dashes() -> None:
    flavours = frozenset({"alpine3.20", "slim-bookworm", "rc"})
    assert parse("1.27.3-alpine3.20", flavours) == Version((1, 27, 3), flavour="alpine3.20")
    assert parse("3.12-slim-bookworm", flavours) == Version((3, 12), flavour="slim-bookworm")
    assert parse("3.12-rc", flavours) == Version((3, 12), flavour="rc")


@pytest.mark.parametrize(
    ("longer", "shorter", "expected"),
    [
        ("1.2.3", "1.2", True),
        ("1.2.3", "1", True),
        ("1.2.3", "v1", True),
        ("1.2.3-slim", "1.2-slim", True),
        ("1.2.3-slim", "1.2", False),
        ("1.2.3", "1.2-slim", False),
        ("1.2.3", "1.3", False),
        ("1.2.3", "1.2.3", False),
        ("1.2", "1.2.3", False),
        ("1.20.3", "1.2", False),
        ("9.4-1134", "9", True),
        ("3.13.0rc2", "3.13-rc", True),
        ("3.13.0rc2", "3.13", False),  # 3.13 may be out while a later candidate is not
        ("3.13.0", "3.13-rc", False),
    ],
)
def test_a_version_extends_what_says_less_of_it(
    longer: str, shorter: str, *, expected: bool
) -> None:
    one, other = parse(longer), parse(shorter)
    assert one is not None
    assert other is not None
    assert one.extends(other) is expected


def test_natural_order_reads_numbers_by_value() -> None:
    words = ["", "a", "a1", "a2", "a10", "b", "1", "1a", "9", "10", "10.2"]
    assert sorted(words, key=natural) == words


@given(TAGS)
def test_any_tag_is_sorted_and_read_without_an_error(tag: str) -> None:
    version = parse(tag)
    assert kind_of(tag) in {"version", "opaque", "moving"}
    if kind_of(tag) == "version":
        assert version is not None
    if version is not None:
        assert version == parse(tag)
        assert all(number >= 0 for number in version.numbers)


@given(TAGS, TAGS)
def test_any_two_versions_can_be_ordered(one: str, other: str) -> None:
    left, right = parse(one), parse(other)
    if left and right:
        ordered = [left.order < right.order, left.order == right.order, left.order > right.order]
        assert ordered.count(True) == 1


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4).map(tuple), st.sampled_from(["", "v"]))
def test_numbers_are_written_as_they_are_read(numbers: tuple[int, ...], prefix: str) -> None:
    tag = prefix + ".".join(map(str, numbers))
    assert parse(tag) == Version(numbers)
