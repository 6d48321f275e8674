"""Proving who we are to a registry: Basic, or Bearer by way of its token server.

Follows the token authentication specification of the Distribution project.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, Self
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from watcher.adapters.distribution.challenge import Challenge, parse_challenges
from watcher.adapters.distribution.document import Document
from watcher.adapters.http import Answer, Http
from watcher.adapters.http.address import leads_inside, origin, redacted
from watcher.domain.errors import NotFoundError, PermanentError, UnauthorizedError

_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
_ANSWER_LIMIT = 256 * 1024
# Lifetimes in seconds: what the specification assumes where nothing is said, and what we believe.
_ASSUMED = 60
_BELIEVED = 3600
_USED = 0.8  # of its lifetime, so that no token expires under way


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and its password or token; never shown."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The value of a Basic Authorization header (RFC 7617)."""
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    def current(self, *, renewed: bool = False) -> Self:
        """Themselves: these are good until somebody changes them."""
        del renewed
        return self


class Login(Protocol):
    """Where credentials come from: they are what they are, or are made for a few hours each."""

    def current(self, *, renewed: bool = False) -> Credentials:
        """Credentials that are good now; `renewed` asks for others than those given before.

        Raises TransientError, UnauthorizedError and PermanentError where none are to be had.
        """


@dataclass(frozen=True, slots=True)
class _Token:
    header: str = field(repr=False)
    until: float


class Authorizer:
    """Authorization headers for one registry, kept per scope; used from several threads."""

    def __init__(
        self,
        base_url: str,
        http: Http,
        login: Login | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = base_url
        self._http = http
        self._login = login
        self._clock = clock
        self._challenge: Challenge | None = None
        self._tokens: dict[str, _Token] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def learn(self, header: str | None) -> None:
        """Take note of a WWW-Authenticate header; one that says nothing usable changes nothing."""
        challenges = parse_challenges(header or "")
        bearer = [one for one in challenges if one.scheme == "bearer" and "realm" in one.parameters]
        basic = [one for one in challenges if one.scheme == "basic"]
        for challenge in [*bearer, *basic][:1]:
            self._challenge = challenge

    def header(self, scope: str, refused: str | None = None) -> str | None:
        """Give the Authorization header for a scope; None where nothing is wanted or we have none.

        `refused` is a header that the registry did not accept: it is not given again. Raises
        PermanentError where the token server cannot be trusted, UnauthorizedError where it
        refuses us.
        """
        challenge = self._challenge
        if challenge is None or challenge.scheme == "basic":
            return self._basic(refused) if challenge else None
        with self._lock_of(scope):
            token = self._tokens.get(scope)
            if token is None or token.header == refused or token.until <= self._clock():
                token = self._fetch(challenge, scope)
                self._tokens[scope] = token
            return token.header

    def _basic(self, refused: str | None) -> str | None:
        if self._login is None:
            return None
        found = self._login.current().basic
        if found == refused:
            found = self._login.current(renewed=True).basic
        return None if found == refused else found

    def _lock_of(self, scope: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(scope, threading.Lock())

    def _fetch(self, challenge: Challenge, scope: str) -> _Token:
        realm = challenge.parameters["realm"]
        query = [("service", challenge.parameters.get("service", "")), ("scope", scope)]
        asked = self._clock()
        try:
            answer = self._ask(realm, query)
        except NotFoundError as error:
            # No evidence that anything in the registry is gone.
            raise PermanentError(f"{error}: the registry's realm is wrong") from None
        document = Document.read(f"{answer.asked}: the answer", answer.body)
        token = document.fields.get("token") or document.fields.get("access_token")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise PermanentError(f"{answer.asked}: the answer holds no token that can be used")
        lifetime = document.fields.get("expires_in")
        lasts = min(lifetime, _BELIEVED) if isinstance(lifetime, int) and lifetime > 0 else _ASSUMED
        return _Token(f"Bearer {token}", asked + _USED * lasts)

    def _ask(self, realm: str, query: list[tuple[str, str]]) -> Answer:
        """Ask a token server, once more with a renewed login where it refuses the one we have."""
        identity = self._identity(realm)
        url = _with_query(realm, query)
        try:
            return self._http.request("GET", url, headers=identity, limit=_ANSWER_LIMIT)
        except UnauthorizedError:
            renewed = self._identity(realm, renewed=True)
            if renewed == identity:
                raise
        return self._http.request("GET", url, headers=renewed, limit=_ANSWER_LIMIT)

    def _identity(self, realm: str, *, renewed: bool = False) -> dict[str, str]:
        """Decide who we are to a token server; raises PermanentError where it must not know."""
        scheme, host, _ = origin(realm)
        own_scheme, own_host, _ = origin(self._base_url)
        if leads_inside(realm, self._base_url):
            raise PermanentError(
                f"{self._base_url} sends us to a token server on this machine itself, or on its "
                f"link, {redacted(realm)}: refused; correct the registry's realm"
            )
        if scheme == "http" and own_scheme != "http":
            raise PermanentError(
                f"{self._base_url} sends us to a token server without https, {redacted(realm)}:"
                " refused; correct the registry's realm"
            )
        if self._login is None:
            return {}
        if scheme == "http" and host != own_host:
            raise PermanentError(
                f"{self._base_url} sends us to {redacted(realm)} with our password, over plain http"
                " to another host: refused; correct the registry's realm"
            )
        return {"Authorization": self._login.current(renewed=renewed).basic}


def _with_query(realm: str, query: list[tuple[str, str]]) -> str:
    parts = urlsplit(realm)
    more = urlencode([pair for pair in query if pair[1]], safe=":/,*", quote_via=quote)
    return urlunsplit(
        parts._replace(query="&".join(filter(None, (parts.query, more))), fragment="")
    )
