"""One question to a remote, through redirects, until its answer begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import requests
from requests.utils import get_environ_proxies

from watcher import __version__
from watcher.adapters.http.address import is_loopback, origin, redacted, redirected, split
from watcher.adapters.http.deadline import BoundedAdapter
from watcher.adapters.http.failure import FAILURES, ElsewhereError
from watcher.adapters.http.settings import Connecting, Observer
from watcher.domain.errors import PermanentError

SAFE = frozenset({"GET", "HEAD"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_OWN_HEADERS = {"User-Agent": f"watcher/{__version__}", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the statuses expected, and the bounds: bytes of a body, seconds in all."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    expect: Collection[int]
    limit: int
    total: float
    content: bytes | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """What is asked, fit for an error message."""
        return f"{self.method} {redacted(self.url)}"


class Transport:
    """Pooled connections; raises PermanentError, and whatever requests raises."""

    def __init__(self, connecting: Connecting, observer: Observer | None) -> None:
        self._connecting = connecting
        self._observer = observer
        # The adapter alone, since requests' Session would add cookies, netrc and redirects.
        self._adapter = BoundedAdapter(pool_maxsize=connecting.concurrency)

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def begin(self, question: Question) -> requests.Response:
        """Ask; give the first answer that is no redirect, its body unread."""
        split(question.url)
        url, headers = question.url, {**_OWN_HEADERS, **question.headers}
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                response = self._send(question, url, headers)
            except FAILURES as error:
                if url == question.url:
                    raise
                raise ElsewhereError(url) from error
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not location:
                return response
            response.close()
            if question.method not in SAFE:
                raise PermanentError(f"{question.shown} is redirected: correct the address")
            target = redirected(url, location)
            if origin(target) != origin(url):
                headers.pop("Authorization", None)
            url = target
        raise PermanentError(f"{question.shown}: more than {_MOST_REDIRECTS} redirects; refused")

    def received(self, question: Question, size: int) -> None:
        """Tell the observer of bytes of a body."""
        if self._observer:
            self._observer.received(question.method, question.url, size)

    def _send(self, question: Question, url: str, headers: Mapping[str, str]) -> requests.Response:
        if self._observer:
            self._observer.sent(question.method, question.url)
        timeouts = self._connecting.timeouts
        request = requests.Request(question.method, url, headers=headers, data=question.content)
        return self._adapter.send(
            request.prepare(),
            stream=True,
            timeout=(timeouts.connect, timeouts.read),
            verify=str(self._connecting.tls_ca) if self._connecting.tls_ca else True,
            proxies=self._proxies(url),
        )

    def _proxies(self, url: str) -> dict[str, str]:
        if self._connecting.proxy:
            return {"http": self._connecting.proxy, "https": self._connecting.proxy}
        return {} if is_loopback(url) else get_environ_proxies(url, None)
