"""The login to an account's registry: a token of some hours, renewed before it ends."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from watcher.adapters.distribution import Credentials
from watcher.adapters.distribution.document import Document
from watcher.adapters.http.address import is_loopback, redacted
from watcher.domain.errors import PermanentError

_ASSUMED: Final = 3600.0  # seconds that a token lasts where the answer does not tell
_LONGEST: Final = 12 * 3600.0  # as GetAuthorizationToken documents it
_USED: Final = 0.8  # of its life, so that whoever is given it has hours left for a pull
_FRESH: Final = 60.0  # refused when younger than this, it is not the token that is wrong


@dataclass(frozen=True, slots=True)
class Token:
    """Credentials, where they are good, and for how many seconds from when they were given."""

    url: str
    credentials: Credentials = field(repr=False)
    lasts: float


class EcrLogin:
    """A `Login` from GetAuthorizationToken; used from several threads.

    `fetch` raises TransientError and PermanentError; `clock` is in seconds.
    """

    def __init__(
        self, fetch: Callable[[], Token], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._given: tuple[Token, float] | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The address where the credentials are good; asks for them where there are none yet."""
        return self._current(renewed=False).url

    def current(self, *, renewed: bool = False) -> Credentials:
        """Credentials that are good now; `renewed` asks for others, unless these are brand new."""
        return self._current(renewed=renewed).credentials

    def _current(self, *, renewed: bool) -> Token:
        with self._lock:
            now = self._clock()
            if self._given is not None:
                token, since = self._given
                age = now - since
                if age < (_FRESH if renewed else _USED * token.lasts):
                    return token
            token = self._fetch()
            self._given = (token, now)
            return token


def parse_token(answer: Document, date: str) -> Token:
    """Read what GetAuthorizationToken answers; `date` is its Date header.

    Both times are AWS's own, so the clock of this machine does not matter. Raises PermanentError
    where the answer is none, or sends credentials where they could be read on the way.
    """
    entry = next(answer.children("authorizationData"), None)
    if entry is None:
        raise PermanentError(f"{answer.what}: the answer holds no token")
    url = entry.text("proxyEndpoint").rstrip("/")
    if not url.startswith("https://") and not (url.startswith("http://") and is_loopback(url)):
        raise PermanentError(f"{answer.what}: the registry would be at {redacted(url)}; refused")
    return Token(url, _credentials(entry), _lasts(entry.fields.get("expiresAt"), date))


def _credentials(entry: Document) -> Credentials:
    try:
        pair = base64.b64decode(entry.text("authorizationToken"), validate=True).decode("ascii")
    except ValueError:
        pair = ""
    user, colon, password = pair.partition(":")
    if not (user and colon and password and pair.isprintable()):
        raise PermanentError(f"{entry.what}: the token is not of the form user:password")
    return Credentials(user, password)


def _lasts(until: object, date: str) -> float:
    if not isinstance(until, datetime):
        return _ASSUMED
    try:
        seconds = (until - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):
        return _ASSUMED
    return min(max(seconds, 0.0), _LONGEST)
