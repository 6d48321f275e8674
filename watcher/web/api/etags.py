"""ETags: what a document depends on, told without drawing it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from fastapi import Request, Response

from watcher import __version__
from watcher.reading.reading import Reading

_SECONDS: Final = 600  # what a document says of now may be so much older than what its ETag says


def etag_of(record: Reading, request: Request, configuration: str) -> str:
    """A weak ETag: the passes, the configuration, the question, and who asks.

    What falls due or grows older changes it every ten minutes, unless a past time is asked for.
    """
    sight = record.sight
    asked = sorted(request.query_params.multi_items())
    past = any(name == "as_of" and value.strip() for name, value in asked)
    moment = record.as_of if past else _floor(record.as_of)
    told = [
        *(__version__, configuration, request.url.path, asked, record.upto, record.then),
        *(moment.isoformat(), None if sight is None else sorted(sight.teams)),
    ]
    return f'W/"{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]}"'


def unchanged(request: Request, etag: str) -> Response | None:
    """An answer without a body for who has the document already; None for who has not."""
    held = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if etag in held or "*" in held:
        return tagged(Response(status_code=HTTPStatus.NOT_MODIFIED), etag)
    return None


def tagged(answer: Response, etag: str) -> Response:
    """An answer that may be kept by the one who asked, and is asked for again before it is used."""
    answer.headers["etag"] = etag
    answer.headers["cache-control"] = "private, no-cache"
    answer.headers["vary"] = "Authorization, Cookie"
    return answer


def _floor(time: datetime) -> datetime:
    seconds = int(time.timestamp()) // _SECONDS * _SECONDS
    return datetime.fromtimestamp(seconds, UTC)
