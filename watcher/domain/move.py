"""Moves from one tag of a repository to another: which are newer, and which are of the same kind.

First class is a higher version of the same flavour and precision, as people know it from other
tools. Second class are moves of which a tag's suffix tells: another release of the system below
(`alpine3.19` to `alpine3.20`, `bookworm` to `trixie`), a later date, a later build.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from watcher.domain.version import Natural, Version, dated, is_hash, kind_of, natural, parse

Kind = Literal["version", "system", "date", "build", "prefix"]

# Releases of Debian and Ubuntu by the names that tags give them, oldest first.
_RELEASES: Final = (
    ("stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "duke"),
    ("trusty", "xenial", "bionic", "focal", "jammy", "noble", "resolute"),
)
_PLACES: Final = {
    name: (f"<{releases[0]}>", place)
    for releases in _RELEASES
    for place, name in enumerate(releases)
}
_RUNTIMES: Final = frozenset(
    (
        *("jdk", "jre", "java", "python", "py", "node", "php", "ruby", "go", "golang", "perl"),
        *("dotnet", "net", "cuda", "cudnn", "rocm", "pg", "postgres"),
    )
)
_FARTHEST: Final = 500  # majors at once: more is a date, or another way of counting


@dataclass(frozen=True, slots=True)
class Move:
    """A move to another tag; `major` where the first number changes, its own or a runtime's."""

    tag: str
    kind: Kind
    major: bool = False

    @property
    def second_class(self) -> bool:
        """Whether strict rules on suffixes would forbid it."""
        return self.kind != "version"


@dataclass(frozen=True, slots=True)
class _Reading:
    """A tag taken apart: `skeleton` is what may not change, the rest in the order of counting."""

    skeleton: tuple[object, ...]
    numbers: tuple[int, ...] = ()
    stable: bool = True
    prerelease: Natural = ()
    systems: tuple[tuple[str, Natural], ...] = ()
    date: str = ""
    build: Natural = ()
    prefix: bool = False

    @property
    def order(self) -> tuple[object, ...]:
        """Newer tags of one skeleton sort later."""
        released = tuple(value for _, value in self.systems)
        return self.numbers, self.stable, self.prerelease, released, self.date, self.build


def moves(tag: str, tags: Iterable[str], *, majors: bool) -> list[Move]:
    """The moves from a tag to be considered, the least first; at most seven, however many tags.

    Of each kind it is the farthest, and the farthest that changes the last number alone. Precision
    stays the same, systems never go back, and nothing stable moves to a pre-release.
    """
    here = _read(tag)
    if here is None:
        return []
    found = [
        (move, there)
        for other in tags
        if other != tag
        and (there := _read(other)) is not None
        and (move := _move(here, there, other)) is not None
        and (majors or not move.major)
    ]
    groups = [
        [pair for pair in found if _near(here, pair[1]) and not pair[0].second_class],
        [pair for pair in found if not pair[0].second_class and not pair[0].major],
        [pair for pair in found if _near(here, pair[1]) and pair[0].second_class],
        [pair for pair in found if here.numbers == pair[1].numbers and pair[0].second_class],
        [pair for pair in found if pair[0].second_class and not pair[0].major],
        [pair for pair in found if not pair[0].second_class and pair[0].major],
        [pair for pair in found if pair[0].second_class and pair[0].major],
    ]
    farthest = (max(group, key=_farthest)[0] for group in groups if group)
    return list(dict.fromkeys(farthest))


def other_flavours(tag: str, tags: Iterable[str]) -> list[str]:
    """Tags of the same version and another flavour, sorted: what somebody else decides on."""
    here = parse(tag)
    if here is None or kind_of(tag) != "version":
        return []
    return sorted(
        other
        for other in tags
        if (there := parse(other)) is not None
        and kind_of(other) == "version"
        and (there.numbers, there.prerelease) == (here.numbers, here.prerelease)
        and there.architecture == here.architecture
        and there.flavour != here.flavour
    )


def _farthest(pair: tuple[Move, _Reading]) -> tuple[object, ...]:
    move, there = pair
    return move.kind != "prefix", there.order, move.tag


def _near(here: _Reading, there: _Reading) -> bool:
    """Whether nothing but the last number, the date or the build changes."""
    return here.numbers[:-1] == there.numbers[:-1] and here.systems == there.systems


def _move(here: _Reading, there: _Reading, tag: str) -> Move | None:
    """The move between two tags; None where they are not of a kind, or it leads back."""
    if here.skeleton != there.skeleton or there.order <= here.order:
        return None
    if here.stable and not there.stable:
        return None
    pairs = list(zip(here.systems, there.systems, strict=True))
    if any(after < before for (_, before), (_, after) in pairs):
        return None
    jump = there.numbers[0] - here.numbers[0] if here.numbers else 0
    if jump > _FARTHEST:
        return None
    runtime = any(
        name in _RUNTIMES and before[:1] != after[:1] for (name, before), (_, after) in pairs
    )
    return Move(tag, _kind(here, there), major=jump > 0 or runtime)


def _kind(here: _Reading, there: _Reading) -> Kind:
    if here.systems != there.systems:
        return "system"
    if here.date != there.date:
        return "date"
    if here.build != there.build:
        return "build"
    return "prefix" if here.prefix != there.prefix else "version"


def _read(tag: str) -> _Reading | None:
    """Take a tag apart; None where nothing in it can be newer."""
    version = parse(tag) if kind_of(tag) == "version" else None
    if version is not None:
        return _of_version(version, prefix=tag.startswith("v"))
    return _of_name(tag)


def _of_version(version: Version, *, prefix: bool) -> _Reading | None:
    words, systems = _released(version.flavour.split("-"))
    told = [*systems, *((name, natural(value)) for name, value in version.systems)]
    apart = [value for _, value in version.systems]
    builds = [one for one in version.build.split("-") if one]
    for value in apart:  # the system's own version is told there as well
        builds.remove(value)
    if any(map(is_hash, builds)):
        return None
    built = natural("-".join(builds))
    shape = (words, tuple(name for name, _ in told), version.architecture, bool(builds))
    return _Reading(
        skeleton=(len(version.numbers), *shape),
        numbers=version.numbers,
        stable=not version.prerelease,
        prerelease=natural(version.prerelease),
        systems=tuple(told),
        build=built,
        prefix=prefix,
    )


def _of_name(tag: str) -> _Reading | None:
    """A name that holds a release or a date: `bookworm-slim`, `jammy-20240111`, `2024-01-15`."""
    before, date, behind = dated(tag) or (tag, "", "")
    digits = "".join(filter(str.isdigit, date))
    words, systems = _released([*before.split("-"), "<date>" if date else "", *behind.split("-")])
    if (not systems and not date) or any(is_hash(word) for word in words):
        return None
    written = "".join("0" if one.isdigit() else one for one in date)
    return _Reading(skeleton=(words, written), systems=tuple(systems), date=digits)


def _released(words: Iterable[str]) -> tuple[tuple[str, ...], list[tuple[str, Natural]]]:
    """Words with the names of releases taken out, and those with their places."""
    plain: list[str] = []
    found: list[tuple[str, Natural]] = []
    for word in words:
        system, place = _PLACES.get(word, ("", 0))
        plain.append(system or word)
        if system:
            found.append((system, ((1, place, ""),)))
    return tuple(plain), found
