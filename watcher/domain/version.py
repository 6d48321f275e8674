"""Tags read as versions, the way people write them for container images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

TagKind = Literal["version", "opaque", "moving"]

_HASH = re.compile(r"(?:sha-?|git-)[0-9a-f]{7,64}|(?=\d*[a-f])[0-9a-f]{7,64}")
_DATE = re.compile(
    r"(?:19|20)\d\d([.-]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"  # 2024-01-15
    r"|(?:19|20)\d{10,}"  # 20240115093000
)
_NUMBERS = re.compile(
    r"v?(\d+(?:\.\d+)*)"
    r"((?:\.?(?:rc|a|b|alpha|beta|pre|dev|m)\.?\d*)?)"
    r"(?:_([A-Za-z0-9._]+))?"  # tags may not hold the + of build metadata, so people write _
)
_PRERELEASE = re.compile(
    r"(?:rc|alpha|beta|pre|preview|dev|snapshot|next|canary|nightly|m)[.\d]*", re.IGNORECASE
)
# What tags of one platform alone end in, beside the tag of the index over all of them.
_ARCHITECTURE = re.compile(
    r"(?:linux[-_]?)?(?:amd64|x86_64|x64|arm64(?:v8)?|aarch64|arm32v[5-7]|armv[5-7](?:hf|l)?|arm"
    r"|i?386|ppc64le|s390x|riscv64|mips64le|loong64)"
)
# Systems and runtimes that tags name with a version of their own: alpine3.20, ubi9, jdk21. Another
# version of them is another build of the same flavour.
_SYSTEM = re.compile(
    r"(alpine|debian|ubuntu|ubi|el|rhel|centos|rocky(?:linux)?|alma(?:linux)?|fedora|amazonlinux"
    r"|al|oraclelinux|ol|azurelinux|mariner|photon|wolfi|sles|leap|windowsservercore-ltsc"
    r"|nanoserver-ltsc|ltsc|jdk|jre|java|python|py|node|php|ruby|go|golang|perl|dotnet|net"
    r"|cuda|cudnn|rocm|pg|postgres)(\d[\d.]*)"
)
_LONGEST_MAJOR = 4  # more digits in front are a date or a build number
_PIECES = re.compile(r"\d+|\D+")

Natural = tuple[tuple[int, int, str], ...]
Stem = tuple[tuple[int, ...], str, str, bool]
Order = tuple[tuple[int, ...], bool, Natural, Natural]


@dataclass(frozen=True, slots=True)
class Version:
    """A tag's version: numbers, pre-release (empty for stable), flavour, build id, architecture."""

    numbers: tuple[int, ...]
    prerelease: str = ""
    flavour: str = ""
    build: str = ""
    architecture: str = ""
    systems: tuple[tuple[str, str], ...] = field(default=(), compare=False)  # told in `build` too

    @property
    def on_every_architecture(self) -> Version:
        """The same version as a tag over all architectures has it."""
        return replace(self, architecture="")

    @property
    def order(self) -> Order:
        """A key under which newer versions of one line and flavour sort later."""
        build = "" if _HASH.fullmatch(self.build) else self.build  # hashes have no order
        return self.numbers, not self.prerelease, natural(self.prerelease), natural(build)

    @property
    def stem(self) -> Stem:
        """What a tag that says less of this version has in common with it."""
        return self.numbers, self.flavour, self.architecture, bool(self.prerelease)

    def shorter_stems(self) -> Iterator[Stem]:
        """The stems of all that says less of this version: of 1.2.3-slim, 1-slim and 1.2-slim.

        A pre-release says more of pre-releases alone: 1.3 may be out while 1.3.1-rc1 is not.
        """
        for length in range(1, len(self.numbers)):
            yield self.numbers[:length], self.flavour, self.architecture, bool(self.prerelease)

    def extends(self, other: Version) -> bool:
        """Whether `other` says less of the same version: 1.2.3 extends 1.2 of its flavour."""
        return other.stem in self.shorter_stems()


def natural(text: str) -> Natural:
    """A key that orders digits by value and everything else by letters: 9 before 10."""
    return tuple(
        (1, int(piece), "") if piece.isdecimal() else (0, 0, piece)
        for piece in _PIECES.findall(text)
    )


@lru_cache(maxsize=65536)
def parse(tag: str, flavours: frozenset[str] = frozenset()) -> Version | None:
    """Read a tag as a version, or None where it cannot be one; a date can, a hash cannot.

    One leading `v` is dropped. Behind the numbers, parts with digits are build ids and others
    flavours, unless `flavours` names them; parts such as `rc1` make a pre-release. A system with
    its version (`alpine3.20`) is the flavour `alpine` in a build of its own, and an architecture
    stands for itself.
    """
    head, *parts = tag.split("-")
    numbers = _NUMBERS.fullmatch(head)
    if numbers is None or _HASH.fullmatch(tag):
        return None
    prerelease = [numbers[2].lstrip(".")] if numbers[2] else []
    flavour: list[str] = []
    build: list[str] = []
    architecture = ""
    systems: list[tuple[str, str]] = []
    for part in _suffix_parts([numbers[3], *parts] if numbers[3] else parts, flavours):
        if part in flavours:
            flavour.append(part)
        elif _PRERELEASE.fullmatch(part):
            prerelease.append(part)
        elif _ARCHITECTURE.fullmatch(part):
            architecture = part
        elif system := _SYSTEM.fullmatch(part):
            flavour.append(system[1])
            build.append(system[2])
            systems.append((system[1], system[2]))
        else:
            (build if any(character.isdecimal() for character in part) else flavour).append(part)
    values = tuple(int(number) for number in numbers[1].split("."))
    words = {"prerelease": prerelease, "flavour": flavour, "build": build}
    told = {name: "-".join(parts) for name, parts in words.items()}
    return Version(values, **told, architecture=architecture, systems=tuple(systems))


def without_architecture(tag: str) -> str | None:
    """What a tag of one architecture is called over all of them; None for any other tag."""
    name, _, last = tag.rpartition("-")
    return name if name and _ARCHITECTURE.fullmatch(last) else None


def kind_of(tag: str) -> TagKind:
    """Sort a tag by its looks: version, opaque (a hash, date or build number), or moving name.

    A name with a hash or a date behind it (`main-1a2b3c4`) is opaque: it is made once and never
    moves. A date with dots is a version as far as one tag can tell; see `is_date`.
    """
    head, *parts = tag.split("-")
    first = re.split(r"[._]", head.removeprefix("v"), maxsplit=1)[0]
    numbered = first.isdecimal() and len(first) > _LONGEST_MAJOR
    if _HASH.fullmatch(tag) or numbered or (is_date(tag) and "." not in head):
        return "opaque"
    if _NUMBERS.fullmatch(head):
        return "version"
    made_once = _DATE.search(tag) or any(map(_HASH.fullmatch, parts))
    return "opaque" if made_once else "moving"


def is_date(tag: str) -> bool:
    """Whether a tag begins like a date: 2024.01.15 is one, unless its neighbours are versions."""
    return _DATE.match(tag.removeprefix("v")) is not None


def dated(tag: str) -> tuple[str, str, str] | None:
    """A tag's date between what stands before and behind it; None where it has none."""
    found = _DATE.search(tag)
    if found is None:
        return None
    return tag[: found.start()], found[0], tag[found.end() :]


def is_hash(text: str) -> bool:
    """Whether a part of a tag is a hash, which says nothing of its age."""
    return _HASH.fullmatch(text) is not None


def _suffix_parts(parts: list[str], flavours: frozenset[str]) -> list[str]:
    whole = "-".join(parts)
    return [whole] if whole in flavours else parts
