"""Application default credentials: found, used, renewed, and refused."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import google.auth
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.compute_engine import _metadata
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from tests.servers.hostile import Hostile, Reply, Seen, hostile
from watcher.adapters.distribution import Login
from watcher.adapters.http import Connecting, Timeouts
from watcher.adapters.registries.artifact_registry import GoogleLogin
from watcher.domain.errors import AttemptError, TransientError, UnauthorizedError

pytestmark = pytest.mark.servers

SECRET = "1//a-refresh-token"  # noqa: S105 - of nobody


class Made:
    """Credentials that make t1, t2 and so on; `fails` is raised instead."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.token: str | None = None
        self.valid = False
        self.made = 0
        self.fails = fails

    def refresh(self, request: object) -> None:
        del request
        if self.fails:
            raise self.fails
        self.made += 1
        self.token, self.valid = f"t{self.made}", True


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def login(made: Made, clock: Callable[[], float] = time.monotonic) -> GoogleLogin:
    return GoogleLogin("gar", Connecting(), lambda **_: (made, None), clock)


def token(one: Login, *, renewed: bool = False) -> str:
    return one.current(renewed=renewed).password


def refused(one: Login) -> AttemptError:
    with pytest.raises(AttemptError) as caught:
        one.current()
    assert str(caught.value).isprintable()
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None
    return caught.value


def test_a_token_is_the_password_of_googles_user_and_never_shown() -> None:
    found = login(Made()).current()
    assert (found.username, found.password) == ("oauth2accesstoken", "t1")
    assert "t1" not in repr(found)


def test_nothing_is_looked_for_before_the_first_use() -> None:
    looked: list[str] = []

    def load(**_: object) -> tuple[Any, None]:
        looked.append("looked")
        return Made(), None

    one = GoogleLogin("gar", Connecting(), load)
    assert looked == []
    one.current()
    one.current()
    assert looked == ["looked"]


def test_a_token_is_used_until_it_expires() -> None:
    made = Made()
    one = login(made)
    assert [token(one) for _ in range(3)] == ["t1"] * 3
    made.valid = False
    assert token(one) == "t2"


def test_a_token_that_was_refused_is_made_anew() -> None:
    clock = Clock()
    one = login(Made(), clock)
    one.current()
    clock.now += 60
    assert token(one, renewed=True) == "t2"


def test_threads_refused_together_renew_once() -> None:
    clock = Clock()
    made = Made()
    one = login(made, clock)
    one.current()
    clock.now += 60
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: token(one, renewed=True), range(8)))
    assert found == {"t2"}
    assert made.made == 2


def test_no_credentials_at_all_says_what_to_do_and_is_not_looked_for_again_at_once() -> None:
    looked: list[str] = []
    clock = Clock()

    def load(**_: object) -> tuple[Any, None]:
        looked.append("looked")
        raise DefaultCredentialsError(SECRET)

    one = GoogleLogin("gar", Connecting(), load, clock)
    for _ in range(3):
        assert "set GOOGLE_APPLICATION_CREDENTIALS" in str(refused(one))
    assert looked == ["looked"]
    clock.now += 61
    refused(one)
    assert looked == ["looked", "looked"]


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (RefreshError("invalid_grant: expired", {"x": SECRET}), UnauthorizedError, "invalid_grant"),
        (RefreshError("busy", retryable=True), TransientError, "busy"),
        (TransportError("no answer"), TransientError, "no answer"),
        (ValueError("no key"), UnauthorizedError, "renew or correct"),
    ],
)
def test_a_token_that_is_not_given_says_why(
    error: Exception, kind: type[AttemptError], says: str
) -> None:
    found = refused(login(Made(error)))
    assert type(found) is kind
    assert says in str(found)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set a service account's key up whose token server is at an address."""

    def write(token_server: str) -> None:
        private = rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = tmp_path / "key.json"
        account = {
            "type": "service_account",
            "client_email": "watcher@acme.iam.gserviceaccount.com",
            "private_key": private.decode(),
            "token_uri": token_server,
            "project_id": "acme",
        }
        path.write_text(json.dumps(account))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))

    return write


def test_a_key_of_a_service_account_gives_a_token(key: Callable[[str], None]) -> None:
    body = json.dumps({"access_token": "ya29.x", "expires_in": 3600}).encode()
    with hostile(lambda _: Reply(headers={"Content-Type": "application/json"}, body=body)) as far:
        key(f"{far.url}/token")
        one = GoogleLogin("gar", Connecting())
        assert token(one) == token(one) == "ya29.x"
        (asked,) = far.seen
    assert asked.method == "POST"
    assert b"jwt-bearer" in asked.body


def test_a_token_is_asked_for_through_the_registrys_proxy(key: Callable[[str], None]) -> None:
    body = json.dumps({"access_token": "ya29.x", "expires_in": 3600}).encode()
    with hostile(lambda _: Reply(headers={"Content-Type": "application/json"}, body=body)) as proxy:
        key("http://token.invalid/token")
        one = GoogleLogin("gar", Connecting(proxy=proxy.url))
        assert token(one) == "ya29.x"
        assert proxy.seen[0].path == "http://token.invalid/token"


def test_a_key_that_is_refused_is_said_to_be(key: Callable[[str], None]) -> None:
    said = b'{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}'
    with hostile(lambda _: Reply(400, {"Content-Type": "application/json"}, said)) as far:
        key(f"{far.url}/token")
        found = refused(GoogleLogin("gar", Connecting()))
    assert isinstance(found, UnauthorizedError)
    assert "invalid_grant" in str(found)


def test_a_token_server_that_does_not_answer_is_a_passing_failure(
    key: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _: None)
    key("http://127.0.0.1:1/token")
    assert isinstance(refused(GoogleLogin("gar", Connecting())), TransientError)


def metadata(seen: Seen) -> Reply:
    headers = {"Metadata-Flavor": "Google", "Content-Type": "application/json"}
    if "/token" in seen.path:
        body = b'{"access_token": "ya29.machine", "expires_in": 3600, "token_type": "Bearer"}'
        return Reply(200, headers, body)
    if "recursive=true" in seen.path:
        return Reply(200, headers, b'{"email": "watcher@acme", "scopes": ["x"]}')
    return Reply(200, {**headers, "Content-Type": "text/plain"}, b"acme")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hostile]:
    """A machine of Google's, by its metadata service; no other credentials."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setattr(google.auth._default, "_get_gae_credentials", lambda: (None, None))
    with hostile(metadata) as near:
        monkeypatch.setenv("GCE_METADATA_IP", near.host)
        monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", near.host)
        yield near


def test_a_machine_of_googles_gives_the_token_of_its_service_account(machine: Hostile) -> None:
    assert token(GoogleLogin("gar", Connecting())) == "ya29.machine"
    assert all(one.headers["metadata-flavor"] == "Google" for one in machine.seen)


def test_a_metadata_service_that_hangs_does_not_hang_us(
    machine: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    del machine
    near = Timeouts(connect=0.3, read=0.3, total=0.3)
    monkeypatch.setattr("watcher.adapters.registries.artifact_registry.sdk.login._NEAR", near)
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=silent.listen, daemon=True).start()
        monkeypatch.setenv("GCE_METADATA_IP", f"127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        found = refused(GoogleLogin("gar", Connecting()))
    assert isinstance(found, UnauthorizedError)
    assert time.monotonic() - began < 30  # it is silent for ever
