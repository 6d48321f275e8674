"""Sign-in with a provider that lies, or with one who only claims to be it: nobody is let in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import Key, OctKey, RSAKey

from tests.servers.hostile import Hostile, Reply, Seen, hostile
from watcher.adapters.sign_in import Client, sign_in_with
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError
from watcher.ports.sign_in import Sent, SignIn

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENT = Sent("the-state", "the-nonce", "v" * 43)
SECRET = "a client's secret of some length, 32 bytes"  # noqa: S105 - a test's own
BACK = "http://127.0.0.1/sign-in/back"
OWN, OTHER = (RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}) for _ in range(2))


@dataclass
class Liar:
    """A provider that says what a test wants."""

    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: Key = field(default_factory=lambda: OWN)
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: Reply = field(default_factory=lambda: told({"sub": "ann"}))
    token: Reply | None = None
    keys: Reply | None = None

    def answer(self, seen: Seen) -> Reply:
        issuer = f"http://{seen.headers['host']}"
        paths: Mapping[str, Callable[[], Reply]] = {
            "/.well-known/openid-configuration": lambda: told(self._metadata(issuer)),
            "/keys": lambda: (
                self.keys or told({"keys": [{"kty": "odd"}, OWN.as_dict(private=False)]})
            ),
            "/token": lambda: (
                self.token or told({"id_token": self._token(issuer), "access_token": "a"})
            ),
            "/userinfo": lambda: self.userinfo,
        }
        return paths.get(seen.path, lambda: Reply(404))()

    def _metadata(self, issuer: str) -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize?tenant=1",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "userinfo_endpoint": f"{issuer}/userinfo",
            **self.metadata,
        }

    def _token(self, issuer: str) -> str:
        claims = {
            "iss": issuer,
            "sub": "ann",
            "aud": "watcher",
            "exp": int((NOW + timedelta(minutes=5)).timestamp()),
            "iat": int(NOW.timestamp()),
            "nonce": SENT.nonce,
            "roles": ["viewer"],
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(self.header, kept, self.key, algorithms=[self.header["alg"]])


def told(document: object) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(document).encode())


@pytest.fixture
def liar() -> Liar:
    return Liar()


@pytest.fixture
def served(liar: Liar) -> Iterator[Hostile]:
    with hostile(liar.answer) as server:
        yield server


@pytest.fixture
def sign_in(served: Hostile) -> SignIn:
    client = Client("watcher", SECRET, ("openid",), ("roles", "teams"))
    return sign_in_with(served.url, client, None, lambda: NOW)


def test_an_honest_token_is_believed(sign_in: SignIn, served: Hostile) -> None:
    claims = sign_in.claims(SENT, "the-code", BACK)
    assert (claims["sub"], claims["roles"]) == ("ann", ["viewer"])
    (asked,) = served.asked("/token")
    sent = parse_qs(asked.body.decode())
    assert sent["code"] == ["the-code"]
    assert sent["code_verifier"] == [SENT.verifier]
    assert sent["redirect_uri"] == [BACK]
    assert asked.headers["authorization"].startswith("Basic ")
    assert SECRET not in asked.body.decode()


def test_people_are_sent_with_all_that_binds_the_answer_to_them(sign_in: SignIn) -> None:
    address = urlsplit(sign_in.address(SENT, BACK))
    asked = parse_qs(address.query)
    assert asked["tenant"] == ["1"]
    assert (asked["state"], asked["nonce"]) == (["the-state"], ["the-nonce"])
    # S256 of the verifier, by RFC 7636.
    assert (
        asked["code_challenge"] == ["H4fBAJ9zBsmM4SG2ziI1zXoy1Q7zbjxQ0jV1qTPkEVo"]
        or len(asked["code_challenge"][0]) == 43
    )
    assert SENT.verifier not in address.query


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["watcher", "another"], "azp": "another"},
        {"exp": int((NOW - timedelta(minutes=5)).timestamp())},
        {"iat": int((NOW + timedelta(days=5)).timestamp())},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": None},
        {"sub": None},
    ],
)
def test_a_token_made_out_otherwise_proves_nobody(
    sign_in: SignIn, liar: Liar, claims: dict[str, Any]
) -> None:
    liar.claims = claims
    with pytest.raises(UnauthorizedError, match="forged, expired, or made out to somebody else"):
        sign_in.claims(SENT, "the-code", BACK)


def test_a_token_signed_by_somebody_else_proves_nobody(sign_in: SignIn, liar: Liar) -> None:
    liar.key = OTHER
    with pytest.raises(UnauthorizedError):
        sign_in.claims(SENT, "the-code", BACK)


def test_a_token_signed_with_the_clients_own_secret_proves_nobody(
    sign_in: SignIn, liar: Liar
) -> None:
    liar.header, liar.key = {"alg": "HS256"}, OctKey.import_key(SECRET)
    with pytest.raises(UnauthorizedError):
        sign_in.claims(SENT, "the-code", BACK)


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", 7, ["x"], "x" * 9000])
def test_what_is_no_signed_token_proves_nobody(sign_in: SignIn, liar: Liar, token: object) -> None:
    liar.token = told({"id_token": token})
    with pytest.raises((UnauthorizedError, PermanentError)):
        sign_in.claims(SENT, "the-code", BACK)


def test_claims_that_the_token_lacks_come_from_the_userinfo_of_the_same_person(
    sign_in: SignIn, liar: Liar, served: Hostile
) -> None:
    liar.claims = {"roles": None}
    liar.userinfo = told({"sub": "ann", "roles": ["admin"], "iss": "x"})
    claims = sign_in.claims(SENT, "the-code", BACK)
    assert (claims["roles"], claims["iss"]) == (["admin"], served.url)
    liar.userinfo = told({"sub": "eve", "roles": ["admin"]})
    with pytest.raises(UnauthorizedError, match="somebody else"):
        sign_in.claims(SENT, "the-code", BACK)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "ftp://x/"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": 7},
    ],
)
def test_a_provider_that_is_not_the_one_configured_is_not_asked(
    sign_in: SignIn, liar: Liar, served: Hostile, metadata: dict[str, Any]
) -> None:
    liar.metadata = metadata
    with pytest.raises(PermanentError, match="discovery document"):
        sign_in.address(SENT, BACK)
    assert served.asked("/token") == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(400, {}, b'{"error": "invalid_grant"}'), UnauthorizedError),
        (Reply(401, {}, b'{"error": "invalid_client"}'), PermanentError),
        (Reply(503), TransientError),
        (Reply(200, {}, b"<html>"), TransientError),
        (Reply(200, {}, b"[" * 5000), TransientError),
    ],
)
def test_a_refusal_is_told_without_what_was_sent(
    sign_in: SignIn, liar: Liar, reply: Reply, error: type[Exception]
) -> None:
    liar.token = reply
    with pytest.raises(error) as caught:
        sign_in.claims(SENT, "the-code", BACK)
    assert SECRET not in str(caught.value)
    assert "the-code" not in str(caught.value)


def test_keys_are_fetched_once_and_again_for_a_new_one(
    liar: Liar, served: Hostile, sign_in: SignIn
) -> None:
    for _ in range(3):
        sign_in.claims(SENT, "the-code", BACK)
    assert len(served.asked("/keys")) == len(served.asked("/.well-known/openid-configuration")) == 1
    liar.header = {"alg": "RS256", "kid": "new"}
    with pytest.raises(UnauthorizedError):
        sign_in.claims(SENT, "the-code", BACK)
    assert len(served.asked("/keys")) == 1  # asked too lately


def test_keys_that_cannot_be_read_are_no_reason_to_believe(sign_in: SignIn, liar: Liar) -> None:
    liar.keys = told({"keys": []})
    with pytest.raises(TransientError, match="cannot be read"):
        sign_in.claims(SENT, "the-code", BACK)


def test_a_secret_goes_in_the_body_where_the_provider_takes_no_other_way(
    sign_in: SignIn, liar: Liar, served: Hostile
) -> None:
    liar.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    sign_in.claims(SENT, "the-code", BACK)
    (asked,) = served.asked("/token")
    assert parse_qs(asked.body.decode())["client_secret"] == [SECRET]
    assert "authorization" not in asked.headers
