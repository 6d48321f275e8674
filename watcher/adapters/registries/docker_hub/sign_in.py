"""Signing in to the Hub API: a password or access token for a token that lasts some minutes."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from watcher.adapters.distribution import Credentials
from watcher.adapters.distribution.document import Document
from watcher.adapters.http import Answer, Http
from watcher.adapters.registries.docker_hub.refusal import message_of, not_hub
from watcher.domain.errors import PermanentError, UnauthorizedError

_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,65536}")
# In seconds: what is assumed where the token does not say, what is believed at most, and how long
# a refusal stands; Hub locks accounts whose password is guessed at.
_ASSUMED: Final = 300
_BELIEVED: Final = 3600
_REFUSED_FOR: Final = 300
_USED: Final = 0.8  # of its lifetime, so that no token expires under way
_UNKNOWN_ROUTE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


class SignIn:
    """An Authorization header for the API, renewed before it expires; for many threads."""

    def __init__(
        self,
        api_url: str,
        http: Http,
        credentials: Credentials,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api_url = api_url
        self._http = http
        self._credentials = credentials
        self._clock = clock
        self._header = ""
        self._until = 0.0
        self._refusal: UnauthorizedError | None = None
        self._lock = threading.Lock()

    def header(self, refused: str | None = None) -> str:
        """Give the header; `refused` is one that was not accepted, and is not given again.

        Raises UnauthorizedError where Hub does not know us, and asks it once for all threads.
        """
        with self._lock:
            now = self._clock()
            if self._refusal is not None and now < self._until:
                raise UnauthorizedError(str(self._refusal))
            if not self._header or self._header == refused or self._until <= now:
                self._renew(now)
            return self._header

    def _renew(self, now: float) -> None:
        self._header, self._refusal = "", None
        try:
            token = self._token()
        except UnauthorizedError as error:
            self._refusal, self._until = error, now + _REFUSED_FOR
            raise
        self._header, self._until = f"Bearer {token}", now + _USED * lifetime(token)

    def _token(self) -> str:
        who, secret = self._credentials.username, self._credentials.password
        answer = self._post("/v2/auth/token", {"identifier": who, "secret": secret})
        if answer.status in _UNKNOWN_ROUTE:  # the older way
            answer = self._post("/v2/users/login", {"username": who, "password": secret})
        if answer.status in _UNKNOWN_ROUTE:
            raise PermanentError(
                f"{answer.asked}: {answer.status}; Docker Hub is not at api_url; correct it"
            )
        if answer.status != HTTPStatus.OK and message_of(answer.body) is None:
            raise not_hub(answer)
        if answer.status != HTTPStatus.OK:
            raise UnauthorizedError(
                f"{answer.asked}: {answer.status}; the username or password is refused (with"
                " two-factor or single sign-on only an access token will do)"
            )
        document = Document.read(f"{answer.asked}: the answer", answer.body)
        token = document.fields.get("access_token") or document.fields.get("token")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise PermanentError(
                f"{answer.asked}: the answer holds no token that can be used; correct api_url,"
                " where it is no address of Docker Hub's API"
            )
        return token

    def _post(self, path: str, fields: dict[str, str]) -> Answer:
        return self._http.request(
            "POST",
            self._api_url + path,
            headers={"Content-Type": "application/json"},
            expect=(200, 400, 401, 403, *_UNKNOWN_ROUTE),
            content=json.dumps(fields).encode(),
        )


def lifetime(token: str) -> float:
    """Read how many seconds a JSON Web Token lasts (RFC 7519: `exp` less `iat`), as it was issued.

    Both are the remote's times, so that its clock need not agree with ours.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        lasts = float(claims["exp"]) - float(claims["iat"])
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return _ASSUMED
    return min(lasts, _BELIEVED) if lasts > 0 else _ASSUMED
