"""One kept connection to a registry on loopback: plain HTTP, answers as bytes."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from watcher.demo.workshop.errors import WorkshopError

_TIMEOUT = 30.0  # seconds; a registry on this machine answers in milliseconds
_LARGEST_ANSWER = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """A connection that stays open between requests and is opened again when it was lost."""

    def __init__(self, base_url: str) -> None:
        """Remember where to connect to; raise ValueError unless `base_url` is http://host:port."""
        parts = urlsplit(base_url)
        if parts.scheme != "http" or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError(f"the workshop speaks to http://host:port only, not to {base_url!r}")
        self.host = parts.netloc
        self._connection = http.client.HTTPConnection(self.host, timeout=_TIMEOUT)

    def request(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request, a second time if the kept connection had died meanwhile.

        All that the workshop sends may be sent twice. Raises WorkshopError when nobody answers.
        """
        try:
            return self._exchange(method, path, body, headers or {})
        except (http.client.HTTPException, OSError):
            self._connection.close()
        try:
            return self._exchange(method, path, body, headers or {})
        except (http.client.HTTPException, OSError) as error:
            self._connection.close()
            raise WorkshopError(
                f"{method} http://{self.host}{path}: no answer ({error}); is it running?"
            ) from error

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._connection.close()

    def _exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self._connection.request(method, path, body=body or None, headers=dict(headers))
        response = self._connection.getresponse()
        content = response.read(_LARGEST_ANSWER)
        lowered = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, lowered, content)
