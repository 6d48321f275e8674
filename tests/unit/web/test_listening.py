"""Where the web may listen: this machine alone."""

from __future__ import annotations

import pytest

from watcher.domain.errors import UsageError
from watcher.web.listening import Listening, host_of, is_loopback


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("127.8.8.8:0", "127.8.8.8", 0),
        ("localhost:80", "localhost", 80),
        ("[::1]:8080", "::1", 8080),
    ],
)
def test_an_address_of_this_machine_is_taken(text: str, host: str, port: int) -> None:
    assert Listening.parse(text) == Listening(host, port)


@pytest.mark.parametrize(
    "text", ["0.0.0.0:8080", "10.0.0.1:80", "[::]:80", "example.org:80", "127.0.0.1.nip.io:80"]
)
def test_an_address_that_others_reach_is_refused_in_a_line_that_says_why(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        Listening.parse(text)
    assert "authentication is not built yet" in str(refused.value)
    assert text in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost", "localhost"),
        ("127.0.0.1:8080", "127.0.0.1"),
        ("[::1]:8080", "::1"),
        ("evil.example:8080", "evil.example"),
        ("", ""),
    ],
)
def test_a_host_is_read_without_its_port(header: str, host: str) -> None:
    assert host_of(header) == host


def test_a_name_that_only_looks_like_this_machine_is_not() -> None:
    assert not any(map(is_loopback, ["", "localhost.evil.example", "127.0.0.1.evil.example", "0"]))
