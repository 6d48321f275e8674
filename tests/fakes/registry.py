"""A registry in memory, for tests of what is built on the port; signs its contract suite."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.adapters.distribution import EachByItself
from watcher.demo.workshop import Artifact, Image, Index
from watcher.domain.errors import AttemptError, NotFoundError, PermanentError, WatcherError
from watcher.domain.pattern import Selection
from watcher.domain.reference import Platform
from watcher.ports.registry import (
    Attached,
    Checked,
    Group,
    ImageConfig,
    Known,
    Listing,
    Manifest,
    ManifestPlatform,
    PullAccess,
    Sighting,
    Traffic,
)

Content = Image | Index | Artifact


@dataclass(frozen=True, slots=True)
class _Tagged:
    digest: str
    pushed_at: datetime | None


class FakeRegistry(EachByItself):
    """Holds what tests push, fails as they say, and counts what it is asked for.

    `push`, `delete`, `delete_repository`, `fail` and `heal` are for tests; the rest is the port.
    """

    def __init__(
        self, name: str = "local", include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.traffic = Traffic()
        self._selection = Selection.parse(include, exclude)
        self._tags: dict[str, dict[str, _Tagged]] = {}
        self._contents: dict[tuple[str, str], Content] = {}
        self._recent: set[tuple[str, str]] = set()
        self._failures: dict[tuple[str | None, str | None], WatcherError] = {}
        self._lock = threading.Lock()
        self.attached: dict[tuple[str, str], list[Attached]] = {}  # by repository and digest
        self.hasty = False  # whether it says only what moved, where that is enough

    def selecting(self, include: tuple[str, ...], exclude: tuple[str, ...] = ()) -> FakeRegistry:
        """Give another adapter over the same contents, with another configuration."""
        other = FakeRegistry(self.name, include, exclude)
        other._tags, other._contents = self._tags, self._contents
        other._failures, other.hasty = self._failures, self.hasty
        return other

    def push(
        self, repository: str, tag: str, content: Content, pushed_at: datetime | None = None
    ) -> str:
        """Point a tag at an image, an index or an artifact; returns the digest."""
        digest = content.digest
        self._contents[repository, digest] = content
        for image in content.images if isinstance(content, Index) else ():
            self._contents[repository, image.digest] = image
        self._tags.setdefault(repository, {})[tag] = _Tagged(digest, pushed_at)
        return digest

    def delete(self, repository: str, tag: str) -> None:
        """Take a tag away; the repository stays, perhaps empty."""
        del self._tags[repository][tag]

    def delete_repository(self, repository: str) -> None:
        """Take a repository away with all its tags."""
        del self._tags[repository]

    def fail(
        self, error: WatcherError, repository: str | None = None, tag: str | None = None
    ) -> None:
        """Raise `error` from now on: for everything, for a repository, or for one of its tags."""
        self._failures[repository, tag] = error

    def heal(self) -> None:
        """Fail no more."""
        self._failures.clear()

    def repositories(self) -> Iterator[str]:
        """List the repositories included; literal includes without looking whether they exist."""
        self._asked(None)
        literals = {pattern.text for pattern in self._selection.include if pattern.literal}
        return iter(sorted(filter(self._selection.holds, literals | self._tags.keys())))

    def listings(
        self, group: Group, known: Mapping[str, Known], *, thorough: bool
    ) -> Mapping[str, Listing | AttemptError]:
        """List the repository of a group; in haste, name only the tags that moved."""
        found = super().listings(group, known, thorough=thorough)
        if thorough or not self.hasty:
            return found
        return {path: _moved(one, known.get(path, {})) for path, one in found.items()}

    def tags(self, repository: str, known: Known) -> Listing:
        """List the tags, the failing ones apart; `known` makes no difference here."""
        del known
        tags = self._repository(repository)
        seen = {tag: at for tag, at in sorted(tags.items()) if not tag.startswith("sha256-")}
        self._asked(repository, requests=1 + len(seen))
        failed = {
            tag: str(self._failures[repository, tag])
            for tag in seen
            if self._fails(repository, tag)
        }
        sightings = [
            Sighting(tag, at.digest, at.pushed_at) for tag, at in seen.items() if tag not in failed
        ]
        return Listing(tuple(sightings), complete=True, failed=failed)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag."""
        self._asked(repository)
        if self._fails(repository, tag):
            raise self._failures[repository, tag]
        found = self._repository(repository).get(tag)
        if found is None:
            raise NotFoundError(f"{self.name}/{repository}:{tag} is not there")
        return Sighting(tag, found.digest, found.pushed_at)

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Tell what a digest stands for."""
        self._asked(repository)
        content = self._content(repository, digest)
        if isinstance(content, Index):
            blob, images = content.index(), content.images
        else:
            blob, images = content.manifest(), (self._image(content),)
            self._recent.add((repository, digest))
        self._pulled(len(blob.content), manifests=1)
        platforms = tuple(
            ManifestPlatform(Platform.parse(one.platform), one.digest) for one in images
        )
        attested = content.attested if isinstance(content, Index) else False
        beside = {
            one.digest: (content.attestation(one).digest,)
            for one in images
            if attested and isinstance(content, Index)
        }
        return Manifest(digest, blob.media_type, platforms, content.annotations, beside)

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Describe one platform's image."""
        self._asked(repository)
        image = self._image(self._content(repository, digest))
        if (repository, digest) not in self._recent:
            size = len(image.manifest().content) + len(image.config().content)
            self._pulled(size, manifests=1)
            self._recent.add((repository, digest))
        return ImageConfig(
            digest=digest,
            platform=Platform.parse(image.platform),
            created=image.created,
            diff_ids=tuple(layer.diff_id for layer in image.layers),
            layers=tuple(layer.digest for layer in image.layers),
            layer_bytes=sum(len(layer.content) for layer in image.layers),
            labels=image.labels,
            annotations=image.annotations,
        )

    def attestations(
        self, repository: str, digest: str, beside: Collection[str] = (), *, attached: bool
    ) -> Sequence[Attached]:
        """Tell what an index attests of its images, and what tests attached."""
        self._asked(repository)
        found = [
            _attested(one, image)
            for (path, _), one in self._contents.items()
            if isinstance(one, Index) and one.attested and path == repository
            for image in one.images
            if image.digest == digest and one.attestation(image).digest in beside
        ]
        return [*found, *(self.attached.get((repository, digest), ()) if attached else ())]

    def address(self, repository: str) -> str:
        """Name it as nobody else does."""
        return f"{self.name}/{repository}"

    def pull_access(self, repository: str, digest: str) -> PullAccess:
        """Name a place where nobody listens: what is in memory cannot be pulled."""
        return PullAccess(f"registry.invalid/{repository}@{digest}", plain_http=False)

    def check(self) -> Checked:
        """Say that it answers."""
        self._asked(None)
        count = len(list(self.repositories()))
        return Checked(f"{self.name} is in memory; repositories included: {count}")

    def _fails(self, repository: str, tag: str) -> bool:
        return (repository, tag) in self._failures

    def _asked(self, repository: str | None, requests: int = 1) -> None:
        with self._lock:
            self.traffic.requests += requests
        for scope in ((None, None), (repository, None)):
            if scope in self._failures:
                raise self._failures[scope]

    def _pulled(self, size: int, manifests: int) -> None:
        with self._lock:
            self.traffic.manifest_gets += manifests
            self.traffic.bytes_pulled += size

    def _repository(self, repository: str) -> dict[str, _Tagged]:
        if repository not in self._tags:
            raise NotFoundError(f"{self.name} has no repository {repository}")
        return self._tags[repository]

    def _content(self, repository: str, digest: str) -> Content:
        found = self._contents.get((repository, digest))
        if found is None or repository not in self._tags:
            raise NotFoundError(f"{self.name}/{repository}@{digest} is not there")
        return found

    def _image(self, content: Content) -> Image:
        if not isinstance(content, Image):
            raise PermanentError(f"{content.digest} is not an image: {type(content).__name__}")
        return content


def _attested(index: Index, image: Image) -> Attached:
    """What an index attests of an image, as it is read from its statement."""
    statement, _ = index.statement(image)
    told = json.loads(statement.content)
    return Attached(
        subject=image.digest,
        predicate_type=told["predicateType"],
        predicate=told["predicate"],
        sha256=statement.digest.removeprefix("sha256:"),
        signed=False,
        place="index",
    )


def _moved(found: Listing | AttemptError, known: Known) -> Listing | AttemptError:
    if not isinstance(found, Listing):
        return found
    last = {tag: one.digest for tag, one in known.items()}
    moved = tuple(one for one in found.sightings if last.get(one.tag) != one.digest)
    return Listing(moved, complete=False, failed=found.failed)
