"""The view: a repository's tags of all times, as the streams that a rule makes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from watcher.domain.inventory import TagInterval, TagSpan, spans
from watcher.domain.stream.line import aliases, line_streams
from watcher.domain.stream.model import Pointing, Stream
from watcher.domain.stream.newest import Created, newest_stream
from watcher.domain.stream.rule import StreamRule
from watcher.domain.version import TagKind, Version, is_date, kind_of, parse, without_architecture

_NOBODY_KNOWS: Final[Created] = MappingProxyType({})


def streams_of(
    intervals: Iterable[TagInterval], rule: StreamRule, created: Created = _NOBODY_KNOWS
) -> list[Stream]:
    """View a repository's tags of all times as streams, sorted by name.

    `created` tells when images were made, as far as they are resolved; see `Stream.undecided`.
    """
    by_tag: dict[str, list[TagInterval]] = defaultdict(list)
    for interval in intervals:
        if rule.tags.holds(interval.tag):
            by_tag[interval.tag].append(interval)
    dated = {tag: spans(history) for tag, history in by_tag.items()}
    if rule.by == "tag":
        found = _tag_streams(dated, dated)
    elif rule.by == "version":
        found = line_streams(_versions(dated, rule), dated, rule.lines)
    elif rule.by == "newest":
        found = [newest_stream(dated, created)] if dated else []
    else:
        found = _by_their_looks(dated, rule, created)
    return sorted(found, key=lambda stream: (stream.by, stream.name))


def _by_their_looks(
    dated: Mapping[str, list[TagSpan]], rule: StreamRule, created: Created
) -> list[Stream]:
    """Versions are lines, moving names streams of their own; where there is neither, the newest."""
    kinds = _kinds(dated)
    looking = [tag for tag, kind in kinds.items() if kind == "version"]
    versions = _versions(looking, rule)
    repeating = aliases(versions.values()) if versions else frozenset()
    moving = {tag for tag, kind in kinds.items() if kind == "moving" and tag not in repeating}
    moving = {tag for tag in moving if without_architecture(tag) not in kinds}
    found = [*line_streams(versions, dated, rule.lines), *_tag_streams(moving, dated)]
    opaque = {tag: dated[tag] for tag, kind in kinds.items() if kind == "opaque"}
    return found or ([newest_stream(opaque, created)] if opaque else [])


def _versions(tags: Iterable[str], rule: StreamRule) -> dict[str, Version]:
    read = {tag: parse(tag, rule.flavours) for tag in tags}
    return {tag: version for tag, version in read.items() if version is not None}


def _kinds(tags: Iterable[str]) -> dict[str, TagKind]:
    """Sort tags by their looks; dates with dots are versions only beside other versions."""
    kinds = {tag: kind_of(tag) for tag in tags}
    versions = [tag for tag, kind in kinds.items() if kind == "version"]
    return kinds | dict.fromkeys(versions, "opaque") if all(map(is_date, versions)) else kinds


def _tag_streams(tags: Iterable[str], dated: Mapping[str, Sequence[TagSpan]]) -> list[Stream]:
    return [Stream("tag", tag, tuple(_pointings(dated[tag]))) for tag in tags]


def _pointings(dated: Sequence[TagSpan]) -> list[Pointing]:
    return [
        Pointing(
            digest=span.digest,
            observed_at=span.observed_at,
            start=span.start,
            end=span.end,
            reason=None if span.end is None else "retired" if span.gone else "moved",
            created_counts=span.created_counts,
        )
        for span in dated
    ]
