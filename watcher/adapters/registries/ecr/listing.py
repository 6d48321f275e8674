"""What DescribeImages and DescribeRepositories answer, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from watcher.adapters.distribution.document import Document, shown
from watcher.adapters.distribution.listing import STRANGE
from watcher.adapters.distribution.media_types import IMAGE_CONFIGS, INDEXES, MANIFESTS
from watcher.domain.reference import is_referrer_tag, is_tag
from watcher.ports.registry import Listing, Sighting

_OF_IMAGES = IMAGE_CONFIGS | INDEXES | MANIFESTS


@dataclass(frozen=True, slots=True)
class Described:
    """A digest with its tags; `is_image` is false for charts, signatures and other artifacts."""

    digest: str
    tags: tuple[str, ...]
    pushed_at: datetime | None
    is_image: bool

    def sighting(self, tag: str) -> Sighting:
        """One of its tags as it was seen.

        ECR dates a digest, not a tag: this is when the digest was first pushed, and a tag may have
        been moved there later, but never earlier. A tag moved back to an old image is told with a
        date long past; the inventory believes no date that lies before its last look, so such a
        move is dated by when it was seen. What is left is a digest pushed and tagged again between
        two looks: that binding begins too early, by no more than lay between them. Without a date,
        every binding would begin too late, by as much.
        """
        return Sighting(tag, self.digest, self.pushed_at)


def repositories(page: Document) -> Iterator[str]:
    """Give the names on a page of DescribeRepositories."""
    for one in page.children("repositories"):
        name = one.text("repositoryName")
        yield name or one.wrong("repositoryName", "a name")


def images(page: Document) -> Iterator[Described]:
    """Give the images on a page of DescribeImages, as far as they have tags."""
    for one in page.children("imageDetails"):
        tags = one.texts("imageTags")
        if tags:
            yield Described(one.digest("imageDigest"), tags, _pushed_at(one), _is_image(one))


def _pushed_at(one: Document) -> datetime | None:
    found = one.fields.get("imagePushedAt")
    return found.astimezone(UTC) if isinstance(found, datetime) else None


def _is_image(one: Document) -> bool:
    """Tell by the configuration's type; an index has none, and what nothing is said of may be one.

    What refers to another manifest is its signature, its attestation or its bill of materials.
    """
    kind = one.text("artifactMediaType")
    return not one.has("subjectManifestDigest") and (not kind or kind in _OF_IMAGES)


@dataclass(slots=True)
class Tally:
    """The tags of a repository while its pages come in; `torn` are those seen at two digests."""

    sightings: dict[str, Sighting] = field(default_factory=dict)
    strange: set[str] = field(default_factory=set)
    torn: set[str] = field(default_factory=set)
    no_images: set[str] = field(default_factory=set)

    def add(self, described: Iterable[Described]) -> None:
        """Take in what one page has."""
        for one in described:
            for tag in one.tags:
                self._add(tag, one)

    def doubtful(self, known: Iterable[str]) -> list[str]:
        """Give the tags that were under way while the pages came, or may have been.

        A tag that moves from a page not yet given to one given before is on neither of them.
        """
        missing = set(known) - self.sightings.keys() - self.no_images
        return sorted(self.torn | missing)

    def settle(self, tag: str, now: Described | None) -> None:
        """Put in what a tag is on its own; None where it is gone, or nothing was learnt of it."""
        self.sightings.pop(tag, None)
        if now is not None and now.is_image:
            self.sightings[tag] = now.sighting(tag)

    def listing(self, failed: Mapping[str, str]) -> Listing:
        """The whole; `failed` are tags that could not be looked at again, with the reason."""
        strange = {shown(tag): STRANGE for tag in self.strange}
        sightings = tuple(self.sightings[tag] for tag in sorted(self.sightings))
        return Listing(sightings, complete=True, failed={**failed, **strange})

    def _add(self, tag: str, one: Described) -> None:
        if not is_tag(tag):
            self.strange.add(tag)
            return
        elsewhere = self.sightings.get(tag)
        if tag in self.no_images or (elsewhere and elsewhere.digest != one.digest):
            self.torn.add(tag)
        if is_referrer_tag(tag) or not one.is_image:
            self.no_images.add(tag)
        else:
            self.sightings[tag] = one.sighting(tag)
