"""What the stub holds: images by account, region and repository, with their tags and times."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.fakes.registry import Content
from tests.servers.ecr.identities import HOME, REGION, Refusal
from watcher.demo.workshop.blobs import Blob

_LISTS = ("index.v1+json", "manifest.list.v2+json")
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass(slots=True)
class Stored:
    """An image as ECR describes it; `pushed_at` is when its digest was first pushed."""

    manifest: Blob
    pushed_at: datetime
    tags: set[str] = field(default_factory=set)
    subject: str | None = None

    @property
    def artifact(self) -> str | None:
        """What ECR calls its artifact type: the configuration's; an index has none."""
        if self.manifest.media_type.endswith(_LISTS):
            return None
        found: str = json.loads(self.manifest.content)["config"]["mediaType"]
        return found


Images = dict[str, Stored]  # by digest


class Store:
    """Repositories by account, region and name."""

    def __init__(self) -> None:
        self.repositories: dict[tuple[str, str, str], Images] = {}
        self.blobs: dict[str, bytes] = {}

    def push(
        self,
        repository: str,
        tag: str,
        content: Content,
        *,
        account: str = HOME,
        region: str = REGION,
        at: datetime = NOON,
    ) -> str:
        """Point a tag at what is pushed; returns the digest. Its parts stay without tags."""
        images = self.repositories.setdefault((account, region, repository), {})
        self.blobs.update({blob.digest: blob.content for blob in content.blobs()})
        for manifest in content.manifests():
            images.setdefault(manifest.digest, Stored(manifest, at))
        self.move(images, tag, content.digest)
        return content.digest

    def move(self, images: Images, tag: str, digest: str) -> None:
        """Take a tag from where it is to another image."""
        for one in images.values():
            one.tags.discard(tag)
        images[digest].tags.add(tag)

    def delete(self, repository: str, tag: str, account: str = HOME, region: str = REGION) -> None:
        """Take a tag away; its image stays, without it."""
        for one in self.images(account, region, repository).values():
            one.tags.discard(tag)

    def names(self, account: str, region: str) -> list[str]:
        """The repositories of one account's registry."""
        return sorted(name for *place, name in self.repositories if place == [account, region])

    def images(self, account: str, region: str, repository: str) -> Images:
        """The images of a repository; raises Refusal where there is no such one."""
        found = self.repositories.get((account, region, repository))
        if found is None:
            raise Refusal(
                "RepositoryNotFoundException",
                f"The repository with name '{repository}' does not exist in the registry with id"
                f" '{account}'",
            )
        return found
