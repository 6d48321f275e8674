"""Images that others may be built on, found by the layers that those begin with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

# Layers of instructions that changed no file: archives of zeros, as builders and tar write them.
# They tell nothing.
EMPTY_LAYERS: Final = frozenset(
    f"sha256:{sha256(bytes(size)).hexdigest()}" for size in (1024, 10240)
)

_TAG: Final = re.compile(r"[:#][^/:#]*$")


@dataclass(frozen=True, slots=True)
class KnownBase:
    """An image that may be a base: its number, digests it goes by, and its layers.

    `digests` holds that of its manifest and those of the indexes it is in; `names` are those of
    the streams that ever pointed to it, the one that did so last first. One that is not `watched`
    as a base is an image of the organisation's own, which others may be built on.
    """

    image: int
    digests: tuple[str, ...]
    diff_ids: tuple[str, ...]
    names: tuple[str, ...]
    watched: bool = True
    created: datetime | None = None
    labels: frozenset[str] = frozenset()  # their names

    @property
    def repositories(self) -> frozenset[str]:
        """Its names without their tags, and without what a line of versions is called."""
        return frozenset(_TAG.sub("", name) for name in self.names)

    @property
    def tells(self) -> bool:
        """Whether its layers tell it from others: some of them hold something."""
        return any(one not in EMPTY_LAYERS for one in self.diff_ids)


@dataclass(frozen=True, slots=True)
class Bases:
    """Known images of one platform, by all their layers and by digest."""

    by_layers: Mapping[str, tuple[KnownBase, ...]] = field(default_factory=dict)
    by_digest: Mapping[str, tuple[KnownBase, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Iterable[KnownBase]) -> Bases:
        """Index images by their layers; one whose layers tell nothing is no base."""
        layered: dict[str, list[KnownBase]] = defaultdict(list)
        named: dict[str, list[KnownBase]] = defaultdict(list)
        for base in known:
            if base.tells:
                layered[chains(base.diff_ids)[-1]].append(base)
                for digest in base.digests:
                    named[digest].append(base)
        return cls(_frozen(layered), _frozen(named))

    def beginning(self, diff_ids: Sequence[str]) -> Iterator[tuple[KnownBase, ...]]:
        """The images that one begins with, in groups of equal layers, the most layers first."""
        for chain in reversed(chains(diff_ids)):
            if chain in self.by_layers:
                yield self.by_layers[chain]

    def refutes(self, diff_ids: Sequence[str], digest: str) -> bool:
        """Whether a digest is that of images known by their layers, and these are none's."""
        claimed = self.by_digest.get(digest, ())
        return bool(claimed) and not any(
            tuple(diff_ids[: len(base.diff_ids)]) == base.diff_ids for base in claimed
        )


def chains(diff_ids: Sequence[str]) -> list[str]:
    """A name for each beginning of a list of layers; the last is that of all of them."""
    names: list[str] = []
    for diff_id in diff_ids:
        before = names[-1] if names else ""
        names.append(sha256(f"{before} {diff_id}".encode()).hexdigest())
    return names


def _frozen(found: Mapping[str, list[KnownBase]]) -> dict[str, tuple[KnownBase, ...]]:
    return {name: tuple(members) for name, members in found.items()}
