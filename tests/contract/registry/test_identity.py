"""Realms that fish for passwords, challenges and tokens that make no sense."""

from __future__ import annotations

import json

import pytest

from tests.contract.registry.loopback import PASSWORD, TAGS, listed, pointing, registry
from tests.servers.hostile import Reply, Seen, hostile
from watcher.domain.errors import PermanentError, UnauthorizedError

pytestmark = pytest.mark.servers


def test_a_realm_on_another_host_over_plain_http_gets_no_password() -> None:
    with hostile(lambda _: Reply(body=b'{"token": "t"}'), "127.0.0.2") as thief:
        challenge = {"WWW-Authenticate": f'Bearer realm="{thief.url}/token",service="s"'}
        refused = pytest.raises(PermanentError, match="another host: refused")
        with hostile(lambda _: Reply(401, challenge)) as server, refused as caught:
            registry(server, credentials=True).tags("shop/api", {})
        assert thief.seen == []
        assert PASSWORD not in repr(caught.value)


def test_a_realm_on_another_host_may_give_an_anonymous_token() -> None:
    def answer(seen: Seen) -> Reply:
        challenge = {"WWW-Authenticate": f'Bearer realm="{other.url}/token",service="s"'}
        known = seen.headers.get("authorization") == "Bearer t0ken"
        return listed() if known else Reply(401, challenge)

    with hostile(lambda _: Reply(body=b'{"access_token": "t0ken"}'), "127.0.0.2") as other:
        with hostile(answer) as server:
            assert registry(server).tags("shop/api", {}).complete
        assert other.seen[0].path == "/token?service=s&scope=repository:shop/api:pull"
        assert "authorization" not in other.seen[0].headers


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "Bearer",
        'Bearer realm=""',
        'Bearer realm="file:///etc/passwd"',
        'Bearer realm="http://[::1"',
        'Bearer realm="http://u:p@127.0.0.1/"',
        "Bearer realm=",
        "Negotiate",
        'Bearer realm="\\',
        "," * 5000,
        'Bearer realm="' + "x" * 9000 + '"',
        'Digest realm="r", nonce="n"',
    ],
)
def test_a_challenge_that_makes_no_sense_is_a_refusal(challenge: str) -> None:
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    for credentials in (False, True):
        with hostile(lambda _: Reply(401, headers)) as server:
            with pytest.raises(PermanentError) as caught:
                registry(server, credentials=credentials).tags("shop/api", {})
            assert len(server.seen) < 6
        assert PASSWORD not in repr(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"token": 7}',
        b'{"token": ""}',
        b'{"token": "a b"}',
        b'{"token": "a\\r\\nX-Evil: 1"}',
        b'{"token": "\\u00fc"}',
    ],
)
def test_a_token_that_cannot_be_one_is_never_sent(body: bytes) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path.startswith("/token"):
            return Reply(body=body)
        realm = f"http://{seen.headers['host']}/token"
        return Reply(401, {"WWW-Authenticate": f'Bearer realm="{realm}"'})

    with hostile(answer) as server:
        with pytest.raises(PermanentError):
            registry(server).tags("shop/api", {})
        assert len(server.asked(TAGS)) == 1


class Tokens:
    """A registry with its own token server, whose tokens last as long as a test wants."""

    def __init__(self, expires_in: object = 300) -> None:
        self.expires_in = expires_in
        self.given = 0
        self.valid = {"none"}

    def __call__(self, seen: Seen) -> Reply:
        if seen.path.startswith("/token"):
            self.given += 1
            self.valid = {f"Bearer t{self.given}"}
            body = {"token": f"t{self.given}", "expires_in": self.expires_in}
            return Reply(body=json.dumps(body).encode())
        if seen.headers.get("authorization") in self.valid:
            return pointing() if seen.method == "HEAD" else listed("a", "b", "c")
        realm = f"http://{seen.headers['host']}/token"
        return Reply(401, {"WWW-Authenticate": f'Basic realm="x", Bearer realm="{realm}"'})


def test_a_token_is_used_for_all_requests_of_its_repository() -> None:
    tokens = Tokens()
    with hostile(tokens) as server:
        adapter = registry(server, credentials=True)
        adapter.tags("shop/api", {})
        adapter.tags("shop/api", {})
        assert tokens.given == 1
        sent = {one.headers.get("authorization") for one in server.asked(TAGS)}
        assert sent == {"Bearer t1"}


@pytest.mark.parametrize("expires_in", [0, -5, None, "soon", 10**30, True, 1.5])
def test_a_lifetime_that_makes_no_sense_does_no_harm(expires_in: object) -> None:
    with hostile(Tokens(expires_in)) as server:
        assert len(registry(server).tags("shop/api", {}).sightings) == 3


def test_a_token_refused_is_replaced_once() -> None:
    tokens = Tokens()
    with hostile(tokens) as server:
        adapter = registry(server, credentials=True)
        adapter.tags("shop/api", {})
        tokens.valid = {"none"}
        assert len(adapter.tags("shop/api", {}).sightings) == 3
        assert tokens.given == 2


def test_a_token_refused_for_ever_is_an_end() -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path.startswith("/token"):
            return Reply(body=b'{"token": "t"}')
        realm = f"http://{seen.headers['host']}/token"
        return Reply(401, {"WWW-Authenticate": f'Bearer realm="{realm}"'})

    with hostile(answer) as server:
        with pytest.raises(UnauthorizedError):
            registry(server, credentials=True).tags("shop/api", {})
        assert len(server.asked("/token")) <= 2


def test_nothing_is_asked_anonymously_where_there_are_credentials() -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path == "/v2/":
            return Reply()
        return listed() if "authorization" in seen.headers else Reply(404)

    with hostile(answer) as server:
        assert registry(server, credentials=True).tags("shop/api", {}).complete
