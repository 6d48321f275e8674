"""The two lists of the API, in Google's own messages, whichever way they are asked for."""

from __future__ import annotations

from google.cloud.artifactregistry_v1.types import (
    DockerImage,
    ListDockerImagesRequest,
    ListDockerImagesResponse,
    ListRepositoriesRequest,
    ListRepositoriesResponse,
    Repository,
)

from tests.servers.artifact_registry.faults import Fault, Faults
from tests.servers.artifact_registry.store import Store, Stored, StoredRepository


class FaultError(Exception):
    """The answer is an error."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.status)
        self.fault = fault


class Lists:
    """Answers requests, or raises FaultError. `tokens` are those accepted; None wants none."""

    def __init__(self, store: Store, faults: Faults, tokens: set[str] | None) -> None:
        self._store = store
        self._faults = faults
        self._tokens = tokens

    def repositories(
        self, request: ListRepositoriesRequest, authorization: str
    ) -> ListRepositoriesResponse:
        """A page of repositories."""
        fault = self._begin("repositories", authorization)
        if request.parent != self._store.parent:
            raise FaultError(Fault("NOT_FOUND", f"{request.parent} was not found"))
        with self._store.lock:
            held = {one.id: one for one in self._store.repositories.values()}
            ids, token = self._store.page(list(held), request.page_size, request.page_token)
            rows = [self._repository(held[one]) for one in ids]
        token = fault.token if fault and fault.token else token
        return ListRepositoriesResponse(repositories=rows, next_page_token=token)

    def images(
        self, request: ListDockerImagesRequest, authorization: str
    ) -> ListDockerImagesResponse:
        """A page of images."""
        fault = self._begin("dockerImages", authorization)
        parent, _, repository = request.parent.partition("/repositories/")
        with self._store.lock:
            held = self._store.repositories.get(repository)
            if parent != self._store.parent or held is None:
                raise FaultError(Fault("NOT_FOUND", f"{request.parent} was not found"))
            names, token = self._store.page(list(held.rows), request.page_size, request.page_token)
            rows = [self._image(request.parent, held.rows[name]) for name in names]
        self._store.turned(self._faults.asked["dockerImages"])
        token = fault.token if fault and fault.token else token
        return ListDockerImagesResponse(docker_images=rows, next_page_token=token)

    def _begin(self, kind: str, authorization: str) -> Fault | None:
        self._faults.count(kind)
        fault = self._faults.due(kind)
        if fault and fault.token is None:
            raise FaultError(fault)
        if self._tokens is not None and authorization.removeprefix("Bearer ") not in self._tokens:
            raise FaultError(Fault("UNAUTHENTICATED", "Request had invalid credentials."))
        return fault

    def _repository(self, one: StoredRepository) -> Repository:
        return Repository(
            name=f"{self._store.parent}/repositories/{one.id}", format_=one.format, mode=one.mode
        )

    def _image(self, parent: str, row: Stored) -> DockerImage:
        project = self._store.project.replace(":", "/")
        repository = parent.rpartition("/")[2]
        host = f"{self._store.location}-docker.pkg.dev"
        return DockerImage(
            name=f"{parent}/dockerImages/{row.name}",
            uri=f"{host}/{project}/{repository}/{row.image}@{row.digest}",
            tags=sorted(row.tags),
            upload_time=row.uploaded_at,
            update_time=row.uploaded_at,
            media_type=row.media_type,
            artifact_type=row.artifact_type,
        )
