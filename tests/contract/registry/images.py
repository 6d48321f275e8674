"""Contents that the suite pushes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from watcher.demo.workshop import Image, layer
from watcher.ports.registry import Known, LastSeen

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def image(mark: str = "1", platform: str = "linux/amd64") -> Image:
    """Make a small image; another mark or platform gives another digest."""
    return Image(
        (layer({"etc/mark": mark}), layer({"etc/more": mark + mark})),
        platform=platform,
        created=NOON,
        labels={"org.opencontainers.image.title": "app", "mark": mark},
        annotations={"org.opencontainers.image.base.name": "base:1"},
    )


def seen(digests: Mapping[str, str]) -> Known:
    """What the record holds of tags whose push times nobody told."""
    return {tag: LastSeen(digest) for tag, digest in digests.items()}
