"""What Harbor's lists hold, parsed: pure. Fields are those of its API 2.0."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from watcher.adapters.distribution.config import parse_time
from watcher.adapters.distribution.document import Document
from watcher.domain.errors import PermanentError

Entry = TypeVar("Entry")

_IMAGE = "IMAGE"  # the type of images and of indexes of images; others are CHART, CNAB, SBOM, WASM


@dataclass(frozen=True, slots=True)
class Project:
    """A project; `private` only where Harbor says so, a `cache` of another registry likewise."""

    name: str
    private: bool
    cache: bool


@dataclass(frozen=True, slots=True)
class RepositoryEntry:
    """A repository by its whole name, and how many artifacts it lists."""

    id: int
    name: str
    artifacts: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, and when it was moved to where it is."""

    name: str
    pushed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ArtifactEntry:
    """An artifact with its tags; `repository` is empty where an answer leaves it out."""

    id: int
    repository: str
    repository_id: int
    digest: str
    image: bool
    tags: tuple[Tag, ...]


def parse_list(what: str, body: bytes, entry: Callable[[Document], Entry]) -> tuple[Entry, ...]:
    """Read a list; raises PermanentError where the answer is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise PermanentError(f"{what} is not JSON: check that the url is Harbor's own") from None
    if found is None:
        return ()
    if not isinstance(found, list):
        raise PermanentError(f"{what} is not a JSON list: check that the url is Harbor's own")
    return tuple(entry(_object(f"{what}: [{place}]", one)) for place, one in enumerate(found))


def parse_one(what: str, body: bytes, entry: Callable[[Document], Entry]) -> Entry:
    """Read a single object; raises PermanentError where the answer is none."""
    return entry(Document.read(what, body))


def project(document: Document) -> Project:
    """Read a project."""
    public = document.child("metadata").fields.get("public")
    cached = _number(document, "registry_id")
    return Project(_name(document), private=public == "false", cache=cached > 0)


def repository(document: Document) -> RepositoryEntry:
    """Read a repository."""
    count = document.size("artifact_count") if document.has("artifact_count") else 0
    return RepositoryEntry(_number(document, "id"), _name(document), count)


def artifact(document: Document) -> ArtifactEntry:
    """Read an artifact."""
    return ArtifactEntry(
        id=_number(document, "id"),
        repository=document.text("repository_name"),
        repository_id=_number(document, "repository_id"),
        digest=document.text("digest"),
        image=document.text("type") in {_IMAGE, ""},
        tags=tuple(Tag(_name(one), _pushed(one)) for one in document.children("tags")),
    )


def _object(what: str, found: object) -> Document:
    if not isinstance(found, Mapping):
        raise PermanentError(f"{what} is not a JSON object: check that the url is Harbor's own")
    return Document(what, found)


def _name(document: Document) -> str:
    return document.text("name") or document.wrong("name", "a name")


def _number(document: Document, name: str) -> int:
    return document.size(name) if document.has(name) else 0


def _pushed(tag: Document) -> datetime | None:
    moment = parse_time(tag.text("push_time"))
    # Harbor writes 0001-01-01T00:00:00Z for what never was.
    return moment if moment is not None and moment.year > 1 else None
