"""Notifications of the Distribution registry: an envelope of events.

https://distribution.github.io/distribution/about/notifications/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from watcher.web.hooks.document import Document, optional_text, section, sections, text
from watcher.web.hooks.hint import Hint, hints

_MOVING: Final = {"push", "delete"}  # beside them: pull, and mount, which is a layer's
_LAYER: Final = "application/octet-stream"


def read(envelope: Document) -> frozenset[Hint]:
    """Hints of an envelope; it may hold many events, of which pulls and layers are none."""
    return hints(_told(envelope))


def _told(envelope: Document) -> Iterator[tuple[str, str | None]]:
    for event in sections(envelope, "events"):
        if text(event, "action") not in _MOVING:
            continue
        target = section(event, "target")
        if optional_text(target, "mediaType") != _LAYER:
            yield text(target, "repository"), optional_text(target, "tag")
