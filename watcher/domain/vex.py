"""VEX: what authors state of a vulnerability in a product, and over which times that excuses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from watcher.domain.interval import Bound
from watcher.domain.knowledge import Match

Status = Literal["affected", "under_investigation", "fixed", "not_affected"]
# The least favourable first. Only the last one ends anything.
STATUSES: Final[tuple[Status, ...]] = ("affected", "under_investigation", "fixed", "not_affected")


@dataclass(frozen=True, slots=True)
class StatedPackage:
    """The packages a statement is about, in the terms of a purl; what is None may be anything.

    `qualifiers` must all be a package's too. `range` is a version range as vers writes it.
    """

    type: str
    namespace: str | None
    name: str
    version: str | None = None
    qualifiers: Mapping[str, str] = field(default_factory=dict, hash=False)
    range: str | None = None

    def same_name(self, other: StatedPackage) -> bool:
        """Whether another package is one of these, whatever its version."""
        named = (self.type, self.namespace, self.name) == (other.type, other.namespace, other.name)
        return named and self.qualifiers.items() <= other.qualifiers.items()


@dataclass(frozen=True, slots=True)
class Product:
    """What a statement is about: images, packages in them, or packages wherever they are.

    `repository` is named as watcher does, `digest` that of an image or an index. One in which
    everything is None is about nothing that can be told here.
    """

    repository: str | None = None
    digest: str | None = None
    tag: str | None = None
    package: StatedPackage | None = None

    @property
    def about_nothing(self) -> bool:
        """Whether it names neither images nor packages."""
        return self.repository is None and self.digest is None and self.package is None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a package is held: in an image that a stream points to. `tag` of a tag's stream."""

    repository: str
    digests: frozenset[str]
    tag: str | None
    package: StatedPackage


def concerns(product: Product, place: Place) -> bool:
    """Whether a statement on a product is about a place, but for the package's version."""
    if product.about_nothing:
        return False
    return (
        product.repository in {None, place.repository}
        and (product.digest is None or product.digest in place.digests)
        and (product.tag is None or product.tag == place.tag)
        and (product.package is None or product.package.same_name(place.package))
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """What an author states of a vulnerability, by any of its names, in products.

    `stated_at` is None where nobody said when.
    """

    author: str
    names: tuple[str, ...]
    products: tuple[Product, ...]
    status: Status
    justification: str
    stated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """A statement's author and status while it was in force over [start, end)."""

    author: str
    status: Status
    stated_at: datetime
    start: Bound
    end: Bound | None

    def holds(self, at: datetime) -> bool:
        """Whether it was in force at a time."""
        return self.start.at <= at and (self.end is None or at < self.end.at)


@dataclass(frozen=True, slots=True)
class Excuse:
    """A time [start, end) over which a package is stated not to be affected."""

    start: Bound
    end: Bound | None


def excuses(said: Iterable[Said]) -> tuple[Excuse, ...]:
    """The times over which everybody who speaks of it says: not affected.

    Of one author the newest statement counts. Between authors the least favourable does, so that
    what is contested stays open.
    """
    every = sorted(said, key=lambda one: (one.start.at, one.author))
    found: list[Excuse] = []
    start: Bound | None = None
    for bound in _turns(every):
        covered = _unanimous(one for one in every if one.holds(bound.at))
        if covered and start is None:
            start = bound
        elif not covered and start is not None:
            found.append(Excuse(start, bound))
            start = None
    return (*found, Excuse(start, None)) if start is not None else tuple(found)


def _turns(said: Sequence[Said]) -> list[Bound]:
    """The times at which something begins or ends to be said, each once."""
    turns: dict[datetime, Bound] = {}
    for one in said:
        for bound in (one.start, one.end):
            if bound is not None and (
                bound.at not in turns or bound.earliest < turns[bound.at].earliest
            ):
                turns[bound.at] = bound
    return [turns[at] for at in sorted(turns)]


def _unanimous(said: Iterable[Said]) -> bool:
    """Whether somebody speaks, and the newest word of each is: not affected."""
    newest: dict[str, Said] = {}
    for one in said:
        held = newest.get(one.author)
        if held is None or _outweighs(one, held):
            newest[one.author] = one
    return bool(newest) and all(one.status == "not_affected" for one in newest.values())


def _outweighs(one: Said, other: Said) -> bool:
    if one.stated_at != other.stated_at:
        return one.stated_at > other.stated_at
    return STATUSES.index(one.status) < STATUSES.index(other.status)


def without(match: Match, excused: Sequence[Excuse]) -> Iterator[Match]:
    """What is left of a match without the times over which it is excused."""
    start = match.start
    for one in excused:
        if match.end is not None and one.start.at >= match.end.at:
            break
        if one.end is not None and one.end.at <= start.at:
            continue
        if one.start.at > start.at:
            yield Match(start, one.start, "vex_not_affected")
        if one.end is None:
            return
        start = one.end
    if match.end is None or start.at < match.end.at:
        yield Match(start, match.end, match.end_cause)
