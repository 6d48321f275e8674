"""What a Harbor holds: projects, repositories, artifacts and tags, and a clock that stands by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from watcher.demo.workshop.blobs import Blob, Pushable

_START = datetime(2026, 3, 1, tzinfo=UTC)
_TYPES = {
    "application/vnd.oci.image.config.v1+json": "IMAGE",
    "application/vnd.docker.container.image.v1+json": "IMAGE",
    "application/vnd.cncf.helm.config.v1+json": "CHART",
}


@dataclass
class Tag:
    """A tag; `pushed_at` is when it moved to its artifact."""

    id: int
    name: str
    pushed_at: datetime | None
    pulled_at: datetime | None = None


@dataclass
class Child:
    """A manifest that an index lists."""

    digest: str
    platform: dict[str, str]


@dataclass
class Artifact:
    """A manifest in a repository; `pushed_at` is the first push of its digest."""

    id: int
    repository: Repository
    manifest: Blob
    type: str
    media_type: str
    pushed_at: datetime
    children: list[Child] = field(default_factory=list)
    subject: str | None = None
    pulled_at: datetime | None = None
    tags: dict[str, Tag] = field(default_factory=dict)


@dataclass
class Repository:
    """A repository by its whole name."""

    id: int
    name: str
    project: Project
    artifacts: dict[str, Artifact] = field(default_factory=dict)

    def listed(self) -> Iterator[Artifact]:
        """What Harbor lists: no accessories, and no untagged children of indexes."""
        children = {child.digest for one in self.artifacts.values() for child in one.children}
        for digest, artifact in self.artifacts.items():
            if artifact.subject is None and (artifact.tags or digest not in children):
                yield artifact

    def tagged(self, reference: str) -> Artifact | None:
        """The artifact behind a tag or a digest."""
        if reference in self.artifacts:
            return self.artifacts[reference]
        return next((one for one in self.artifacts.values() if reference in one.tags), None)


@dataclass
class Project:
    """A project by its name; with an `upstream`, digests by path and tag, it is a cache of that."""

    id: int
    name: str
    public: bool
    upstream: dict[tuple[str, str], str] | None = None
    repositories: dict[str, Repository] = field(default_factory=dict)


class Records:
    """All of it. Paths are project/repository; every push is a second after the one before."""

    def __init__(self) -> None:
        self.projects: dict[str, Project] = {}
        self.blobs: dict[str, bytes] = {}
        self.now = _START
        self._ids = count(1)

    def project(self, name: str, *, public: bool = False) -> Project:
        """The project of a name, made where there is none."""
        if name not in self.projects:
            self.projects[name] = Project(next(self._ids), name, public)
        return self.projects[name]

    def repository(self, path: str) -> Repository:
        """The repository of a path, made where there is none."""
        project = self.project(path.partition("/")[0])
        if path not in project.repositories:
            project.repositories[path] = Repository(next(self._ids), path, project)
        return project.repositories[path]

    def find(self, path: str) -> Repository | None:
        """The repository of a path, where there is one."""
        project = self.projects.get(path.partition("/")[0])
        return project.repositories.get(path) if project else None

    def push(self, path: str, tag: str, content: Pushable) -> str:
        """Push as clients do; returns the digest. A cosign signature becomes an accessory."""
        self.blobs.update((blob.digest, blob.content) for blob in content.blobs())
        repository = self.repository(path)
        *inner, root = content.manifests()
        for manifest in inner:
            self._put(repository, manifest)
        artifact = self._put(repository, root)
        subject = f"sha256:{tag.removeprefix('sha256-').removesuffix('.sig')}"
        if tag.endswith(".sig") and subject in repository.artifacts:
            artifact.subject = subject
        self.tag(path, tag, root.digest)
        return root.digest

    def place(self, path: str, tag: str, manifest: Blob) -> str:
        """Push a manifest alone, whose blobs nobody will ask for."""
        artifact = self._put(self.repository(path), manifest)
        self._tag(artifact, tag)
        return manifest.digest

    def tag(self, path: str, tag: str, digest: str) -> None:
        """Move a tag to an artifact, or push it there anew."""
        repository = self.repository(path)
        for artifact in repository.artifacts.values():
            artifact.tags.pop(tag, None)
        self._tag(repository.artifacts[digest], tag)

    def delete_tag(self, path: str, tag: str) -> None:
        """Take a tag away; its artifact stays."""
        for artifact in self.repository(path).artifacts.values():
            artifact.tags.pop(tag, None)

    def delete_artifact(self, path: str, digest: str) -> None:
        """Take an artifact away with its tags."""
        del self.repository(path).artifacts[digest]

    def delete_repository(self, path: str) -> None:
        """Take a repository away with all in it."""
        del self.repository(path).project.repositories[path]

    def tick(self) -> datetime:
        """A second later."""
        self.now += timedelta(seconds=1)
        return self.now

    def _tag(self, artifact: Artifact, tag: str) -> None:
        artifact.tags[tag] = Tag(next(self._ids), tag, self.tick())

    def _put(self, repository: Repository, manifest: Blob) -> Artifact:
        document = json.loads(manifest.content)
        media_type = document.get("config", {}).get("mediaType", manifest.media_type)
        index = "manifests" in document
        children = [
            Child(entry["digest"], entry.get("platform", {}))
            for entry in document.get("manifests", ())
        ]
        kind = "IMAGE" if index else _TYPES.get(media_type, "UNKNOWN")
        return repository.artifacts.setdefault(
            manifest.digest,
            Artifact(
                next(self._ids), repository, manifest, kind, media_type, self.tick(), children
            ),
        )
