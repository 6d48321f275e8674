"""Addresses: what is shown of them, and where they lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.http.address import is_loopback, origin, redacted, redirected
from watcher.domain.errors import PermanentError


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "https://r.example/v2/a/tags/list?n=5&last=b",
            "https://r.example/v2/a/tags/list?n=5&last=b",
        ),
        ("https://me:pw@r.example/v2/", "https://r.example/v2/"),
        ("https://me:p@w@r.example/v2/", "https://r.example/v2/"),
        ("https://r.example/b?X-Amz-Signature=s&token=t&n=1", "https://r.example/b?...&...&n=1"),
        ("https://r.example/b?sig", "https://r.example/b"),
        ("https://r.example/b#access_token=t", "https://r.example/b"),
        ("http://[::1", "an unreadable address"),
        ("http://r/\x1b[31m\n", "http://r/%1B%5B31m"),
    ],
)
def test_what_is_shown_of_an_address(url: str, shown: str) -> None:
    assert redacted(url) == shown


@given(st.text(max_size=500))
def test_anything_may_be_redacted(url: str) -> None:
    shown = redacted(url)
    assert shown.isprintable()
    assert len(shown) <= 303


@given(st.text("abcdefgh0123456789", min_size=12, max_size=12))
def test_no_password_and_no_unknown_query_is_shown(secret: str) -> None:
    url = f"https://user:{secret}@r.example/v2/?sig={secret}&n=3#{secret}"
    assert secret not in redacted(url)


def test_ports_are_part_of_an_origin() -> None:
    assert origin("https://R.Example/v2") == origin("https://r.example:443/")
    assert origin("http://r.example") != origin("https://r.example")
    assert origin("http://r.example:81") != origin("http://r.example")


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://127.1.2.3", True),
        ("http://localhost:1/", True),
        ("http://x.localhost/", True),
        ("https://[::1]:5000/", True),
        ("http://10.0.0.1", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
    ],
)
def test_this_machine_is_known_by_its_names(url: str, *, own: bool) -> None:
    assert is_loopback(url) is own


@pytest.mark.parametrize(
    ("source", "location", "target"),
    [
        ("https://r.example/a/b", "c", "https://r.example/a/c"),
        ("https://r.example/a", "/d?x=1#f", "https://r.example/d?x=1"),
        ("https://r.example/a", "//cdn.example/d", "https://cdn.example/d"),
        ("http://r.example/a", "https://r.example/a", "https://r.example/a"),
        ("http://10.0.0.1/a", "http://10.0.0.2/a", "http://10.0.0.2/a"),
        ("http://127.0.0.1:5000/a", "http://127.0.0.1:9000/a", "http://127.0.0.1:9000/a"),
    ],
)
def test_where_a_redirect_leads(source: str, location: str, target: str) -> None:
    assert redirected(source, location) == target


@pytest.mark.parametrize(
    ("source", "location"),
    [
        ("https://r.example/", "http://r.example/"),
        ("https://r.example/", "https://127.0.0.1/"),
        ("http://r.example/", "http://localhost:8080/admin"),
        ("http://r.example/", "http://127.1/"),
        ("http://r.example/", "http://2130706433/"),
        ("http://r.example/", "http://0x7f.0.0.1/"),
        ("http://r.example/", "http://0.0.0.0:8080/"),
        ("http://r.example/", "http://[::ffff:127.0.0.1]/"),
        ("http://r.example/", "http://[::]/"),
        ("http://r.example/", "http://169.254.169.254/latest/meta-data/"),
        ("http://r.example/", "http://[fe80::1]/"),
        ("http://r.example/", "http://[fd00:ec2::254]/"),
        ("https://r.example/", "https://100.100.100.200/"),
        ("https://r.example/", "javascript:alert(1)"),
        ("https://r.example/", "https://a:b@r.example/"),
        ("https://r.example/", "https://r.example:0/"),
    ],
)
def test_where_a_redirect_may_not_lead(source: str, location: str) -> None:
    with pytest.raises(PermanentError):
        redirected(source, location)
