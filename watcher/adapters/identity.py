"""Tokens that Google signs (OpenID Connect), as Pub/Sub sends them along with what it pushes.

What is checked: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Final

from watcher.adapters.http import Connecting, Http, Retrying, Timeouts
from watcher.domain.errors import AttemptError, TransientError, UnauthorizedError

CERTIFICATES: Final = "https://www.googleapis.com/oauth2/v1/certs"
_ISSUERS: Final = {"https://accounts.google.com", "accounts.google.com"}
_LEAST, _LONGEST = 300.0, 86_400.0  # seconds that certificates are kept, whatever is said
_PATIENCE: Final = 60.0  # seconds before they are fetched again for one that is not among them
_PAUSE: Final = 10.0  # seconds before they are asked for again after that failed
_SKEW: Final = 30  # seconds that two clocks may differ
_LARGEST: Final = 64 * 1024
_MAX_AGE = re.compile(r"max-age=([0-9]{1,9})")
_CONNECTING: Final = Connecting(
    timeouts=Timeouts(connect=3, read=5, total=8), retrying=Retrying(attempts=2, within=8)
)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates in PEM by the ids of their keys, and for how many seconds they hold."""

    by_id: Mapping[str, str]
    seconds: float


def parse_certificates(body: bytes, cache_control: str) -> Certificates:
    """Read the document of certificates; raises TransientError where it is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not all(isinstance(one, str) for one in told.values()):
        raise TransientError(f"{CERTIFICATES} holds no certificates: is a proxy in between?")
    age = _MAX_AGE.search(cache_control)
    return Certificates(told, min(max(float(age[1]) if age else 0.0, _LEAST), _LONGEST))


def fetch_certificates() -> Certificates:
    """Ask Google for its certificates; raises AttemptError where they cannot be had."""
    http = Http(_CONNECTING)
    try:
        answer = http.request("GET", CERTIFICATES, limit=_LARGEST)
    finally:
        http.close()
    return parse_certificates(answer.body, answer.headers.get("Cache-Control", ""))


@dataclass(slots=True)
class GoogleIdentity:
    """Signs the port `Identity`; used from several threads at once."""

    fetch: Callable[[], Certificates] = fetch_certificates
    felt: Callable[[], float] = monotonic
    _held: Certificates | None = None
    _fetched: float = 0.0
    _failed: tuple[float, TransientError] | None = None
    _lock: Lock = field(default_factory=Lock)

    def account(self, token: str, audience: str) -> str:
        """The account that a token proves, for an audience that it was made out to."""
        # Here, because it takes a third of a second that other kinds need not wait.
        from google.auth import exceptions, jwt  # noqa: PLC0415

        try:
            named = jwt.decode_header(token).get("kid")
            certificates = self._certificates(named if isinstance(named, str) else None)
            claims = jwt.decode(token, certificates, True, audience, _SKEW)  # noqa: FBT003 - theirs
        except (exceptions.GoogleAuthError, ValueError, TypeError, RecursionError):
            # What the library says may quote the token.
            raise _refused("is forged, expired, or made out to another audience") from None
        if claims.get("iss") not in _ISSUERS or claims.get("email_verified") is not True:
            raise _refused("was not issued by Google for an account")
        return str(claims.get("email"))

    def _certificates(self, named: str | None) -> Mapping[str, str]:
        with self._lock:
            age, held = self.felt() - self._fetched, self._held
            if held is None or age >= held.seconds or (named not in held.by_id and age > _PATIENCE):
                held = self._held = self._fresh()
                self._fetched = self.felt()
            return held.by_id

    def _fresh(self) -> Certificates:
        """Fetch them; where that failed, which is slow, nobody else waits for a while."""
        if self._failed and self.felt() - self._failed[0] < _PAUSE:
            raise self._failed[1]
        try:
            return self.fetch()
        except AttemptError as error:
            failed = TransientError(str(error))
            self._failed = self.felt(), failed
            raise failed from error


def _refused(why: str) -> UnauthorizedError:
    return UnauthorizedError(f"the token {why}")
