"""Requests to one registry with the right identity for each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from watcher.adapters.distribution.auth import Authorizer, Login
from watcher.adapters.http import Answer, Http
from watcher.adapters.http.address import redacted, split
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    TransientError,
    UnauthorizedError,
    UsageError,
)

_UNAUTHORIZED = HTTPStatus.UNAUTHORIZED
_LIMIT = 1024 * 1024


class Session:
    """A registry's address and our identity there. Raises UsageError for an unusable address."""

    def __init__(self, base_url: str, http: Http, login: Login | None) -> None:
        self.base_url = _base(base_url)
        self._http = http
        self._login = login
        self._authorizer = Authorizer(self.base_url, http, login)
        self._introduced = login is None
        self._lock = threading.Lock()

    def ask(
        self,
        method: str,
        url: str,
        scope: str,
        *,
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        limit: int = _LIMIT,
    ) -> Answer:
        """Ask with the identity for `scope`; once more with a fresh one where it was refused."""

        def go(identity: Mapping[str, str]) -> Answer:
            return self._http.request(
                method,
                self._absolute(url),
                headers={**(headers or {}), **identity},
                expect=(*expect, _UNAUTHORIZED),
                limit=limit,
            )

        return self._identified(scope, go)

    def download(
        self, url: str, scope: str, write: Callable[[bytes], object], *, limit: int, total: float
    ) -> None:
        """GET a body piece by piece, of at most `limit` bytes, within `total` seconds."""

        def go(identity: Mapping[str, str]) -> Answer:
            return self._http.download(
                self._absolute(url),
                write,
                headers=identity,
                expect=(200, _UNAUTHORIZED),
                limit=limit,
                total=total,
            )

        self._identified(scope, go)

    def ping(self) -> None:
        """Ask for /v2/ as ourselves; raises PermanentError where no registry is."""
        try:
            answer = self.ask("GET", "/v2/", "")
        except NotFoundError:
            raise PermanentError(
                f"{self.base_url}/v2/ is not there (404): no registry answers at this url; correct"
                " it"
            ) from None
        if answer.body.lstrip()[:1] == b"<":
            raise PermanentError(
                f"{answer.asked}: a web page, and no registry, answers at this url; correct it"
            )

    def confirm(self) -> None:
        """Raise TransientError unless /v2/ is answered as registries do, with or without us."""
        try:
            self._http.request("GET", self._absolute("/v2/"), expect=(200, 401, 403))
        except PermanentError as error:
            raise TransientError(f"{error}: so nothing is known to be gone; asked again") from None

    def _identified(self, scope: str, go: Callable[[Mapping[str, str]], Answer]) -> Answer:
        self._introduce()
        identity = self._authorizer.header(scope)
        answer = go(_headers(identity))
        if answer.status != _UNAUTHORIZED:
            return answer
        self._authorizer.learn(answer.headers.get("WWW-Authenticate"))
        fresh = self._authorizer.header(scope, refused=identity)
        if fresh is not None:
            answer = go(_headers(fresh))
        if answer.status == _UNAUTHORIZED:
            raise self._refused(answer)
        return answer

    def _introduce(self) -> None:
        """Learn once how credentials are to be shown, before anything is asked without them.

        A registry that lets anybody read some of it answers 404 for the rest, and a 404 counts as
        gone: with credentials configured, nothing is ever asked anonymously.
        """
        with self._lock:
            if self._introduced:
                return
            url = self._absolute("/v2/")
            answer = self._http.request("GET", url, expect=(200, 401, 403, 404))
            self._authorizer.learn(answer.headers.get("WWW-Authenticate"))
            if answer.status != _UNAUTHORIZED:
                self._authorizer.learn("Basic")
            self._introduced = True

    def _refused(self, answer: Answer) -> UnauthorizedError:
        if self._login is None:
            return UnauthorizedError(f"{answer.asked}: 401; it wants a username and a password")
        return UnauthorizedError(f"{answer.asked}: 401; the username or password is refused")

    def _absolute(self, url: str) -> str:
        return self.base_url + url if url.startswith("/") else url


def _headers(authorization: str | None) -> dict[str, str]:
    return {"Authorization": authorization} if authorization else {}


def _base(url: str) -> str:
    try:
        split(url)
    except PermanentError as error:
        raise UsageError(f"url: {error}; write it as https://host[:port]") from None
    if urlsplit(url).query or urlsplit(url).fragment:
        raise UsageError(f"url: {redacted(url)} has a query; write it as https://host[:port]")
    return url.rstrip("/")
