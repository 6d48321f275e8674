"""What a request has to show, for every kind: the secret where its sender can put it."""

from __future__ import annotations

import logging
from base64 import b64encode

import pytest
from pydantic import ValidationError

from tests.unit.web.hooks.kinds import registry
from watcher.config import Config
from watcher.domain.errors import TransientError, UnauthorizedError
from watcher.web.hooks.gate import Gates, RefusedError
from watcher.web.hooks.proof import Shown, proof_of

SECRET = "über secret/of nobody"  # noqa: S105 - of nobody
IN_ADDRESS = b"letters-Digits_1-and-signs"
BY_HEADER = ["oci", "harbor", "ecr"]
AUDIENCE, ACCOUNT = "https://watcher.example/hooks/gar", "push@acme.iam.gserviceaccount.com"


class FakeIdentity:
    """Knows one token."""

    def account(self, token: str, audience: str) -> str:
        if token == "away":  # noqa: S105 - no secret
            raise TransientError("the keys cannot be had")
        if (token, audience) != ("good", AUDIENCE):
            raise UnauthorizedError("the token is forged")
        return ACCOUNT


def basic(password: str, user: str = "any") -> bytes:
    return b"Basic " + b64encode(f"{user}:{password}".encode())


def is_given(kind: str, shown: Shown, **told: object) -> bool:
    proof = proof_of(registry(kind, **(told or {"webhook_secret": SECRET})), FakeIdentity())
    assert proof is not None
    return proof.is_given(shown)


def by_token(authorization: bytes, **told: object) -> bool:
    keys = {"webhook_audience": AUDIENCE, "webhook_account": ACCOUNT, **told}
    return is_given("artifact-registry", Shown(authorization), **keys)


@pytest.mark.parametrize("kind", BY_HEADER)
def test_the_header_holds_the_secret_as_its_sender_writes_it(kind: str) -> None:
    secret = SECRET.encode()
    for header in (secret, b"Bearer " + secret, b"bearer " + secret, basic(SECRET)):
        assert is_given(kind, Shown(header)), header


@pytest.mark.parametrize("kind", BY_HEADER)
@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic",
        b"Basic !!",
        b"Basic " + b64encode(SECRET.encode()),
        basic(""),
        basic("other", SECRET),
        SECRET.encode()[:-1],
        SECRET.encode() + b"x",
        b"Digest " + SECRET.encode(),
        SECRET.upper().encode(),
    ],
)
def test_anything_else_in_the_header_is_not_the_secret(kind: str, header: bytes) -> None:
    assert not is_given(kind, Shown(header))


@pytest.mark.parametrize("kind", BY_HEADER)
def test_a_secret_in_the_address_is_taken_from_nobody_who_can_send_a_header(kind: str) -> None:
    assert not is_given(kind, Shown(address=SECRET.encode()))
    assert not is_given(kind, Shown(SECRET.encode(), SECRET.encode()))


def test_docker_hub_shows_the_secret_in_the_address() -> None:
    told = {"webhook_secret": IN_ADDRESS.decode()}
    assert is_given("docker-hub", Shown(address=IN_ADDRESS), **told)
    assert not is_given("docker-hub", Shown(IN_ADDRESS), **told)
    assert not is_given("docker-hub", Shown(address=IN_ADDRESS[:-1]), **told)


def test_pub_sub_shows_a_token_that_proves_the_account() -> None:
    assert by_token(b"Bearer good")
    assert not by_token(b"Bearer bad")
    assert not by_token(b"good")
    assert not by_token(b"Bearer \xff")
    assert not by_token(b"Bearer good", webhook_account="other@acme.iam.gserviceaccount.com")
    assert not by_token(b"Bearer good", webhook_audience="https://other.example")


def test_keys_that_cannot_be_had_are_no_forged_token() -> None:
    with pytest.raises(TransientError):
        by_token(b"Bearer away")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"webhook_secret": "x" * 16}, "signed tokens and no secret"),
        ({"webhook_audience": AUDIENCE}, "together, or neither"),
        ({"webhook_account": ACCOUNT}, "together, or neither"),
    ],
)
def test_half_of_what_pub_sub_needs_is_a_mistake(told: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        registry("artifact-registry", **told)


@pytest.mark.parametrize("kind", [*BY_HEADER, "docker-hub", "artifact-registry"])
def test_a_registry_without_a_secret_is_closed_to_everybody_and_says_what_to_do(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    gates = Gates.of(Config.model_construct(registries=(registry(kind),)), FakeIdentity())
    for shown in (Shown(), Shown(b"Bearer "), Shown(b"Bearer good"), Shown(b"None", b"None")):
        with caplog.at_level(logging.WARNING), pytest.raises(RefusedError) as refused:
            gates.passed(kind, shown)
        assert not refused.value.known
    (line,) = {record.getMessage() for record in caplog.records}
    keys = "webhook_audience and webhook_account" if "artifact" in kind else "webhook_secret"
    assert f"/hooks/{kind} was refused: it is closed: set {keys}" in line


def test_the_same_is_said_once_a_minute_however_often_somebody_knocks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gates = Gates.of(
        Config.model_construct(registries=(registry("oci", webhook_secret=SECRET),)),
        FakeIdentity(),
    )
    times = iter([0.0, 0.0, 1.0, 59.0, 60.0, 60.0, 61.0])  # asked again to note what was said
    gates.felt = lambda: next(times)
    for _ in range(5):
        with pytest.raises(RefusedError) as refused:
            gates.passed("oci", Shown(b"guess"))
        assert refused.value.known
    assert len(caplog.records) == 2
    assert "guess" not in caplog.text
    assert SECRET not in caplog.text


def test_no_secret_is_in_a_repr() -> None:
    proof = proof_of(registry("oci", webhook_secret=SECRET), FakeIdentity())
    shown = Shown(SECRET.encode(), SECRET.encode())
    assert "secret" not in f"{proof!r}{shown!r}".replace("HeaderSecret", "")
