"""Addresses: whatever a thing is called, its link leads back to the same name."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.web.addresses import Addresses, named

NAMES = [
    "local/shop/api:latest",
    "local/shop/api#2-slim",
    "local/shop/front/end/api#newest@linux/arm64/v8",
    "local/../../etc/passwd:latest",
    "local/./shop//api:latest",
    "local/shop/100%25?q=1#x&as_of=never",
    'local/shop/"><script>alert(1)</script>',
    "local/shop/\u202eipa",
]


def path_of(address: str) -> str:
    """The path as a browser asks for it: dots taken out, as the URL standard says."""
    segments: list[str] = []
    for segment in urlsplit(address).path.split("/")[1:]:
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            segments = segments[:-1]
        elif dots != ".":
            segments.append(segment)
    return "/" + "/".join(segments)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_is_found_by_its_link(name: str) -> None:
    address = Addresses().stream(name)
    assert unquote(path_of(address)) == f"/streams/{name}"
    assert (urlsplit(address).query, urlsplit(address).fragment) == ("", "")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_with_another_part_survives_its_link(text: str) -> None:
    name = f"local/{text}"
    assert unquote(path_of(f"/streams/{named(name)}")) == f"/streams/{name}"


@pytest.mark.parametrize("name", [".", "..", ""])
def test_an_id_that_no_path_can_hold_is_searched(name: str) -> None:
    assert Addresses().vulnerability(name).startswith("/find")


def test_a_plain_name_stays_readable() -> None:
    assert Addresses().stream("local/shop/api:latest", "linux/amd64") == (
        "/streams/local/shop/api:latest@linux/amd64"
    )
    assert Addresses().image("local/shop/api", f"sha256:{'a' * 64}") == (
        f"/images/local/shop/api@sha256:{'a' * 64}"
    )


def test_links_keep_to_the_time_that_was_asked_for() -> None:
    at = Addresses("2026-03-01T12:00:00+01:00")
    asked = parse_qs(urlsplit(at.exposures(team="a&b=c", severity="")).query)
    assert asked == {"team": ["a&b=c"], "as_of": ["2026-03-01T12:00:00+01:00"]}
