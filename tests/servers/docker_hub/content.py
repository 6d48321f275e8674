"""What the stub of Docker Hub holds: repositories, their tags as they were pushed, their blobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from watcher.demo.workshop import Artifact, Image, Index

Content = Image | Index | Artifact
BEGAN = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as the API lists it; without a digest like those pushed years ago."""

    name: str
    digest: str
    pushed_at: datetime | None
    updated_at: datetime | None
    told: bool = True
    images: tuple[tuple[str, str], ...] = ()  # platform and digest
    active: bool = True


@dataclass(slots=True)
class Kept:
    """A repository."""

    tags: dict[str, Tag] = field(default_factory=dict)
    blobs: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # media type and bytes
    updated_at: datetime | None = None
    private: bool = False
    miscounted: int = 0  # added to the number that the API tells

    def newest_first(self) -> list[Tag]:
        """The tags as `ordering=last_updated` gives them; those without a time come first."""
        dated = sorted(
            (one for one in self.tags.values() if one.updated_at is not None),
            key=lambda one: (one.updated_at or BEGAN, one.name),
            reverse=True,
        )
        return [*(one for one in self.tags.values() if one.updated_at is None), *dated]


class Hub:
    """Everything there is; each push is a minute after the one before."""

    def __init__(self) -> None:
        self.repositories: dict[str, Kept] = {}
        self.now = BEGAN

    def push(self, repository: str, tag: str, content: Content, at: datetime | None = None) -> str:
        """Point a tag at an image, an index or an artifact; returns the digest."""
        kept = self.repositories.setdefault(repository, Kept())
        for blob in [*content.blobs(), *content.manifests()]:
            kept.blobs[blob.digest] = (blob.media_type, blob.content)
        images = content.images if isinstance(content, Index) else ()
        platforms = tuple((one.platform, one.digest) for one in images)
        self.point(repository, tag, content.digest, at, platforms)
        return content.digest

    def point(
        self,
        repository: str,
        tag: str,
        digest: str,
        at: datetime | None = None,
        images: tuple[tuple[str, str], ...] = (),
    ) -> Tag:
        """Point a tag at a digest, whatever there is of it; later than everything before."""
        if at is None:
            self.now += timedelta(minutes=1)
        moment = at or self.now
        kept = self.repositories.setdefault(repository, Kept())
        kept.tags[tag] = Tag(tag, digest, moment, moment, images=images)
        kept.updated_at = max(kept.updated_at or moment, moment)
        return kept.tags[tag]

    def delete(self, repository: str, tag: str) -> None:
        """Take a tag away; the repository's own time does not change by that."""
        del self.repositories[repository].tags[tag]

    def change(self, repository: str, tag: str, **fields: object) -> None:
        """Make a tag's entry odd."""
        tags = self.repositories[repository].tags
        tags[tag] = replace(tags[tag], **fields)  # type: ignore[arg-type]

    def fill(self, repository: str, tags: Iterable[str]) -> dict[str, Tag]:
        """Push many tags, each of a digest of its own that nobody fetches."""
        return {
            name: self.point(repository, name, f"sha256:{number:064x}")
            for number, name in enumerate(tags)
        }
