"""Contents that the suite pushes."""

from __future__ import annotations

from datetime import UTC, datetime

from watcher.demo.workshop import Image, layer

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
