"""What a remote answered, and how much of its body is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import requests

from watcher.adapters.http.address import redacted
from watcher.domain.errors import PermanentError

CHUNK = 64 * 1024
_DRAINED = 4 * CHUNK


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; header names are compared without letter case."""

    method: str
    url: str = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def asked(self) -> str:
        """What was asked, fit for an error message."""
        return f"{self.method} {redacted(self.url)}"


def chunks(
    response: requests.Response, limit: int, asked: str, received: Callable[[int], None]
) -> Iterator[bytes]:
    """Give the body as it arrives; raises PermanentError past `limit` bytes.

    Raw bytes are read, not decoded ones: a digest is taken of what was stored, and an answer that
    was compressed although we asked for none cannot swell.
    """
    count = 0
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared[:20]) > limit and response.request.method != "HEAD":
        raise _too_long(asked, limit)
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        count += len(chunk)
        received(len(chunk))
        if count > limit:
            raise _too_long(asked, limit)
        yield chunk


def _too_long(asked: str, limit: int) -> PermanentError:
    return PermanentError(f"{asked}: the answer is longer than the {limit} bytes allowed; refused")


def drain(response: requests.Response) -> bytes:
    """Read the rest of a short body, so that its connection can be used again; give what came."""
    pieces: list[bytes] = []
    for _ in range(_DRAINED // CHUNK):
        piece = response.raw.read1(CHUNK, decode_content=False)
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces)
