"""Google's REST transport over our own HTTP client: its bounds, its proxy, its silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from google.auth.credentials import AnonymousCredentials
from google.cloud.artifactregistry_v1.services.artifact_registry.transports.rest import (
    DEFAULT_CLIENT_INFO,
    ArtifactRegistryRestTransport,
)

from watcher.adapters.distribution import Login
from watcher.adapters.distribution.document import Document, MalformedError
from watcher.adapters.http import Answer, Http
from watcher.adapters.http.address import redacted
from watcher.adapters.registries.artifact_registry.sdk.identity import RefusedError, identified
from watcher.domain.errors import PermanentError

_LIMIT = 32 * 1024 * 1024  # a page of 1,000 images takes about 1 MiB, more with many tags each
_LISTS = {"repositories", "dockerImages", "nextPageToken"}


@dataclass(frozen=True, slots=True)
class _Response:
    """What the transport reads of an answer."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class _Session:
    """Stands where the transport has its session of requests; knows GET alone: we only read."""

    def __init__(self, http: Http, login: Login | None) -> None:
        self._http = http
        self._login = login

    def get(
        self,
        url: str,
        *,
        timeout: float | None,
        headers: Mapping[str, str],
        params: Sequence[tuple[str, object]],
    ) -> _Response:
        """Ask, with our bounds; what is no 200 is raised as our error, past Google's code."""
        del timeout
        address = f"{url}?{urlencode(params)}"

        def ask(token: str | None) -> Answer:
            identity = {"Authorization": f"Bearer {token}"} if token else {}
            answer = self._http.request(
                "GET", address, headers={**headers, **identity}, expect=(200, 401), limit=_LIMIT
            )
            if answer.status == HTTPStatus.UNAUTHORIZED:
                raise RefusedError
            return answer

        answer = identified(f"GET {redacted(url)}", self._login, ask)
        _check(answer)
        return _Response(answer.status, answer.headers, answer.body)


def _check(answer: Answer) -> None:
    """Refuse what is no page of a list: the library takes any JSON object for an empty one."""
    try:
        document = Document.read(f"{answer.asked}: the answer", answer.body)
    except MalformedError as error:
        raise PermanentError(
            f"{error.reason}: this is no Artifact Registry; correct the endpoint"
        ) from None
    if document.fields and not document.fields.keys() & _LISTS:
        raise PermanentError(
            f"{answer.asked}: the answer is no list: this is no Artifact Registry; correct the"
            " endpoint"
        )


class _OverHttp(ArtifactRegistryRestTransport):
    """The transport with another session than the one it makes for itself."""

    def __init__(self, address: str, session: _Session) -> None:
        parts = urlsplit(address)
        super().__init__(
            host=parts.netloc, url_scheme=parts.scheme, credentials=AnonymousCredentials()
        )
        self._session = session  # type: ignore[assignment] # of what it has, `get` alone is used
        # The methods were wrapped over the session that was there before.
        self._prep_wrapped_messages(DEFAULT_CLIENT_INFO)  # type: ignore[no-untyped-call]


def rest_transport(address: str, http: Http, login: Login | None) -> ArtifactRegistryRestTransport:
    """Give the transport for an address of the API."""
    return _OverHttp(address, _Session(http, login))


class RestCalls:
    """Calls are paced, counted, identified and repeated by the session."""

    def __call__(self, what: str, call: Callable[..., Any]) -> Any:  # noqa: ANN401 - Google's pages
        """Make a call."""
        del what
        return call()
