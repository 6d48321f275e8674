"""`/hooks/<registry>`: a hook is let in, read, and written down as a call; nothing else is done."""

from __future__ import annotations

import asyncio
from email.message import Message
from functools import partial
from http import HTTPStatus
from typing import Final

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from watcher.domain.errors import StartError, TransientError
from watcher.web import answers
from watcher.web.hooks.document import UnreadableError
from watcher.web.hooks.gate import Gates, RefusedError
from watcher.web.hooks.notes import Notes
from watcher.web.hooks.proof import Shown
from watcher.web.site import Site

LARGEST: Final = 1024 * 1024  # bytes of a body
PATIENCE = 10.0  # seconds for a body to arrive, and for a token to be checked
_CHECKS: Final = 4  # tokens checked at once
_LATER: Final = "It cannot be noted now: send it again later."


class _NotTakenError(Exception):
    """A request that cannot be taken as it is."""

    def __init__(self, status: HTTPStatus, line: str) -> None:
        super().__init__()
        self.status, self.line = status, line


def routes(site: Site) -> APIRouter:
    """The one route, under both of its addresses."""
    gates = Gates.of(site.app.config, site.app.identity)
    notes = Notes(site.app.calls)
    checks = anyio.CapacityLimiter(_CHECKS)
    router = APIRouter(include_in_schema=False)

    async def hook(request: Request, name: str, address: str = "") -> Response:
        shown = _shown(request, address)
        try:
            passing = partial(gates.passed, name, shown)
            if gates.waits_at(name):
                async with asyncio.timeout(PATIENCE):
                    gate = await anyio.to_thread.run_sync(passing, limiter=checks)
            else:
                gate = passing()
            places = gate.places(await _body(request), site.app.config.includes)
            if places:
                await notes.note(places)
        except (_NotTakenError, RefusedError, UnreadableError, ClientDisconnect) as error:
            return _refusal(request, error)
        except (TimeoutError, TransientError, StartError):
            return answers.refusal(request.url.path, HTTPStatus.SERVICE_UNAVAILABLE, _LATER)
        return Response(status_code=HTTPStatus.ACCEPTED)

    for path in ("/hooks/{name}", "/hooks/{name}/{address:path}"):
        router.add_api_route(path, hook, methods=["POST"])
    return router


def _shown(request: Request, address: str) -> Shown:
    given = [value for key, value in request.scope["headers"] if key == b"authorization"]
    return Shown(given[0] if len(given) == 1 else b"", address.encode("utf-8", "surrogateescape"))


async def _body(request: Request) -> bytes:
    """The whole body, where it says that it is JSON and is not too long."""
    headers = request.headers
    told = Message()
    told["content-type"] = headers.get("content-type", "")
    kind = told.get_content_type()
    if kind != answers.JSON and not (kind.startswith("application/") and kind.endswith("+json")):
        raise _NotTakenError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON, and say so.")
    if headers.get("content-encoding", "identity") != "identity":
        raise _NotTakenError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send it uncompressed.")
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > LARGEST:
        raise _too_large()
    try:
        async with asyncio.timeout(PATIENCE):
            return await _read(request)
    except TimeoutError:
        line = f"The body did not arrive within {PATIENCE:.0f} s."
        raise _NotTakenError(HTTPStatus.REQUEST_TIMEOUT, line) from None


async def _read(request: Request) -> bytes:
    size, pieces = 0, list[bytes]()
    async for piece in request.stream():
        size += len(piece)
        pieces.append(piece)
        if size > LARGEST:
            raise _too_large()
    return b"".join(pieces)


def _too_large() -> _NotTakenError:
    line = f"A body has at most {LARGEST} bytes."
    return _NotTakenError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, line)


def _refusal(request: Request, error: Exception) -> Response:
    path = request.url.path
    match error:
        case _NotTakenError():
            return answers.refusal(path, error.status, error.line)
        case RefusedError(known=True):
            line = "What came along does not prove the sender."
            answer = answers.refusal(path, HTTPStatus.UNAUTHORIZED, line)
            answer.headers["www-authenticate"] = "Bearer"
            return answer
        case RefusedError():
            return answers.refusal(path, HTTPStatus.NOT_FOUND, "There is no such hook.")
        case UnreadableError():
            line = f"This registry's kind sends no such thing: {error}."
            return answers.refusal(path, HTTPStatus.BAD_REQUEST, line)
        case _:
            return answers.refusal(path, HTTPStatus.BAD_REQUEST, "The request was cut short.")
