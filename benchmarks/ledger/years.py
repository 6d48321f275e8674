"""Two years of a fleet as a story: flaws found and fixed, bases and stacks released, rebuilds.

Everything is a number of days from the first pass, and follows from the size alone. A stream is
built on one of forty bases, which bring the packages of a system, and on the stack of its kind of
service, which brings libraries; a rebuild takes the newest release of both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

DAYS = 730
SYSTEMS = ("debian 12", "debian 13", "ubuntu 24.04", "alpine 3.22", "wolfi")
BASES, OF_BASE = 40, 100  # and the packages of each
STREAMS_OF_STACK, OF_STACK = 25, 50  # and its libraries, of all there are:
LIBRARIES = 1_200
FLAWS_OF_PACKAGE, FLAWS_OF_LIBRARY = 2, 2
RELEASED_EVERY = 30
TEAMS = 20


@dataclass(frozen=True, slots=True)
class Flaw:
    """A vulnerability of one package: published, in the database, fixed, and perhaps withdrawn.

    `fixed` None: nobody fixes it. `again` is when a withdrawn one came back.
    """

    name: str
    severity: str
    published: float
    known: int
    fixed: int | None
    withdrawn: int | None = None
    again: int | None = None
    rerated: int | None = None


@dataclass(frozen=True)
class Component:
    """A package or library whose version is how many of its flaws were fixed by then."""

    context: str
    name: str
    flaws: Sequence[Flaw]

    @cached_property
    def fixes(self) -> list[int]:
        """When each next version came."""
        return sorted(flaw.fixed for flaw in self.flaws if flaw.fixed is not None)

    def version(self, day: float) -> int:
        """The version that a release of this day takes."""
        return bisect_right(self.fixes, day)

    def flaws_of(self, version: int) -> Iterator[Flaw]:
        """What a version has: all that no fix up to it has ended."""
        for flaw in self.flaws:
            if flaw.fixed is None or self.version(flaw.fixed) > version:
                yield flaw


@dataclass(frozen=True)
class Years:
    """The story of a fleet of so many streams."""

    streams: int

    @cached_property
    def systems(self) -> list[list[Component]]:
        """The packages of each system."""
        return [
            [_component(name, f"s{number}-pkg{one}", FLAWS_OF_PACKAGE) for one in range(OF_BASE)]
            for number, name in enumerate(SYSTEMS)
        ]

    @cached_property
    def libraries(self) -> list[Component]:
        """Every library."""
        return [_component("language", f"lib{n}", FLAWS_OF_LIBRARY) for n in range(LIBRARIES)]

    @property
    def stacks(self) -> int:
        """How many stacks there are."""
        return max(1, self.streams // STREAMS_OF_STACK)

    def of_base(self, base: int) -> list[Component]:
        """The packages of a base."""
        return self.systems[base % len(SYSTEMS)]

    @cached_property
    def of_stack(self) -> list[list[Component]]:
        """The libraries of each stack."""
        return [
            Random(stack).sample(self.libraries, OF_STACK)  # noqa: S311 - a story
            for stack in range(self.stacks)
        ]

    def rebuilds(self, stream: int) -> list[float]:
        """When a stream's image was built anew; the first time before anybody watched."""
        every = 30 + stream % 31
        first = -(1 + stream % every) + (stream % 23) / 24
        return [first + every * number for number in range(int((DAYS - 1 - first) // every) + 1)]

    def retired(self, stream: int) -> int | None:
        """When its tag was taken away: of one in fifty."""
        return DAYS - 1 - stream % 365 if stream % 50 == 49 else None  # noqa: PLR2004

    def platforms(self, stream: int) -> tuple[str, ...]:
        """On which platforms it is published: one in twenty on two."""
        return ("linux/amd64", "linux/arm64") if stream % 20 == 0 else ("linux/amd64",)


def releases(number: int) -> list[int]:
    """When a base or a stack was released: every thirty days, not all on the same."""
    return list(range(number * 7 % RELEASED_EVERY - 3 * RELEASED_EVERY, DAYS, RELEASED_EVERY))


def newest(number: int, day: float) -> int:
    """Which release a build of this day takes, by its place."""
    return bisect_right(releases(number), day) - 1


def _component(context: str, name: str, flaws: int) -> Component:
    chance = Random(name)  # noqa: S311 - a story
    return Component(context, name, [_flaw(chance, name, number) for number in range(flaws)])


def _flaw(chance: Random, name: str, number: int) -> Flaw:
    published = chance.uniform(-60, DAYS - 5)
    known = max(0, int(published) + chance.randint(1, 4))
    fixed = int(published) + chance.randint(5, 40) if chance.random() > 0.06 else None  # noqa: PLR2004
    gone = known + chance.randint(10, 30) if chance.random() < 0.02 else None  # noqa: PLR2004
    withdrawn = gone if gone is not None and gone < DAYS - 1 else None
    again = None
    if withdrawn is not None and chance.random() < 0.3 and withdrawn + 12 < DAYS:  # noqa: PLR2004
        again = withdrawn + 12
    severity = chance.choices(("CRITICAL", "HIGH", "MEDIUM", "LOW"), (5, 25, 45, 25))[0]
    rerated = known + 9 if chance.random() < 0.1 and known + 9 < DAYS else None  # noqa: PLR2004
    name = f"CVE-{2024 + int(published > 0)}-{name}-{number}"
    return Flaw(name, severity, published, known, fixed, withdrawn, again, rerated)
