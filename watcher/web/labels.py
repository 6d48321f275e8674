"""What people call an image that a stream pointed to: its fullest version, else another tag."""

from __future__ import annotations

from watcher.domain.version import parse
from watcher.ports.store.browsing import PointedTo
from watcher.report.pages.wording import short_digest


def label(pointed: PointedTo, stream: str) -> str:
    """The tag that says most of an image beside the stream's own name; else its short digest."""
    others = [tag for tag in pointed.tags if tag != stream]
    return max(others, key=_says) if others else short_digest(pointed.image or pointed.target)


def _says(tag: str) -> tuple[int, int, str]:
    version = parse(tag)
    return len(version.numbers) if version else 0, len(tag), tag
