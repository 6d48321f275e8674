"""Version lines: which tags of a repository are versions of one line, and how they are ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from watcher.domain.inventory import TagSpan
from watcher.domain.stream.head import Member, heads
from watcher.domain.stream.model import Stream
from watcher.domain.stream.rule import Lines
from watcher.domain.version import Version

_DEPTH: Mapping[Lines, int] = {"major": 1, "minor": 2, "all": 0}


def line_streams(
    versions: Mapping[str, Version], dated: Mapping[str, Sequence[TagSpan]], lines: Lines
) -> list[Stream]:
    """A stream for each line and flavour of the tags that are versions."""
    shorter = {stem for version in versions.values() for stem in version.shorter_stems()}
    members: dict[str, list[Member]] = defaultdict(list)
    for tag, version in versions.items():
        if not _is_part(version, versions.values()):
            rank = (version.stem not in shorter, not version.prerelease, version.order)
            members[_line_name(version, lines)] += [Member(rank, span) for span in dated[tag]]
    # A line of nothing but shorter names (1, beside 1.2 of another flavour) is one all the same.
    return [Stream("version", name, tuple(heads(found))) for name, found in members.items()]


def aliases(versions: Iterable[Version]) -> frozenset[str]:
    """Moving names that only repeat a line's head."""
    flavours = {version.flavour for version in versions if version.flavour}
    return frozenset({"latest"} | flavours | {f"latest-{flavour}" for flavour in flavours})


def _is_part(version: Version, others: Iterable[Version]) -> bool:
    """Whether a tag is one platform's part of another tag, which is an index over all of them."""
    return bool(version.architecture) and version.on_every_architecture in others


def _line_name(version: Version, lines: Lines) -> str:
    numbers = ".".join(str(number) for number in version.numbers[: _DEPTH[lines]]) or "all"
    return "-".join(filter(None, (numbers, version.flavour, version.architecture)))
