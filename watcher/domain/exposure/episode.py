"""What the fold is told, and the episodes it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watcher.domain.interval import Bound
from watcher.domain.stream import Binding
from watcher.domain.vex import Excuse

Cause = Literal[
    "remediated",
    "knowledge_withdrawn",
    "detection_change",
    "vex_not_affected",
    "retired",
    "head_removed",
    "platform_gone",
    "out_of_scope",
]

# The excuses of packages where an image has them: by its digest, that of what the stream pointed
# to, and the package.
Excused = Mapping[tuple[str | None, str, int], Sequence[Excuse]]
NOTHING_EXCUSED: Excused = {}


@dataclass(frozen=True, slots=True)
class Content:
    """The packages of an image over [since, until), by number, as one catalogue lists them."""

    packages: frozenset[int]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A binding with what its image contains; no contents means: not known yet.

    `known_until` is set where the binding is presumed to go on: from then on nothing opens, and
    what is open lasts as long as some package of the image matches.
    """

    binding: Binding
    contents: tuple[Content, ...] = ()
    known_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """One uninterrupted stretch of exposure; `end` None while it lasts.

    `first_image`, `last_image` are manifest digests; `present` is the start of the unbroken run of
    bindings that held an affected package; `packages` are ids of the packages that match last.
    `known` is when a database first knew of a match that reaches into it, where that was read.
    """

    start: Bound
    end: Bound | None
    cause: Cause | None
    first_image: str
    last_image: str
    present: datetime
    packages: frozenset[int]
    ended_by: str | None = None  # the digest of the image that remediated it
    known: datetime | None = None


def resumes(earlier: str | None) -> bool:
    """Whether clocks go on behind an episode that ended for a cause; None: there was none before.

    They stand still over a gap of knowledge, scope or retirement, and only a remediation sets them
    back.
    """
    return earlier not in {None, "remediated"}


def is_flap(earlier: datetime | None, start: datetime) -> bool:
    """Whether an episode starts within a day of the end of the one before it."""
    return earlier is not None and (start - earlier).total_seconds() < 24 * 3600
