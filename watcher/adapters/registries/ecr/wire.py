"""The SDK's requests on our own connections.

The SDK signs and reads; what goes over the wire is paced, counted and bounded like every other
request, in size and in time, and never redirected. It offers its event `before-send` for that.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from botocore.awsrequest import AWSResponse
from botocore.exceptions import HTTPClientError

from watcher.adapters.http import Answer, Http
from watcher.domain.errors import TransientError

# A page of a thousand images takes about one, unless they have hundreds of tags each.
_LIMIT = 32 * 1024 * 1024
_ANY_STATUS = range(100, 600)  # what a status means is the SDK's to say


class Request(Protocol):
    """What the SDK wants sent, signed."""

    method: str
    url: str
    headers: Mapping[str, str | bytes]
    body: str | bytes | None


class Wire:
    """Sends what the SDK signed; called from several threads."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def send(self, request: Request, **_: object) -> Any:  # noqa: ANN401 - the SDK has no types
        """Ask once; a connection that failed is told in the SDK's own words, so that it retries.

        Raises PermanentError where asking again would change nothing.
        """
        body = request.body
        try:
            answer = self._http.request(
                request.method,
                request.url,
                headers={key: _text(value) for key, value in request.headers.items()},
                expect=_ANY_STATUS,
                limit=_LIMIT,
                content=body.encode() if isinstance(body, str) else body,
            )
        except TransientError as error:
            raise HTTPClientError(error="no answer") from error
        return _response(answer)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(answer: Answer) -> Any:  # noqa: ANN401
    return AWSResponse(answer.url, answer.status, answer.headers, _Body(answer.body))


class _Body(io.BytesIO):
    """A body as the SDK reads it."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()
