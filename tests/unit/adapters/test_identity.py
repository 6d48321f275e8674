"""Tokens that prove an account, checked with keys that Google would have given."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

from watcher.adapters.identity import Certificates, GoogleIdentity, parse_certificates
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError

AUDIENCE = "https://watcher.example/hooks/gar"
ACCOUNT = "push@acme.iam.gserviceaccount.com"


@cache
def signer(name: str) -> tuple[Any, str]:
    """Somebody who signs as `name`, and the certificate that shows it."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251 - the library asks the clock as well
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    own = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    shown = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return crypt.RSASigner.from_string(own, name), shown


def token(by: str = "one", **claims: object) -> str:
    now = int(datetime.now(UTC).timestamp())  # noqa: TID251 - the library asks the clock as well
    told = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "email": ACCOUNT,
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
        **{name: now + at if name in {"iat", "exp"} else at for name, at in claims.items()},  # type: ignore[operator]
    }
    signed: bytes = jwt.encode(signer(by)[0], told)
    return signed.decode()


def knows(*names: str, seconds: float = 3600) -> Callable[[], Certificates]:
    return lambda: Certificates({name: signer(name)[1] for name in names}, seconds)


def test_a_token_of_google_made_out_to_us_proves_its_account() -> None:
    identity = GoogleIdentity(knows("one", "two"))
    assert identity.account(token("one"), AUDIENCE) == ACCOUNT
    assert identity.account(token("two", iss="accounts.google.com"), AUDIENCE) == ACCOUNT


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example"},
        {"aud": [AUDIENCE, "https://other.example"]},
        {"iss": "https://accounts.google.com.evil.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"exp": -60},
        {"iat": 3600},
    ],
)
def test_a_token_that_says_anything_else_proves_nothing(claims: dict[str, Any]) -> None:
    with pytest.raises(UnauthorizedError):
        GoogleIdentity(knows("one")).account(token(**claims), AUDIENCE)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "x",
        "..",
        "a.b.c",
        "e30.e30.e30",
        token("one")[:-4] + "AAAA",
        token("one").rpartition(".")[0] + ".",
        # What an attacker tries first: a token that says it needs no signature.
        "eyJhbGciOiJub25lIn0." + token("one").split(".")[1] + ".",
        "eyJhbGciOiJIUzI1NiIsImtpZCI6Im9uZSJ9." + token("one").split(".")[1] + ".AAAA",
        "W" * 20_000 + ".e30.e30",
    ],
)
def test_a_token_that_is_broken_or_unsigned_proves_nothing(broken: str) -> None:
    with pytest.raises(UnauthorizedError) as refused:
        GoogleIdentity(knows("one")).account(broken, AUDIENCE)
    assert not broken or len(broken) < 5 or broken not in str(refused.value)


def test_who_signs_with_another_key_of_the_same_name_proves_nothing() -> None:
    impostor = Certificates({"one": signer("two")[1]}, 3600)
    with pytest.raises(UnauthorizedError):
        GoogleIdentity(lambda: impostor).account(token("one"), AUDIENCE)


def test_certificates_are_kept_as_long_as_they_are_said_to_hold() -> None:
    asked, now = [], 0.0

    def fetch() -> Certificates:
        asked.append(now)
        return knows("one", seconds=600)()

    identity = GoogleIdentity(fetch, lambda: now)
    for now in (0.0, 1.0, 599.0, 600.0, 601.0):  # noqa: B007 - the clock reads it
        identity.account(token("one"), AUDIENCE)
    assert asked == [0.0, 600.0]


def test_a_key_that_is_new_is_asked_for_but_not_by_every_forger() -> None:
    asked, now, known = [], 0.0, ["one"]

    def fetch() -> Certificates:
        asked.append(now)
        return knows(*known)()

    identity = GoogleIdentity(fetch, lambda: now)
    identity.account(token("one"), AUDIENCE)
    for now in (1.0, 59.0):  # noqa: B007 - the clock reads it
        with pytest.raises(UnauthorizedError):
            identity.account(token("two"), AUDIENCE)
    known.append("two")
    now = 61.0
    assert identity.account(token("two"), AUDIENCE) == ACCOUNT
    assert asked == [0.0, 61.0]


def test_certificates_that_cannot_be_had_are_no_forgery_and_are_not_asked_for_at_once() -> None:
    asked, now = [], 0.0

    def fetch() -> Certificates:
        asked.append(now)
        raise PermanentError("GET … failed: 404")

    identity = GoogleIdentity(fetch, lambda: now)
    for now in (0.0, 1.0, 9.0, 10.0):  # noqa: B007 - the clock reads it
        with pytest.raises(TransientError, match="404"):
            identity.account(token("one"), AUDIENCE)
    assert asked == [0.0, 10.0]


def test_the_document_of_certificates_says_for_how_long_it_holds_within_bounds() -> None:
    body = json.dumps({"one": "PEM"}).encode()
    told = {"public, max-age=19000, must-revalidate": 19_000, "": 300, "max-age=1": 300}
    told["max-age=999999999"] = 86_400
    for header, seconds in told.items():
        assert parse_certificates(body, header) == Certificates({"one": "PEM"}, seconds)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"one": 1}', b"<html>", b"[" * 100_000])
def test_what_is_no_document_of_certificates_is_none(body: bytes) -> None:
    with pytest.raises(TransientError, match="holds no certificates"):
        parse_certificates(body, "")
