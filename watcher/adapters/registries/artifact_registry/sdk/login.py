"""Application default credentials: access tokens that stand for a password, made anew in time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import google.auth
import google.auth.transport
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, TransportError

from watcher.adapters.distribution import Credentials
from watcher.adapters.distribution.document import shown
from watcher.adapters.http import Connecting, Http, Retrying, Timeouts
from watcher.domain.errors import AttemptError, TransientError, UnauthorizedError

# Google's registries take this user's password for an access token.
_USER = "oauth2accesstoken"
# Artifact Registry's API takes no lesser scope; what may be done is the matter of IAM alone.
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
# Token servers answer soon; the metadata service of Google's machines is near, or not there.
_FAR = Timeouts(connect=5, read=10, total=15)
_NEAR = Timeouts(connect=2, read=3, total=3)
_ONCE = Retrying(attempts=1)  # Google's library asks again by itself, three to five times
_METADATA = "metadata-flavor"  # a header that its requests alone carry
_LIMIT = 1024 * 1024
_PATIENCE = 60.0  # seconds for which a search for credentials in vain is not begun again
_FRESH = 5.0  # seconds: a token this young is not renewed again, though several threads ask

Load = Callable[..., tuple[Any, str | None]]


class GoogleLogin:
    """The login that the environment gives; `registry` is named in errors. For many threads.

    Nothing is looked for before the first use. Tokens last about an hour; Google's library takes
    one for expired some minutes before it is.
    """

    def __init__(
        self,
        registry: str,
        connecting: Connecting,
        load: Load = google.auth.default,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._request = _Request(connecting)
        self._load = load
        self._clock = clock
        self._lock = threading.Lock()
        self._credentials: Any = None
        self._made_at = float("-inf")
        self._missing: tuple[float, UnauthorizedError] | None = None

    def current(self, *, renewed: bool = False) -> Credentials:
        """An access token that is good now; `renewed` asks for another than the one before.

        Raises TransientError where Google does not answer, UnauthorizedError where there are no
        credentials, or they are refused.
        """
        with self._lock:
            credentials = self._found()
            stale = renewed and self._clock() - self._made_at > _FRESH
            if stale or not credentials.valid:
                self._renew(credentials)
            return Credentials(_USER, str(credentials.token))

    def _found(self) -> Any:  # noqa: ANN401 - of Google's many kinds
        if self._credentials is not None:
            return self._credentials
        if self._missing and self._clock() - self._missing[0] < _PATIENCE:
            raise self._missing[1]
        try:
            self._credentials, _ = self._load(scopes=_SCOPES, request=self._request)
        except DefaultCredentialsError as error:
            failed: AttemptError = UnauthorizedError(f"registry {self._registry}: {_none(error)}")
            self._missing = (self._clock(), UnauthorizedError(str(failed)))
        except (GoogleAuthError, OSError, ValueError) as error:
            failed = self._refused(error)
        else:
            return self._credentials
        raise failed

    def _renew(self, credentials: Any) -> None:  # noqa: ANN401 - likewise
        try:
            credentials.refresh(self._request)
        except (GoogleAuthError, OSError, ValueError) as error:
            failed = self._refused(error)
        else:
            self._made_at = self._clock()
            return
        # Raised out here, so that nothing of what was sent and answered is chained to it.
        raise failed

    def _refused(self, error: Exception) -> AttemptError:
        # The first argument says what is wrong; those after it may hold what was answered.
        said = shown(str(error.args[0]) if error.args else "")
        what = f"registry {self._registry}: Google gives no access token"
        if isinstance(error, TransportError) or getattr(error, "retryable", False):
            return TransientError(f"{what} ({said})")
        return UnauthorizedError(
            f"{what} ({said}); renew or correct the application default credentials"
        )


def _none(error: DefaultCredentialsError) -> str:
    """Say why there are no credentials: the file that the environment names, or nothing at all."""
    named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    if not named:
        return (
            "there are no application default credentials; set GOOGLE_APPLICATION_CREDENTIALS,"
            " attach a service account to this machine, or run gcloud auth application-default"
            " login"
        )
    if not Path(named).is_file():
        return (
            f"GOOGLE_APPLICATION_CREDENTIALS names {shown(named)}, and there is no such file:"
            " correct it"
        )
    said = shown(str(error.args[0]) if error.args else "")
    return (
        f"GOOGLE_APPLICATION_CREDENTIALS names {shown(named)}, which is no use ({said}): correct it"
    )


@dataclass(frozen=True, slots=True)
class _Response:
    """What Google's library reads of an answer."""

    status: int
    headers: Mapping[str, str]
    data: bytes = field(repr=False)


class _Request(google.auth.transport.Request):
    """Requests for tokens over our HTTP client: through the registry's proxy, trusting its CA.

    The metadata service of the machine itself is asked without either.
    """

    def __init__(self, connecting: Connecting) -> None:
        far = replace(connecting, rate=None, timeouts=_FAR, retrying=_ONCE)
        self._far = Http(far)
        self._near = Http(Connecting(timeouts=_NEAR, retrying=_ONCE))

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> _Response:
        """Ask; raises TransportError where there is no answer."""
        del timeout
        http = self._near if _METADATA in map(str.lower, headers or ()) else self._far
        content = body.encode() if isinstance(body, str) else body
        try:
            answer = http.request(
                method,
                url,
                headers=headers,
                expect=range(200, 600),
                limit=_LIMIT,
                content=content,
            )
        except AttemptError as error:
            raise TransportError(str(error)) from None
        return _Response(answer.status, answer.headers, answer.body)
