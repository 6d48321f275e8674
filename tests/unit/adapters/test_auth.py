"""Authorization headers: which, for whom, and for how long."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

import pytest

from watcher.adapters.distribution.auth import Authorizer, Credentials
from watcher.adapters.http import Answer, Connecting, Http
from watcher.domain.errors import PermanentError

READER = Credentials("reader", "pw")
URL = "https://r.example"


class TokenServer(Http):
    """Gives a new token to everybody who asks, and remembers who did."""

    def __init__(self, expires_in: int = 100) -> None:
        super().__init__(Connecting())
        self.expires_in = expires_in
        self.asked: list[tuple[str, str | None]] = []

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        limit: int = 0,
        content: bytes | None = None,
    ) -> Answer:
        del expect, limit, content
        self.asked.append((url, (headers or {}).get("Authorization")))
        body = {"token": f"t{len(self.asked)}", "expires_in": self.expires_in}
        return Answer(method, url, 200, {}, json.dumps(body).encode())


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_sent_before_it_is_asked_for() -> None:
    assert Authorizer(URL, Http(Connecting()), READER).header("s") is None


def test_basic_is_the_password_and_no_password_is_nothing() -> None:
    for credentials, header in ((READER, "Basic cmVhZGVyOnB3"), (None, None)):
        authorizer = Authorizer(URL, Http(Connecting()), credentials)
        authorizer.learn('Basic realm="x"')
        assert authorizer.header("s") == header
        assert authorizer.header("s", refused=header) is None


def test_a_token_is_asked_for_once_per_scope() -> None:
    server = TokenServer()
    authorizer = Authorizer(URL, server, READER)
    authorizer.learn('Bearer realm="https://auth.example/token?x=1",service="r e"')
    assert [authorizer.header(scope) for scope in ("a", "b:c,d", "a")] == [
        "Bearer t1",
        "Bearer t2",
        "Bearer t1",
    ]
    assert server.asked == [
        ("https://auth.example/token?x=1&service=r%20e&scope=a", READER.basic),
        ("https://auth.example/token?x=1&service=r%20e&scope=b:c,d", READER.basic),
    ]


def test_a_token_is_replaced_before_it_expires() -> None:
    clock, server = Clock(), TokenServer(expires_in=100)
    authorizer = Authorizer(URL, server, None, clock)
    authorizer.learn('Bearer realm="https://auth.example/token"')
    assert authorizer.header("s") == "Bearer t1"
    clock.now += 79
    assert authorizer.header("s") == "Bearer t1"
    clock.now += 1
    assert authorizer.header("s") == "Bearer t2"
    assert server.asked[0] == ("https://auth.example/token?scope=s", None)


def test_a_token_is_believed_for_an_hour_at_most() -> None:
    clock, server = Clock(), TokenServer(expires_in=10**9)
    authorizer = Authorizer(URL, server, None, clock)
    authorizer.learn('Bearer realm="https://auth.example/token"')
    authorizer.header("s")
    clock.now += 3600
    assert authorizer.header("s") == "Bearer t2"


def test_a_refused_token_is_not_given_again() -> None:
    authorizer = Authorizer(URL, TokenServer(), READER)
    authorizer.learn('Bearer realm="https://auth.example/token"')
    first = authorizer.header("s")
    assert authorizer.header("s", refused=first) == "Bearer t2"
    # Another thread, refused with the same old token, gets the new one without asking again.
    assert authorizer.header("s", refused=first) == "Bearer t2"


@pytest.mark.parametrize("credentials", [READER, None])
@pytest.mark.parametrize("realm", ["http://auth.example/token", "http://r.example/token"])
def test_https_is_never_left_for_a_token(credentials: Credentials | None, realm: str) -> None:
    server = TokenServer()
    authorizer = Authorizer(URL, server, credentials)
    authorizer.learn(f'Bearer realm="{realm}"')
    with pytest.raises(PermanentError, match="without https"):
        authorizer.header("s")
    assert server.asked == []


def test_bearer_is_preferred_and_nonsense_changes_nothing() -> None:
    authorizer = Authorizer(URL, TokenServer(), READER)
    authorizer.learn('Basic realm="x", Bearer realm="https://auth.example/token"')
    authorizer.learn('Digest realm="y"')
    authorizer.learn("Bearer")
    authorizer.learn(None)
    assert authorizer.header("s") == "Bearer t1"


@pytest.mark.parametrize(
    "realm", ["http://169.254.169.254/token", "https://127.0.0.1/token", "http://0.0.0.0/token"]
)
def test_a_realm_on_this_machine_or_its_link_is_never_asked(realm: str) -> None:
    authorizer = Authorizer("http://registry.example", TokenServer(), None)
    authorizer.learn(f'Bearer realm="{realm}",service="s"')
    with pytest.raises(PermanentError, match="on this machine itself, or on its link"):
        authorizer.header("repository:a:pull")
