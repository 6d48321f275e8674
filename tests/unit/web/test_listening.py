"""Where the web may listen: this machine alone."""

from __future__ import annotations

import pytest

from watcher.config.secret import Secret
from watcher.config.web import Auth, Oidc, Web
from watcher.domain.errors import UsageError
from watcher.web.listening import Listening, host_of, is_loopback

AUTH = Auth(oidc=Oidc(issuer="https://id.example", client_id="w", client_secret=Secret("s")))


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
    assert Listening.of(Web(listen=text)) == Listening(host, port)


@pytest.mark.parametrize(
    "text", ["0.0.0.0:8080", "10.0.0.1:80", "[::]:80", "example.org:80", "127.0.0.1.nip.io:80"]
)
def test_an_address_that_others_reach_is_refused_in_a_line_that_says_why(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        Listening.of(Web(listen=text))
    assert "nobody has to sign in" in str(refused.value)
    assert text in str(refused.value)
    assert "\n" not in str(refused.value)


def test_others_reach_it_where_they_sign_in_under_an_address_that_is_encrypted() -> None:
    web = Web(listen="0.0.0.0:8080", auth=AUTH, url="https://watcher.example")
    assert Listening.of(web).secure
    with pytest.raises(UsageError, match=r"set web\.url"):
        Listening.of(web.model_copy(update={"url": None}))
    with pytest.raises(UsageError, match="not encrypted"):
        Listening.of(web.model_copy(update={"url": "http://watcher.example"}))


def test_names_are_ours_as_browsers_show_them_or_on_this_machine() -> None:
    here = Listening("127.0.0.1", 8080)
    assert all(map(here.is_ours, ["localhost", "127.0.0.1:8080", "[::1]:1"]))
    assert not any(map(here.is_ours, ["evil.example", "", "watcher.example"]))
    wide = Listening("0.0.0.0", 8080, "https://watcher.example:444")  # noqa: S104 - not opened
    assert wide.is_ours("Watcher.Example:444")
    assert not any(map(wide.is_ours, ["watcher.example", "localhost", "127.0.0.1", "10.0.0.1"]))


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
