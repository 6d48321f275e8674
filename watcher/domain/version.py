"""Tags read as versions, the way people write them for container images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

TagKind = Literal["version", "opaque", "moving"]

_HASH = re.compile(r"(?:sha-?)?(?=\d*[a-f])[0-9a-f]{7,64}")
_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)((?:\.?(?:rc|a|b|alpha|beta|pre|dev|m)\.?\d*)?)")
_PRERELEASE = re.compile(
    r"(?:rc|alpha|beta|pre|preview|dev|snapshot|next|canary|nightly|m)[.\d]*", re.IGNORECASE
)
_LONGEST_MAJOR = 4  # more digits in a lone number are a date or a build number
_PIECES = re.compile(r"\d+|\D+")

Natural = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A tag's version: numbers, pre-release (empty for stable), flavour and build id."""

    numbers: tuple[int, ...]
    prerelease: str = ""
    flavour: str = ""
    build: str = ""

    @property
    def order(self) -> tuple[tuple[int, ...], bool, Natural, Natural]:
        """A key under which newer versions of one line and flavour sort later."""
        return self.numbers, not self.prerelease, natural(self.prerelease), natural(self.build)

    def extends(self, other: Version) -> bool:
        """Whether `other` says less of the same version: 1.2.3 extends 1.2 of its flavour."""
        shorter = len(other.numbers) < len(self.numbers)
        return (
            shorter
            and self.flavour == other.flavour
            and self.numbers[: len(other.numbers)] == other.numbers
        )


def natural(text: str) -> Natural:
    """A key that orders digits by value and everything else by letters: 9 before 10."""
    return tuple(
        (1, int(piece), "") if piece.isdecimal() else (0, 0, piece)
        for piece in _PIECES.findall(text)
    )


@lru_cache(maxsize=65536)
def parse(tag: str, flavours: frozenset[str] = frozenset()) -> Version | None:
    """Read a tag as a version, or None where it is none.

    One leading `v` is dropped. Behind the numbers, parts with digits are build ids and others
    flavours, unless `flavours` names them; parts such as `rc1` make a pre-release.
    """
    head, *parts = tag.split("-")
    numbers = _NUMBERS.fullmatch(head)
    if numbers is None or kind_of(tag) == "opaque":
        return None
    prerelease = [numbers[2].lstrip(".")] if numbers[2] else []
    flavour: list[str] = []
    build: list[str] = []
    for part in _suffix_parts(parts, flavours):
        if part in flavours:
            flavour.append(part)
        elif _PRERELEASE.fullmatch(part):
            prerelease.append(part)
        else:
            (build if any(character.isdecimal() for character in part) else flavour).append(part)
    values = tuple(int(number) for number in numbers[1].split("."))
    return Version(values, "-".join(prerelease), "-".join(flavour), "-".join(build))


def kind_of(tag: str) -> TagKind:
    """Sort a tag by its looks: version, opaque (a hash, date or build number), or moving name."""
    head = tag.split("-", 1)[0].removeprefix("v")
    if _HASH.fullmatch(tag) or (head.isdecimal() and len(head) > _LONGEST_MAJOR):
        return "opaque"
    return "version" if _NUMBERS.fullmatch(tag.split("-", 1)[0]) else "moving"


def _suffix_parts(parts: list[str], flavours: frozenset[str]) -> list[str]:
    whole = "-".join(parts)
    return [whole] if whole in flavours else parts
