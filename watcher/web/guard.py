"""What stands before every request: who may be asked for, how, and what no answer may lack."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watcher.web import answers
from watcher.web.listening import Listening

HEADERS: Final = {
    # No script at all, no style but ours, no frame around it, no form that leads elsewhere.
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_READING: Final = {"GET", "HEAD"}
_BY_ADDRESS: Final = {"/healthz", "/readyz", "/metrics"}
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets requests under names of ours read, and those who are signed in send forms.

    A page elsewhere could let its own name point to this machine and have a browser read for it:
    the `Host` header gives it away. A hook reads nothing and comes under whatever name the way to
    us has outside; it has a secret to show instead, which no page elsewhere knows. So do scripts
    that ask for metrics, where people sign in; and whoever keeps us running asks by an address.
    """

    app: ASGIApp
    where: Listening
    signed_in: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, bodiless=scope["method"] == "HEAD")
        refused = self._refused(scope)
        if refused is not None:
            await answers.refusal(scope["path"], *refused)(scope, receive, answer.send)
            return
        try:
            # A HEAD is answered like a GET whose body stays here.
            method = "POST" if scope["method"] == "POST" else "GET"
            await self.app({**scope, "method": method}, receive, answer.send)
        except Exception as error:  # noqa: BLE001 - the last one to see it
            _confess(scope, error)
            if not answer.started:
                line = "watcher has a defect here; its log names it."
                defect = answers.refusal(scope["path"], HTTPStatus.INTERNAL_SERVER_ERROR, line)
                await defect(scope, receive, answer.send)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        if _is_hook(scope):
            hooks = HTTPStatus.METHOD_NOT_ALLOWED, "Hooks are sent here, and nothing else (POST)."
            return None if scope["method"] == "POST" else hooks
        by_address = self.signed_in and scope["path"] in _BY_ADDRESS
        if not by_address and not self.where.is_ours(Headers(scope=scope).get("host", "")):
            ours = self.where.url or "localhost or 127.0.0.1"
            return HTTPStatus.MISDIRECTED_REQUEST, f"This is not our name here: ask for {ours}."
        if scope["method"] not in (_READING | {"POST"} if self.signed_in else _READING):
            line = "Nothing can be changed here: only read (GET, HEAD)."
            return HTTPStatus.METHOD_NOT_ALLOWED, line
        return None


@dataclass(slots=True)
class _Answer:
    """An answer on its way out."""

    to: Send
    bodiless: bool
    started: bool = False

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on, with the headers that all of them have."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("cache-control", "no-store")
        elif self.bodiless:
            message = {**message, "body": b""}
        await self.to(message)


def _is_hook(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(answers.HOOKS)


def _confess(scope: Scope, error: Exception) -> None:
    """Log an error that nobody foresaw in a line, with its traceback only where it is asked for."""
    # The address of a hook may end in a secret.
    shown = answers.HOOKS if _is_hook(scope) else scope["path"]
    path, reason = ascii(shown[:200]), ascii(str(error)[:300])
    told = _LOG.isEnabledFor(logging.DEBUG)
    _LOG.error("%s: unexpected %s: %s", path, type(error).__name__, reason, exc_info=told)
