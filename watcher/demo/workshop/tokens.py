"""A token server beside a registry: a client proves here who it is and shows the token there.

It follows the Distribution project's token authentication specification.
"""

from __future__ import annotations

import base64
import binascii
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from watcher.demo.workshop.blobs import Json, json_bytes
from watcher.demo.workshop.logins import Login
from watcher.demo.workshop.signing import SigningKey, base64url

_SERVICE = "workshop-registry"
_ISSUER = "workshop"
_KEY = "workshop"
# Tokens are good from 1970 to 2100, so that no clock is needed here; clients go by `expires_in`.
_FOREVER = 4102444800


class TokenServer:
    """Gives pull tokens to its logins, and to nobody else; serves between `with` and its end."""

    def __init__(self, folder: Path, *logins: Login, expires_in: int = 300) -> None:
        """Make a key and write its public half to `folder`; `expires_in` in seconds."""
        self._key = SigningKey.generate()
        self._passwords = {one.username: one.password for one in logins}
        self._expires_in = expires_in
        folder.mkdir(parents=True, exist_ok=True)
        self._keys = folder / "jwks.json"
        self._keys.write_bytes(json_bytes({"keys": [self._key.public(_KEY)]}))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.scopes: list[str] = []
        """The scopes asked for, in order: what a test looks at."""

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def realm(self) -> str:
        """Return the address that the registry's challenge names."""
        return f"http://127.0.0.1:{self._server.server_port}/token"

    def auth(self) -> dict[str, Json]:
        """Return the registry's `auth` section that trusts this server."""
        return {
            "token": {
                "realm": self.realm,
                "service": _SERVICE,
                "issuer": _ISSUER,
                "jwks": str(self._keys),
                "signingalgorithms": ["RS256"],
            }
        }

    def admits(self, authorization: str) -> bool:
        """Tell whether a Basic header carries a known login."""
        kind, _, encoded = authorization.partition(" ")
        try:
            username, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return kind.lower() == "basic" and self._passwords.get(username) == password

    def token(self, scopes: list[str]) -> bytes:
        """Return the JSON answer with a signed token over the scopes, reading only."""
        self.scopes += scopes
        claims: dict[str, Json] = {
            "iss": _ISSUER,
            "sub": "reader",
            "aud": _SERVICE,
            "exp": _FOREVER,
            "nbf": 0,
            "iat": 0,
            "jti": str(len(self.scopes)),
            "access": [_grant(scope) for scope in scopes],
        }
        signed = ".".join(
            base64url(json_bytes(part)) for part in ({"alg": "RS256", "kid": _KEY}, claims)
        )
        value = f"{signed}.{base64url(self._key.sign(signed.encode()))}"
        return json_bytes({"token": value, "access_token": value, "expires_in": self._expires_in})


def _grant(scope: str) -> Json:
    """Turn `repository:shop/api:pull,push` into the claim, without what would change anything."""
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    reading = {"pull"} if kind == "repository" else {"*"}
    return {"type": kind, "name": name, "actions": [a for a in actions.split(",") if a in reading]}


def _answering(tokens: TokenServer) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            if tokens.admits(self.headers.get("Authorization", "")):
                scopes = [scope for value in query.get("scope", []) for scope in value.split()]
                self._answer(HTTPStatus.OK, tokens.token(scopes))
            else:
                self._answer(HTTPStatus.UNAUTHORIZED, json_bytes({"details": "who are you?"}))

        def _answer(self, status: HTTPStatus, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing: a test reads `scopes` instead."""

    return Answer
