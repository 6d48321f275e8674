"""A registry: repositories, tags and manifests. Signed by every module of adapters/registries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from watcher.domain.errors import AttemptError
from watcher.domain.reference import Platform


@dataclass(frozen=True, slots=True)
class Sighting:
    """A tag as it was seen: its digest, and when it was moved there if that is known."""

    tag: str
    digest: str
    pushed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastSeen:
    """What the record holds of a tag: its digest, and its last push as far as that is known."""

    digest: str
    pushed_at: datetime | None = None


Known = Mapping[str, LastSeen]  # by tag


@dataclass(frozen=True, slots=True)
class Listing:
    """The tags of a repository as one listing found them.

    `complete` says that every tag name was listed, so that a missing one is gone. Where it is not,
    every tag that moved or is new is named all the same, and one that is not named did not move;
    whether it is still there was not asked. `failed` holds tags that are there but could not be
    resolved, with the reason; they are neither seen nor gone. `cut` says why tags that nobody knew
    of may be missing all the same: what is said of the known ones stands.
    """

    sightings: tuple[Sighting, ...]
    complete: bool
    failed: Mapping[str, str] = field(default_factory=dict)
    cut: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Repositories that one `listings` takes with the fewest requests, and their common name."""

    name: str
    repositories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManifestPlatform:
    """One platform's image in an index, or the only one of a plain manifest."""

    platform: Platform
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a tag's digest stands for: the images of its platforms.

    `attestations` are the digests of manifests in it that attest something of an image, by that.
    """

    digest: str
    media_type: str
    platforms: tuple[ManifestPlatform, ...]
    annotations: Mapping[str, str]
    attestations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attached:
    """What somebody says of an image, attached to it in its registry.

    `subject` is the digest that it is about, `sha256` that of the bytes it came in. `signed` says
    that signatures came with it; nobody has verified them. `place` is where it was found.
    """

    subject: str
    predicate_type: str
    predicate: Mapping[str, object]
    sha256: str
    signed: bool
    place: Literal["index", "referrer", "tag"]


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """What one platform's manifest and configuration say of the image."""

    digest: str
    platform: Platform
    created: datetime | None
    diff_ids: tuple[str, ...]
    layers: tuple[str, ...]  # digests of the layers as they are stored
    layer_bytes: int  # their sizes together, compressed
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PullAccess:
    """What another program needs to pull an image: kept out of every repr and process list."""

    reference: str  # host[:port]/path@digest
    plain_http: bool
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    proxy: str | None = field(default=None, repr=False)  # instead of those of the environment


@dataclass(slots=True)
class Traffic:
    """What a registry was asked for since its adapter was built."""

    requests: int = 0
    manifest_gets: int = 0
    bytes_pulled: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A registry that answers and accepts us: a line that says so, and what may be amiss still.

    A doubt says what to do about it, in a line as well.
    """

    line: str
    doubts: tuple[str, ...] = ()


class Registry(Protocol):
    """One configured registry. Raises TransientError, PermanentError and their kinds only.

    All methods may be called from several threads at once.
    """

    name: str
    traffic: Traffic

    def repositories(self) -> Iterator[str]:
        """List the paths of all repositories the configuration includes; complete or an error."""

    def groups(self, repositories: Collection[str]) -> Sequence[Group]:
        """Put repositories together as they are listed best; each is in one group."""

    def listings(
        self, group: Group, known: Mapping[str, Known], *, thorough: bool
    ) -> Mapping[str, Listing | AttemptError]:
        """List and resolve the tags of each repository of a group, or say why that failed.

        `known` is by repository. Unless `thorough`, what a registry says was not pushed to may be
        left at that, as an incomplete listing. Raises AttemptError where nothing was learnt of any
        repository of the group.
        """

    def tags(self, repository: str, known: Known) -> Listing:
        """List and resolve all tags of one repository, without signatures and other referrers.

        What is known to be unchanged is asked for conditionally where that is honoured. Raises
        NotFoundError where the registry says there is no such repository.
        """

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag; raises NotFoundError where it is gone."""

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises PermanentError where it is no image."""

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""

    def attestations(
        self, repository: str, digest: str, beside: Collection[str] = (), *, attached: bool
    ) -> Sequence[Attached]:
        """Fetch what is said of an image or index; complete or an error.

        `beside` are manifests in its index that attest something of it. With `attached` it is
        looked for what refers to it, and for what is under the tag that cosign makes of its digest.
        """

    def address(self, repository: str) -> str:
        """The repository as references and annotations name it: host[:port]/path."""

    def pull_access(self, repository: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image now."""

    def check(self) -> Checked:
        """Say that the registry answers and accepts us, for all that a pass asks; raises otherwise.

        Doubts are what a pass can live with, and who configured it may not have meant: a pattern
        that holds nothing, a right that only some repositories need.
        """
