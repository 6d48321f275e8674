"""Google's client of the API, over either of its transports, giving our rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from google.cloud.artifactregistry_v1 import ArtifactRegistryClient
from google.cloud.artifactregistry_v1.types import (
    ListDockerImagesRequest,
    ListDockerImagesResponse,
    ListRepositoriesRequest,
    Repository,
)
from google.protobuf.json_format import Error as NoSuchDocument

from watcher.adapters.distribution import Login, Meter
from watcher.adapters.http import Connecting, Http
from watcher.adapters.registries.artifact_registry.api import Api, ImageRow, Page, RepositoryRow
from watcher.adapters.registries.artifact_registry.sdk.grpc import GrpcCalls, grpc_transport
from watcher.adapters.registries.artifact_registry.sdk.rest import RestCalls, rest_transport
from watcher.domain.errors import PermanentError

Transport = Literal["rest", "grpc"]

_GOOGLE = "https://artifactregistry.googleapis.com"
_REMOTE_OR_VIRTUAL = {Repository.Mode.REMOTE_REPOSITORY, Repository.Mode.VIRTUAL_REPOSITORY}


@dataclass(frozen=True, slots=True)
class Reach:
    """How the API is reached: an address instead of Google's own, a transport, and bounds."""

    endpoint: str | None
    transport: Transport
    connecting: Connecting


def connect(reach: Reach, http: Http, login: Login | None, meter: Meter) -> Api:
    """Give the API; nothing is asked yet. Over gRPC `http` lends its pace and its patience alone.

    Google's client is given no credentials: ours go with each call, however it travels.
    """
    address = reach.endpoint or _GOOGLE
    if reach.transport == "grpc":
        calls = GrpcCalls(address, http, login, meter, reach.connecting)
        over_grpc = grpc_transport(address, reach.connecting)
        return _Client(ArtifactRegistryClient(transport=over_grpc), calls)
    over_http = rest_transport(address, http, login)
    return _Client(ArtifactRegistryClient(transport=over_http), RestCalls())


class _Client:
    """The lists of the API; signs `Api`."""

    def __init__(
        self, client: ArtifactRegistryClient, call: Callable[[str, Callable[..., Any]], Any]
    ) -> None:
        self._client = client
        self._call = call

    def repositories(self, parent: str, size: int, token: str) -> Page[RepositoryRow]:
        """A page of a location's repositories, of every format."""
        request = ListRepositoriesRequest(parent=parent, page_size=size, page_token=token)
        what = f"{parent}/repositories"
        with _readable(what):
            page = self._call(what, _bound(self._client.list_repositories, request))
            return Page(tuple(map(_repository, page.repositories)), page.next_page_token)

    def images(self, parent: str, size: int, token: str) -> Page[ImageRow]:
        """A page of a repository's images, one row for each digest, untagged ones too."""
        request = ListDockerImagesRequest(parent=parent, page_size=size, page_token=token)
        what = f"{parent}/dockerImages"
        with _readable(what):
            page = self._call(what, _bound(self._client.list_docker_images, request))
            # The messages under Google's wrappers, which are slow to read a thousand at a time.
            rows = ListDockerImagesResponse.pb(page._response).docker_images  # noqa: SLF001
            return Page(tuple(map(_image, rows)), page.next_page_token)


def _bound(method: Callable[..., Any], request: object) -> Callable[..., Any]:
    """A call without the client's own retries: none are set by default, and ours are bounded."""
    return lambda **how: method(request=request, retry=None, **how)


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except (NoSuchDocument, ValueError, TypeError, OverflowError, RecursionError):
        # What cannot be read may be quoted by the library's error: it is dropped.
        failed = PermanentError(
            f"{what}: the answer is not Artifact Registry's; correct the endpoint"
        )
    else:
        return
    raise failed


def _repository(row: Repository) -> RepositoryRow:
    return RepositoryRow(
        name=row.name,
        docker=row.format_ == Repository.Format.DOCKER,
        standard=row.mode not in _REMOTE_OR_VIRTUAL,
    )


def _image(row: Any) -> ImageRow:  # noqa: ANN401 - a protobuf message, published without types
    return ImageRow(
        name=row.name,
        tags=tuple(row.tags),
        uploaded_at=_time(row.upload_time) if row.HasField("upload_time") else None,
        media_type=row.media_type,
        artifact_type=row.artifact_type,
    )


def _time(stamp: Any) -> datetime:  # noqa: ANN401 - likewise
    found: datetime = stamp.ToDatetime(tzinfo=UTC)
    return found
