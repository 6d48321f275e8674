"""Image configurations as registries store them, parsed from bytes whose digest was verified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from watcher.adapters.distribution.document import Document
from watcher.adapters.distribution.manifest import parse_platform
from watcher.domain.errors import PermanentError
from watcher.domain.reference import Platform, is_digest

# RFC 3339 as Go writes it, with up to nine decimals; and Go's own `time.String()`.
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))? ?(Z|[+-]\d{2}:?\d{2})(?: .{1,40})?"
)


@dataclass(frozen=True, slots=True)
class ConfigDocument:
    """An image's configuration; `created` is None where it is missing or no time."""

    platform: Platform
    created: datetime | None
    diff_ids: tuple[str, ...]
    labels: Mapping[str, str]


def parse_config(what: str, body: bytes) -> ConfigDocument:
    """Parse a configuration; raises PermanentError where it is not an image's."""
    document = Document.read(what, body)
    platform = parse_platform(document)
    if platform is None:
        raise PermanentError(f"{what} names no os and architecture: not an image's configuration")
    diff_ids = document.child("rootfs").texts("diff_ids")
    if not all(map(is_digest, diff_ids)):
        document.child("rootfs").wrong("diff_ids", "a list of sha256 digests")
    labels = document.child("config").mapping("Labels")
    created = document.fields.get("created")
    moment = parse_time(created) if isinstance(created, str) else None
    return ConfigDocument(platform, moment, diff_ids, labels)


def parse_time(text: str) -> datetime | None:
    """Read a time with its offset, to microseconds, in UTC; None where it is none.

    A time without an offset is none: it may be up to 14 hours off.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    day, clock, decimals, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=_zone(offset))
        return (moment + timedelta(microseconds=_microseconds(decimals))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _microseconds(decimals: str | None) -> int:
    return int((decimals or "0")[:6].ljust(6, "0"))


def _zone(offset: str) -> timezone:
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))
