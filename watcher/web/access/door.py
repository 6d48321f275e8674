"""The door: whoever comes through is known, or there is nothing behind it for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from watcher.domain.access import Role
from watcher.ports.store.tokens import Tokens
from watcher.web import answers
from watcher.web.access.cookies import Sessions
from watcher.web.access.pace import Pace
from watcher.web.access.person import ANYBODY, STATE, Person

SIGN_IN: Final = "/sign-in"
METRICS: Final = "/metrics"
# What has rules of its own, or tells nothing of the record.
_OPEN: Final = frozenset({"/healthz", "/readyz", SIGN_IN, f"{SIGN_IN}/begin", f"{SIGN_IN}/back"})
_OPEN_BELOW: Final = (answers.HOOKS, "/static/")
_LONGEST: Final = 200  # characters of a token
_TO_LONGEST: Final = 2000  # characters of an address that somebody is led back to


@dataclass(frozen=True, slots=True)
class Door:
    """Lets people with a session and scripts with a token through, each as who they are.

    Without `keys` everybody is let through: the web listens to this machine alone then.
    """

    app: ASGIApp
    keys: Keys | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            person = await self._person(scope)
            if isinstance(person, Response):
                await person(scope, receive, send)
                return
            scope.setdefault("state", {})[STATE] = person
        await self.app(scope, receive, send)

    async def _person(self, scope: Scope) -> Person | Response:
        path: str = scope["path"]
        if self.keys is None or path in _OPEN or path.startswith(_OPEN_BELOW):
            return ANYBODY
        headers = Headers(scope=scope)
        if "authorization" in headers:
            return await self._with_token(scope, headers["authorization"])
        person = self.keys.sessions.person(headers.get("cookie", ""), self.keys.now())
        if person is None:
            return _unknown(scope)
        if path == METRICS:
            return answers.refusal(path, HTTPStatus.FORBIDDEN, _METRICS)
        return person

    async def _with_token(self, scope: Scope, header: str) -> Person | Response:
        keys, path = self.keys, scope["path"]
        if keys is None:
            return ANYBODY
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token.strip()) <= _LONGEST:
            return _refused(path, "Authorization is to hold a token: Bearer <token>.")
        wait = keys.pace.waits(client(scope))
        if wait:
            return too_often(path, wait)
        held = await anyio.to_thread.run_sync(
            partial(keys.tokens.found, digest(token.strip()), keys.now())
        )
        if held is None:
            keys.pace.wait(client(scope))
            return _refused(path, "This token is unknown, has expired, or was revoked.")
        if held.grant.role.reaches(Role.METRICS) != (path == METRICS):
            return answers.refusal(path, HTTPStatus.FORBIDDEN, _METRICS)
        return Person(held.name, held.grant)


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the door."""

    sessions: Sessions
    tokens: Tokens
    now: Callable[[], datetime]
    pace: Pace


_METRICS: Final = (
    "/metrics is read with a token made for it, which reads nothing else: "
    "watcher token create NAME --role metrics."
)


def digest(token: str) -> str:
    """How a token is found: by its sha256."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def client(scope: Scope) -> str:
    """The address that asks, as far as that is known."""
    told = scope.get("client")
    return str(told[0]) if told else ""


def too_often(path: str, wait: int) -> Response:
    """Ask for a pause, in seconds."""
    line = f"Too many tries from where you are: wait {wait} s."
    answer = answers.refusal(path, HTTPStatus.TOO_MANY_REQUESTS, line)
    answer.headers["retry-after"] = str(wait)
    return answer


def led_back(to: str | None) -> str:
    """An address of ours to lead somebody back to; the first page for what is none of ours."""
    usable = to is not None and len(to) <= _TO_LONGEST and to.isprintable() and to.isascii()
    if to is None or not usable or not to.startswith("/") or to.startswith(("//", "/\\")):
        return "/"
    return "/" if to.startswith(SIGN_IN) else to


def _unknown(scope: Scope) -> Response:
    """Show people the way to sign in; tell scripts that they lack a token."""
    path: str = scope["path"]
    if path.startswith(answers.API) or path == METRICS:
        return _refused(
            path, "Send a token: Authorization: Bearer <token>; watcher token makes one."
        )
    if scope["method"] != "GET":
        line = "You are not signed in any more: sign in, and send it again."
        return answers.refusal(path, HTTPStatus.UNAUTHORIZED, line)
    asked = scope["query_string"].decode("ascii", "replace")
    to = led_back(f"{quote(path)}?{asked}" if asked else quote(path))
    return RedirectResponse(f"{SIGN_IN}?to={quote(to, safe='')}", HTTPStatus.SEE_OTHER)


def _refused(path: str, line: str) -> Response:
    answer = answers.refusal(path, HTTPStatus.UNAUTHORIZED, line)
    answer.headers["www-authenticate"] = 'Bearer realm="watcher"'
    return answer
