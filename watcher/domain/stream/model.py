"""What a stream is: a name that points to one image after another, and what it is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watcher.domain.interval import Bound
from watcher.domain.reference import Platform

By = Literal["version", "tag", "newest"]
EndReason = Literal["moved", "retired", "head_removed", "platform_gone", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class Pointing:
    """A stream pointed to a tag's digest over [start, end), and why that ended."""

    digest: str
    observed_at: datetime
    start: Bound
    end: Bound | None = None
    reason: EndReason | None = None
    created_counts: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of one repository: its name without the repository, and what it pointed to.

    `undecided` are digests whose images have to be known before it is certain what it pointed to.
    """

    by: By
    name: str
    pointings: tuple[Pointing, ...] = ()
    not_covered: str | None = None
    published: bool = True  # False for bases: watched, and never exposed themselves
    undecided: frozenset[str] = frozenset()

    @property
    def sign(self) -> str:
        """What stands between the repository and the name: `:` for a tag, `#` otherwise."""
        return ":" if self.by == "tag" else "#"


@dataclass(frozen=True, slots=True)
class PlatformImage:
    """The image of one platform behind a digest, with its time of creation as it says itself."""

    digest: str
    created: datetime | None


@dataclass(frozen=True, slots=True)
class Binding:
    """A stream pointed to an image over [start, end) on one platform.

    `image` is the digest of the platform's own manifest, None while it could not be found out;
    `target` is the digest that the tag had. `platform` is None only while none is known.
    """

    platform: Platform | None
    image: str | None
    target: str
    start: Bound
    end: Bound | None = None
    reason: EndReason | None = None
